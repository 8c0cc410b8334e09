//! The exported Verilog equals the Rust simulation, pin by pin and cycle by cycle.

use engine::{CONFIGS, Config, Engine, find};
use model::isa::Extension;
use testbenches::cosim::{Outcome, Recording, Replayer, record, record_on, replay};
use testbenches::export::{self, tools};

/// The stimulus depends only on this and the configuration.
const SEED: u64 = 0x5eed_0001;

const CYCLES: usize = 24_000;

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
    let deepest = u64::from(config.organisation.sizes.deepest.levels());
    let levels = if config.name.starts_with("rv32") { 2 } else { deepest };
    let napot = u64::from(config.extensions.has(Extension::Svnapot));
    let types = if config.extensions.has(Extension::Svpbmt) { 3 } else { 1 };
    let gaps = recording.coverage.gaps(5, levels + napot, types, config.organisation);
    assert!(gaps.is_empty(), "{}: too rare: {}", config.name, gaps.join(", "));
    let outcome = replayed(replayer, &export::verilog(config), &recording);
    println!("{} in {}: {outcome}", config.name, replayer.tool());
    assert_eq!(outcome, Outcome::Equal { cycles: CYCLES }, "{}: {outcome}", config.name);
}

/// One test for each simulator and configuration, so that they run in parallel.
macro_rules! replays {
    ($($test:ident $replayer:ident $config:literal;)*) => {
        const REPLAYED: &[&str] = &[$($config),*];
        $(
            #[test]
            fn $test() {
                equal(Replayer::$replayer, find($config).unwrap());
            }
        )*
    };
}

replays! {
    icarus_runs_rv32_tiny_as_rust_does Icarus "rv32_tiny";
    icarus_runs_rv32_small_as_rust_does Icarus "rv32_small";
    icarus_runs_rv32_linux_as_rust_does Icarus "rv32_linux";
    icarus_runs_rv32_large_as_rust_does Icarus "rv32_large";
    icarus_runs_rv32_huge_as_rust_does Icarus "rv32_huge";
    icarus_runs_rv64_tiny_as_rust_does Icarus "rv64_tiny";
    icarus_runs_rv64_small_as_rust_does Icarus "rv64_small";
    icarus_runs_rv64_linux_as_rust_does Icarus "rv64_linux";
    icarus_runs_rv64_large_as_rust_does Icarus "rv64_large";
    icarus_runs_rv64_huge_as_rust_does Icarus "rv64_huge";
    icarus_runs_rv64_linux_napot_as_rust_does Icarus "rv64_linux_napot";
    icarus_runs_rv64_linux_pbmt_as_rust_does Icarus "rv64_linux_pbmt";
    icarus_runs_rv64_linux_rva23_as_rust_does Icarus "rv64_linux_rva23";
    icarus_runs_rv64_linux_ext_as_rust_does Icarus "rv64_linux_ext";
    icarus_runs_rv32_linux_full_as_rust_does Icarus "rv32_linux_full";
    icarus_runs_rv64_linux_l2_as_rust_does Icarus "rv64_linux_l2";
    icarus_runs_rv64_linux_walk_as_rust_does Icarus "rv64_linux_walk";
    icarus_runs_rv64_linux_line_as_rust_does Icarus "rv64_linux_line";
    icarus_runs_rv64_linux_overlap_as_rust_does Icarus "rv64_linux_overlap";
    icarus_runs_rv64_linux_full_as_rust_does Icarus "rv64_linux_full";
    icarus_runs_rv64_linux_lru_as_rust_does Icarus "rv64_linux_lru";
    icarus_runs_rv64_linux_plru_as_rust_does Icarus "rv64_linux_plru";
    icarus_runs_rv64_linux_nmr_as_rust_does Icarus "rv64_linux_nmr";
    icarus_runs_rv64_linux_random_as_rust_does Icarus "rv64_linux_random";
    icarus_runs_rv64_linux_ways4_as_rust_does Icarus "rv64_linux_ways4";
    icarus_runs_rv64_linux_fetch8_as_rust_does Icarus "rv64_linux_fetch8";
    icarus_runs_rv64_linux_registered_as_rust_does Icarus "rv64_linux_registered";
    icarus_runs_rv32_tiny_registered_as_rust_does Icarus "rv32_tiny_registered";
    icarus_runs_rv64_linux_pages_as_rust_does Icarus "rv64_linux_pages";
    icarus_runs_rv32_micro_as_rust_does Icarus "rv32_micro";
    icarus_runs_rv64_sv39_as_rust_does Icarus "rv64_sv39";
    icarus_runs_rv64_sv39_small_as_rust_does Icarus "rv64_sv39_small";
    icarus_runs_rv64_linux_one_port_as_rust_does Icarus "rv64_linux_one_port";
    icarus_runs_rv32_tiny_one_port_as_rust_does Icarus "rv32_tiny_one_port";
    icarus_runs_one_port_and_most_parts_as_rust_does
        Icarus "rv64_linux_traced+line_fill=1+ports=1+walkers=1";
    icarus_runs_one_port_and_pages_as_rust_does
        Icarus "rv64_linux_rva23_pmp+answer=registered+pages=32+ports=1";
    verilator_runs_rv64_linux_full_as_rust_does Verilator "rv64_linux_full";
    icarus_runs_rv32_small_pmp_as_rust_does Icarus "rv32_small_pmp";
    icarus_runs_rv32_linux_pmp_as_rust_does Icarus "rv32_linux_pmp";
    icarus_runs_rv64_linux_pmp_as_rust_does Icarus "rv64_linux_pmp";
    icarus_runs_rv64_linux_pbmt_pmp_as_rust_does Icarus "rv64_linux_pbmt_pmp";
    icarus_runs_rv64_linux_rva23_pmp_as_rust_does Icarus "rv64_linux_rva23_pmp";
    icarus_runs_rv64_linux_protected_as_rust_does Icarus "rv64_linux_protected";
    icarus_runs_rv64_linux_traced_as_rust_does Icarus "rv64_linux_traced";
    verilator_runs_rv32_linux_as_rust_does Verilator "rv32_linux";
    verilator_runs_rv64_linux_as_rust_does Verilator "rv64_linux";
    verilator_runs_rv64_linux_protected_as_rust_does Verilator "rv64_linux_protected";
}

#[test]
fn every_configuration_is_replayed() {
    for config in CONFIGS {
        assert!(REPLAYED.contains(&config.name), "{} is not replayed", config.name);
    }
}

/// Far longer than each row above, of every configuration. The compiled engine records it, which
/// `engines` compares with rust-hdl's own on every pin.
#[test]
#[ignore = "half an hour: make lockstep"]
fn every_configuration_agrees_for_200_000_cycles() {
    const LONG: usize = 200_000;
    for config in CONFIGS {
        let recording = record_on(Engine::Compiled, config, LONG, SEED + 1);
        let outcome = replayed(Replayer::Verilator, &export::verilog(config), &recording);
        println!("{}, seed {:#x}: {outcome}", config.name, SEED + 1);
        assert_eq!(outcome, Outcome::Equal { cycles: LONG }, "{}: {outcome}", config.name);
    }
}

#[test]
fn the_same_seed_records_the_same_run() {
    let config = &CONFIGS[0];
    let (first, second) = (record(config, 500, SEED), record(config, 500, SEED));
    assert_eq!(first.coverage.to_string(), second.coverage.to_string());
    assert_eq!(first.vectors(), second.vectors());
    assert_ne!(first.vectors(), record(config, 500, SEED + 1).vectors());
}

/// Changes to the Verilog, each in one place: a piece of its text and its replacement.
const MUTATIONS: &[(&str, &str)] = &[
    // A TLB line: compares fewer bits, ignores the ASID, survives its fence.
    ("(held ^ key)", "(held & key)"),
    ("assign same = held == key;", "assign same = held >= key;"),
    ("if (looks_ahead)", "if (!looks_ahead)"),
    ("(fence && fenced) || (refill && overlapped)", "(fence && fenced) && (refill && overlapped)"),
    // The walker: begins at the wrong table, ignores a fence, loses its update.
    ("from_root = (state == IDLE) || stale", "from_root = (state == IDLE) && stale"),
    ("stale = overtaken || fence", "stale = overtaken && fence"),
    ("marked = entry | marks", "marked = entry & marks"),
    // The held fault does not hold.
    ("if (!holding || ready)", "if (!holding && ready)"),
    // A store page fault gets another code.
    ("store ? 4'hf", "store ? 4'he"),
    // A walk under a changed satp is accepted, and others are not.
    ("satp_changed = !same_satp_same", "satp_changed = same_satp_same"),
];

#[test]
fn a_changed_operator_is_noticed() {
    if !tools::or_skip("iverilog") {
        return;
    }
    let config = find("rv32_tiny").unwrap();
    let recording = recorded(config, 8_000);
    let design = export::verilog(config);
    for (what, instead) in MUTATIONS {
        assert!(design.contains(what), "the Verilog has no `{what}` to change");
        let outcome = replayed(Replayer::Icarus, &design.replacen(what, instead, 1), &recording);
        println!("`{instead}`: {outcome}");
        assert!(matches!(outcome, Outcome::Differs { .. }), "`{instead}` is not noticed");
    }
}
