//! The real binary: its output, its exit status, and that no invalid input makes it panic.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

use crate::command::{finished, pagewalk};

fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a temporary folder takes files");
    path
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("temporary paths are text")
}

const SOUND: &str = r#"
idea = "One page."
spec = "sv32algorithm: the translation is successful"
machine = { modes = "sv39" }
map = [{ va = 0x1000, pa = 0x8000_0000, flags = "R UAD" }]
step = [
    { load = 0x1000, pa = 0x8000_0000 },
    { load = 0x1008, pa = 0x8000_0008, latency = 0 },
]
"#;

#[test]
fn list_shows_folders_names_and_ideas() {
    let (out, _, status) = pagewalk(&["list"]);
    assert_eq!(status, 0);
    assert!(out.contains("how-many-cycles\n"), "{out}");
    assert!(out.contains("a-miss-takes-two-and-the-memory"), "{out}");
    let (json, _, _) = pagewalk(&["list", "--json", "who-may-access"]);
    let entries: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert!(entries.as_array().is_some_and(|all| all.len() >= 8), "{json}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("pagewalk"))
        .args(["run", "how-many-cycles"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let (_, error, status) = finished(&child.wait_with_output().expect("it ends"));
    assert_eq!((status, error.as_str()), (0, ""));
}

#[test]
fn run_is_deterministic_and_reports_for_people_and_programs() {
    let run = ["run", "a-miss-takes-two-and-the-memory"];
    let (first, error, status) = pagewalk(&run);
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(first.contains("rv64_small Sv57 L=10"), "{first}");
    assert_eq!(pagewalk(&run).0, first);
    let (json, _, _) = pagewalk(&["run", "megapage", "--json", "--mode", "sv39"]);
    let reports: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(reports[0]["counts"]["data_miss"], 1, "{json}");
}

#[test]
fn a_difference_is_status_1_and_says_everything() {
    let folder = TempDir::new().expect("a temporary folder");
    let wrong = SOUND.replace("latency = 0", "latency = 3");
    let path = file(&folder, "wrong.toml", &wrong);
    let (out, _, status) = pagewalk(&["run", shown(&path)]);
    assert_eq!(status, 1);
    for part in ["line 8", "expected  3", "got       0", "again     pagewalk run", "1 failed"] {
        assert!(out.contains(part), "{part} in {out}");
    }
    let wrong = SOUND.replace("pa = 0x8000_0008", "fault = \"load page fault\"");
    let path = file(&folder, "wrong2.toml", &wrong);
    let (out, _, status) = pagewalk(&["run", shown(&path)]);
    assert_eq!(status, 1);
    assert!(out.contains("expected  load page fault at 0x1008"), "{out}");
}

#[test]
fn a_story_that_ends_differently_is_status_1() {
    let folder = TempDir::new().expect("a temporary folder");
    let story = r#"
idea = "One page."
spec = "svade: demand paging"
machine = { modes = "sv39" }
[[process]]
name = "one"
regions = [{ kind = "bss", start = 0x10000, pages = 2 }]
program = ["store bss 0..1"]
expect = { minor_faults = 2 }
"#;
    let sound = file(&folder, "story.toml", story);
    assert_eq!(pagewalk(&["run", shown(&sound)]).2, 0);
    for (from, to, part) in [
        ("minor_faults = 2", "minor_faults = 3", "minor_faults of `one`"),
        ("name = \"one\"", "name = \"one\"\nends = \"hole\"", "end of process `one`"),
    ] {
        let path = file(&folder, "wrong.toml", &story.replace(from, to));
        let (out, _, status) = pagewalk(&["run", shown(&path)]);
        assert_eq!(status, 1, "{out}");
        assert!(out.contains(part), "{part} in {out}");
    }
}

#[test]
fn broken_files_are_named_with_line_and_column() {
    let folder = TempDir::new().expect("a temporary folder");
    let broken = [
        ("load = 0x1000, pa", "lod = 0x1000, pa", ":7:5: a step needs one of"),
        ("pa = 0x8000_0008", "pb = 0x8000_0008", ":8:22: unknown field `pb`"),
        ("latency = 0", "latency = \"2 +\"", ":8:50: a number is missing"),
        ("latency = 0", "fault = \"oops\"", ":8:48: `oops` is not a cause"),
        ("\"sv39\"", "\"sv40\"", ":4:21: unknown variant `sv40`"),
        ("R UAD", "R UAZ", ":5:49: `Z` is not a flag"),
        ("step = [", "step = [[", ":9:2: unclosed array"),
        ("idea =", "[idea =", ":2:"),
        ("step =", "steps =", ":1:1: a scenario needs"),
        (
            "{ load = 0x1000,",
            "{ satp = \"nobody\" }, { load = 0x1000,",
            ":7:14: there is no address",
        ),
        ("{ load = 0x1000,", "{ wait = 1, hit = true }, { load = 0x1000,", ":7:17: `hit` does not"),
        ("sv32algorithm:", "sv32algorithm", ":3:9: a rule is written"),
    ];
    for (from, to, part) in broken {
        let path = file(&folder, "broken.toml", &SOUND.replace(from, to));
        let (_, error, status) = pagewalk(&["run", shown(&path)]);
        assert_eq!(status, 2, "{to}: {error}");
        assert!(error.contains(&format!("broken.toml{part}")), "{to}: {error}");
    }
}

#[test]
fn what_a_machine_cannot_do_is_a_files_mistake() {
    let folder = TempDir::new().expect("a temporary folder");
    let nonsense = [
        ("{ load = 0x1000, pa = 0x8000_0000 }", "{ pte = 0x9999_9000, level = 0, set = \"V\" }"),
        ("{ load = 0x1000, pa = 0x8000_0000 }", "{ pte = 0x1000, level = 7, set = \"V\" }"),
        ("pa = 0x8000_0000 },\n", "pa = \"1 << 63 + 9\" },\n"),
        ("step = [", "events = { nothing = 1 }\nstep = ["),
        ("flags = \"R UAD\"", "flags = \"R UAD\", pages = 99999999"),
        ("flags = \"R UAD\"", "flags = \"R UAD\", level = 9"),
    ];
    for (from, to) in nonsense {
        let path = file(&folder, "nonsense.toml", &SOUND.replace(from, to));
        let (_, error, status) = pagewalk(&["run", shown(&path)]);
        assert_eq!(status, 2, "{to}: {error}");
        assert!(error.contains("nonsense.toml:") && !error.contains(".toml.toml"), "{to}: {error}");
    }
}

#[test]
fn unknown_names_get_suggestions() {
    let (_, error, status) = pagewalk(&["run", "gigapge"]);
    assert_eq!(status, 2);
    assert!(error.contains("did you mean how-large-is-a-page/gigapage"), "{error}");
    let (_, error, status) = pagewalk(&["run", "gigapage", "--config", "rv64_smal"]);
    assert_eq!(status, 2);
    assert!(error.contains("did you mean rv64_small"), "{error}");
    let (_, error, status) = pagewalk(&["run", "gigapage", "--config", "rv32_tiny"]);
    assert_eq!(status, 2);
    assert!(error.contains("nothing to run on configuration rv32_tiny"), "{error}");
    for (config, why) in [("rv64_tiny+walk_cache=4", "walk_cache = 0"), ("rv64_linux_pmp", "l2 = ")]
    {
        let scenario = "the-second-level-answers-in-two";
        let (_, error, status) = pagewalk(&["run", scenario, "--config", config]);
        assert!(status == 2 && error.contains(&format!(": it asks for {why}")), "{error}");
    }
    assert_eq!(pagewalk(&["run", "missing.toml"]).2, 2);
    assert_eq!(pagewalk(&["rum"]).2, 2);
    assert_eq!(pagewalk(&["run"]).2, 2);
    assert_eq!(pagewalk(&["--help"]).2, 0);
}

#[test]
fn waves_are_written_or_refused() {
    let folder = TempDir::new().expect("a temporary folder");
    let option = format!("--wave={}", shown(&folder.path().join("new")));
    let (out, error, status) = pagewalk(&["run", "megapage", "--mode", "sv39", &option]);
    assert_eq!((status, error.as_str()), (0, ""));
    let view = out.lines().find_map(|line| line.strip_prefix("wave  ")).expect("a path");
    assert!(Path::new(view).is_file(), "{view}");
    assert!(Path::new(view).with_extension("vcd").is_file(), "{view}");
    // A file in the place of a folder.
    let path = file(&folder, "file", "");
    let option = format!("--wave={}", shown(&path));
    let (_, error, status) = pagewalk(&["run", "megapage", &option]);
    assert_eq!(status, 2);
    assert!(error.contains("cannot be made"), "{error}");
}

#[test]
fn a_missing_viewer_is_said() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = cargo_bin_cmd!("pagewalk")
        .args(["wave", "megapage", "--dir", shown(folder.path())])
        .env("PATH", "")
        .env("DISPLAY", ":99")
        .output()
        .expect("the binary starts");
    let (out, error, status) = finished(&output);
    assert_eq!(status, 2, "{error}");
    assert!(error.contains("gtkwave is not installed"), "{error}");
    assert!(out.contains(".vcd"), "{out}");
}

#[test]
fn traces_run_from_files_and_standard_input() {
    let folder = TempDir::new().expect("a temporary folder");
    let trace = "==1== Command: x\nI  00010000,3\n S 00020ffc,8\nI  00010003,4\n L 00020ffc,8\n";
    let path = file(&folder, "x.trace", trace);
    let (out, error, status) = pagewalk(&["trace", shown(&path), "--json"]);
    assert_eq!((status, error.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(report["total"]["accesses"]["page_crossings"], 2, "{out}");
    assert_eq!(report["total"]["accesses"]["instructions"], 2, "{out}");
    let mut command = cargo_bin_cmd!("pagewalk");
    command.args(["trace", "-", "--config", "rv32_tiny"]).write_stdin(trace);
    let (out, error, status) = finished(&command.output().expect("the binary starts"));
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(out.contains("page_crossings"), "{out}");
}

#[test]
fn a_malformed_trace_is_named_and_the_rest_is_reported() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = file(&folder, "x.trace", "I  00010000,3\n S 0002zffc,8\n");
    let (out, error, status) = pagewalk(&["trace", shown(&path)]);
    assert_eq!(status, 2);
    assert!(error.contains("x.trace:2:"), "{error}");
    assert!(out.contains("instructions"), "{out}");
    for arguments in [
        vec!["trace", "/nonexistent/trace"],
        vec!["trace", shown(folder.path())],
        vec!["trace", shown(&path), "--latency", "0"],
        vec!["trace", shown(&path), "--latency", "9-3"],
        vec!["trace", shown(&path), "--mode", "sv32"],
        vec!["trace", shown(&path), "--frames", "1"],
        vec!["trace", shown(&path), "--config", "rv64"],
        vec!["conform", shown(&path)],
        vec!["conform", "/nonexistent/vectors"],
    ] {
        let (_, error, status) = pagewalk(&arguments);
        assert_eq!(status, 2, "{arguments:?}: {error}");
        assert!(!error.is_empty());
    }
}

#[test]
fn an_address_that_the_scheme_has_not_can_be_folded() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = file(&folder, "x.trace", "I  00010000,3\n S 1ffefffe28,8\n");
    let rv32 = ["trace", shown(&path), "--config", "rv32_small"];
    let (_, error, status) = pagewalk(&rv32);
    assert_eq!(status, 2);
    assert!(error.contains("x.trace:2: 0x1ffefffe28 is not a user address of Sv32"), "{error}");
    assert_eq!(pagewalk(&[&rv32[..], &["--fold"]].concat()).2, 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_trace_reports_what_it_did() {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("pagewalk"))
        .args(["trace", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("piped");
    let pid = child.id().to_string();
    // More than pipe and pipeline can hold: when all is written, the run has begun.
    let lines = "I  00010000,3\n".repeat(20_000);
    input.write_all(lines.as_bytes()).expect("it reads");
    let killed = Command::new("kill").args(["-INT", &pid]).status().expect("kill is there");
    assert!(killed.success());
    // The program checks the flag while it has input, and closes its end when it has seen it.
    for _ in 0..5_000 {
        if input.write_all(lines.as_bytes()).is_err() {
            break;
        }
    }
    drop(input);
    let (out, error, status) = finished(&child.wait_with_output().expect("it ends"));
    assert_eq!(status, 130, "{error}");
    assert!(error.contains("interrupted"), "{error}");
    assert!(out.contains("instructions"), "{out}");
}

#[test]
fn nothing_checked_is_no_success() {
    let folder = TempDir::new().expect("a temporary folder");
    let head =
        "S one mode=sv39 xlen=64 adue=0 pbmte=0 svnapot=0 warm=1 satp=0 ram=80000000-80001000";
    let skipped = format!("{head} pmp0=1f:20000000\nE\n");
    for text in ["", "# a comment\n\n", &skipped] {
        let path = file(&folder, "vectors", text);
        let (out, error, status) = pagewalk(&["conform", shown(&path), "--json"]);
        assert_eq!(status, 2, "{text:?}: {out}{error}");
        assert!(error.contains("nothing was checked"), "{error}");
    }
    let path = file(&folder, "a.toml", SOUND);
    for arguments in [
        &["run", shown(&path), "--mode", "sv32"][..],
        &["run", shown(&path), "--config", "rv32_small"],
        &["run", "how-many-cycles", "--config", "segment_toy"],
        &["run", shown(folder.path())],
    ] {
        let (out, error, status) = pagewalk(arguments);
        assert_eq!(status, 2, "{arguments:?}: {out}{error}");
        assert!(!error.is_empty(), "{arguments:?}");
    }
}

#[test]
fn options_without_effect_are_refused() {
    for arguments in [
        &["policy", "--string", "1,2", "--frames", "3", "--policy", "fifo", "--tau", "2"][..],
        &["policy", "--string", "1,2", "--frames", "3", "--policy", "fifo", "--seed", "2"],
        &["policy", "--string", "1,2", "--frames", "3,4", "--policy", "fifo", "--steps"],
        &["policy", "--string", "1,2", "--frames", "3", "--store", "7"],
        &["explore", "--csv"],
        &["explore", "--plot", "x.svg"],
        &["explore", "--sweep", "os.frames=1..2"],
        &["explore", "belady-with-3-frames", "--figures", "--csv"],
        &["quiz", "--seed", "3"],
        &["quiz", "--count", "3"],
        &["quiz", "faults", "--count", "0"],
        &["quiz", "faults", "faults"],
        &["quiz", "faults", "--format", "gift", "--answer"],
        &["quiz", "faults", "--format", "gift", "--json"],
        &["quiz", "faults", "--answer", "--answers", "key.txt"],
        &["quiz", "faults", "--scenario", "--count", "2"],
        &["quiz", "faults", "tlb", "--scenario"],
        &["quiz", "belady-with-3-frames", "--difficulty", "hard"],
        &["quiz", "belady-with-3-frames", "--scenario"],
        &["quiz", "faults", "--seed", "18446744073709551615"],
        &["policy", "--string", "1,2", "--frames", "3", "--policy", "fifo,fifo"],
        &["soak", "--print", "--ops", "9"],
        &["soak", "--print", "--engine", "compiled"],
        &["soak", "--ops", "0"],
        &["soak", "--ops", "1", "--policy", "fifo", "--mode", "sv39,sv39"],
        &["soak", "--ops", "1", "--policy", "fifo", "--mode", "sv32,sv39", "--config", "rv32_tiny"],
        &["soak", "--ops", "1", "--policy", "fifo", "--seed", "18446744073709551615"],
        &["bench", "--waves", "--config", "rv64_tiny,rv64_small"],
        &["bench", "--boot", "no-such-folder"],
        &["bench", "--boot", "lean", "default"],
        &["bench", "--boot", "one", "another"],
        &["bench", "--boot", "lean", "linux", "more"],
        &["bench", "--boot", "--rounds", "2"],
        &["bench", "--boot", "--rounds", "0"],
        &["bench", "--boot", "--config", "rv64_tiny"],
        &["bench", "--boot", "--seconds", "1"],
        &["bench", "--boot", "--waves"],
        &["bench", "--boot", "default", "--part", "1000"],
        &["bench", "--boot", "--part", "0"],
        &["bench", "--part", "1000"],
        &["run", "how-many-cycles", "--wave-from", "3"],
        &["list", "--engine", "compiled"],
        &["export", "rv64_tiny", "-o", "x", "--engine", "compiled"],
        &["export", "rv64_tiny", "-o", "x/y.v"],
        &["export", "ports=1", "-o", "x"],
        &["export", "rv64_tiny+port=1", "-o", "x"],
        &["export", "rv64_tiny", "-o", "Cargo.toml"],
        &["export", "rv64_tiny", "-o", "x", "--only", "wave"],
        &["export", "rv64_tiny", "-o", "x", "--only", "core,core"],
        &["export", "rv64_tiny", "-o", "x", "--only", "core", "--check"],
        &["export", "segment_4", "-o", "x", "--only", "testbench"],
    ] {
        let (out, error, status) = pagewalk(arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(!error.is_empty(), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_does_not_fill_memory() {
    let folder = TempDir::new().expect("a temporary folder");
    let endless = folder.path().join("endless.toml");
    std::os::unix::fs::symlink("/dev/zero", &endless).expect("links are made");
    for arguments in [
        &["policy", "--frames", "3", "--string", "@/dev/zero"][..],
        &["policy", "--frames", "3", "--string", &format!("@{}", shown(folder.path()))],
        &["run", shown(&endless)],
        &["explore", shown(&endless), "--figures"],
        &["quiz", shown(&endless)],
        &["conform", "/dev/zero"],
        &["conform", shown(folder.path())],
    ] {
        let (out, error, status) = pagewalk(arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(!error.is_empty(), "{arguments:?}");
        assert!(error.matches("directory").count() <= 1, "{arguments:?} says it twice: {error}");
    }
}
