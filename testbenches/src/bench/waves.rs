//! Waveforms: our engine and Verilator, each writing every signal that it knows as VCD.
//!
//! Both are driven in the same closed loop; each writes what changed once a cycle, after inputs
//! have settled and before the clock rises, into `/dev/null`, so that only detecting and formatting
//! changes is measured. First a short run into real files checks that both write the same.

mod compare;
mod ours;

use super::workshop::Workshop;
use super::{BenchError, Measurement, verilator};
use crate::export::ToolError;
use engine::traffic::Workload;
use engine::{Config, find};
use serde::Serialize;
use std::fmt;
use std::fs::File;

/// Where measured waveforms are written.
const NOWHERE: &str = "/dev/null";

/// Speeds are estimated from runs of at least so many seconds, which any clock can measure.
const RESOLVED: f64 = 0.02;

/// The measurement to make.
#[derive(Clone, Debug)]
pub struct WaveOptions {
    /// The configuration.
    pub config: String,
    /// The traffic.
    pub workload: Workload,
    /// Cycles of the run in which the waveforms are compared.
    pub cycles: u64,
    /// The number of measurements of each, in turn; the median counts.
    pub rounds: u32,
    /// The approximate CPU seconds of each measurement.
    pub seconds: f64,
    /// The seed of the traffic.
    pub seed: u64,
}

impl Default for WaveOptions {
    fn default() -> Self {
        let config = "rv64_linux".to_owned();
        Self { config, workload: Workload::Mixed, cycles: 3000, rounds: 5, seconds: 0.2, seed: 1 }
    }
}

/// The results.
#[derive(Clone, Debug, Serialize)]
pub struct WaveReport {
    /// The configuration.
    pub config: &'static str,
    /// The traffic.
    pub workload: &'static str,
    /// Names in our waveform.
    pub our_signals: usize,
    /// Names in Verilator's.
    pub verilator_signals: usize,
    /// Names that are in both; their values are equal in every compared cycle.
    pub compared_signals: usize,
    /// Changes of those in the compared cycles.
    pub compared_changes: usize,
    /// Lines that record a change of any signal, in our waveform of these cycles.
    pub our_lines: usize,
    /// The same in Verilator's.
    pub verilator_lines: usize,
    /// Cycles compared.
    pub compared_cycles: u64,
    /// Our cycles per second of CPU time, the median.
    pub our_cycles_per_cpu_second: f64,
    /// Verilator's.
    pub verilator_cycles_per_cpu_second: f64,
    /// Ours divided by Verilator's, the median over the rounds.
    pub ratio: f64,
}

impl fmt::Display for WaveReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Waveforms of {}, {}, written to {NOWHERE}", self.config, self.workload)?;
        writeln!(
            f,
            "  signals     {} ours, {} Verilator's",
            self.our_signals, self.verilator_signals
        )?;
        writeln!(
            f,
            "  equal       {} signals, {} changes in {} cycles",
            self.compared_signals, self.compared_changes, self.compared_cycles
        )?;
        writeln!(f, "  changes     {} ours, {} Verilator's", self.our_lines, self.verilator_lines)?;
        writeln!(f, "  ours        {:.0} cycles a CPU second", self.our_cycles_per_cpu_second)?;
        writeln!(
            f,
            "  Verilator   {:.0} cycles a CPU second",
            self.verilator_cycles_per_cpu_second
        )?;
        writeln!(f, "  ratio       {:.2}", self.ratio)
    }
}

/// Compares and measures.
///
/// # Errors
/// [`BenchError`]; Verilator must be installed.
pub fn waves(options: &WaveOptions) -> Result<WaveReport, BenchError> {
    let config: &'static Config = find(&options.config)?;
    let workshop = Workshop::new(config)?;
    workshop.load(options.workload, options.seed)?;
    let mut theirs = verilator::traced(&workshop)?;
    let path = |name: &str| workshop.path().join(name);
    let (mine, other) = (path("ours.vcd"), path("verilator.vcd"));
    let mut ours = ours::Waved::start(config, options, File::create(&mine)?)?;
    let short = ours.run(options.cycles);
    ours.finish()?;
    let mut run = |file: &std::path::Path, cycles: u64| -> Result<Measurement, BenchError> {
        theirs.after = vec![file.display().to_string()];
        theirs.run(&workshop, cycles)
    };
    let told = run(&other, options.cycles)?;
    if (told.checksum, told.translations) != (short.checksum, short.translations) {
        return Err(BenchError::Disagree {
            config: config.name,
            workload: options.workload.name(),
            engine: "Verilator",
            cycles: options.cycles,
        });
    }
    let same = compare::compare(&mine, &other)
        .map_err(|message| BenchError::from(ToolError::Objected { tool: "verilator", message }))?;
    // Long enough to be measured.
    let cycles = |measured: Measurement| ((measured.speed() * options.seconds) as u64).max(1000);
    let resolved = |run: &mut dyn FnMut(u64) -> Result<Measurement, BenchError>| {
        let mut measured = run(20_000)?;
        while measured.seconds < RESOLVED && measured.cycles < 1 << 36 {
            measured = run(measured.cycles * 2)?;
        }
        Ok::<_, BenchError>(cycles(measured))
    };
    let nowhere = std::path::Path::new(NOWHERE);
    let mut ours = ours::Waved::start(config, options, File::create(nowhere)?)?;
    let mine = resolved(&mut |cycles| Ok(ours.run(cycles)))?;
    let other = resolved(&mut |cycles| run(nowhere, cycles))?;
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        rounds.push((ours.run(mine).speed(), run(nowhere, other)?.speed()));
    }
    ours.finish()?;
    Ok(WaveReport {
        config: config.name,
        workload: options.workload.name(),
        our_signals: same.ours,
        verilator_signals: same.theirs,
        compared_signals: same.common,
        compared_changes: same.changes,
        our_lines: same.written[0],
        verilator_lines: same.written[1],
        compared_cycles: options.cycles,
        our_cycles_per_cpu_second: median(rounds.iter().map(|round| round.0)),
        verilator_cycles_per_cpu_second: median(rounds.iter().map(|round| round.1)),
        ratio: median(rounds.iter().map(|round| round.0 / round.1)),
    })
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
