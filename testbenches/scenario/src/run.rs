//! Runs a scenario on every machine that it names.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use machine::board::Observer;
use machine::contiguous::{Contiguous, World};
use model::isa::Mode;
use model::mmu::Mmu;
use serde::Serialize;

use engine::Engine;

use super::error::LoadError;
use super::load::{Body, Scenario};
use super::mismatch::Mismatch;
use super::place::Mistake;
use super::ports::{self, Stop};
use super::segments;
use super::story;
use super::variant::{Select, UnknownConfiguration, Variant, why_not};

/// Makes the MMU of a configuration.
pub type Factory<'f> = &'f dyn Fn(&str) -> anyhow::Result<Box<dyn Mmu>>;

/// Makes the observers of runs; none by default.
pub trait Watch {
    /// The observer of one machine's cycles, or `None`.
    ///
    /// # Errors
    /// If it cannot be made: the run does not begin.
    fn mmu(
        &mut self,
        variant: &Variant,
        mmu: &mut dyn Mmu,
    ) -> anyhow::Result<Option<Box<dyn Observer>>> {
        let _ = (variant, mmu);
        Ok(None)
    }

    /// The same for a machine without pages, which runs on every engine; `labels` are the possible
    /// users of its memory.
    ///
    /// # Errors
    /// As [`Watch::mmu`].
    fn segments(
        &mut self,
        machine: &str,
        engine: Engine,
        world: &World,
        labels: Vec<String>,
    ) -> anyhow::Result<Option<Box<dyn Observer<Contiguous>>>> {
        let _ = (machine, engine, world, labels);
        Ok(None)
    }
}

/// No observers.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// The result of one machine's run.
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
    /// The rules of the specification that the scenario demonstrates.
    #[serde(skip)]
    pub spec: Vec<String>,
    /// The scheme, as `--mode` takes it.
    pub mode: Mode,
    /// What happened, one line per step, for kinds of scenarios that report it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// The difference found, if any.
    pub mismatch: Option<Mismatch>,
    /// The line of the file that caused it, quoted.
    pub step: Option<String>,
}

impl Report {
    /// The difference, with the command that reproduces it; `None` if all was as expected.
    pub fn failure(&self) -> Option<String> {
        let mismatch = self.mismatch.as_ref()?;
        let mut text = format!("{} on {}\n", self.scenario, self.machine);
        if let Some(step) = &self.step {
            text += &format!("  line {}: {step}\n", mismatch.line);
        }
        text += &format!("  {}\n", mismatch.to_string().replace('\n', "\n  "));
        for rule in &self.spec {
            text += &format!("  about     {rule}\n");
        }
        let (scenario, config) = (&self.scenario, &self.config);
        text += &format!("  again     pagewalk run {scenario} --config {config}");
        if self.mode != Mode::Bare {
            text += &format!(" --mode {}", self.mode.name().to_lowercase());
        }
        Some(text + " --wave")
    }
}

/// A scenario that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration requested does not exist.
    #[error(transparent)]
    Configuration(#[from] UnknownConfiguration),
    /// The scenario does not run on what was selected.
    #[error("scenario `{scenario}` has nothing to run{on}: {why}")]
    NothingToRun {
        /// The scenario.
        scenario: String,
        /// The configuration and the scheme requested, in words; empty if none is.
        on: String,
        /// Why: what the configuration lacks, or what the file asks for.
        why: String,
    },
    /// The file is invalid.
    #[error("{error} (on {machine})")]
    Invalid {
        /// The error, with its place.
        error: LoadError,
        /// The machine.
        machine: String,
    },
    /// The engine or an observer failed.
    #[error(transparent)]
    Tool(#[from] anyhow::Error),
}

impl RunError {
    /// Nothing of a scenario is selected, and why.
    pub(super) fn nothing(scenario: &Scenario, select: Select<'_>, why: String) -> RunError {
        let config = select.config.map(|config| format!(" on configuration {config}"));
        let mode = select.mode.map(|mode| format!(" with scheme {}", mode.name()));
        let on = config.into_iter().chain(mode).collect();
        RunError::NothingToRun { scenario: scenario.name.clone(), on, why }
    }

    /// A scenario that requires what its machine cannot do.
    pub(super) fn invalid(scenario: &Scenario, mistake: Mistake, machine: String) -> RunError {
        let error = LoadError::of(&scenario.file, &scenario.text, mistake);
        RunError::Invalid { error, machine }
    }
}

/// Runs a scenario on every machine that it names, or on those selected. `stop` ends a run of
/// processes early.
///
/// # Errors
/// [`RunError`]; a difference in an observation is in the report instead.
pub fn run(
    scenario: &Scenario,
    select: Select<'_>,
    factory: Factory<'_>,
    watch: &mut dyn Watch,
    stop: &AtomicBool,
) -> Result<Vec<Report>, RunError> {
    if let Body::Segments(head, steps) = &scenario.body {
        return segments::run(scenario, head, steps, select, watch);
    }
    let variants = variants(scenario, select)?;
    variants.iter().map(|variant| run_one(scenario, variant, factory, watch, stop)).collect()
}

/// The machines with MMUs that a scenario names, or those selected: at least one.
///
/// # Errors
/// [`RunError`] of a file whose machines cannot be made, and if nothing is selected.
pub fn variants(scenario: &Scenario, select: Select<'_>) -> Result<Vec<Variant>, RunError> {
    let (machine, policies) = match &scenario.body {
        Body::Ports(head, _) => (head.machine.clone(), vec![None]),
        Body::System(system) => (system.machine.machine(), system.os.policies()),
        Body::Segments(head, _) => {
            let why = format!(
                "it has no MMU and no pages, but {}; `pagewalk run` tells its steps, `pagewalk wave` \
                 shows its signals",
                segments::described(head)
            );
            return Err(RunError::nothing(scenario, select, why));
        }
    };
    let with = |variant| policies.iter().map(move |&policy| Variant { policy, ..variant });
    if let Body::System(system) = &scenario.body {
        let of_file = |mistake| RunError::invalid(scenario, mistake, "any machine".to_owned());
        system.check_policies().map_err(of_file)?;
    }
    let variants: Vec<_> = Variant::all(&machine, select)?.into_iter().flat_map(with).collect();
    if variants.is_empty() {
        return Err(RunError::nothing(scenario, select, why_not(&machine, select)));
    }
    Ok(variants)
}

/// Runs a scenario on one of its machines.
///
/// # Errors
/// As [`run`].
pub fn run_one(
    scenario: &Scenario,
    variant: &Variant,
    factory: Factory<'_>,
    watch: &mut dyn Watch,
    stop: &AtomicBool,
) -> Result<Report, RunError> {
    let mut mmu = factory(&variant.config())?;
    let observer = watch.mmu(variant, &mut *mmu)?;
    let mut told = Vec::new();
    let (cycles, counts, result) = match &scenario.body {
        Body::Ports(head, steps) => {
            let mut mmus = vec![mmu];
            for _ in 1..head.machine.harts {
                mmus.push(factory(&variant.config())?);
            }
            let finished = ports::run(head, steps, variant, mmus, observer);
            let counts = finished.counts.iter().map(|(name, n)| (name.to_owned(), n)).collect();
            (finished.cycles, counts, finished.result)
        }
        Body::System(system) => {
            let results = story::run(system, variant, mmu, observer, stop);
            told = results.told;
            (results.cycles, results.counts, results.result)
        }
        Body::Segments(..) => unreachable!("these have no variants"),
    };
    let mismatch = match result {
        Ok(()) => None,
        Err(Stop::Mismatch(mismatch)) => Some(*mismatch),
        Err(Stop::Invalid(mistake)) => {
            return Err(RunError::invalid(scenario, mistake, variant.to_string()));
        }
    };
    let step = mismatch.as_ref().filter(|m| m.line > 0).map(|m| scenario.line(m.line).to_owned());
    Ok(Report {
        scenario: scenario.name.clone(),
        machine: variant.to_string(),
        config: variant.config(),
        spec: scenario.spec.clone(),
        mode: variant.mode,
        cycles,
        counts,
        told,
        mismatch,
        step,
    })
}
