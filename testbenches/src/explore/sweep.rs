//! The runs of a study: every combination of the values, several at a time, told in a fixed order.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Mutex, PoisonError};

use super::ExploreError;
use super::base::{Base, Setting};
use super::figures::Figures;
use super::formula::Formula;
use super::part::Part;
use super::study::{Measure, Sweep};
use super::values::Choice;
use engine::Engine;
use scenario::observe::{observe, observe_segments, variants};
use scenario::run::RunError;

/// More runs than this are an error.
const MOST_RUNS: usize = 20_000;

/// One combination of the values: a run, or one that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its place in the order of all.
    pub number: usize,
    /// The value of each sweep, in order.
    pub choices: Vec<Choice>,
    /// What was seen, or why nothing was.
    pub outcome: Result<Run, Failed>,
}

/// What was seen in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
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

/// Why there is no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The error, with the settings.
    pub error: String,
    /// The machine broke a rule; otherwise it could not run.
    pub broke: bool,
}

impl Point {
    /// Its label along x.
    pub fn label(&self) -> &str {
        self.choices.first().map_or("", |choice| &choice.label)
    }

    /// What was seen.
    pub fn run(&self) -> Option<&Run> {
        self.outcome.as_ref().ok()
    }

    /// Why nothing was.
    pub fn failed(&self) -> Option<&Failed> {
        self.outcome.as_ref().err()
    }
}

/// The parts of a sweep.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario to vary.
    pub base: Base,
    /// What is set in every run.
    pub set: Vec<Setting>,
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

/// What is told while a plan is run: each point in the order of all points, as soon as it and those
/// before it are known; `one_more` for each in any order.
pub struct Told<'t> {
    /// A run with these choices begins.
    pub begins: &'t (dyn Fn(&[Choice]) + Sync),
    /// It has ended.
    pub ends: &'t (dyn Fn(&Point) + Sync),
    /// A point is known, and so are all before it. An error ends the sweep.
    pub point: &'t mut (dyn FnMut(&Point) -> anyhow::Result<()> + Send),
}

/// The points that are known, in order.
struct Known<'t, 'p> {
    /// Those that wait for one before them.
    ahead: BTreeMap<usize, Point>,
    points: Vec<Point>,
    tell: &'p mut (dyn FnMut(&Point) -> anyhow::Result<()> + Send + 't),
    lost: Option<anyhow::Error>,
}

impl Known<'_, '_> {
    fn add(&mut self, at: usize, point: Point) {
        self.ahead.insert(at, point);
        while let Some(point) = self.ahead.remove(&self.points.len()) {
            if self.lost.is_none() {
                self.lost = (self.tell)(&point).err();
            }
            self.points.push(point);
        }
    }
}

/// Runs the points of a part of a plan, several at a time, and returns them in order. After `stop`
/// none begins, and those that had not ended are left out. One that fails does not stop the others,
/// unless it is the first, and shows that a measure is mistyped.
///
/// # Errors
/// [`ExploreError::Wrong`] for a plan that cannot be run at all; [`ExploreError::Mistyped`]; an error of
/// [`Told::point`].
pub fn run(
    plan: &Plan,
    part: Part,
    engine: Engine,
    stop: &AtomicBool,
    told: Told<'_>,
) -> anyhow::Result<Vec<Point>> {
    let read = |text: &str| Formula::parse(text).map_err(ExploreError::Wrong);
    let at = plan.sweeps.first().and_then(|sweep| sweep.at.as_deref()).map(read).transpose()?;
    let measures =
        plan.measures.iter().map(|measure| read(&measure.of)).collect::<Result<_, _>>()?;
    let formulas = Formulas { at, measures };
    let all = points(plan)?;
    let mine: Vec<_> = all.into_iter().enumerate().filter(|(n, _)| part.has(*n)).collect();
    let Told { begins, ends, point: tell } = told;
    let known = Known { ahead: BTreeMap::new(), points: Vec::new(), tell, lost: None };
    let known = Mutex::new(known);
    let next = AtomicUsize::new(0);
    // Each thread takes the next point, so that they become known roughly in order.
    rayon::broadcast(|_| {
        loop {
            let at = next.fetch_add(1, Relaxed);
            let Some((number, choices)) = mine.get(at) else { return };
            let is_lost = || known.lock().is_ok_and(|known| known.lost.is_some());
            if stop.load(Relaxed) || is_lost() {
                return;
            }
            begins(choices);
            let outcome = one(plan, &formulas, choices, engine, stop);
            // The figures of an interrupted run are incomplete.
            if stop.load(Relaxed) {
                return;
            }
            // What is mistyped in the first run is mistyped in all: they need not be waited for.
            if at == 0
                && let Err(error @ ExploreError::Mistyped { .. }) = outcome
            {
                if let Ok(mut known) = known.lock() {
                    known.lost = Some(error.into());
                }
                return;
            }
            let outcome = outcome.map_err(|error| match error {
                ExploreError::Mistyped { settings, message } => {
                    ExploreError::InRun { settings, message }
                }
                other => other,
            });
            let outcome = outcome.map_err(|error| Failed {
                broke: matches!(error, ExploreError::Broke { .. }),
                error: error.to_string(),
            });
            let point = Point { number: *number, choices: choices.clone(), outcome };
            ends(&point);
            if let Ok(mut known) = known.lock() {
                known.add(at, point);
            }
        }
    });
    let mut known = known.into_inner().unwrap_or_else(PoisonError::into_inner);
    // After an interruption a point may be known whose predecessor is not.
    known.points.extend(std::mem::take(&mut known.ahead).into_values());
    match known.lost {
        Some(error) => Err(error),
        None => Ok(known.points),
    }
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

/// Every point of a plan: the value of each sweep.
///
/// # Errors
/// As [`count`].
pub fn points(plan: &Plan) -> Result<Vec<Vec<Choice>>, ExploreError> {
    count(plan)?;
    Ok(combinations(&plan.sweeps))
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
    choices: &[Choice],
    engine: Engine,
    stop: &AtomicBool,
) -> Result<Run, ExploreError> {
    let setting = |(sweep, choice): (&Sweep, &Choice)| Setting {
        set: sweep.set.clone(),
        value: choice.value.clone(),
    };
    let swept: Vec<_> = plan.sweeps.iter().zip(choices).map(setting).collect();
    let settings: Vec<_> = plan.set.iter().cloned().chain(swept.iter().cloned()).collect();
    let said = || {
        let words: Vec<_> = swept.iter().map(|s| format!("{} = {}", s.set, s.value)).collect();
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
        let unknown = RefCell::new(None);
        let watched =
            |name: &str| value(name).inspect_err(|_| *unknown.borrow_mut() = Some(name.to_owned()));
        match formula.value(&watched) {
            Ok(value) => measured.push(Some(value)),
            Err(message) if unknown.borrow().is_some() => {
                let name = unknown.take().unwrap_or_default();
                return Err(match figures.has_like(&name) {
                    true => in_run(message),
                    false => ExploreError::Mistyped { settings: said(), message },
                });
            }
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
    Ok(Run { machine, at, measured, notes, figures })
}
