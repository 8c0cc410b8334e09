//! `pagewalk policy`, the real binary: textbook counts, tables, and errors for invalid input; and
//! random strings on the hardware compared with a list of pages.

use std::fs;
use std::process::Output;
use std::sync::atomic::AtomicBool;

use assert_cmd::cargo::cargo_bin_cmd;
use engine::{Engine, build};
use kernel::PolicyKind;
use model::isa::Mode;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use testbenches::policy::string::{Step, parse};
use testbenches::policy::{Outcome, Setup, run};

const SILBERSCHATZ: &str = "7,0,1,2,0,3,0,4,2,3,0,3,2,1,2,0,1,7,0,1";
const BELADY: &str = "1,2,3,4,1,2,5,1,2,3,4,5";

/// Runs `pagewalk policy`: standard output, standard error, status.
fn policy(arguments: &[&str]) -> (String, String, i32) {
    let mut command = cargo_bin_cmd!("pagewalk");
    finished(&command.arg("policy").args(arguments).output().expect("the binary starts"))
}

fn finished(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(!error.contains("panicked"), "{error}");
    (out, error, output.status.code().expect("no signal"))
}

fn json(arguments: &[&str]) -> Value {
    let (out, error, status) = policy(&[arguments, &["--json"]].concat());
    assert_eq!((status, error.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn one_run_prints_its_steps_and_totals() {
    let (out, error, status) =
        policy(&["--frames", "3", "--string", SILBERSCHATZ, "--policy", "lru", "--store", "0"]);
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(out.contains("12 faults, 8 hits in 20 references"), "{out}");
    assert!(out.contains("9 evictions, 2 write-backs"), "{out}");
    assert!(out.contains("oracle"), "{out}");
    // Reference 4 replaces page 7 by page 2.
    let row = out.lines().find(|line| line.trim_start().starts_with("4 ")).expect("row 4");
    let words: Vec<_> = row.split_whitespace().collect();
    assert_eq!(words, ["4", "2", "2", "0", "1", "fault", "7"], "{out}");
}

#[test]
fn one_object_says_what_programs_want() {
    for (kind, faults) in [("fifo", 15), ("lru", 12), ("OPT", 9), ("clock", 14), ("lfu", 13)] {
        let report = json(&["--frames", "3", "--string", SILBERSCHATZ, "--policy", kind]);
        assert_eq!(report["policy"], kind.to_lowercase());
        assert_eq!((&report["faults"], &report["frames"]), (&faults.into(), &3.into()), "{kind}");
        assert_eq!(report["hits"], 20 - faults, "{kind}");
        assert_eq!(report["writebacks"], 0, "{kind}");
        assert_eq!(report["steps"].as_array().map(Vec::len), Some(20), "{kind}");
    }
    let stored = json(&["--frames=3", "--string", SILBERSCHATZ, "--policy=fifo", "--store=all"]);
    assert_eq!(stored["writebacks"], 12);
    let marked = json(&["--frames=1", "--string=1w 2 1 2w 3", "--policy=lru"]);
    assert_eq!((&marked["writebacks"], &marked["faults"]), (&2.into(), &5.into()));
    assert_eq!(marked["steps"][1]["fault"]["victim"]["page"], 1);
    assert_eq!(marked["steps"][1]["fault"]["victim"]["written"], true);
}

#[test]
fn several_runs_are_compared() {
    let (out, _, status) = policy(&["--frames=1..5", "--string", BELADY, "--policy=fifo"]);
    assert_eq!(status, 0);
    assert!(out.contains("fifo faults 9 times with 3 frames, 10 times with 4"), "{out}");
    let all = json(&["--frames=3", "--string", BELADY, "--policy=all"]);
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), PolicyKind::ALL.len());
    let faults = |name: &str| {
        let found = all.iter().find(|outcome| outcome["policy"] == name);
        found.expect("every policy").get("faults").and_then(Value::as_u64).expect("a number")
    };
    assert_eq!((faults("fifo"), faults("lru"), faults("opt"), faults("clock")), (9, 10, 7, 9));
    assert!(all.iter().all(|outcome| outcome["faults"].as_u64() >= Some(7)));
}

#[test]
fn every_scheme_counts_the_same_and_long_strings_are_run() {
    for mode in ["sv32", "sv39", "sv48", "sv57"] {
        let report =
            json(&["--frames=3", "--string", SILBERSCHATZ, "--policy=clock", "--mode", mode]);
        assert_eq!(report["faults"], 14, "{mode}");
    }
    let narrow = json(&["--frames=3", "--string", BELADY, "--policy=fifo", "--config=rv32_tiny"]);
    assert_eq!(narrow["faults"], 9);
    let looped = json(&["--frames=49", "--string=200x(0..49)", "--policy=mru"]);
    assert_eq!((&looped["faults"], &looped["references"]), (&253.into(), &10_000.into()));
    assert!(looped.get("steps").is_none());
    let vast = json(&["--frames=99999999999", "--string=0,18446744073709551615,0"]);
    assert!(vast.as_array().is_some_and(|all| all.iter().all(|o| o["faults"] == 2)), "{vast}");
}

#[test]
fn strings_come_from_files_and_standard_input() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("string");
    fs::write(&path, BELADY.replace(',', "\n")).expect("a temporary folder takes files");
    let at = format!("@{}", path.display());
    assert_eq!(json(&["--frames=3", "--string", &at, "--policy=fifo"])["faults"], 9);
    let mut command = cargo_bin_cmd!("pagewalk");
    command.args(["policy", "--frames=4", "--string=-", "--policy=fifo", "--json"]);
    let output = command.write_stdin(BELADY).output().expect("the binary starts");
    let (out, _, _) = finished(&output);
    assert_eq!(serde_json::from_str::<Value>(&out).expect("JSON")["faults"], 10);
}

#[test]
fn wrong_input_is_status_2_and_said() {
    for (frames, string, kind, said) in [
        ("3", "", "fifo", "the string is empty"),
        ("3", "1,2,x7", "fifo", "column 5"),
        ("3", "t t", "fifo", "ticks only"),
        ("0", "1", "fifo", "with 0 frames"),
        ("3,4,3", "1", "fifo", "3 is named twice"),
        ("1..0", "1", "fifo", "with 0 frames"),
        ("three", "1", "fifo", "--frames"),
        ("3", "1", "lrux", "did you mean lru?"),
        ("3", "1", "", "there is no policy"),
        ("3", "0..99999999", "fifo", "more than 4194304"),
        ("3", "0..600000", "fifo", "600001 different pages"),
        ("3", "99999999999999999999", "fifo", "does not fit into 64 bits"),
        ("1..20000", "1", "fifo", "20000 runs"),
        ("3", "@/nonexistent/string", "fifo", "/nonexistent/string"),
    ] {
        let string = format!("--string={string}");
        let (_, error, status) =
            policy(&["--frames", frames, &string, &format!("--policy={kind}")]);
        assert_eq!(status, 2, "{string}: {error}");
        assert!(error.contains(said), "{said} in {error}");
    }
    for extra in ["--config=rv64", "--mode=sv99", "--store=1w", "--store=q"] {
        let (_, error, status) = policy(&["--frames=3", "--string=1,2", extra]);
        assert_eq!(status, 2, "{extra}: {error}");
    }
    let (_, error, status) =
        policy(&["--frames=3", "--string=1", "--config=rv64_small", "--mode=sv32"]);
    assert_eq!(status, 2);
    assert!(error.contains("does not support Sv32"), "{error}");
}

/// Faults and write-backs by a list of pages: `key` selects the position in the list to evict.
fn by_list(
    steps: &[(u64, bool)],
    frames: usize,
    moves: bool,
    key: impl Fn(&[u64], usize) -> usize,
) -> (u64, u64) {
    let (mut held, mut dirty) = (Vec::new(), Vec::new());
    let (mut faults, mut writes) = (0, 0);
    for (now, &(page, store)) in steps.iter().enumerate() {
        let found = held.iter().position(|&other| other == page);
        let at = match found {
            Some(at) => at,
            None => {
                faults += 1;
                if held.len() == frames {
                    let victim = key(&held, now);
                    held.remove(victim);
                    writes += u64::from(dirty.remove(victim));
                }
                held.push(page);
                dirty.push(false);
                held.len() - 1
            }
        };
        dirty[at] |= store;
        if moves {
            let (page, was) = (held.remove(at), dirty.remove(at));
            held.push(page);
            dirty.push(was);
        }
    }
    (faults, writes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_hardware_counts_as_a_list_of_pages_does(
        frames in 1_usize..7,
        steps in prop::collection::vec((0_u64..10, any::<bool>()), 1..80),
    ) {
        let string: Vec<_> =
            steps.iter().map(|&(page, store)| Step::Reference { page, store }).collect();
        let machine = |policy| -> Outcome {
            let (frames, mode) = (frames as u64, Mode::Sv39);
            let setup = Setup { mode, policy, frames, tick_every: 3, tau: 2, seed: 1, rows: true };
            let mmu = build("rv64_tiny", Engine::Compiled).expect("it exists");
            run(mmu, &setup, &string, None, &AtomicBool::new(false)).expect("it runs")
        };
        let next = |held: &[u64], now: usize| {
            let far = |page: u64| {
                let later = steps[now..].iter().position(|(other, _)| *other == page);
                later.unwrap_or(usize::MAX)
            };
            (0..held.len()).max_by_key(|&at| (far(held[at]), usize::MAX - at)).expect("frames")
        };
        let last = |held: &[u64], _: usize| held.len() - 1;
        for (policy, expected) in [
            (PolicyKind::Fifo, by_list(&steps, frames, false, |_, _| 0)),
            (PolicyKind::Lru, by_list(&steps, frames, true, |_, _| 0)),
            (PolicyKind::Mru, by_list(&steps, frames, true, last)),
            (PolicyKind::Opt, by_list(&steps, frames, false, next)),
        ] {
            let outcome = machine(policy);
            prop_assert_eq!((outcome.faults, outcome.writebacks), expected, "{}", policy);
        }
        // Under the other policies no store is lost either: every load is compared with what was
        // stored.
        for &policy in PolicyKind::ALL {
            prop_assert!(machine(policy).faults >= machine(PolicyKind::Opt).faults);
        }
    }
}

#[test]
fn strings_are_a_public_thing() {
    assert_eq!(parse("1 2w t").expect("it reads").len(), 3);
}
