//! What a page costs: the recorded program run and shown as a page, beside the same run without it.
//!
//! Both are whole commands in processes of their own, in turn, so that the time has everything in it
//! that a user waits for.

use super::BenchError;
use super::bars::{Bar, of_pages};
use super::clock::ChildClock;
use super::report::median;
use crate::explore::TRACES;
use crate::export::ToolError;
use serde::Serialize;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs of a command in each measurement: the clock has hundredths of a second.
const RUNS: u32 = 4;

/// The measurements to make.
#[derive(Clone, Debug)]
pub struct PageOptions {
    /// The `pagewalk` that is measured.
    pub program: PathBuf,
    /// The number of measurements of each command, in turn; the median counts.
    pub rounds: u32,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct PageReport {
    /// The recorded program.
    pub trace: &'static str,
    /// CPU seconds of `pagewalk trace`, the median.
    pub trace_cpu_seconds: f64,
    /// CPU seconds of `pagewalk show trace`, the median.
    pub show_cpu_seconds: f64,
    /// The second divided by the first, the median over the rounds.
    pub ratio: f64,
    /// Bytes of the page.
    pub page_bytes: u64,
}

impl PageReport {
    /// The target of the ratio.
    pub fn bar(&self) -> Bar {
        of_pages(self.ratio)
    }
}

impl fmt::Display for PageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The recorded program {}, {RUNS} runs each", self.trace)?;
        writeln!(f, "  trace       {:.3} CPU s", self.trace_cpu_seconds)?;
        writeln!(f, "  show trace  {:.3} CPU s", self.show_cpu_seconds)?;
        writeln!(f, "  page        {} bytes", self.page_bytes)?;
        writeln!(f, "{}", self.bar())
    }
}

/// Measures; `progress` is as in [`run`](super::run).
///
/// # Errors
/// [`BenchError`]: a command that fails, among others.
pub fn pages(
    options: &PageOptions,
    progress: &mut dyn FnMut(&str) -> bool,
) -> Result<PageReport, BenchError> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let (name, recorded) = TRACES[0];
    let (file, page) = (path(&format!("{name}.lackey.zst")), path("page.html"));
    fs::write(&file, recorded)?;
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        if !progress(&format!("round {round} of {}", options.rounds)) {
            return Err(BenchError::Interrupted);
        }
        let trace = seconds(&options.program, &[Path::new("trace"), &file])?;
        let (show, of) = (Path::new("show"), Path::new("trace"));
        let show = seconds(&options.program, &[show, of, &file, Path::new("-o"), &page])?;
        rounds.push((trace, show));
    }
    let each = |of: fn(&(f64, f64)) -> f64| median(rounds.iter().map(of).collect());
    Ok(PageReport {
        trace: name,
        trace_cpu_seconds: each(|round| round.0),
        show_cpu_seconds: each(|round| round.1),
        ratio: each(|(trace, show)| show / trace.max(1e-9)),
        page_bytes: fs::metadata(&page)?.len(),
    })
}

/// The CPU time of some runs of a command.
fn seconds(program: &Path, arguments: &[&Path]) -> Result<f64, BenchError> {
    let clock = ChildClock::start();
    for _ in 0..RUNS {
        let mut command = Command::new(program);
        let command = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
        let output = command.output()?;
        if !output.status.success() {
            let (tool, status) = ("pagewalk", output.status.to_string());
            let output = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(ToolError::Failed { tool, status, output }.into());
        }
    }
    Ok(clock.seconds())
}
