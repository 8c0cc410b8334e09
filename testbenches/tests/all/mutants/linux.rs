//! Debian's Linux on defective hardware: what a boot shows of a defect, beside what the golden model
//! says of it.
//!
//! Each boot is made twice: with the golden model off, for what the console tells, and with every
//! answer checked, for the first one that is wrong. It takes half an hour and fetches Linux through
//! apt, so this runs only when asked to: `make linux-defects`, which also writes the table of
//! `docs/linux.md`.

mod shown;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use testbenches::linux::{Kind, LEAN, initramfs, packages};

use super::{HARDWARE, Mutant, Tree, all_planted, catalogue, mutated, root, run, sound};
use shown::{Boot, cell, golden, told};

/// Defects of the catalogue, each with an MMU that has the part which is defective.
const DEFECTS: [(&str, &str); 10] = [
    ("global-lines-survive-every-fence", PLAIN),
    ("walk-cache-survives-a-fence", WITH_WALK_CACHE),
    ("second-level-of-another-space", WITH_SECOND_LEVEL),
    ("asid-not-compared", PLAIN),
    ("walk-cache-of-another-space", WITH_WALK_CACHE),
    ("walk-cache-survives-a-fence-by-address", WITH_WALK_CACHE),
    ("faulting-leaf-enters-the-tlb", PLAIN),
    ("superpage-fenced-by-its-first-address-only", PLAIN),
    ("fence-takes-its-asid-from-satp", PLAIN),
    ("mxr-ignored-on-a-hit", PLAIN),
];
const PLAIN: &str = "rv64_linux";
const WITH_WALK_CACHE: &str = "rv64_linux+walk_cache=8";
const WITH_SECOND_LEVEL: &str = "rv64_linux+l2=512+walk_cache=8";

/// Steps of a boot; one that works has 230 million.
const LIMIT: &str = "400000000";
/// Said to the kernel, besides what makes a boot short: it prints from the beginning on, and a panic
/// ends the run.
const MORE: &str = "earlycon=sbi panic=-1";
/// Boots at the same time.
const AT_ONCE: usize = 2;

const DOCUMENT: &str = "docs/linux.md";
const BEGIN: &str = "<!-- linux defects: begin -->\n";
const END: &str = "<!-- linux defects: end -->\n";

const HEAD: &str = "\
| defect | what Linux shows | the first answer that the golden model refuses |
| --- | --- | --- |
";

/// What is booted.
struct Files {
    image: PathBuf,
    firmware: PathBuf,
    initrd: PathBuf,
}

impl Files {
    /// Those of Debian, and a first file system, in a folder.
    fn fetched(folder: &Path) -> Files {
        let say = &mut |step: &str| println!("{step}");
        let got = packages::fetch(folder, None, say).unwrap_or_else(|error| panic!("{error}"));
        let busybox = std::fs::read(&got.busybox).expect("Busybox is there");
        let archive = initramfs(Kind::Tour, &busybox, &[]).expect("it is made");
        let initrd = folder.join("defects.cpio");
        std::fs::write(&initrd, archive).expect("it is written");
        let whole = |path: &Path| path.canonicalize().expect("it is there");
        let [image, firmware, initrd] =
            [&got.image, &got.firmware, &initrd].map(|path| whole(path));
        Files { image, firmware, initrd }
    }
}

/// A boot that is to be made.
struct Job {
    /// What is defective.
    name: &'static str,
    chosen: Option<usize>,
    config: &'static str,
    check: &'static str,
}

impl Job {
    /// The boot, which is kept: it is not made again as long as the hardware is the same.
    fn made(&self, tree: &Tree, files: &Files, kept: &Path) -> Boot {
        let path = kept.join(format!("{}.{}.{}.json", self.name, self.config, self.check));
        let age = |path: &Path| path.metadata().and_then(|about| about.modified());
        let built = age(Path::new(tree.pagewalk().get_program())).expect("it is built");
        if age(&path).is_ok_and(|age| age > built) {
            let text = std::fs::read(&path).expect("it is there");
            return serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        }
        let boot = self.boot(tree, files);
        std::fs::write(&path, serde_json::to_vec(&boot).expect("JSON")).expect("it is written");
        boot
    }

    fn boot(&self, tree: &Tree, files: &Files) -> Boot {
        let tree = Tree { folder: tree.folder.clone(), chosen: self.chosen };
        let mut pagewalk = tree.pagewalk();
        pagewalk.arg("boot").arg("--kernel").arg(&files.image);
        pagewalk.arg("--firmware").arg(&files.firmware).arg("--initrd").arg(&files.initrd);
        pagewalk.args(["--append", &format!("{LEAN} {MORE}"), "--memory", "96M", "--max", LIMIT]);
        pagewalk.args(["--config", self.config, "--check", self.check, "--json"]);
        let output = run(pagewalk.stdin(Stdio::null()));
        let said = String::from_utf8_lossy(&output.stderr);
        let json = &said[said.find('{').unwrap_or(said.len())..];
        let report = serde_json::Deserializer::from_str(json).into_iter::<Value>().next();
        let report = report.and_then(Result::ok);
        let report = report.unwrap_or_else(|| panic!("{pagewalk:?}: no report: {said}"));
        let console = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = |name: &str| report[name].as_u64().expect("a number");
        let faults = report["exceptions"].as_object().expect("counts of exceptions").iter();
        let faults = faults.filter(|(name, _)| name.ends_with("page fault"));
        Boot {
            console,
            end: report["end"].as_str().expect("how it ended").to_owned(),
            powered_off: report["code"].as_u64() == Some(0),
            instructions: number("instructions"),
            checked: number("checked"),
            faults: faults.filter_map(|(_, count)| count.as_u64()).sum(),
        }
    }
}

/// The boots of these jobs, in their order.
fn boots(jobs: &[Job], tree: &Tree, files: &Files, kept: &Path) -> Vec<Boot> {
    let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(number) else { return };
                    let boot = job.made(tree, files, kept);
                    let Job { name, config, check, .. } = job;
                    let end = boot.end.lines().next().unwrap_or_default();
                    println!("{name} on {config}, --check {check}: {end}");
                    made.lock().expect("nobody panicked").push((number, boot));
                }
            });
        }
    });
    let mut made = made.into_inner().expect("nobody panicked");
    made.sort_by_key(|(number, _)| *number);
    made.into_iter().map(|(_, boot)| boot).collect()
}

/// Their mutants, with their numbers in the catalogue.
fn defects() -> Vec<(usize, Mutant, &'static str)> {
    DEFECTS
        .iter()
        .map(|&(name, config)| {
            let found =
                catalogue(HARDWARE).into_iter().enumerate().find(|(_, one)| one.name == name);
            let (number, mutant) = found.unwrap_or_else(|| panic!("{HARDWARE} has no {name}"));
            (number, mutant, config)
        })
        .collect()
}

/// The table between its marks, and what is around it.
fn around(text: &str) -> [&str; 3] {
    let (before, rest) = text.split_once(BEGIN).expect("the table has a beginning");
    let (table, after) = rest.split_once(END).expect("the table has an end");
    [before, table, after]
}

fn document() -> String {
    std::fs::read_to_string(root().join(DOCUMENT)).expect("the document is there")
}

/// The first cell of a defect's row.
fn named(mutant: &Mutant, config: &str) -> String {
    let on = if config == PLAIN { String::new() } else { format!("; `{config}`") };
    cell(&format!("`{}`: {}{on}", mutant.name, mutant.defect))
}

#[test]
fn the_defects_of_the_table_are_in_the_catalogue_and_have_their_place() {
    let text = document();
    let [_, table, _] = around(&text);
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), DEFECTS.len(), "{DOCUMENT}: `make linux-defects` writes the table");
    for ((_, mutant, config), row) in defects().into_iter().zip(rows) {
        let file = sound(&mutant.file);
        assert_ne!(mutated(&mutant, &file), file, "{} changes nothing", mutant.name);
        assert!(!mutant.alone, "{} needs a build of its own", mutant.name);
        assert!(engine::find(config).is_ok(), "there is no {config}");
        let begins = format!("| {} | ", named(&mutant, config));
        assert!(row.starts_with(&begins), "{DOCUMENT}: `make linux-defects` writes {begins}");
    }
}

#[test]
#[ignore = "boots Linux on defective hardware, again and again: make linux-defects"]
fn what_linux_shows_of_a_defect() {
    let target = root().join("target");
    let (files, kept) = (Files::fetched(&target.join("linux/files")), target.join("linux/defects"));
    std::fs::create_dir_all(&kept).expect("a folder");
    let tree = all_planted(&target.join("mutants"), &catalogue(HARDWARE));
    let defects = defects();
    let configs: BTreeSet<&str> = defects.iter().map(|&(.., config)| config).collect();
    let mut jobs: Vec<Job> = Vec::new();
    jobs.extend(configs.iter().map(|&config| Job {
        name: "sound",
        chosen: None,
        config,
        check: "off",
    }));
    for (&(name, config), (number, ..)) in DEFECTS.iter().zip(&defects) {
        let both = ["off", "all"].map(|check| Job { name, chosen: Some(*number), config, check });
        jobs.extend(both);
    }
    let mut made = boots(&jobs, &tree, &files, &kept).into_iter();
    let unbroken: BTreeMap<&str, Boot> = configs.iter().copied().zip(made.by_ref()).collect();
    for (config, boot) in &unbroken {
        assert!(boot.powered_off, "{config}: sound hardware does not boot: {}", boot.end);
    }
    let mut table = HEAD.to_owned();
    for (_, mutant, config) in &defects {
        let [off, all] = [(); 2].map(|()| made.next().expect("it was made"));
        let cells = [told(&off, &unbroken[config]), golden(&all)].map(|text| cell(&text));
        table += &format!("| {} | {} |\n", named(mutant, config), cells.join(" | "));
    }
    print!("{table}");
    let text = document();
    let [before, old, after] = around(&text);
    if std::env::var_os("PAGEWALK_UPDATE").is_some() {
        let text = [before, BEGIN, &table, END, after].concat();
        std::fs::write(root().join(DOCUMENT), text).expect("it is written");
        return;
    }
    assert_eq!(old, table, "{DOCUMENT}: `make linux-defects` writes the table");
}
