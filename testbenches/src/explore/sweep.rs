//! All runs of a study: every combination of the values, in parallel, in a fixed order.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use rayon::prelude::*;

use super::ExploreError;
use super::base::{Base, Setting};
use super::figures::Figures;
use super::formula::Formula;
use super::study::{Measure, Sweep};
use super::values::Choice;
use engine::Engine;
use scenario::observe::{observe, observe_segments, variants};
use scenario::run::RunError;

/// More runs than this are an error.
const MOST_RUNS: usize = 20_000;

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The value of each sweep, in order.
    pub choices: Vec<Choice>,
    /// The machine: configuration, scheme, latency.
    pub machine: String,
    /// Its place along x; `None` if that is not a number.
    pub at: Option<f64>,
    /// The measures, in order; `None` if the formula has no value.
    pub measured: Vec<Option<f64>>,
    /// Differences from the scenario's expectations about ends.
    pub notes: Vec<String>,
    /// Every figure of the run.
    pub figures: Figures,
}

/// A run that failed.
#[derive(Debug)]
pub struct Failed {
    /// The value of each sweep, in order.
    pub choices: Vec<Choice>,
    /// The error.
    pub error: ExploreError,
}

/// The results of all runs, each in order.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Those that succeeded.
    pub runs: Vec<Run>,
    /// Those that failed.
    pub failed: Vec<Failed>,
}

/// The parts of a sweep.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario to vary.
    pub base: Base,
    /// The sweeps; the first is along x.
    pub sweeps: Vec<Sweep>,
    /// The measures.
    pub measures: Vec<Measure>,
}

/// The parsed formulas of a plan.
struct Formulas {
    at: Option<Formula>,
    measures: Vec<Formula>,
}

/// Runs every combination. `done` is called after each run. After `stop` no run begins; missing
/// runs are omitted. A run that fails does not stop the others.
///
/// # Errors
/// [`ExploreError::Wrong`] for a plan that cannot be run at all.
pub fn run(
    plan: &Plan,
    engine: Engine,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Result<Outcome, ExploreError> {
    let read = |text: &str| Formula::parse(text).map_err(ExploreError::Wrong);
    let at = plan.sweeps.first().and_then(|sweep| sweep.at.as_deref()).map(read).transpose()?;
    let measures =
        plan.measures.iter().map(|measure| read(&measure.of)).collect::<Result<_, _>>()?;
    let formulas = Formulas { at, measures };
    count(plan)?;
    let all = combinations(&plan.sweeps);
    let one = |choices: Vec<Choice>| {
        if stop.load(Relaxed) {
            return None;
        }
        let run = one(plan, &formulas, choices.clone(), engine, stop);
        done();
        // The figures of an interrupted run are incomplete.
        if stop.load(Relaxed) { None } else { Some((choices, run)) }
    };
    let runs: Vec<_> = all.into_par_iter().map(one).collect();
    let mut outcome = Outcome::default();
    for (choices, run) in runs.into_iter().flatten() {
        match run {
            Ok(run) => outcome.runs.push(run),
            Err(error) => outcome.failed.push(Failed { choices, error }),
        }
    }
    Ok(outcome)
}

/// The number of runs of a plan.
///
/// # Errors
/// [`ExploreError::Wrong`] for too many.
pub fn count(plan: &Plan) -> Result<usize, ExploreError> {
    let mut sizes = plan.sweeps.iter().map(|sweep| sweep.values.0.len());
    let count = sizes.try_fold(1_usize, usize::checked_mul);
    count.filter(|count| *count <= MOST_RUNS).ok_or_else(|| {
        ExploreError::Wrong(format!("that would be more than {MOST_RUNS} runs; sweep fewer values"))
    })
}

/// Every combination of the values; the first sweep changes slowest.
fn combinations(sweeps: &[Sweep]) -> Vec<Vec<Choice>> {
    let mut all = vec![Vec::new()];
    for sweep in sweeps {
        let with = |begun: Vec<Choice>| {
            sweep.values.0.iter().map(move |choice| {
                let mut longer = begun.clone();
                longer.push(choice.clone());
                longer
            })
        };
        all = all.into_iter().flat_map(with).collect();
    }
    all
}

fn one(
    plan: &Plan,
    formulas: &Formulas,
    choices: Vec<Choice>,
    engine: Engine,
    stop: &AtomicBool,
) -> Result<Run, ExploreError> {
    let setting = |(sweep, choice): (&Sweep, &Choice)| Setting {
        set: sweep.set.clone(),
        value: choice.value.clone(),
    };
    let settings: Vec<_> = plan.sweeps.iter().zip(&choices).map(setting).collect();
    let said = || {
        let words: Vec<_> = settings.iter().map(|s| format!("{} = {}", s.set, s.value)).collect();
        if words.is_empty() { "nothing set".to_owned() } else { words.join(", ") }
    };
    let in_run = |message| ExploreError::InRun { settings: said(), message };
    let varied = plan.base.varied(&settings).map_err(in_run)?;
    let (machine, observed) = match observe_segments(&varied.scenario, engine) {
        Some(observed) => (String::new(), observed.map_err(in_run)?),
        None => {
            // Of a list, the first value; others must be swept.
            let variants = variants(&varied.scenario).map_err(|e| in_run(e.to_string()))?;
            let variant =
                variants.first().ok_or_else(|| in_run("there is no machine".to_owned()))?;
            match observe(&varied.scenario, variant, engine, None, varied.trace, stop) {
                Ok(observed) => (variant.to_string(), observed),
                Err(RunError::Invalid { error, .. }) => return Err(in_run(error.message)),
                Err(source) => return Err(ExploreError::Broke { settings: said(), source }),
            }
        }
    };
    let figures = Figures::of(&observed.report);
    let mut notes = observed.notes;
    let value = |name: &str| {
        let named = plan.sweeps.iter().position(|sweep| sweep.variable() == name);
        match named.and_then(|place| choices[place].number()) {
            Some(number) => Ok(number),
            None => figures.get(name),
        }
    };
    let mut measured = Vec::new();
    for formula in &formulas.measures {
        // An unknown name is an error, a division by zero a result.
        let unknown = std::cell::Cell::new(false);
        let watched = |name: &str| value(name).inspect_err(|_| unknown.set(true));
        match formula.value(&watched) {
            Ok(value) => measured.push(Some(value)),
            Err(message) if unknown.get() => return Err(in_run(message)),
            Err(message) => {
                notes.push(message);
                measured.push(None);
            }
        }
    }
    let at = match &formulas.at {
        Some(formula) => Some(formula.value(&value).map_err(in_run)?),
        None => choices.first().and_then(Choice::number),
    };
    Ok(Run { choices, machine, at, measured, notes, figures })
}
