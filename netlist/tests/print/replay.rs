//! A block's stimulus and responses in rust-hdl, replayed on its printed Verilog.

use crate::base::{Clocked, Dice, observe, paths, settle};
use crate::bench::{Signal, bench, signals, top};
use netlist::ir::{Design, Value};
use netlist::print::{Describe, verilog};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// A block's printed text, and its expected behaviour.
pub(crate) struct Recording {
    /// Name of its top module.
    device: String,
    text: String,
    bench: String,
    vectors: String,
    cycles: u64,
}

/// Runs a block in rust-hdl and prints it. All its modules are named after the device, so that
/// several recordings can be in one file.
pub(crate) fn record<B: Clocked>(
    device: &str,
    mut block: B,
    cycles: u64,
    seed: u64,
    mut present: impl FnMut(&mut Dice, &mut B),
) -> Recording {
    let design: Design = crate::base::elaborated(&block);
    block.connect_all();
    let printed = verilog(&design, device, &Describe::new());
    let (signals, clock) = signals(&design, &printed.places);
    let at: BTreeMap<String, usize> = paths(&block).into_iter().zip(0..).collect();
    let atom = |path: &String| *at.get(path).unwrap_or_else(|| panic!("no signal {path}"));
    let atoms: Vec<usize> =
        signals.iter().flat_map(|signal: &Signal| signal.paths.iter().map(atom)).collect();
    let mut dice = Dice::new(seed);
    let mut vectors = String::new();
    for _ in 0..cycles {
        block.clock(false);
        present(&mut dice, &mut block);
        settle(&mut block);
        let _ = writeln!(vectors, "{}", packed(&observe(&block), &atoms));
        block.clock(true);
        settle(&mut block);
    }
    let bench = bench(device, &signals, clock.as_deref(), cycles);
    Recording { device: device.to_owned(), text: printed.to_string(), bench, vectors, cycles }
}

/// The chosen values as one number, the first in the lowest bits.
fn packed(observed: &[Value], atoms: &[usize]) -> String {
    let mut all: Option<Value> = None;
    for at in atoms {
        let value = &observed[*at];
        all = Some(all.map_or_else(|| value.clone(), |low| value.concat(&low)));
    }
    format!("{:x}", all.expect("a block has ports"))
}

/// Writes `printed.v`, `bench.v` and the vectors.
pub(crate) fn write(directory: &Path, recordings: &[Recording]) {
    let write = |name: &str, text: &str| {
        std::fs::write(directory.join(name), text).expect("a temporary file is written");
    };
    let devices: Vec<&str> = recordings.iter().map(|one| one.device.as_str()).collect();
    for one in recordings {
        write(&format!("{}.hex", one.device), &one.vectors);
    }
    let benches = recordings.iter().map(|one| one.bench.as_str());
    write("bench.v", &(benches.collect::<String>() + &top(&devices)));
    write("printed.v", &recordings.iter().map(|one| one.text.as_str()).collect::<String>());
}

/// Every device agreed on every cycle.
fn agreed(simulator: &str, said: &str, directory: &Path, recordings: &[Recording]) {
    for one in recordings {
        let wanted = format!("{} agreed on {} cycles", one.device, one.cycles);
        assert!(said.contains(&wanted), "{simulator}: {said}\n{}", shown(directory));
    }
}

/// Which simulators replay a recording.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Icarus.
    Icarus,
    /// Icarus and Verilator.
    Both,
    /// Icarus; Verilator may warn that a kernel compares with a constant zero.
    Drawn,
}

/// All tools accept the Verilog of a block without a warning, and it behaves as in rust-hdl.
pub(crate) fn replay<B: Clocked>(
    block: B,
    cycles: u64,
    seed: u64,
    which: Replay,
    present: impl FnMut(&mut Dice, &mut B),
) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let recordings = [record("printed", block, cycles, seed, present)];
    write(directory.path(), &recordings);
    let mut remarks = vec!["--lint-only", "-Wall"];
    if which == Replay::Drawn {
        remarks.extend(["-Wno-UNSIGNED", "-Wno-CMPCONST"]);
    }
    lint(directory.path(), &remarks);
    if let Some(said) = icarus(directory.path()) {
        agreed("Icarus", &said, directory.path(), &recordings);
    }
    if which == Replay::Both {
        verilate(&recordings);
    }
}

/// The recordings, in one Verilator build, behave as in rust-hdl.
pub(crate) fn verilate(recordings: &[Recording]) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    write(directory.path(), recordings);
    // Most of a build's time is the C++ compiler's; for runs this short its optimiser is a waste.
    let arguments =
        ["--binary", "--timing", "-O1", "-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"];
    let files = ["-Wno-fatal", "--top-module", "bench", "printed.v", "bench.v"];
    if tool(directory.path(), "verilator", &[&arguments[..], &files].concat()).is_some() {
        let binary = directory.path().join("obj_dir/Vbench");
        let said = tool(directory.path(), &binary.to_string_lossy(), &[]).expect("it was built");
        agreed("Verilator", &said, directory.path(), recordings);
    }
}

/// The output of the bench in a directory in Icarus; `None` if it is not installed.
pub(crate) fn icarus(directory: &Path) -> Option<String> {
    let arguments = ["-g2005", "-Wall", "-o", "bench.vvp", "printed.v", "bench.v"];
    silent(directory, "iverilog", &arguments)?;
    tool(directory, "vvp", &["bench.vvp"])
}

/// Checks that no tool warns about `printed.v`.
fn lint(directory: &Path, verilator: &[&str]) {
    silent(directory, "iverilog", &["-g2005", "-Wall", "-o", "lint.vvp", "printed.v"]);
    silent(directory, "verilator", &[verilator, &["printed.v"]].concat());
    let script = "read_verilog printed.v; hierarchy -check -top printed; proc; check -assert";
    silent(directory, "yosys", &["-q", "-p", script]);
}

fn shown(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("printed.v")).unwrap_or_default()
}

fn silent(directory: &Path, name: &str, arguments: &[&str]) -> Option<()> {
    let said = tool(directory, name, arguments)?;
    assert!(said.is_empty(), "{name} says: {said}\n{}", shown(directory));
    Some(())
}

/// The output of a tool; `None` if it is not installed, which is reported.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn tool(directory: &Path, name: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(name).args(arguments).current_dir(directory).output() {
        Ok(output) => output,
        Err(error) => {
            let required = std::env::var_os("CI").is_some_and(|value| value == "true");
            assert!(!required, "tool {name} missing, and CI=true requires it: {error}");
            eprintln!("skipped: tool {name} missing: {error}");
            return None;
        }
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{name} fails: {text}\n{}", shown(directory));
    Some(text)
}
