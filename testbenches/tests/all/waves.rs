//! Waves of scenarios are there and complete; and our waveform and Verilator's say the same of
//! every signal that both have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use testbenches::bench::{WaveOptions, waves};
use testbenches::export::tools;
use testbenches::scenario::library;

/// Whether a view opens as a picture: a dump that reads to its end and has a history, every row a
/// signal of it, every filter a file.
fn complete(view: &Path) -> Result<(), String> {
    let text = fs::read_to_string(view).map_err(|error| error.to_string())?;
    let folder = view.parent().expect("a file has a folder");
    let lines = |start: &'static str| text.lines().filter_map(move |line| line.strip_prefix(start));
    let dump = lines("[dumpfile] ").next().ok_or("no dump is named")?;
    let dump = folder.join(dump.trim_matches('"'));
    // A reader that shares nothing with our writer.
    let waves = wellen::simple::read(&dump).map_err(|error| format!("{dump:?}: {error}"))?;
    let hierarchy = waves.hierarchy();
    let all: BTreeSet<String> =
        hierarchy.all_vars().map(|var| hierarchy[var].full_name(hierarchy)).collect();
    let mut rows = 0;
    for row in lines("+{") {
        let path = row.split_once("} ").ok_or("a row without a signal")?.1;
        let path = path.split('[').next().unwrap_or(path);
        if !all.contains(path) {
            return Err(format!("the row {path} is no signal of the dump"));
        }
        rows += 1;
    }
    for filter in lines("^").filter_map(|line| line.split_once(' ')) {
        if !folder.join(filter.1).is_file() {
            return Err(format!("the filter {} is not there", filter.1));
        }
    }
    let times = waves.time_table();
    if rows < 10 || times.len() < 2 || !times.is_sorted() {
        return Err(format!("{rows} rows and {} times are no picture", times.len()));
    }
    Ok(())
}

/// Scenarios of segments that differ in kind: holes, blocks, pages, faults, growth, sharing,
/// compaction, and a long random history.
const SEGMENTS: [&str; 8] = [
    "first-fit",
    "buddies",
    "pages-need-no-neighbours",
    "segments-of-the-book",
    "stack-and-heap-grow",
    "one-code-for-two-processes",
    "half-is-free-and-nothing-fits",
    "the-fifty-percent-rule",
];

/// One scenario of each question, and one of each kind without pages.
#[test]
fn scenarios_of_every_kind_leave_waves_that_open() {
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for scenario in library::all().unwrap_or_else(|error| panic!("{error}")) {
        let (question, own) = scenario.name.split_once('/').expect("names have a folder");
        let of_question = chosen.entry(question.to_owned()).or_default();
        if of_question.is_empty() || question == "where-does-it-fit" && SEGMENTS.contains(&own) {
            of_question.push(scenario.name.clone());
        }
    }
    assert!(chosen.len() > 20 && chosen["where-does-it-fit"].len() > SEGMENTS.len(), "{chosen:?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut bad = Vec::new();
    for name in chosen.values().flatten() {
        // The beginning of a long run is enough.
        let output = cargo_bin_cmd!("pagewalk")
            .args(["wave", name, "--no-open", "--wave-cycles", "50000", "--dir"])
            .arg(folder.path())
            .output()
            .expect("the binary starts");
        let text = String::from_utf8_lossy(&output.stdout);
        let view = text.lines().find_map(|line| line.strip_prefix("view  "));
        let verdict = match view.filter(|_| output.status.success()) {
            Some(view) => complete(Path::new(view)),
            None => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr))),
        };
        bad.extend(verdict.err().map(|why| format!("{name}: {why}")));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn waves_of_compiled_state_are_those_of_verilator() {
    if !tools::or_skip("verilator") {
        return;
    }
    let config = "rv64_tiny".to_owned();
    let options =
        WaveOptions { config, cycles: 2000, rounds: 1, seconds: 0.01, ..WaveOptions::default() };
    let report = waves(&options).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.compared_signals > 500, "{report}");
    assert!(report.compared_changes > 10_000, "{report}");
    println!("{report}");
}
