//! Runs such a scenario on every engine, and reports once.
//!
//! The unit is so small that all three engines run every scenario; their results must be equal,
//! which is also checked.

use std::collections::BTreeMap;

use machine::contiguous::{Fit, Shape, World};
use model::isa::Mode;
use serde_json::{Value, json};

use super::perform::{Performer, Stop};
use super::{Head, Step, spec};
use crate::expect::{Miss, compare};
use crate::load::Scenario;
use crate::mismatch::Mismatch;
use crate::number::Variables;
use crate::place::{Mistake, Place};
use crate::run::{Report, RunError, Watch};
use crate::variant::Select;
use engine::Engine;
use engine::segment::{self, Hardware};

/// The result of one run.
#[derive(PartialEq, Eq)]
struct History {
    cycles: u64,
    counts: BTreeMap<String, u64>,
    /// The fragmentation at the end, in units.
    measure: BTreeMap<String, u64>,
    told: Vec<String>,
    mismatch: Option<Mismatch>,
}

/// The selected units of a file; a scheme selects none, since there are no pages.
pub(crate) fn units(head: &Head, select: Select<'_>) -> Vec<String> {
    let wanted = |name: &String| select.config.is_none_or(|config| config == name);
    let all = head.contiguous.hardware.list();
    all.into_iter().filter(|name| select.mode.is_none() && wanted(name)).collect()
}

/// What such a file runs on, in words.
pub(crate) fn described(head: &Head) -> String {
    match &head.contiguous.hardware.list()[..] {
        [unit] => format!("the segmentation unit {unit}"),
        units => format!("the segmentation units {}", units.join(", ")),
    }
}

/// Whether anything is selected.
pub fn concerns(head: &Head, select: Select<'_>) -> bool {
    !units(head, select).is_empty()
}

/// Runs a scenario on every unit and under every rule that it names.
///
/// # Errors
/// [`RunError`]; a difference in an observation is in the report instead.
pub(crate) fn run(
    scenario: &Scenario,
    head: &Head,
    steps: &[Step],
    select: Select<'_>,
    watch: &mut dyn Watch,
) -> Result<Vec<Report>, RunError> {
    let mut reports = Vec::new();
    for unit in units(head, select) {
        for fit in head.contiguous.fit.list() {
            reports.push(report(scenario, head, steps, (&unit, fit), watch)?);
        }
    }
    if reports.is_empty() {
        let why = format!("it has no MMU and no pages, but {}", described(head));
        Err(RunError::nothing(scenario, select, why))
    } else {
        Ok(reports)
    }
}

fn report(
    scenario: &Scenario,
    head: &Head,
    steps: &[Step],
    (unit, fit): (&str, Fit),
    watch: &mut dyn Watch,
) -> Result<Report, RunError> {
    let machine = format!("{unit} {} L={}", fit.name(), head.contiguous.latency);
    let invalid = |mistake| RunError::invalid(scenario, mistake, machine.clone());
    let mut first: Option<History> = None;
    for engine in Engine::ALL {
        let mut world = world(head, unit, fit, engine).map_err(invalid)?;
        if let Some(observer) = watch.segments(&machine, engine, &world, labels(head))? {
            world.observe(observer);
        }
        let history = history(head, steps, world).map_err(invalid)?;
        let Some(first) = &mut first else {
            first = Some(history);
            continue;
        };
        if *first != history && first.mismatch.is_none() {
            first.mismatch = history.mismatch.or_else(|| {
                let what = format!("the history on engine {engine}");
                let same = format!("as on {}", Engine::ALL[0]);
                Some(Mismatch::new(history.cycles, 0, &what, &same, "another"))
            });
        }
    }
    let History { cycles, counts, told, mismatch, .. } = first.expect("there are engines");
    let step = mismatch.as_ref().filter(|m| m.line > 0).map(|m| scenario.line(m.line).to_owned());
    Ok(Report {
        scenario: scenario.name.clone(),
        machine,
        config: unit.to_owned(),
        spec: Vec::new(),
        mode: Mode::Bare,
        cycles,
        counts,
        told,
        mismatch,
        step,
    })
}

/// Runs a scenario on the first unit and under the first rule that it names, for its figures: all
/// counts, and the fragmentation at the end. Also returns any difference, in words.
///
/// # Errors
/// A sentence: what is invalid.
pub(crate) fn observe(
    head: &Head,
    steps: &[Step],
    engine: Engine,
) -> Result<(Value, Option<String>), String> {
    let (unit, fit) = (head.contiguous.hardware.list(), head.contiguous.fit.list());
    let (Some(unit), Some(&fit)) = (unit.first(), fit.first()) else {
        return Err("there is no hardware or no rule".to_owned());
    };
    let history = world(head, unit, fit, engine).and_then(|world| history(head, steps, world));
    let history = history.map_err(|mistake| mistake.message)?;
    let mut report = json!({ "unit": head.contiguous.unit, "page": head.contiguous.page });
    for (name, count) in history.counts.iter().chain(&history.measure) {
        report[name] = json!(count);
    }
    let differs = |m: Mismatch| format!("{}: expected {}, got {}", m.what, m.expected, m.got);
    Ok((report, history.mismatch.map(differs)))
}

/// The possible users of memory, by name.
fn labels(head: &Head) -> Vec<String> {
    let specs = head.process.iter().map(|(name, segments)| spec(name, segments));
    specs.flat_map(|spec| spec.labels().collect::<Vec<_>>()).collect()
}

/// A world on one engine.
fn world(head: &Head, unit: &str, fit: Fit, engine: Engine) -> Result<World, Mistake> {
    let place = Place::file().key("contiguous");
    let made = segment::find(unit).map_err(|error| place.wrong(error.to_string()))?;
    let hardware = Box::new(Hardware::new(made, engine));
    let world = World::new(hardware, head.contiguous.config(fit));
    world.map_err(|error| place.wrong(error.to_string()))
}

/// One run.
fn history(head: &Head, steps: &[Step], world: World) -> Result<History, Mistake> {
    let config = world.config().clone();
    let Shape { segments, offset_bits } = world.shape();
    // It has neither page tables nor a TLB.
    let variables = Variables {
        latency: config.latency,
        levels: 0,
        va_bits: u64::from(offset_bits + segments.ilog2()),
        entries: 0,
        delay: 0,
    };
    let mut performer =
        Performer { head, config, world, several: BTreeMap::new(), told: Vec::new() };
    let mut mismatch = None;
    for step in steps {
        match performer.step(step) {
            Ok(()) => {}
            Err(Stop::Invalid(message)) => return Err(Place::line(step.line).wrong(message)),
            Err(Stop::Differs(what, expected, got)) => {
                let cycle = performer.world.cycles();
                mismatch = Some(Mismatch::new(cycle, step.line, &what, &expected, &got));
                break;
            }
        }
    }
    performer.world.finish();
    let counts: BTreeMap<String, u64> =
        performer.world.counts().into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    let cycles = performer.world.cycles();
    if mismatch.is_none() {
        let place = Place::file().key("expect");
        let figures = counts.iter().map(|(name, n)| (name.clone(), *n as f64)).collect();
        mismatch = match compare(&head.expect, &place, &figures, &variables) {
            Ok(()) => None,
            Err(Miss::Invalid(mistake)) => return Err(mistake),
            Err(Miss::Differs(name, wanted, got)) => {
                Some(Mismatch::new(cycles, 0, &format!("count of {name}"), &wanted, &got))
            }
        };
    }
    let ended = performer.world.measure();
    let measure = [
        ("free", ended.free),
        ("largest", ended.largest),
        ("holes", ended.holes.len() as u64),
        ("internal", ended.internal),
        ("external", ended.external_permille()),
    ];
    let measure = measure.map(|(name, n)| (name.to_owned(), n)).into();
    Ok(History { cycles, counts, measure, told: performer.told, mismatch })
}
