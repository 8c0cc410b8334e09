//! How fast the hardware runs: our engine and, as the yardstick, Verilator on the exported
//! Verilog, with the same traffic and the same checksum over every response.
//!
//! ```no_run
//! let report = testbenches::bench::run(&testbenches::bench::Options::default())?;
//! let table = report.to_string();
//! # Ok::<(), testbenches::bench::BenchError>(())
//! ```

mod clock;
mod ours;
mod report;
mod traffic;
mod verilator;

pub use ours::Loop;
pub use report::{Report, Row};
pub use traffic::{LATENCY, Workload};

use crate::engine::{Config, Engine, UnknownConfig, find};
use crate::export::{ExportError, ToolError};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names of configurations.
    pub configs: Vec<String>,
    /// Cycles that our engine runs for each figure; the others run [`Options::PATIENCE`] times as
    /// many after them.
    pub cycles: u64,
    /// The seed of the traffic.
    pub seed: u64,
    /// A missing tool is an error instead of a note.
    pub required: bool,
}

impl Options {
    /// How many times more cycles a compiled engine runs, so that its time can be measured.
    pub const PATIENCE: u64 = 20;
}

impl Default for Options {
    fn default() -> Self {
        let configs = vec!["rv32_linux".into(), "rv64_linux".into()];
        Self { configs, cycles: 50_000, seed: 1, required: false }
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
    /// Verilator failed, or is missing and required.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// Two engines disagree: one of them does not run the hardware that was written.
    #[error("{config}, {workload}: {engine} answered otherwise than our engine in {cycles} cycles")]
    Disagree {
        /// The configuration.
        config: &'static str,
        /// The traffic.
        workload: &'static str,
        /// Whose checksum differs.
        engine: &'static str,
        /// Over how many cycles.
        cycles: u64,
    },
}

/// What an engine did in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// Clock cycles.
    pub cycles: u64,
    /// Responses of both ports.
    pub translations: u64,
    /// Over all responses, in order.
    pub checksum: u64,
    /// CPU time.
    pub seconds: f64,
}

/// Measures every configuration, workload and engine.
///
/// # Errors
/// [`BenchError`]. A missing Verilator is noted in the report, unless it is required.
pub fn run(options: &Options) -> Result<Report, BenchError> {
    let configs: Vec<&'static Config> =
        options.configs.iter().map(|name| find(name)).collect::<Result<_, _>>()?;
    let mut report = Report { seed: options.seed, rows: Vec::new(), notes: Vec::new() };
    for config in configs {
        let mut compiled = match verilator::Compiled::build(config) {
            Ok(compiled) => Some(compiled),
            Err(BenchError::Tool(ToolError::Missing { tool })) if !options.required => {
                let note = format!("skipped: tool {tool} missing");
                if !report.notes.contains(&note) {
                    report.notes.push(note);
                }
                None
            }
            Err(error) => return Err(error),
        };
        for &workload in Workload::ALL {
            let ours =
                Loop::new(config, Engine::RustHdl, workload, options.seed).run(options.cycles);
            report.add(config, workload, Engine::RustHdl.name(), ours, None);
            for engine in [Engine::Interpreter, Engine::Compiled] {
                let mut traffic = Loop::new(config, engine, workload, options.seed);
                let same = traffic.run(options.cycles);
                if (same.checksum, same.translations) != (ours.checksum, ours.translations) {
                    return Err(disagreement(config, workload, engine.name(), options));
                }
                // Compiled code needs a longer run to be measured at all.
                let measured = match engine {
                    Engine::Compiled => {
                        let long = traffic.run(options.cycles * Options::PATIENCE);
                        Measurement { checksum: same.checksum, ..long }
                    }
                    _ => same,
                };
                report.add(config, workload, engine.name(), measured, Some(ours));
            }
            if let Some(compiled) = &mut compiled {
                let long = options.cycles * Options::PATIENCE;
                let (same, theirs) =
                    compiled.run(config, workload, options.seed, [options.cycles, long])?;
                let told = (same.checksum, same.translations);
                if told != (ours.checksum, ours.translations) {
                    return Err(disagreement(config, workload, "Verilator", options));
                }
                // Its checksum is that of our run; its time is that of its own longer one.
                let theirs = Measurement { checksum: same.checksum, ..theirs };
                report.add(config, workload, "Verilator", theirs, Some(ours));
            }
        }
    }
    Ok(report)
}

fn disagreement(
    config: &Config,
    workload: Workload,
    engine: &'static str,
    options: &Options,
) -> BenchError {
    let (config, workload) = (config.name, workload.name());
    BenchError::Disagree { config, workload, engine, cycles: options.cycles }
}
