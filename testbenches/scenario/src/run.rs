//! Running a scenario on every machine that it names.

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
use super::variant::{Select, UnknownConfiguration, Variant};

/// Makes the MMU of a configuration.
pub type Factory<'f> = &'f dyn Fn(&str) -> anyhow::Result<Box<dyn Mmu>>;

/// Makes the observers of runs; none, unless said otherwise.
pub trait Watch {
    /// What sees the cycles of one machine's run, or nothing.
    ///
    /// # Errors
    /// When it cannot be made: the run is not begun.
    fn mmu(
        &mut self,
        variant: &Variant,
        mmu: &mut dyn Mmu,
    ) -> anyhow::Result<Option<Box<dyn Observer>>> {
        let _ = (variant, mmu);
        Ok(None)
    }

    /// The same of one without pages, which runs on every engine; `labels` are what can stand in
    /// its memory.
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
    /// The rules of the specification that the scenario shows.
    #[serde(skip)]
    pub spec: Vec<String>,
    /// The scheme, as `--mode` takes it.
    pub mode: Mode,
    /// What happened, a line a step, where a kind of scenario tells it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// What differed, if anything did.
    pub mismatch: Option<Mismatch>,
    /// The line of the file that is to blame, quoted.
    pub step: Option<String>,
}

impl Report {
    /// What went wrong, with the command that shows it again; nothing if all was as expected.
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
    /// The configuration asked for does not exist.
    #[error(transparent)]
    Configuration(#[from] UnknownConfiguration),
    /// The scenario does not run on what was selected.
    #[error("scenario `{scenario}` has nothing to run on configuration {config}, scheme {mode}")]
    NothingToRun {
        /// The scenario.
        scenario: String,
        /// The configuration asked for.
        config: String,
        /// The scheme asked for.
        mode: &'static str,
    },
    /// The file asks for what cannot be.
    #[error("{error} (on {machine})")]
    Nonsense {
        /// What, and where.
        error: LoadError,
        /// On which machine.
        machine: String,
    },
    /// The engine or an observer failed.
    #[error(transparent)]
    Tool(#[from] anyhow::Error),
}

impl RunError {
    /// Nothing of a scenario is selected.
    pub(super) fn nothing(scenario: &Scenario, select: Select<'_>) -> RunError {
        let config = select.config.unwrap_or("any").to_owned();
        let mode = select.mode.map_or("any", Mode::name);
        RunError::NothingToRun { scenario: scenario.name.clone(), config, mode }
    }

    /// What a scenario asks of a machine that cannot do it.
    pub(super) fn nonsense(scenario: &Scenario, mistake: Mistake, machine: String) -> RunError {
        let error = LoadError::of(&scenario.file, &scenario.text, mistake);
        RunError::Nonsense { error, machine }
    }
}

/// Runs a scenario on every machine that it names, or on those selected. `stop` ends a run of
/// processes early.
///
/// # Errors
/// [`RunError`]; something observed that differs is in the report instead.
pub fn run(
    scenario: &Scenario,
    select: Select<'_>,
    factory: Factory<'_>,
    watch: &mut dyn Watch,
    stop: &AtomicBool,
) -> Result<Vec<Report>, RunError> {
    let (machine, policies) = match &scenario.body {
        Body::Ports(head, _) => (head.machine.clone(), vec![None]),
        Body::System(system) => (system.machine.machine(), system.os.policies()),
        Body::Segments(head, steps) => return segments::run(scenario, head, steps, select, watch),
    };
    let with = |variant| policies.iter().map(move |&policy| Variant { policy, ..variant });
    if let Body::System(system) = &scenario.body {
        let of_file = |mistake| RunError::nonsense(scenario, mistake, "any machine".to_owned());
        system.check_policies().map_err(of_file)?;
    }
    let variants: Vec<_> = Variant::all(&machine, select)?.into_iter().flat_map(with).collect();
    if variants.is_empty() {
        return Err(RunError::nothing(scenario, select));
    }
    variants.iter().map(|variant| run_one(scenario, variant, factory, watch, stop)).collect()
}

fn run_one(
    scenario: &Scenario,
    variant: &Variant,
    factory: Factory<'_>,
    watch: &mut dyn Watch,
    stop: &AtomicBool,
) -> Result<Report, RunError> {
    let mut mmu = factory(&variant.config())?;
    let observer = watch.mmu(variant, &mut *mmu)?;
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
            let told = story::run(system, variant, mmu, observer, stop);
            (told.cycles, told.counts, told.result)
        }
        Body::Segments(..) => unreachable!("these have no variants"),
    };
    let mismatch = match result {
        Ok(()) => None,
        Err(Stop::Mismatch(mismatch)) => Some(*mismatch),
        Err(Stop::Nonsense(mistake)) => {
            return Err(RunError::nonsense(scenario, mistake, variant.to_string()));
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
        told: Vec::new(),
        mismatch,
        step,
    })
}
