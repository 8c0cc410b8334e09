//! Parts of a sweep: merged, they are what one process prints, and what is wrong with them is said.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::command::within::pagewalk;

/// A sweep with a measure that is no whole number, one without a value, and notes.
const SWEEP: [&str; 9] = [
    "explore",
    "zeroes-on-demand",
    "--sweep",
    "process.sparse.regions.bss.pages=100,600,1000",
    "--sweep",
    "machine.size=tiny,large",
    "--measure",
    "data_misses / (data_hits + data_misses)",
    "--measure=1 / tables_freed",
];

/// Runs all parts; the names of their files.
fn parts(folder: &Path, sweep: &[&str], of: usize) -> Vec<String> {
    let one = |number| {
        let part = format!("{number}/{of}");
        let (out, error, _) = pagewalk(folder, &[sweep, &["--shard", &part]].concat());
        assert!(out.starts_with('{'), "{error}");
        let name = format!("part-{number}.json");
        fs::write(folder.join(&name), out).expect("it can be written");
        name
    };
    (1..=of).map(one).collect()
}

fn merged(folder: &Path, files: &[String], more: &[&str]) -> (String, String, i32) {
    let files = files.iter().map(String::as_str);
    let all = ["explore", "--merge"].into_iter().chain(files).chain(more.iter().copied());
    pagewalk(folder, &all.collect::<Vec<_>>())
}

#[test]
fn four_parts_are_one_sweep_byte_for_byte() {
    let folder = TempDir::new().expect("a temporary folder");
    let folder = folder.path();
    for of in [4, 1, 9] {
        let mut files = parts(folder, &SWEEP, of);
        // In whatever order a shell names them.
        files.reverse();
        for (more, picture) in [
            (&["--csv"][..], None),
            (&["--json"][..], None),
            (&["--plot", "x.svg"][..], Some("x.svg")),
            (&["--plot", "x.png"][..], Some("x.png")),
        ] {
            let drawn = || picture.map(|name| fs::read(folder.join(name)).expect("it was drawn"));
            let (alone, error, status) = pagewalk(folder, &[&SWEEP[..], more].concat());
            assert_eq!(status, 0, "{error}");
            let drawn_alone = drawn();
            let (out, error, status) = merged(folder, &files, more);
            assert_eq!(status, 0, "{error}");
            assert_eq!(out, alone, "{of} parts, {more:?}");
            assert!(drawn() == drawn_alone, "{of} parts, {more:?}");
        }
    }
    let (alone, ..) = pagewalk(folder, &SWEEP);
    assert!(alone.contains("note "), "the sweep is to have notes: {alone}");
}

#[test]
fn points_that_fail_are_merged_too() {
    let folder = TempDir::new().expect("a temporary folder");
    let folder = folder.path();
    // In 66 frames the machine does not fit.
    let sweep = [
        "explore",
        "belady-with-3-frames",
        "--sweep",
        "os.frames=99,66,120",
        "--measure",
        "minor_faults",
    ];
    let (alone, error, status) = pagewalk(folder, &[&sweep[..], &["--csv"]].concat());
    assert!(status == 1 && error.contains("os.frames = 66"), "{status}: {error}");
    let files = parts(folder, &sweep, 3);
    let (out, said, status) = merged(folder, &files, &["--csv"]);
    assert_eq!((out, said, status), (alone, error, 1));
}

#[test]
fn what_is_wrong_with_parts_is_said() {
    let folder = TempDir::new().expect("a temporary folder");
    let folder = folder.path();
    let sweep = ["explore", "belady-with-3-frames", "--sweep", "process.belady.frames=2..5"];
    let wrong = |files: &[String], part: &str| {
        let (out, error, status) = merged(folder, files, &[]);
        assert_eq!((out.as_str(), status), ("", 2), "{error}");
        assert!(error.contains(part), "{part} in {error}");
    };
    let files = parts(folder, &sweep, 4);
    wrong(&files[..3], "part 4/4 is missing");
    wrong(&files[1..2], "parts 1/4, 3/4 and 4/4 are missing");
    wrong(&[&files[..], &files[1..2]].concat(), "are both part 2/4");
    let other = folder.join("other");
    fs::create_dir(&other).expect("a new folder");
    let foreign = |more: &[&str], part: &str| {
        let name = "other/part-1.json".to_owned();
        parts(&other, &[&sweep[..], more].concat(), 4);
        let with = [&files[1..], std::slice::from_ref(&name)].concat();
        wrong(&with, part);
        assert!(merged(folder, &with, &[]).1.contains(&name));
    };
    foreign(&["--measure", "minor_faults"], "what is measured differs");
    foreign(&["--sweep", "os.policy=lru,fifo"], "what is swept differs");
    foreign(&["--set", "machine.size=tiny"], "what is set differs");
    parts(&other, &sweep, 2);
    wrong(&[&files[1..], &["other/part-1.json".to_owned()]].concat(), "is part 1/2, but");
    // A part that was interrupted has fewer points than it should.
    let text = fs::read_to_string(folder.join(&files[2])).expect("it was written");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    value["points"] = serde_json::json!([]);
    fs::write(folder.join(&files[2]), value.to_string()).expect("it can be written");
    wrong(&files, "part 3/4 is incomplete, it was interrupted before process.belady.frames = 4");
    fs::write(folder.join(&files[2]), "").expect("it can be written");
    wrong(&files, "it is empty");
    for (arguments, part) in [
        (&["--shard", "5/4"][..], "no part 5 of 4"),
        (&["--shard", "2/4", "--csv"], "cannot be used with"),
    ] {
        let (_, error, status) = pagewalk(folder, &[&sweep[..], arguments].concat());
        assert!(status == 2 && error.contains(part), "{error}");
    }
}

/// A shell in a folder with this `pagewalk`.
struct Shell(TempDir);

impl Shell {
    fn says(&self, text: &str) -> Vec<u8> {
        let binary = assert_cmd::cargo::cargo_bin!("pagewalk");
        let path = format!(
            "{}:{}",
            binary.parent().expect("a folder").display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let mut command = Command::new("sh");
        command.current_dir(self.0.path()).env("PATH", &path).args(["-c", text]);
        let output = command.output().expect("a shell");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// The recipes of the documentation, as they are there, with a smaller study.
fn recipe(begins: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("explore/README.md");
    let readme = fs::read_to_string(readme).expect("it is there");
    let mut blocks = readme.split("```\n");
    let block = blocks.find(|block| block.starts_with(begins)).expect("a recipe");
    block.replace("faults-against-frames", "internal-fragmentation")
}

/// Runs a recipe, and compares what its parts give with the sweep in one process.
fn runs(recipe: &str) {
    let shell = Shell(TempDir::new().expect("a temporary folder"));
    shell.says(recipe);
    let merged = shell.says("pagewalk explore --merge part-*.json --csv");
    assert!(merged == shell.says("pagewalk explore internal-fragmentation --csv"));
}

#[test]
fn the_recipe_with_xargs_runs() {
    runs(&recipe("seq 8 | xargs"));
}

#[test]
fn the_recipe_with_gnu_parallel_runs() {
    let is_gnu = |output: std::process::Output| output.stdout.starts_with(b"GNU parallel");
    if Command::new("parallel").arg("--version").output().is_ok_and(is_gnu) {
        runs(&recipe("parallel --jobs 4"));
    } else {
        println!("skipped: tool parallel missing");
    }
}

/// Each task of the array as Slurm starts it: with its number, and how many there are.
#[test]
fn the_script_for_slurm_runs() {
    let script = recipe("#!/bin/sh\n#SBATCH --array=1-8");
    let shell = Shell(TempDir::new().expect("a temporary folder"));
    fs::write(shell.0.path().join("sweep.sh"), script).expect("it can be written");
    shell.says(
        "for task in $(seq 8); do SLURM_CPUS_PER_TASK=2 SLURM_ARRAY_TASK_COUNT=8 \
         SLURM_ARRAY_TASK_ID=$task sh -eu sweep.sh || exit; done",
    );
    let merged = shell.says("pagewalk explore --merge part-*.json --csv");
    assert!(merged == shell.says("pagewalk explore internal-fragmentation --csv"));
}
