//! Checks such a file for contradictions and dangling references.

use machine::contiguous::Fit;
use machine::system::LatencySpec;

use super::{Access, Action, Churn, Environment, Head, Load, SegmentText, Step};
use crate::limits::{MOST_CYCLES, within};
use crate::place::{Mistake, Place};
use engine::segment;

/// Memory has at most 4 GiB, so that no length in units, nor a sum of a few, approaches 64 bits.
const MOST_UNITS: u64 = 1 << 32;
/// More processes of one kind, or repetitions of anything, are an error.
const MOST_TIMES: u64 = 1 << 32;

impl Head {
    /// Checks everything that can be checked without a machine.
    ///
    /// # Errors
    /// The first error.
    pub(super) fn check(&self, steps: &[Step]) -> Result<(), Mistake> {
        let root = Place::file();
        self.contiguous.check(&root.key("contiguous"))?;
        for (name, segments) in &self.process {
            let place = root.key("process").key(name);
            if segments.is_empty() {
                return Err(place.wrong(format!("process `{name}` has no segments")));
            }
            for number in 0..segments.len() {
                check_segment(segments, number, &place.item(number))?;
            }
        }
        if steps.is_empty() {
            return Err(root.key("step").wrong("a scenario needs a step: `step` is empty"));
        }
        steps.iter().try_for_each(|step| self.check_step(&step.action, &Place::line(step.line)))
    }

    fn check_step(&self, action: &Action, place: &Place) -> Result<(), Mistake> {
        match action {
            Action::Load(load) => {
                self.check_name(&load.load, place)?;
                check_load(load, place)
            }
            Action::End(end) => {
                self.check_name(&end.end, place)?;
                within(&place.key("every"), end.every.unwrap_or(1), 1..=MOST_TIMES)
            }
            Action::Run(name) => self.check_name(name, place),
            Action::Access(_, access) => check_access(access, place),
            Action::Grow(grow) => {
                self.check_name(&grow.grow, place)?;
                within(&place.key("by"), grow.by, 1..=MOST_UNITS)
            }
            Action::Compact(compact) if !compact.compact => {
                Err(place.wrong("`compact` can only be true"))
            }
            Action::Check(check) if *check == super::Check::default() => {
                Err(place.wrong("`check` checks nothing"))
            }
            Action::Churn(churn) => check_churn(churn, place),
            Action::Compact(_) | Action::Check(_) => Ok(()),
        }
    }

    /// A process that is named must exist; one of several has `#` and a number after its name.
    fn check_name(&self, name: &str, place: &Place) -> Result<(), Mistake> {
        let plain = name.split('#').next().unwrap_or(name);
        match self.process.contains_key(plain) {
            true => Ok(()),
            false => Err(place.text(name).wrong(format!("there is no process `{name}`"))),
        }
    }
}

impl Environment {
    fn check(&self, place: &Place) -> Result<(), Mistake> {
        for unit in self.hardware.list() {
            if segment::find(&unit).is_err() {
                let known: Vec<_> = segment::CONFIGS.iter().map(|config| config.name).collect();
                let message = format!("there is no unit `{unit}`; there are {}", known.join(", "));
                return Err(place.key("hardware").text(&unit).wrong(message));
            }
        }
        if self.memory.is_some() != self.holes.is_empty() {
            return Err(place.wrong("`contiguous` needs either `memory` or `holes`"));
        }
        within(&place.key("unit"), self.unit, 1..=MOST_UNITS)?;
        within(&place.key("page"), self.page, 1..=MOST_UNITS)?;
        within(&place.key("handler"), self.handler, 0..=MOST_CYCLES)?;
        let latency = LatencySpec::Fixed(self.latency).check();
        latency.map_err(|message| place.key("latency").wrong(message))?;
        if let Some(units) = self.memory {
            within(&place.key("memory"), units, 1..=MOST_UNITS)?;
        }
        let holes = place.key("holes");
        for (at, units) in self.holes.iter().enumerate() {
            within(&holes.item(at), *units, 1..=MOST_UNITS)?;
        }
        if self.holes.len() > 1 && self.fit.list().contains(&Fit::Buddy) {
            let message = "the buddy system manages one piece of memory, not several holes";
            return Err(place.key("fit").text("buddy").wrong(message));
        }
        Ok(())
    }
}

fn check_segment(segments: &[SegmentText], at: usize, place: &Place) -> Result<(), Mistake> {
    let segment = &segments[at];
    let (name, number) = (&segment.name, |at: usize| segments[at].number.unwrap_or(at));
    within(&place.key("length"), segment.length, 0..=MOST_UNITS)?;
    within(&place.key("at"), segment.at.unwrap_or(0), 0..=MOST_UNITS)?;
    if segments[..at].iter().any(|other| other.name == *name) {
        return Err(place.wrong(format!("two segments are called `{name}`; give one a `name`")));
    }
    if (0..at).any(|other| number(other) == number(at)) {
        return Err(place.wrong(format!("two segments have the number {}", number(at))));
    }
    Ok(())
}

fn check_load(load: &Load, place: &Place) -> Result<(), Mistake> {
    within(&place.key("times"), load.times.unwrap_or(1), 1..=1 << 20)?;
    match (&load.at, load.times, load.placed) {
        (Some(_), Some(_), _) => Err(place.wrong("`at` is for a single process, not for `times`")),
        (Some(_), _, false) => Err(place.wrong("a process that is not placed has no `at`")),
        _ => Ok(()),
    }
}

fn check_access(access: &Access, place: &Place) -> Result<(), Mistake> {
    let bytes = access.bytes;
    if !matches!(bytes, 1 | 2 | 4 | 8) {
        return Err(place.wrong(format!("`bytes` is {bytes}; an access has 1, 2, 4 or 8")));
    }
    if access.pa.is_some() && access.fault.is_some() {
        return Err(place.wrong("an access has either `pa` or `fault`"));
    }
    match access.value {
        Some(value) if bytes < 8 && value >> (8 * bytes) != 0 => {
            Err(place.wrong(format!("`value` is {value}, which does not fit {bytes} bytes")))
        }
        _ => Ok(()),
    }
}

fn check_churn(churn: &Churn, place: &Place) -> Result<(), Mistake> {
    within(&place.key("churn"), churn.churn, 1..=MOST_TIMES)?;
    within(&place.key("segments"), churn.segments as u64, 1..=1 << 20)?;
    let [shortest, longest] = churn.lengths;
    within(&place.key("lengths"), longest, 1..=MOST_UNITS)?;
    within(&place.key("lengths"), shortest, 1..=longest)?;
    let [fewest, most] = churn.holes;
    within(&place.key("holes"), fewest, 0..=most)
}
