//! The benchmark measures what it claims: the same hardware, the same traffic, the same answers.

use engine::traffic::{Loop, Sampled, Workload};
use engine::{Engine, find};
use testbenches::bench::{Contender, Options, run};
use testbenches::export::tools;

#[test]
fn workloads_miss_as_much_as_their_names_say() {
    let config = find("rv64_linux").unwrap();
    let rate = |workload| {
        let engine = Sampled::new(config.simulator(Engine::Compiled));
        let mut traffic = Loop::new(config, engine, false, workload, 1);
        traffic.run(2_500); // Warm TLBs.
        let run = traffic.run(4_000);
        run.translations as f64 / 4_000.0
    };
    assert_eq!(rate(Workload::Hit), 2.0, "both ports answer in every cycle");
    // Two ports share a walker that needs 2 + 3 · 20 cycles a miss, less what overlaps.
    let miss = rate(Workload::Miss);
    assert!((1.0 / 63.0..1.0 / 59.0).contains(&miss), "{miss}");
    let mixed = rate(Workload::Mixed);
    assert!((0.1..0.5).contains(&mixed), "{mixed}");
}

#[test]
fn cycles_that_are_jumped_over_are_as_if_they_had_been_driven() {
    for name in ["rv32_small", "rv64_linux"] {
        let config = find(name).unwrap();
        for &workload in Workload::ALL {
            let looped = |skips| Loop::new(config, config.native().unwrap(), skips, workload, 7);
            let (mut driven, mut jumped) = (looped(false), looped(true));
            // Lengths that end anywhere: during a wait, at its end, one cycle later.
            for cycles in (1..=70).chain([5_000, 1, 1, 20_000]) {
                let (want, got) = (driven.run(cycles), jumped.run(cycles));
                assert_eq!(
                    (got.translations, got.checksum),
                    (want.translations, want.checksum),
                    "{name} {} after {cycles} more cycles",
                    workload.name()
                );
            }
        }
    }
}

#[test]
fn every_contender_answers_alike() {
    for tool in ["verilator", "g++", "make", "iverilog", "yosys"] {
        if !tools::or_skip(tool) {
            return;
        }
    }
    // The narrow top and the wide one.
    let options = Options {
        configs: vec!["rv32_tiny".into(), "rv64_tiny".into()],
        cycles: 2_000,
        rounds: 1,
        seconds: 0.01,
        ..Options::default()
    };
    let report = run(&options, &mut |_| true).unwrap_or_else(|error| panic!("{error}"));
    println!("{report}");
    // CXXRTL's headers may be missing where Yosys is not.
    let present = Contender::ALL.len() - report.notes.len();
    assert!(present >= Contender::ALL.len() - 1, "{:?}", report.notes);
    assert_eq!(report.rows.len(), 2 * 3 * present, "two tops, three workloads");
    for rows in report.rows.chunks(present) {
        assert!(rows.iter().all(|row| row.checksum == rows[0].checksum));
        assert!(rows.iter().all(|row| row.cycles_per_cpu_second > 0.0));
    }
}

/// Of the same run, with the recorder and without.
#[test]
fn a_page_costs_more_than_the_run_alone() {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("pagewalk");
    let output = command.args(["bench", "--show", "--json", "--rounds", "1"]).assert().success();
    let report: serde_json::Value =
        serde_json::from_slice(&output.get_output().stdout).expect("JSON");
    println!("{report}");
    let number = |name: &str| report[name].as_f64().expect("a number");
    assert!(number("trace_cpu_seconds") > 0.0 && number("ratio") > 1.0, "{report}");
    assert!((100_000.0..5_000_000.0).contains(&number("page_bytes")), "{report}");
}

#[test]
fn json_is_an_object_a_line() {
    let arguments = "bench --json --config rv32_tiny,rv64_tiny --contenders compiled,interpreter \
                     --rounds 1 --seconds 0.005 --cycles 500";
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("pagewalk");
    let output = command.args(arguments.split_whitespace()).assert().success().get_output().clone();
    let lines = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2 * 3 * 2, "two tops, three workloads, two engines");
    for pair in rows.chunks(2) {
        assert_eq!(pair[0]["engine"], "compiled");
        assert_eq!(pair[1]["engine"], "interpreter");
        assert_eq!(pair[0]["entries"], 4);
        assert!(pair[0]["ready_seconds"].as_f64().unwrap() > 0.0);
        for field in ["config", "workload", "checksum"] {
            assert!(pair[0][field].is_string());
            assert_eq!(pair[0][field], pair[1][field]);
        }
        assert!(pair.iter().all(|row| row["cycles_per_cpu_second"].as_f64().unwrap() > 0.0));
    }
}

#[test]
fn what_was_measured_before_an_interruption_is_reported() {
    let options = Options {
        configs: vec!["rv64_tiny".to_owned()],
        contenders: vec![Contender::Compiled],
        cycles: 100,
        rounds: 1,
        seconds: 0.001,
        ..Options::default()
    };
    let mut told = Vec::new();
    let all = run(&options, &mut |what| {
        told.push(what.to_owned());
        true
    });
    let all = all.unwrap_or_else(|error| panic!("{error}")).rows.len();
    assert!(all > 1, "one for each workload");
    // The second workload is not begun.
    let second = told.iter().filter(|what| what.contains("answers")).nth(1).expect("several");
    let begun = run(&options, &mut |what| what != second);
    assert_eq!(begun.unwrap_or_else(|error| panic!("{error}")).rows.len(), 1);
    let none = run(&options, &mut |_| false);
    assert!(none.unwrap_or_else(|error| panic!("{error}")).rows.is_empty());
}
