//! Running a scenario on every machine that it names.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use serde::Serialize;
use sim::machine::Observer;
use sim::mmu::Mmu;

use super::load::{Body, Scenario};
use super::mismatch::Mismatch;
use super::ports::{self, Stop};
use super::story;
use super::variant::{UnknownConfiguration, Variant};

/// Makes the MMU of a configuration.
pub type Factory<'f> = &'f dyn Fn(&str) -> anyhow::Result<Box<dyn Mmu>>;

/// Makes what sees the cycles of one machine's run, or nothing.
pub type Watch<'w> = &'w mut dyn FnMut(&Variant) -> anyhow::Result<Option<Box<dyn Observer>>>;

/// How one machine's run went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The scenario.
    pub scenario: String,
    /// The machine: configuration, scheme, latency.
    pub machine: String,
    /// The configuration alone.
    pub config: String,
    /// Cycles simulated.
    pub cycles: u64,
    /// Everything counted, by name.
    pub counts: BTreeMap<String, u64>,
    /// What differed, if anything did.
    pub mismatch: Option<Mismatch>,
    /// The line of the file that is to blame, quoted.
    pub step: Option<String>,
}

/// A scenario that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration asked for does not exist.
    #[error(transparent)]
    Configuration(#[from] UnknownConfiguration),
    /// The scenario has no scheme that the configuration knows.
    #[error("scenario `{scenario}` has nothing to run on configuration `{config}`")]
    NothingToRun {
        /// The scenario.
        scenario: String,
        /// The configuration asked for.
        config: String,
    },
    /// The file asks for what cannot be.
    #[error("{scenario}.toml:{line}: {message} (on {machine})")]
    Nonsense {
        /// The scenario.
        scenario: String,
        /// The line of the file.
        line: usize,
        /// A sentence.
        message: String,
        /// On which machine.
        machine: String,
    },
    /// The engine or an observer failed.
    #[error(transparent)]
    Tool(#[from] anyhow::Error),
}

/// Runs a scenario on every machine that it names, or on those of one configuration. `stop` ends
/// a run of processes early.
///
/// # Errors
/// [`RunError`]; something observed that differs is in the report instead.
pub fn run(
    scenario: &Scenario,
    config: Option<&str>,
    factory: Factory<'_>,
    watch: Watch<'_>,
    stop: &AtomicBool,
) -> Result<Vec<Report>, RunError> {
    let machine = match &scenario.body {
        Body::Ports(head, _) => head.machine.clone(),
        Body::System(system) => system.machine.machine(),
    };
    let variants = Variant::all(&machine, config)?;
    variants.iter().map(|variant| run_one(scenario, variant, factory, watch, stop)).collect()
}

fn run_one(
    scenario: &Scenario,
    variant: &Variant,
    factory: Factory<'_>,
    watch: Watch<'_>,
    stop: &AtomicBool,
) -> Result<Report, RunError> {
    let mmu = factory(&variant.config())?;
    let observer = watch(variant)?;
    let (cycles, counts, result) = match &scenario.body {
        Body::Ports(head, steps) => {
            let finished = ports::run(head, steps, variant, mmu, observer);
            let counts = finished.counts.iter().map(|(name, n)| (name.to_owned(), n)).collect();
            (finished.cycles, counts, finished.result)
        }
        Body::System(system) => {
            let told = story::run(system, variant, mmu, observer, stop);
            (told.cycles, told.counts, told.result)
        }
    };
    let mismatch = match result {
        Ok(()) => None,
        Err(Stop::Mismatch(mismatch)) => Some(*mismatch),
        Err(Stop::Nonsense(line, message)) => {
            let (scenario, machine) = (scenario.name.clone(), variant.to_string());
            return Err(RunError::Nonsense { scenario, line, message, machine });
        }
    };
    let step = mismatch.as_ref().filter(|m| m.line > 0).map(|m| scenario.line(m.line).to_owned());
    Ok(Report {
        scenario: scenario.name.clone(),
        machine: variant.to_string(),
        config: variant.config(),
        cycles,
        counts,
        mismatch,
        step,
    })
}
