//! Miss-ratio curves from one pass, against the counts of the hardware at every size and organisation
//! that both have.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::within::{json, pagewalk, sound};

/// The traces that come with the project.
fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/traces");
    path.join(format!("{name}.lackey.zst")).display().to_string()
}

/// A trace that faults, loops, jumps, and stores to pages that it has only read before.
fn own() -> String {
    let mut text = String::new();
    let mut state = 12_345_u64;
    for n in 0..6_000_u64 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let random = state >> 33;
        let _ = writeln!(text, "2 {:x}", 0x40_0000 + n / 50 % 37 * 4096 + n % 50 * 4);
        let page = if n % 3 == 0 { random % 90 } else { n / 7 % 25 };
        let _ = writeln!(
            text,
            "{} {:x}",
            u8::from(random.is_multiple_of(5)),
            0x80_0000 + page * 4096 + n % 500 * 8
        );
    }
    text
}

/// Hits and misses of each port, by the hardware.
fn counted(report: &Value) -> [(&'static str, u64, u64); 2] {
    ["fetch", "data"].map(|port| {
        let of = |what: &str| report["total"][port][what].as_u64().expect("a count");
        (port, of("tlb_hits"), of("tlb_misses"))
    })
}

/// The misses of a curve, and all translations of its port.
fn curve(curves: &Value, port: &str, ways: usize, lines: usize) -> Option<(u64, f64)> {
    let rows = curves["rows"].as_array().expect("a list");
    let of = |row: &&Value| row["port"] == port && row["ways"] == ways;
    let row = rows.iter().filter(of).find(|row| row["lines"] == lines);
    // Where all that is ever used fits, there are no more rows.
    let row = row.or_else(|| if ways == 0 { rows.iter().rfind(of) } else { None })?;
    Some((row["misses"].as_u64()?, row["miss_ratio"].as_f64()?))
}

/// Every size and organisation with true LRU, of one configuration's width.
fn organisations() -> Vec<(String, usize, usize)> {
    let mut all = Vec::new();
    for (size, lines) in [("tiny", 4), ("small", 8), ("linux", 16), ("large", 32), ("huge", 64)] {
        for ways in [0, 1, 2, 4, 8].into_iter().filter(|ways| *ways <= lines) {
            let parts = if ways == 0 { String::new() } else { format!("+ways={ways}") };
            // In one way there is nothing to choose.
            let lru = if ways == 1 { "" } else { "+replacement=lru" };
            all.push((format!("rv64_{size}{lru}{parts}"), ways, lines));
        }
    }
    all
}

/// Compares the curves of a run with the hardware's counts in as many runs as there are organisations.
fn equal(folder: &Path, trace: &str, organisations: &[(String, usize, usize)], options: &[&str]) {
    let start = ["curve", trace, "--ways", "0,1,2,4,8", "--json"];
    let curves = json(folder, &[&start[..], options].concat());
    assert_eq!(curves["notes"], serde_json::json!([]));
    let names: Vec<_> = organisations.iter().map(|(name, ..)| name.as_str()).collect();
    let names = names.join(",");
    let reports =
        json(folder, &[&["trace", trace, "--json", "--config", &names], options].concat());
    let reports = reports.as_array().expect("a list");
    assert_eq!(reports.len(), organisations.len());
    for ((name, ways, lines), report) in organisations.iter().zip(reports) {
        for (port, hits, misses) in counted(report) {
            let Some((predicted, ratio)) = curve(&curves, port, *ways, *lines) else {
                assert_eq!(hits + misses, 0, "{trace} on {name}: {port}");
                continue;
            };
            assert_eq!(predicted, misses, "{trace} on {name}: {port}");
            let counted = misses as f64 / (hits + misses) as f64;
            assert!((ratio - counted).abs() < 1e-12, "{trace} on {name}: {port}");
        }
    }
}

#[test]
fn curves_equal_the_hardware_at_every_size() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("own.din"), own()).expect("it can be written");
    for trace in [&shipped("sort"), &shipped("transpose"), "own.din"] {
        equal(folder.path(), trace, &organisations(), &[]);
    }
}

/// With evictions, and the kernel's fences in another place for each policy.
#[test]
fn curves_equal_the_hardware_where_pages_are_evicted() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("own.din"), own()).expect("it can be written");
    let some =
        |(_, ways, lines): &(String, usize, usize)| [4, 16, 64].contains(lines) && ways % 4 == 0;
    let some: Vec<_> = organisations().into_iter().filter(some).collect();
    for policy in ["policy=lru", "policy=fifo"] {
        equal(folder.path(), "own.din", &some, &["--os", "frames=120", "--os", policy]);
    }
}

#[test]
fn sv32_has_curves_too() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("own.din"), own()).expect("it can be written");
    let folder = folder.path();
    let curves = json(folder, &["curve", "own.din", "--json", "--config", "rv32_linux"]);
    let config = "rv32_small+replacement=lru";
    let report = json(folder, &["trace", "own.din", "--json", "--config", config]);
    for (port, _, misses) in counted(&report) {
        let predicted = curve(&curves, port, 0, 8).map(|(misses, _)| misses);
        assert_eq!(predicted, Some(misses), "{port}");
    }
}

/// With one port requests come in the order of the program, so that one curve is that of every size,
/// whichever is observed; also with pages evicted all the time.
#[test]
fn one_tlb_for_both_ports_has_the_misses_of_every_size() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("own.din"), own()).expect("it can be written");
    let folder = folder.path();
    for more in [&[][..], &["--os", "frames=120", "--os", "policy=fifo"]] {
        let seen = |size: &str| {
            let config = format!("rv64_{size}+ports=1");
            let start = ["curve", "own.din", "--json", "--config", &config];
            json(folder, &[&start, more].concat())
        };
        let curves = seen("linux");
        assert_eq!(curves["notes"], serde_json::json!([]));
        for (size, lines) in [("tiny", 4), ("small", 8), ("linux", 16), ("large", 32), ("huge", 64)]
        {
            assert_eq!(seen(size)["rows"], curves["rows"], "{size}, {more:?}");
            let config = format!("rv64_{size}+ports=1+replacement=lru");
            let start = ["trace", "own.din", "--json", "--config", &config];
            let report = json(folder, &[&start, more].concat());
            let mmu = &report["total"]["mmu"];
            let misses =
                ["data_misses", "fetch_misses"].map(|name| mmu[name].as_u64().expect("a count"));
            let predicted = curve(&curves, "both", 0, lines).map(|(misses, _)| misses);
            assert_eq!(predicted, Some(misses.iter().sum()), "{config}, {more:?}");
        }
    }
}

/// Page faults of a process that has so many frames, with LRU.
#[test]
fn frames_have_the_faults_of_the_kernel() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("own.din"), own()).expect("it can be written");
    let folder = folder.path();
    let curves = json(folder, &["curve", "own.din", "--of", "frames", "--json"]);
    for frames in [3_u64, 10, 25, 64, 200] {
        let share = format!("allocation.equal={frames}");
        let options = ["trace", "own.din", "--json", "--policy", "lru", "--os", &share];
        let report = json(folder, &options);
        let faults = &report["total"]["faults"];
        let of = |kind: &str| faults[kind].as_u64().expect("a count");
        let rows = curves["rows"].as_array().expect("a list");
        let row = rows.iter().find(|row| row["frames"] == frames).or(rows.last());
        let predicted = row.and_then(|row| row["page_faults"].as_u64());
        assert_eq!(predicted, Some(of("minor_faults") + of("major_faults")), "{frames} frames");
    }
}

#[test]
fn tables_csv_and_pictures_agree() {
    let folder = TempDir::new().expect("a temporary folder");
    let pages = [1, 2, 3, 1, 2, 3, 4, 1, 1, 1];
    let text: String = pages.iter().map(|page| format!("{page}000 R\n")).collect();
    fs::write(folder.path().join("ten.trace"), text).expect("it can be written");
    let folder = folder.path();
    let csv = sound(folder, &["curve", "ten.trace", "--of", "frames", "--csv"]);
    assert_eq!(csv, "frames,page_faults,fault_ratio\n1,8,0.8\n2,8,0.8\n3,5,0.5\n4,4,0.4\n");
    let out = sound(folder, &["curve", "ten.trace", "--of", "frames", "--sizes", "2,3"]);
    let rows: Vec<_> =
        out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert!(rows.contains(&vec!["2", "8", "800.000"]) && rows.contains(&vec!["3", "5", "500.000"]));
    let csv = sound(folder, &["curve", "ten.trace", "--of", "reuse", "--csv"]);
    assert_eq!(csv, "from,to,references,part\n0,0,2,0.2\n1,1,0,0\n2,3,4,0.4\n,,4,0.4\n");
    let csv = sound(folder, &["curve", "ten.trace", "--of", "working-set", "--csv"]);
    assert!(csv.starts_with("tau,working_set\n1,1\n2,1.7\n"), "{csv}");
    let series = ["curve", "ten.trace", "--of", "working-set", "--tau", "3", "--csv"];
    let sizes: Vec<_> = sound(folder, &series)
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(',').map(|(_, size)| size.to_owned()))
        .collect();
    assert_eq!(sizes, ["1", "2", "3", "3", "3", "3", "3", "3", "2", "1"]);
    for of in ["tlb", "frames", "reuse", "working-set"] {
        sound(folder, &["curve", "ten.trace", "--of", of, "--plot", "drawn"]);
        let svg = fs::read_to_string(folder.join(format!("drawn/ten-{of}.svg")));
        assert!(svg.expect("it was drawn").contains("ten: "), "{of}");
    }
    let out = sound(folder, &["curve", "who-is-kept-apart/asids-save-misses"]);
    assert!(out.contains("lines"), "{out}");
    // A string is what a trace of its pages is.
    let belady = ["curve", "--string", "1,2,3,4,1,2,5,1,2,3,4,5", "--csv", "--of"];
    let csv = sound(folder, &[&belady[..], &["frames"]].concat());
    let faults: Vec<_> = csv.lines().filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(faults, ["page_faults", "12", "12", "10", "8", "5"]);
    let csv = sound(folder, &[&belady[..], &["stack"]].concat());
    assert!(csv.contains("\n7,5,,5 2 1 4 3\n8,1,3,1 5 2 4 3\n"), "{csv}");
    let out = sound(folder, &["curve", "--string", "3,7,3", "--of", "stack"]);
    assert!(out.contains("\n3       3      2  3  7\n"), "{out}");
}

#[test]
fn mistakes_are_said() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("one.trace"), "1000 R\n").expect("it can be written");
    let study = "title = \"t\"\nscenario = \"x\"\n[[sweep]]\n[[measure]]\n";
    fs::write(folder.path().join("study.toml"), study).expect("it can be written");
    for (arguments, part) in [
        (&["one.trace", "--tau", "3"][..], "--tau has no effect"),
        (&["one.trace", "--of", "frames", "--ways", "2"], "--ways has no effect"),
        (&["one.trace", "--of", "reuse", "--sizes", "2"], "--sizes has no effect"),
        (&["one.trace", "--sizes", "0"], "is not a size"),
        (&["one.trace", "--ways", "2,2"], "named twice"),
        (&["one.trace", "--ways", "65"], "at most 64"),
        (&["one.trace", "--config", "rv64_linux+l2=512"], "have no effect on it"),
        (&["one.trace", "--config", "rv64_linux+ports=1+replacement=nmr"], "size by size"),
        (&["which-page-goes/no-such"], "there is no scenario"),
        (&["no-such.trace"], "there is no file `no-such.trace`"),
        (&["belady-with-3-frames", "--of", "frames"], "--sweep process.belady.frames=1..16"),
        (&["a-hit-takes-none", "--of", "reuse"], "reads the references of a trace"),
        (&["one.trace", "--of", "frames", "--engine", "compiled"], "--engine has no effect"),
        (&["asids-save-misses", "--mode", "sv39"], "--mode has no effect on a scenario"),
        (&["one.trace", "--of", "stack"], "for a short `--string`"),
        (&["--of", "frames"], "<SUBJECT>"),
        (&["--string", "1,2"], "--string has no effect"),
        (&["one.trace", "--string", "1,2", "--of", "frames"], "cannot be used with"),
        (&["--string", "1,2", "--of", "frames", "--fold"], "cannot be used with"),
        (&["--string", "1,q", "--of", "frames"], "--string: column 3"),
        (&["--string", "1w", "--of", "frames"], "only numbers belong here"),
        (&["--string", "1..300", "--of", "stack"], "there are 300; at most 200"),
        (&["--string", "1..30", "--of", "stack"], "30 pages; at most 24"),
        (&["--string", "1,2", "--of", "stack", "--sizes", "2"], "--sizes has no effect"),
        (&["one.trace", "--config", "rv64_linux,rv64_large"], "only one configuration"),
        (&["one.trace", "--config", "rv64_linux+replacement=plru"], "size by size"),
        (&["one.trace", "--config", "rv64_linux+ways=4"], "--ways 4"),
        (&["one.trace", "--config", "rv64_linux+lines=32"], "rv64_large has 32"),
        (&["one.trace", "--sizes", "3", "--ways", "4"], "in 4 ways there are 4, 8, 16"),
        (&["one.trace", "--goal", "-1"], "no number of misses"),
        (&["one.trace", "--goal", "5", "--csv"], "no effect on CSV"),
        (&["one.trace", "--of", "frames", "--goal", "5"], "--goal has no effect"),
        (&["one.trace", "--of", "frames", "--avoidable"], "--avoidable has no effect"),
        (&["one.trace", "--port", "both"], "two ports"),
        (&["one.trace", "--port", "fetch"], "nothing was translated on port fetch"),
        (&["study.toml"], "`pagewalk explore study.toml` runs it"),
    ] {
        let (out, error, status) = pagewalk(folder.path(), &[&["curve"], arguments].concat());
        assert_eq!((out.as_str(), status), ("", 2), "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
    fs::write(folder.path().join("bad.trace"), "1000 R\n1000 R\nx y z\n").expect("written");
    let (_, error, status) = pagewalk(folder.path(), &["curve", "bad.trace", "--of", "frames"]);
    assert!(status == 2 && error.contains("bad.trace:3"), "{error}");
}
