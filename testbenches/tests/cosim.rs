//! The exported Verilog equals the Rust simulation, pin by pin and cycle by cycle.
#![allow(clippy::print_stdout)] // The seed, the coverage and the verdicts are worth reading.

use testbenches::cosim::{Outcome, Recording, Replayer, record, replay};
use testbenches::engine::{CONFIGS, Config, find};
use testbenches::export::{self, tools};

/// The stimulus is made from this and the configuration alone.
const SEED: u64 = 0x5eed_0001;

const CYCLES: usize = 20_000;

fn recorded(config: &'static Config, cycles: usize) -> Recording {
    let recording = record(config, cycles, SEED);
    println!("{}, seed {SEED:#x}, {cycles} cycles: {}", config.name, recording.coverage);
    recording
}

fn replayed(replayer: Replayer, design: &str, recording: &Recording) -> Outcome {
    let directory = tempfile::tempdir().unwrap();
    replay(replayer, design, recording, directory.path())
        .unwrap_or_else(|error| panic!("{}: {error}", recording.config.name))
}

fn equal(replayer: Replayer, config: &'static Config) {
    if !tools::or_skip(replayer.tool()) {
        return;
    }
    let recording = recorded(config, CYCLES);
    let levels = if config.name.starts_with("rv32") { 2 } else { 5 };
    let gaps = recording.coverage.gaps(10, levels);
    assert!(gaps.is_empty(), "{}: too rare: {}", config.name, gaps.join(", "));
    let outcome = replayed(replayer, &export::verilog(config).unwrap(), &recording);
    println!("{} in {}: {outcome}", config.name, replayer.tool());
    assert_eq!(outcome, Outcome::Equal { cycles: CYCLES }, "{}: {outcome}", config.name);
}

#[test]
fn icarus_runs_every_configuration_as_rust_does() {
    for config in CONFIGS {
        equal(Replayer::Icarus, config);
    }
}

#[test]
fn verilator_runs_the_rv32_top_as_rust_does() {
    equal(Replayer::Verilator, find("rv32_linux").unwrap());
}

#[test]
fn verilator_runs_the_rv64_top_as_rust_does() {
    equal(Replayer::Verilator, find("rv64_linux").unwrap());
}
