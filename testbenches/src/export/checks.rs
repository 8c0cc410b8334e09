//! Third-party tools' checks of an exported file.

use super::tools::{self, ToolError};
use std::path::Path;

/// The result of one tool's check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It read the file and found nothing.
    Passed {
        /// The command's name.
        tool: &'static str,
        /// What was checked, in a few words.
        what: &'static str,
    },
    /// It is not installed.
    Skipped {
        /// The command's name.
        tool: &'static str,
    },
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Passed { tool, what } => write!(f, "{tool}: {what}"),
            Verdict::Skipped { tool } => write!(f, "skipped: tool {tool} missing"),
        }
    }
}

/// One tool's check of a file and its top module.
struct Check {
    tool: &'static str,
    what: &'static str,
    run: fn(&Path, &str) -> Result<(), ToolError>,
}

const CHECKS: &[Check] = &[
    Check { tool: "iverilog", what: "reads it as Verilog-2005 without a warning", run: icarus },
    Check { tool: "verilator", what: "lints it without a warning", run: verilator },
    Check { tool: "yosys", what: "no latch, no undriven net, no combinational loop", run: yosys },
];

/// Checks a file with every installed tool. With `required`, a missing one is an error.
///
/// # Errors
/// [`ToolError`] of the first tool that reports a problem, or is missing and required.
pub fn check(file: &Path, top: &str, required: bool) -> Result<Vec<Verdict>, ToolError> {
    let mut verdicts = Vec::new();
    for &Check { tool, what, run } in CHECKS {
        verdicts.push(match run(file, top) {
            Ok(()) => Verdict::Passed { tool, what },
            Err(ToolError::Missing { .. }) if !required => Verdict::Skipped { tool },
            Err(error) => return Err(error),
        });
    }
    Ok(verdicts)
}

/// Runs the test bench of an exported MMU in Icarus Verilog, elsewhere than in the folder of its
/// files. With `required`, a missing tool is an error.
///
/// # Errors
/// [`ToolError`] if the simulator is missing and required, or the test bench does not pass.
pub fn simulate(file: &Path, testbench: &Path, required: bool) -> Result<Verdict, ToolError> {
    let tool = "iverilog";
    match simulated(file, testbench) {
        Ok(()) => Ok(Verdict::Passed { tool, what: "the test bench passes" }),
        Err(ToolError::Missing { .. }) if !required => Ok(Verdict::Skipped { tool }),
        Err(error) => Err(error),
    }
}

fn simulated(file: &Path, testbench: &Path) -> Result<(), ToolError> {
    let io = |source| ToolError::Io { tool: "iverilog", source };
    let folder = tempfile::tempdir().map_err(io)?;
    let [file, testbench] = [file, testbench].map(std::path::absolute);
    let [file, testbench] = [text_of(&file.map_err(io)?), text_of(&testbench.map_err(io)?)];
    let arguments = ["-g2005", "-o", "testbench.vvp", &file, &testbench];
    tools::run("iverilog", folder.path(), &arguments)?;
    let said = tools::run("vvp", folder.path(), &["-n", "testbench.vvp"])?;
    match said.lines().any(|line| line.starts_with("PASS")) {
        true => Ok(()),
        false => Err(ToolError::Objected { tool: "vvp", message: said }),
    }
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Icarus Verilog elaborates the design.
fn icarus(file: &Path, top: &str) -> Result<(), ToolError> {
    let file = text_of(file);
    let arguments = ["-g2005", "-Wall", "-Wno-timescale", "-s", top, "-t", "null", &file];
    let said = tools::run("iverilog", Path::new("."), &arguments)?;
    match said.trim() {
        "" => Ok(()),
        message => Err(ToolError::Objected { tool: "iverilog", message: message.to_string() }),
    }
}

/// Verilator lints it, style included.
fn verilator(file: &Path, top: &str) -> Result<(), ToolError> {
    let file = text_of(file);
    let arguments = ["--lint-only", "-Wall", "--top-module", top, &file];
    let said = tools::run("verilator", Path::new("."), &arguments)?;
    match said.trim() {
        "" => Ok(()),
        message => Err(ToolError::Objected { tool: "verilator", message: message.to_string() }),
    }
}

/// Yosys synthesises it, first block by block and then as one netlist.
fn yosys(file: &Path, top: &str) -> Result<(), ToolError> {
    let script = format!(
        "read_verilog \"{}\"; hierarchy -check -top {top}; proc; \
         select -assert-none t:$dlatch t:$_DLATCH_* t:$sr t:$dlatchsr; \
         flatten; opt_clean; check -assert",
        file.display()
    );
    let said = tools::run("yosys", Path::new("."), &["-q", "-p", &script])?;
    match said.lines().find(|line| line.contains("Warning") || line.contains("Latch")) {
        None => Ok(()),
        Some(line) => Err(ToolError::Objected { tool: "yosys", message: line.trim().to_string() }),
    }
}
