//! Running a scenario for its figures: the file's expectations are not checked.

use std::sync::atomic::AtomicBool;

use kernel::State;
use machine::cpu::{Fit, Program, decompress};
use machine::system::{LatencySpec, Observer, Outcome};
use model::mmu::Mmu;
use serde_json::{Value, json};

use crate::trace::{Environment, Recording, TraceError};
use engine::{Engine, build};

use super::load::{Body, Scenario};
use super::mismatch::Mismatch;
use super::place::Place;
use super::ports::{self, Stop};
use super::run::RunError;
use super::schema::Head;
use super::segments;
use super::step::{Action, Step};
use super::story;
use super::system::System;
use super::variant::{Select, UnknownConfiguration, Variant};

/// The observations of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The whole report: for processes as `pagewalk trace --json` prints it, for ports the cycles
    /// and the counts of events.
    pub report: Value,
    /// Differences from the file's expectations, in words.
    pub notes: Vec<String>,
}

/// Every machine of a file: its lists in every combination.
///
/// # Errors
/// None today; configurations come from the file, whose names are checked.
pub fn variants(scenario: &Scenario) -> Result<Vec<Variant>, UnknownConfiguration> {
    let (machine, policies) = match &scenario.body {
        Body::Ports(head, _) => (head.machine.clone(), vec![None]),
        Body::System(system) => (system.machine.machine(), system.os.policies()),
        // It names segmentation units, not MMUs.
        Body::Segments(..) => return Ok(Vec::new()),
    };
    let with = |variant| policies.iter().map(move |&policy| Variant { policy, ..variant });
    Ok(Variant::all(&machine, Select::default())?.into_iter().flat_map(with).collect())
}

/// Runs a scenario of contiguous memory, which has segmentation units instead of MMUs: the first
/// that it names. `None` for any other scenario.
///
/// # Errors
/// A sentence: what is invalid.
pub fn observe_segments(scenario: &Scenario, engine: Engine) -> Option<Result<Observed, String>> {
    let Body::Segments(head, steps) = &scenario.body else { return None };
    let seen = segments::observe(head, steps, engine);
    Some(seen.map(|(report, note)| Observed { report, notes: note.into_iter().collect() }))
}

/// Runs a scenario on one machine. A recorded program may replace the processes of the file.
///
/// # Errors
/// [`RunError::Invalid`] for a file that cannot be run; [`RunError::Tool`] if the machine breaks a
/// rule, according to the golden model or the invariants.
pub fn observe(
    scenario: &Scenario,
    variant: &Variant,
    engine: Engine,
    observer: Option<Box<dyn Observer>>,
    trace: Option<&'static [u8]>,
    stop: &AtomicBool,
) -> Result<Observed, RunError> {
    let build = |_| build(&variant.config(), engine);
    let mmus: Result<Vec<_>, _> = (0..scenario.harts()).map(build).collect();
    let mmus = mmus.map_err(|error| RunError::Tool(error.into()))?;
    observe_on(scenario, variant, mmus, observer, trace, stop)
}

/// The same on these MMUs, one for each hart, of the machine's configuration.
///
/// # Errors
/// As [`observe`].
pub fn observe_on(
    scenario: &Scenario,
    variant: &Variant,
    mut mmus: Vec<Box<dyn Mmu>>,
    observer: Option<Box<dyn Observer>>,
    trace: Option<&'static [u8]>,
    stop: &AtomicBool,
) -> Result<Observed, RunError> {
    if mmus.len() != scenario.harts() {
        let (wanted, given) = (scenario.harts(), mmus.len());
        return Err(RunError::Tool(anyhow::anyhow!("{wanted} MMUs are needed, not {given}")));
    }
    let mmu = mmus.swap_remove(0);
    let seen = match (&scenario.body, trace) {
        (Body::Ports(head, steps), _) => {
            mmus.insert(0, mmu);
            watched_ports(head, steps, variant, mmus, observer)
        }
        (Body::Segments(..), _) => {
            let how = "it has no MMU and no page tables to observe: `pagewalk run` plays segments";
            Err(Place::file().wrong(how).into())
        }
        (Body::System(system), None) => {
            let played = story::play(system, variant, mmu, observer, stop);
            played.and_then(|played| of(system, &played.outcome))
        }
        (Body::System(system), Some(recorded)) => {
            replay(system, recorded, variant, mmu, observer, stop).and_then(|out| of(system, &out))
        }
    };
    seen.map_err(|stop| match stop {
        Stop::Invalid(mistake) => RunError::invalid(scenario, mistake, variant.to_string()),
        Stop::Mismatch(mismatch) => RunError::Tool(anyhow::anyhow!("{variant}: {mismatch}")),
    })
}

fn watched_ports(
    head: &Head,
    steps: &[Step],
    variant: &Variant,
    mmus: Vec<Box<dyn Mmu>>,
    observer: Option<Box<dyn Observer>>,
) -> Result<Observed, Stop> {
    let (mut head, mut steps) = (head.clone(), steps.to_vec());
    head.events.clear();
    steps.iter_mut().for_each(without_expectations);
    let finished = ports::run(&head, &steps, variant, mmus, observer);
    finished.result?;
    let mut report =
        json!({ "cycles": finished.cycles, "tlb_entries": variant.variables().entries });
    for (name, count) in finished.counts.iter() {
        report["events"][name] = json!(count);
    }
    Ok(Observed { report, notes: Vec::new() })
}

/// A step without its expectations.
fn without_expectations(step: &mut Step) {
    match &mut step.action {
        Action::Access(_, access) => {
            (access.pa, access.fault, access.hit) = (None, None, None);
            (access.latency, access.within) = (None, None);
            (access.reads, access.updates) = (None, None);
        }
        Action::Stream(stream) => (stream.pa, stream.hit, stream.cycles) = (None, None, None),
        Action::Fence(fence) => fence.cycles = None,
        Action::ExpectPte(_) => step.action = Action::Wait(0.into()),
        Action::Held(_) => step.action = Action::Wait(1.into()),
        _ => {}
    }
    step.during.iter_mut().for_each(|timed| without_expectations(&mut timed.step));
}

fn replay(
    system: &System,
    recorded: &'static [u8],
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    observer: Option<Box<dyn Observer>>,
    stop: &AtomicBool,
) -> Result<Outcome, Stop> {
    let name = system.process.first().map_or("trace", |process| process.name.as_str());
    let invalid = |message: String| Stop::from(Place::file().key("os").wrong(message));
    let latency = LatencySpec::Fixed(variant.latency);
    let mut os = system.os.clone();
    os.policies = variant.policy.into_iter().collect();
    let environment = Environment::new(&os, variant.mode, latency, system.machine.adue);
    let environment = environment.map_err(invalid)?;
    let recording = Recording {
        file: name.to_owned(),
        open: Box::new(|| decompress(recorded)),
        again: true,
        fit: Fit::Fold,
        only: None,
        images: Vec::new(),
    };
    let around = |program| -> Box<dyn Program> { Box::new(program) };
    let machine = recording.machine(name, mmu, &environment, around, stop);
    let mut machine = machine.map_err(|error| match error {
        TraceError::Machine(error) => story::broken(system, error),
        error => invalid(error.to_string()),
    })?;
    if let Some(observer) = observer {
        machine.observe(observer);
    }
    Ok(machine.run(stop))
}

/// The figures of a run of processes.
fn of(system: &System, outcome: &Outcome) -> Result<Observed, Stop> {
    if let Some(error) = &outcome.error {
        let (cycle, error) = (outcome.report.cycles, error.to_string());
        let said = Mismatch::new(cycle, 0, "the run", "to go on", &error);
        return Err(Stop::Mismatch(Box::new(said)));
    }
    let report = serde_json::to_value(&outcome.report)
        .map_err(|error| Place::file().wrong(error.to_string()))?;
    let mut notes = Vec::new();
    for process in &outcome.report.processes {
        let text = system
            .process
            .iter()
            .find(|text| text.name == process.program || text.name == process.name);
        let expected = text.is_none_or(|text| text.ends.allow("exited"));
        if let State::Killed { death } = &process.state
            && expected
        {
            notes.push(format!("{} was killed: {death}", process.name));
        }
    }
    Ok(Observed { report, notes })
}
