//! How fast the hardware runs: our engines and, as yardsticks, simulators of Verilog on the
//! exported Verilog, with the same traffic in the same closed loop and the same checksum over
//! every response.
//!
//! ```no_run
//! let options = testbenches::bench::Options::default();
//! let report = testbenches::bench::run(&options, &mut |_| true)?;
//! let table = report.to_string();
//! # Ok::<(), testbenches::bench::BenchError>(())
//! ```
//!
//! | file | does |
//! |---|---|
//! | `contender` | the engines and simulators that are measured |
//! | `ours` | our engines in the closed loop of `engine::traffic` |
//! | `workshop`, `verilog/` | the loop around the exported Verilog, in C++ and in Verilog |
//! | `verilator`, `cxxrtl`, `icarus` | building and running it |
//! | `measure`, `ready`, `clock` | checksums, interleaved rounds, CPU time |
//! | `waves` | the same, with every signal written as a waveform |
//! | `pages` | a recorded program shown as a page, beside its run alone |
//! | `boot` | booting Linux, beside QEMU, a software MMU and Verilator |
//! | `report`, `bars` | the table, and its targets |

mod bars;
pub mod boot;
mod clock;
pub(crate) use clock::CpuClock;
mod contender;
mod cxxrtl;
mod icarus;
mod measure;
mod ours;
mod pages;
mod ready;
mod report;
mod verilator;
mod waves;
mod workshop;

pub use bars::Bar;
pub use contender::Contender;
pub use pages::{PageOptions, PageReport, pages};
pub use report::{Report, Row};
pub use waves::{WaveOptions, WaveReport, waves};

use crate::export::{ExportError, ToolError};
use engine::traffic::Workload;
use engine::{Config, UnknownConfig, find};
use measure::{Stand, measure};
use netlist::compile::CompileError;
use workshop::Workshop;

/// The measurements to make.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names of configurations.
    pub configs: Vec<String>,
    /// The engines and simulators to measure.
    pub contenders: Vec<Contender>,
    /// Cycles after which all must have the same checksum.
    pub cycles: u64,
    /// The number of measurements of each, in turn; the median counts.
    pub rounds: u32,
    /// The approximate CPU seconds of each measurement.
    pub seconds: f64,
    /// The seed of the traffic.
    pub seed: u64,
    /// A missing tool is an error instead of a note.
    pub required: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            configs: ["rv64_small", "rv64_linux", "rv64_large", "rv64_huge"]
                .map(str::to_owned)
                .into(),
            contenders: Contender::ALL.into(),
            cycles: 10_000,
            rounds: 5,
            seconds: 0.2,
            seed: 1,
            required: false,
        }
    }
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// There is no such configuration.
    #[error(transparent)]
    Config(#[from] UnknownConfig),
    /// The Verilog could not be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A simulator failed, or is missing and required.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// Cranelift does not support this machine.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// A file for the tools could not be written or read.
    #[error("the benchmark's temporary files cannot be handled: {0}")]
    Io(#[from] std::io::Error),
    /// A boot cannot be measured.
    #[error(transparent)]
    Boot(Box<boot::BootBenchError>),
    /// It was interrupted.
    #[error("interrupted")]
    Interrupted,
    /// Two engines gave different answers to the same requests.
    #[error(
        "{config}, {workload}: {engine} differs from the others in its checksum after {cycles} cycles"
    )]
    Disagree {
        /// The configuration.
        config: &'static str,
        /// The traffic.
        workload: &'static str,
        /// The engine whose checksum differs.
        engine: &'static str,
        /// The length of the run, in cycles.
        cycles: u64,
    },
}

impl From<boot::BootBenchError> for BenchError {
    fn from(error: boot::BootBenchError) -> BenchError {
        BenchError::Boot(Box::new(error))
    }
}

/// The results of an engine in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// Clock cycles.
    pub cycles: u64,
    /// Responses of both ports.
    pub translations: u64,
    /// The checksum over all responses, in order.
    pub checksum: u64,
    /// CPU time.
    pub seconds: f64,
}

impl Measurement {
    /// Cycles per second.
    pub fn speed(&self) -> f64 {
        self.cycles as f64 / self.seconds.max(1e-9)
    }
}

/// Measures every configuration, workload and contender; `progress` is called with a description of
/// the next step, and ends the run by returning `false`: the report contains what was measured so
/// far, and a note that it ended early.
///
/// # Errors
/// [`BenchError`]. A missing tool is noted in the report, unless it is required.
pub fn run(
    options: &Options,
    progress: &mut dyn FnMut(&str) -> bool,
) -> Result<Report, BenchError> {
    let configs: Vec<&'static Config> =
        options.configs.iter().map(|name| find(name)).collect::<Result<_, _>>()?;
    let mut report = Report::new(options.seed);
    let mut ended = false;
    let mut go_on = |what: &str| {
        ended |= !progress(what);
        if ended { Err(BenchError::Interrupted) } else { Ok(()) }
    };
    let mut measured =
        configs.into_iter().map(|config| one(config, options, &mut report, &mut go_on));
    match measured.find(Result::is_err) {
        // A tool fails when it is interrupted; that is not an error of its own.
        Some(Err(error)) if !ended && !matches!(error, BenchError::Interrupted) => Err(error),
        _ => Ok(report),
    }
}

/// Reports the next step, and may end the run.
type GoOn<'g> = dyn FnMut(&str) -> Result<(), BenchError> + 'g;

/// Measures one configuration.
fn one(
    config: &'static Config,
    options: &Options,
    report: &mut Report,
    go_on: &mut GoOn<'_>,
) -> Result<(), BenchError> {
    let workshop = Workshop::new(config)?;
    let mut stands = Vec::new();
    let mut ready = Vec::new();
    for &contender in &options.contenders {
        go_on(&format!("{}: building {contender}", config.name))?;
        match Stand::build(contender, &workshop) {
            Ok((stand, seconds)) => {
                let compiled = contender == Contender::Compiled;
                let seconds = match seconds {
                    None if compiled => Some(ready::compiled(config, options.rounds)?),
                    seconds => seconds,
                };
                stands.push((contender, stand));
                ready.push(seconds);
            }
            Err(BenchError::Tool(ToolError::Missing { tool })) if !options.required => {
                report.note(format!("skipped: tool {tool} missing"));
            }
            Err(error) => return Err(error),
        }
    }
    for &workload in Workload::ALL {
        let measured = measure(&workshop, &mut stands, workload, options, go_on)?;
        report.add(config, workload, &measured, &ready);
    }
    Ok(())
}
