//! The benchmark measures what it says: the same hardware, the same traffic, the same answers.

use testbenches::bench::{Loop, Options, Workload, run};
use testbenches::engine::{Engine, find};
use testbenches::export::tools;

#[test]
fn workloads_miss_as_much_as_their_names_say() {
    let config = find("rv64_linux").unwrap();
    let rate = |workload| {
        let mut traffic = Loop::new(config, Engine::Compiled, workload, 1);
        traffic.run(2_500); // Warm TLBs.
        let run = traffic.run(4_000);
        run.translations as f64 / run.cycles as f64
    };
    assert_eq!(rate(Workload::Hit), 2.0, "both ports answer in every cycle");
    // Two ports share a walker that needs 2 + 3 · 20 cycles a miss, less what overlaps.
    let miss = rate(Workload::Miss);
    assert!((1.0 / 63.0..1.0 / 59.0).contains(&miss), "{miss}");
    let mixed = rate(Workload::Mixed);
    assert!((0.1..0.5).contains(&mixed), "{mixed}");
}

#[test]
fn every_engine_and_verilator_answer_the_benchmark_alike() {
    if !tools::or_skip("verilator") {
        return;
    }
    let options = Options { cycles: 3_000, required: true, ..Options::default() };
    let report = run(&options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.rows.len(), 2 * 3 * 4, "two tops, three workloads, four engines");
    for engines in report.rows.chunks(4) {
        assert!(engines.iter().all(|row| row.checksum == engines[0].checksum));
    }
    println!("{report}");
}
