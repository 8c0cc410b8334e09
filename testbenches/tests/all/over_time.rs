//! A run over time, and two runs beside each other.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::within::{json, pagewalk, sound};

/// A program of two phases: a loop over few pages, and one over many.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let line = |n: u64| {
        let page = if n < 1500 { n % 4 } else { n * 7 % 60 };
        let kind = u8::from(n.is_multiple_of(5));
        format!("2 400000\n{kind} {:x}\n2 400008\n", 0x60_0000 + page * 4096)
    };
    let text: String = (0..3000).map(line).collect();
    fs::write(folder.path().join("phases.din"), text).expect("it can be written");
    fs::write(folder.path().join("data.trace"), "1000 R\n2000 W\n").expect("it can be written");
    folder
}

#[test]
fn stretches_add_up_to_the_report_and_change_nothing() {
    let folder = folder();
    let folder = folder.path();
    for (every, distance) in [("1000", 1000), ("20000cycles", 20000)] {
        let plain = json(folder, &["trace", "phases.din", "--json"]);
        let mut report = json(folder, &["trace", "phases.din", "--json", "--every", every]);
        let series = report["series"].take();
        report.as_object_mut().expect("an object").remove("series");
        assert_eq!(report, plain, "sampling is only looking");
        let rows = series.as_array().expect("a list");
        assert!(rows.len() > 3, "{rows:?}");
        let sum = |name: &str| rows.iter().map(|row| row[name].as_u64().expect("a count")).sum();
        let total = &plain["total"];
        let counts: [(u64, &Value); 6] = [
            (sum("fetch_misses"), &total["fetch"]["tlb_misses"]),
            (sum("data_misses"), &total["data"]["tlb_misses"]),
            (sum("walks"), &total["mmu"]["walks"]),
            (sum("minor_faults"), &total["faults"]["minor_faults"]),
            (sum("major_faults"), &total["faults"]["major_faults"]),
            (rows[rows.len() - 1]["cycles"].as_u64().expect("a count"), &plain["cycles"]),
        ];
        for (sum, whole) in counts {
            assert_eq!(Some(sum), whole.as_u64());
        }
        let along = if every == "1000" { "instructions" } else { "cycles" };
        let ends: Vec<_> = rows.iter().filter_map(|row| row[along].as_u64()).collect();
        for (number, end) in (1..).zip(&ends[..ends.len() - 1]) {
            assert!(*end >= number * distance, "{ends:?}");
        }
        if every == "1000" {
            // Hardly more than one instruction is completed in a cycle.
            let near = (1..).zip(&ends).all(|(number, end)| end - number * distance < 3);
            assert!(near && ends.len() == 6, "{ends:?}");
        }
        // The second phase misses, the first does not.
        let mpki = |row: usize| rows[row]["data_mpki"].as_f64().expect("a rate");
        assert!(mpki(rows.len() - 2) > 10.0 * mpki(1).max(0.1), "{rows:?}");
    }
}

/// At the end of a run nothing is in use any more, which is not what its last stretch used.
#[test]
fn the_last_stretch_shows_the_frames_before_the_end() {
    let folder = folder();
    for every in ["1000", "20000cycles", "100000000"] {
        let report = json(folder.path(), &["trace", "phases.din", "--json", "--every", every]);
        let rows = report["series"].as_array().expect("a list");
        let frames: Vec<_> = rows.iter().filter_map(|row| row["frames"].as_u64()).collect();
        // 60 pages and one of text, and their tables: the second phase needs no more at its end.
        assert!(frames.last().is_some_and(|last| (61..80).contains(last)), "{every}: {frames:?}");
        assert!(frames.is_sorted(), "{every}: {frames:?}");
    }
}

#[test]
fn a_series_is_shown_and_drawn() {
    let folder = folder();
    let folder = folder.path();
    let csv = sound(folder, &["trace", "phases.din", "--every", "500", "--csv"]);
    assert!(csv.starts_with("cycles,instructions,fetch_mpki,data_mpki,"), "{csv}");
    assert_eq!(csv.lines().count(), 13, "{csv}");
    let out = sound(folder, &["trace", "phases.din", "--every", "500", "--plot", "drawn"]);
    assert!(out.contains("frames_total") && out.contains("data_mpki"), "{out}");
    for name in ["phases-over-time.svg", "phases-frames.png"] {
        assert!(folder.join("drawn").join(name).exists(), "{name}");
    }
    let (out, error, status) = pagewalk(folder, &["trace", "data.trace", "--every", "5", "--csv"]);
    assert!(status == 0 && out.lines().count() == 2, "{out}");
    assert!(error.contains("--every 10000cycles"), "{error}");
    for (arguments, part) in [
        (&["--every", "0"][..], "1 instruction or cycle at least"),
        (&["--every", "5x"], "is not a stretch"),
        (&["--every", "5", "--config", "rv64_linux,rv64_large"], "for one configuration, not 2"),
        (&["--csv"], "--every"),
        (&["--plot", "x.svg"], "without --every"),
    ] {
        let (_, error, status) = pagewalk(folder, &[&["trace", "phases.din"], arguments].concat());
        assert!(status == 2 && error.contains(part), "{arguments:?}: {error}");
    }
}

#[test]
fn two_configurations_and_two_reports_are_compared() {
    let folder = folder();
    let folder = folder.path();
    let on = ["compare", "rv64_tiny", "rv64_large", "--on", "phases.din"];
    let run = json(folder, &[&on[..], &["--json"]].concat());
    for (config, name) in [("rv64_tiny", "a.json"), ("rv64_large", "b.json")] {
        let report = sound(folder, &["trace", "phases.din", "--json", "--config", config]);
        fs::write(folder.join(name), report).expect("it can be written");
    }
    let mut reports = json(folder, &["compare", "a.json", "b.json", "--json"]);
    assert_eq!(reports["a"], "a.json");
    (reports["a"], reports["b"]) = (run["a"].clone(), run["b"].clone());
    assert_eq!(reports, run);
    let figures = run["figures"].as_array().expect("a list");
    assert_eq!(figures[0]["figure"], "cycles");
    for figure in figures {
        let number = |key: &str| figure[key].as_f64();
        let (Some(a), Some(b)) = (number("a"), number("b")) else { continue };
        assert_eq!(number("difference"), Some(b - a), "{figure}");
        assert!(a == 0.0 || (number("relative").unwrap_or(9e9) - (b / a - 1.0)).abs() < 1e-9);
    }
    let out = sound(folder, &on);
    for part in ["rv64_tiny on phases.din", "mmu  rv64_tiny  rv64_large", "more differ (--all)"] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(sound(folder, &[&on[..], &["--all"]].concat()).lines().count() > out.lines().count());
    let same = sound(folder, &["compare", "a.json", "a.json"]);
    assert!(same.contains("no figure differs"), "{same}");
    let scenario = ["compare", "rv64_tiny", "rv64_small", "--on", "asids-save-misses"];
    assert!(sound(folder, &scenario).contains("total.data.tlb_misses"));
    for (arguments, part) in [
        (&["rv64_tiny", "rv64_large"][..], "say what to run it on"),
        (&["a.json", "data.trace"], "no report in JSON"),
        (&["a.json", "no.json"], "no.json"),
        (&["rv64_tiny", "rv64_tiny", "--on", "phases.din"], "named twice"),
        (&["rv64_tiny", "rv64_lrage", "--on", "phases.din"], "rv64_large"),
        (&["a.json", "b.json", "--engine", "compiled"], "--engine has no effect"),
        (
            &["rv64_tiny", "rv32_tiny", "--on", "asids-save-misses", "--os", "frames=9"],
            "--os has no",
        ),
    ] {
        let (out, error, status) = pagewalk(folder, &[&["compare"], arguments].concat());
        assert_eq!((out.as_str(), status), ("", 2), "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}
