//! Third-party simulators run the Verilog with recorded inputs.

use super::record::Recording;
use super::testbench::{VECTORS, testbench, vectors};
use crate::export::tools::{self, ToolError};
use std::fmt;
use std::path::Path;

/// A third-party simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayer {
    /// Icarus Verilog: starts at once.
    Icarus,
    /// Verilator: compiles the design first.
    Verilator,
}

impl Replayer {
    /// The command that must be installed.
    pub fn tool(self) -> &'static str {
        match self {
            Replayer::Icarus => "iverilog",
            Replayer::Verilator => "verilator",
        }
    }
}

/// The result of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All outputs equal in all cycles.
    Equal {
        /// The number of cycles.
        cycles: usize,
    },
    /// The first difference.
    Differs {
        /// The cycle, from 0.
        cycle: usize,
        /// The output pin.
        pin: String,
        /// Its value in the Rust simulation, in hexadecimal.
        expected: String,
        /// Its value in the Verilog, in hexadecimal; may contain `x`.
        got: String,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Equal { cycles } => write!(f, "equal in {cycles} cycles"),
            Outcome::Differs { cycle, pin, expected, got } => {
                write!(f, "cycle {cycle}, pin {pin}: expected {expected}, got {got}")
            }
        }
    }
}

const DESIGN: &str = "design.v";
const TESTBENCH: &str = "testbench.v";

/// Runs the Verilog text of a design against a recording, in an empty directory.
///
/// # Errors
/// [`ToolError`] if the simulator is missing, rejects the text, or does not terminate normally.
pub fn replay(
    replayer: Replayer,
    design: &str,
    recording: &Recording,
    directory: &Path,
) -> Result<Outcome, ToolError> {
    let tool = replayer.tool();
    for (name, text) in
        [(DESIGN, design), (TESTBENCH, &testbench(recording)), (VECTORS, &vectors(recording))]
    {
        std::fs::write(directory.join(name), text)
            .map_err(|source| ToolError::Io { tool, source })?;
    }
    let said = match replayer {
        Replayer::Icarus => icarus(directory)?,
        Replayer::Verilator => verilator(directory)?,
    };
    outcome(&said).ok_or_else(|| ToolError::Objected {
        tool,
        message: format!("the test bench printed no verdict: {}", said.trim()),
    })
}

fn icarus(directory: &Path) -> Result<String, ToolError> {
    let compiled = "replay.vvp";
    let arguments = ["-g2005", "-s", "testbench", "-o", compiled, TESTBENCH, DESIGN];
    tools::run("iverilog", directory, &arguments)?;
    tools::run("vvp", directory, &["-n", compiled])
}

fn verilator(directory: &Path) -> Result<String, ToolError> {
    // The C++ compiler takes longer than the run: its optimiser is a waste.
    let arguments = [
        "--binary",
        "--timing",
        "-j",
        "2",
        "-O3",
        "-MAKEFLAGS",
        "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0",
        "-Wno-lint",
        "-Wno-style",
        "-Wno-UNOPTFLAT",
        "--top-module",
        "testbench",
        "-o",
        "replay",
        TESTBENCH,
        DESIGN,
    ];
    tools::run("verilator", directory, &arguments)?;
    tools::run_program("verilator", &directory.join("obj_dir/replay"), directory, &[])
}

/// The verdict in the output of a simulator.
fn outcome(said: &str) -> Option<Outcome> {
    said.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["EQUAL", cycles] => Some(Outcome::Equal { cycles: cycles.parse().ok()? }),
            ["MISMATCH", cycle, pin, expected, got] => Some(Outcome::Differs {
                cycle: cycle.parse().ok()?,
                pin: pin.into(),
                expected: expected.into(),
                got: got.into(),
            }),
            _ => None,
        }
    })
}
