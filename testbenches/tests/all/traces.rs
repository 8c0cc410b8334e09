//! One's own traces in sweeps and scenarios, by the real binary.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::within::{pagewalk, sound};

/// Three traces: `loop.din` with fetches, `data.trace` without, and one that is broken at its end.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let line = |n: u64| {
        let page = 0x60_0000 + n * 7 % 40 * 0x1000 + n % 512 * 8;
        format!("2 400000\n0 {page:x}\n2 400008\n1 {:x}\n", page ^ 0x100)
    };
    let looped: String = (0..300).map(line).collect();
    let data: String =
        (0..200).map(|n| format!("{:x} W\n", 0x70_0000 + n * n % 23 * 4096)).collect();
    let broken = format!("{data}\nhere it ends\n");
    for (name, text) in [("loop.din", looped), ("data.trace", data), ("broken.trace", broken)] {
        fs::write(folder.path().join(name), text).expect("a temporary folder takes files");
    }
    folder
}

/// The rows of a sweep's CSV, without the head.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row =
        |row: Result<csv::StringRecord, _>| row.expect("a row").iter().map(str::to_owned).collect();
    reader.records().map(row).collect()
}

#[test]
fn a_sweep_of_a_trace_measures_what_trace_reports() {
    let folder = folder();
    for (file, policy) in [("loop.din", "clock"), ("loop.din", "aging"), ("data.trace", "opt")] {
        let sweep = format!("os.policy={policy}");
        let csv = sound(
            folder.path(),
            &[
                "explore",
                "--trace",
                file,
                "--sweep",
                "os.frames=80,90",
                "--sweep",
                &sweep,
                "--measure",
                "cycles",
                "--measure",
                "total.data.tlb_misses",
                "--csv",
            ],
        );
        let rows = rows(&csv);
        assert_eq!(rows.len(), 2, "{csv}");
        for (frames, row) in ["80", "90"].iter().zip(rows) {
            let options = ["trace", file, "--frames", frames, "--policy", policy, "--json"];
            let report: Value =
                serde_json::from_str(&sound(folder.path(), &options)).expect("JSON");
            let number = |value: &Value| value.as_u64().expect("a count").to_string();
            for value in [&report["cycles"], &report["total"]["data"]["tlb_misses"]] {
                assert!(row.contains(&number(value)), "{value} in {row:?} of {file}, {policy}");
            }
        }
    }
}

#[test]
fn several_traces_run_at_the_same_time() {
    let folder = folder();
    let both = ["explore", "--trace", "loop.din", "--trace", "data.trace", "--trace", "loop.din"];
    let out = sound(folder.path(), &[&both[..], &["--figures", "--json"]].concat());
    let figures: Value = serde_json::from_str(&out).expect("JSON");
    let of = |name: &str| figures[name].as_f64().unwrap_or_else(|| panic!("{name} in {out}"));
    for (name, accesses) in [("loop", 1200.0), ("data", 200.0), ("loop-2", 1200.0)] {
        let of = |kind: &str| of(&format!("processes.{name}.counts.accesses.{kind}"));
        assert_eq!(of("fetches") + of("loads") + of("stores"), accesses, "{name}");
    }
    assert!(of("total.faults.context_switches") > 2.0);
    let alone = ["explore", "--trace", "data.trace", "--figures", "--json"];
    let alone: Value = serde_json::from_str(&sound(folder.path(), &alone)).expect("JSON");
    assert!(of("cycles") > alone["cycles"].as_f64().expect("a number"));
    let csv = [&both[..], &["--sweep", "process.loop-2.frames=20,40", "--csv"]].concat();
    let rows = rows(&sound(folder.path(), &csv));
    assert!(rows.len() == 2 && rows[0] != rows[1], "{rows:?}");
    let table = sound(folder.path(), &[&both[..], &["--sweep", "os.frames=90,200"]].concat());
    assert!(table.contains("loop.din (din), data.trace (plain)"), "{table}");
}

const STORY: &str = r#"
idea = "Two programs that were recorded."
spec = "none: a recording"
machine = { modes = "sv39", size = "small" }
os = { frames = 100, policy = "fifo" }

[[process]]
name = "loop"
trace = "loop.din"
frames = 20
expect = { loads = 300, peak_resident_frames = 20 }

[[process]]
name = "data"
trace = "data.trace"
expect = { stores = 200, major_faults = 0 }
"#;

#[test]
fn a_process_of_a_scenario_runs_a_trace() {
    let folder = folder();
    fs::write(folder.path().join("two.toml"), STORY).expect("it is written");
    // Traces lie beside the scenario, wherever the command is run.
    let away = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("two.toml");
    let file = file.to_str().expect("temporary paths are text");
    sound(away.path(), &["run", file]);
    let wrong = STORY.replace("stores = 200", "stores = 201");
    fs::write(folder.path().join("wrong.toml"), wrong).expect("it is written");
    let (out, error, status) = pagewalk(folder.path(), &["run", "wrong.toml"]);
    assert_eq!(status, 1, "{out}{error}");
    let sweep = ["explore", file, "--sweep", "process.loop.frames=12,30", "--csv"];
    let rows = rows(&sound(away.path(), &sweep));
    assert!(rows.len() == 2 && rows[0] != rows[1], "{rows:?}");
}

#[test]
fn what_cannot_be_beside_a_trace_is_refused_with_its_place() {
    let folder = folder();
    let trace = "trace = \"data.trace\"\n";
    for (from, to, said) in [
        (trace, "trace = \"none.trace\"\n", "x.toml:15:10: there is no trace file `none.trace`"),
        (trace, "trace = \"data.trace\"\nprogram = []\n", "`program` cannot be beside `trace`"),
        (
            trace,
            "trace = \"data.trace\"\nregions = [{ kind = \"bss\", start = 0x10000, pages = 1 }]\n",
            "`regions` cannot be beside `trace`",
        ),
        (trace, "trace = \"data.trace\"\nforked = true\n", "no process forks this one"),
        (trace, "fold = true\nprogram = []\n", "`fold` has no effect"),
        (trace, "", "missing field `program`, or `trace`"),
        (trace, "trace = \"broken.trace\"\n", "broken.trace:202:6: `it` is neither R nor W"),
        ("fifo\"", "fifo\", allocation = { proportional = 30 }", "is not known beforehand"),
    ] {
        assert!(STORY.contains(from), "{from}");
        fs::write(folder.path().join("x.toml"), STORY.replace(from, to)).expect("it is written");
        let (out, error, status) = pagewalk(folder.path(), &["run", "x.toml"]);
        assert_eq!(status, 2, "{to}: {out}{error}");
        assert!(error.contains(said) && error.contains("x.toml:"), "{to}: {error}");
    }
}

#[test]
fn mistakes_of_a_sweep_of_traces_are_said_to_people() {
    let folder = folder();
    let sweep = &["--sweep", "os.frames=80,90"];
    for (arguments, status, said) in [
        (&["--trace", "none"][..], 2, "--trace none"),
        (&["--trace", "-"], 2, "reads the trace several times"),
        (&["--trace", "."], 2, "reads the trace several times"),
        (&["--trace", "data.trace", "belady-with-3-frames"], 2, "cannot be used with"),
        (&["--fold", "belady-with-3-frames"], 2, "--trace"),
        (&["--trace", "broken.trace"], 2, "broken.trace:202:6: `it` is neither R nor W"),
        (
            &["--trace", "data.trace", "--measure", "total.data.tlb_mpki"],
            2,
            "has no value in this run: it is per instruction, and no instruction was fetched",
        ),
        (&["--trace", "data.trace", "--sweep", "machine.modes=sv32"], 0, ""),
    ] {
        let all = [&["explore"], arguments, sweep].concat();
        let (_, error, ended) = pagewalk(folder.path(), &all);
        assert!(ended == status && error.contains(said), "{arguments:?}: {ended} {error}");
    }
    let (_, error, status) = pagewalk(folder.path(), &["explore", "--trace", "data.trace"]);
    assert!(status == 2 && error.contains("nothing is swept"), "{error}");
}
