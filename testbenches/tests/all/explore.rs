//! `pagewalk explore`: its output, and its error messages.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{json, pagewalk, sound};

/// The values of a curve, by its name.
fn curve(findings: &Value, name: &str) -> Vec<f64> {
    let series = findings["series"].as_array().expect("a list");
    let found = series.iter().find(|series| series["name"] == name);
    let points = &found.unwrap_or_else(|| panic!("{name} in {findings}"))["points"];
    points.as_array().expect("a list").iter().filter_map(|point| point["y"].as_f64()).collect()
}

#[test]
fn studies_are_listed() {
    let out = sound(&["explore"]);
    let line = out.lines().find(|line| line.starts_with("faults-against-frames"));
    assert!(line.is_some_and(|line| line.ends_with("Page faults against frames")), "{out}");
    assert!(json(&["explore", "--json"]).as_array().is_some_and(|all| all.len() >= 6));
}

#[test]
fn beladys_anomaly_is_in_the_curves() {
    let findings = json(&["explore", "faults-against-frames", "--json"]);
    // The textbook's numbers for 1 to 5 frames.
    assert_eq!(curve(&findings, "FIFO")[..5], [12.0, 12.0, 9.0, 10.0, 5.0]);
    assert_eq!(curve(&findings, "LRU")[..5], [12.0, 12.0, 10.0, 8.0, 5.0]);
    assert_eq!(curve(&findings, "OPT")[..5], [12.0, 9.0, 7.0, 6.0, 5.0]);
}

#[test]
fn any_parameter_of_any_scenario_is_swept() {
    let sweep = [
        "explore",
        "where-do-pages-come-from/zeroes-on-demand",
        "--sweep",
        "process.sparse.regions.bss.pages=600..1000:200",
        "--sweep",
        "machine.size=tiny,large",
        "--measure",
        "total.faults.minor_faults",
        "--measure",
        "data_misses / (data_hits + data_misses)",
    ];
    let out = sound(&sweep);
    assert_eq!(sound(&sweep), out, "the same twice");
    assert!(out.contains("tiny: total.faults.minor_faults"), "{out}");
    let findings = json(&[&sweep[..], &["--json"]].concat());
    assert_eq!(curve(&findings, "tiny: total.faults.minor_faults"), [11.0, 11.0, 11.0]);
    let csv = sound(&[&sweep[..], &["--csv"]].concat());
    assert_eq!(csv.lines().count(), 7, "{csv}");
    assert!(csv.starts_with("process.sparse.regions.bss.pages,machine.size,machine,"), "{csv}");
}

#[test]
fn what_a_scenario_expects_is_not_held_against_a_variation() {
    // The file expects exact latencies for L = 1, 2 and 10 and 9 faults with 3 frames.
    let findings = json(&[
        "explore",
        "a-miss-takes-two-and-the-memory",
        "--sweep",
        "machine.latency=1,3",
        "--measure",
        "events.pte_read",
        "--json",
    ]);
    let reads = curve(&findings, "events.pte_read");
    assert!(reads.len() == 2 && reads[0] == reads[1] && reads[0] > 0.0, "{findings}");
}

#[test]
fn pictures_are_drawn_as_svg_and_png() {
    let folder = TempDir::new().expect("a temporary folder");
    let shown = |path: &Path| path.to_str().expect("text").to_owned();
    let pictures = shown(&folder.path().join("new"));
    let sweep = ["explore", "belady-with-3-frames", "--sweep", "process.belady.frames=2..5"];
    let measure = ["--measure", "minor_faults", "--plot"];
    sound(&[&sweep[..], &measure, &[&pictures]].concat());
    let stem = folder.path().join("new/belady-with-3-frames");
    let svg = fs::read_to_string(stem.with_extension("svg")).expect("it was drawn");
    assert!(svg.starts_with("<svg") && svg.contains("minor_faults"), "{svg}");
    let png = fs::read(stem.with_extension("png")).expect("it was drawn");
    assert!(png.starts_with(b"\x89PNG") && png.len() > 10_000);
    let (_, error, status) = pagewalk(&[&sweep[..], &measure, &["x.jpeg"]].concat());
    assert_eq!(status, 2);
    assert!(error.contains("`jpeg` is neither svg nor png"), "{error}");
}

#[test]
fn figures_that_can_be_measured_are_listed() {
    let out = sound(&["explore", "belady-with-3-frames", "--figures"]);
    assert!(out.contains("total.faults.minor_faults") && out.contains("cycles"), "{out}");
}

#[test]
fn mistakes_of_explore_are_said_to_people() {
    let belady = "belady-with-3-frames";
    let mistakes: [(&[&str], &str); 12] = [
        (&["faults-against-frame"], "did you mean faults-against-frames"),
        (&[belady], "nothing is swept; say what, as --sweep os.frames"),
        (&[belady, "--sweep", "os.frames"], "write PATH=VALUES"),
        (&[belady, "--sweep", "os.frames=9..1"], "goes down"),
        (&[belady, "--sweep", "os.framse=99"], "unknown field `framse`"),
        (&[belady, "--sweep", "os.policy=lruu"], "there is no policy `lruu`"),
        (&[belady, "--sweep", "process.nobody.frames=3"], "there is no `nobody`"),
        (&[belady, "--sweep", "frames=3"], "nothing is called `frames`"),
        (&[belady, "--sweep", "os.frames=99", "--measure", "minor_fault"], "did you mean"),
        (&[belady, "--sweep", "os.frames=99", "--measure", "1 +"], "is not a formula"),
        (&[belady, "--sweep", "os.frames=1..5000", "--sweep", "os.swap=1..5000"], "20000 runs"),
        (&["what-is-evicted", "--sweep", "os.frames=99"], "choose one"),
    ];
    for (arguments, part) in mistakes {
        let (_, error, status) = pagewalk(&[&["explore"], arguments].concat());
        assert_eq!(status, 2, "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}

#[test]
fn a_process_that_dies_of_a_parameter_is_noted() {
    let out = sound(&[
        "explore",
        "zeroes-on-demand",
        "--sweep",
        "process.sparse.regions.bss.pages=100,1000",
        "--measure",
        "minor_faults",
    ]);
    assert!(
        out.contains("note      process.sparse.regions.bss.pages 100: sparse was killed"),
        "{out}"
    );
}

const EIGHT_PAGES: &str = r#"
idea = "Eight pages, four of them stored to."
spec = "sv32algorithm: if pte.v=0, stop and raise a page-fault exception"
machine = { modes = ["sv39"] }
os = { policy = "fifo" }
[[process]]
name = "p"
regions = [{ kind = "heap", start = 0x0040_0000, pages = 8 }]
program = ["store heap 0..3"]
"#;

#[test]
fn a_run_that_fails_leaves_the_others_alone() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("eight.toml");
    fs::write(&path, EIGHT_PAGES).expect("a temporary folder takes files");
    let path = path.to_str().expect("a plain path");
    let sweep = ["explore", path, "--sweep", "os.frames=100,80,66", "--measure", "evictions"];
    let with = |more: &[&str]| {
        let (out, error, status) = pagewalk(&[&sweep[..], more].concat());
        assert_eq!(status, 1, "{error}");
        assert!(error.contains("os.frames = 66"), "{error}");
        out
    };
    let table = with(&[]);
    let cells = |row: &str| {
        let line = table.lines().find(|line| line.trim_start().starts_with(row));
        line.unwrap_or_else(|| panic!("{row} in {table}")).split_whitespace().count()
    };
    assert_eq!((cells("100 "), cells("80 ")), (2, 2), "{table}");
    assert!(table.contains("failed    with os.frames = 66"), "{table}");
    let csv = with(&["--csv"]);
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("\n66,,\n"), "{csv}");
    let findings: Value = serde_json::from_str(&with(&["--json"])).expect("JSON");
    assert_eq!(findings["series"][0]["points"].as_array().map(Vec::len), Some(2));
    assert_eq!(findings["failed"][0]["choices"][0], "66");
    let plot = folder.path().join("x.svg");
    with(&["--plot", plot.to_str().expect("a plain path")]);
    assert!(plot.exists());
    // If nothing ran there is no table.
    let (out, error, status) = pagewalk(&["explore", path, "--sweep", "os.frames=3,4"]);
    assert!(status != 0 && out.is_empty(), "{out}{error}");
    assert!(error.contains("2 runs failed"), "{error}");
}

#[test]
fn options_that_have_no_effect_on_a_recorded_program_are_refused() {
    for wrong in ["os.fork=copy", "os.tau=3", "process.sort.frames=9"] {
        let sweep = ["explore", "tlb-misses-against-entries", "--sweep", wrong];
        let (out, error, status) = pagewalk(&sweep);
        assert_eq!((status, out.as_str()), (2, ""), "{wrong}: {error}");
        assert!(error.contains("no effect"), "{wrong}: {error}");
    }
}

#[test]
fn a_mistyped_measure_ends_the_sweep_at_its_first_run() {
    let name = "where-do-pages-come-from/zeroes-on-demand";
    let start = ["explore", name, "--sweep", "os.frames=200..600:10", "--measure"];
    for (measure, meant) in [
        ("total.data.tlb_mises", "total.data.tlb_misses"),
        ("1 + minor_fault", "total.faults.minor_faults"),
    ] {
        let (out, error, status) = pagewalk(&[&start[..], &[measure]].concat());
        assert_eq!((out.as_str(), status), ("", 2), "{error}");
        assert!(error.contains(&format!("did you mean {meant}")), "{error}");
        assert!(!error.contains("runs failed"), "the others need not run: {error}");
    }
}

#[test]
fn a_curve_of_numbers_says_what_they_are_of() {
    let name = "where-do-pages-come-from/zeroes-on-demand";
    let names = |sweep: &str| {
        let sweeps = ["--sweep", "os.frames=200,300", "--sweep", sweep, "--json"];
        let findings = json(&[&["explore", name, "--measure", "cycles"], &sweeps[..]].concat());
        let series = findings["series"].as_array().expect("a list").clone();
        series.iter().filter_map(|s| s["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(names("machine.ways=0,1,2"), ["fully associative", "ways 1", "ways 2"]);
    assert_eq!(names("machine.l2=0,64"), ["l2 0", "l2 64"]);
    assert_eq!(names("machine.replacement=fifo,lru"), ["fifo", "lru"]);
}
