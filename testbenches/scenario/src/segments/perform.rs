//! Performs the steps one after the other on one world, and reports each.

use std::collections::BTreeMap;
use std::fmt::Debug;

use machine::contiguous::{Config, Request, World, WorldError};
use model::isa;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::told::how;
use super::{Access, Action, Check, Churn, End, Grow, Head, Load, Step, spec};

/// Why a run ended early: a difference, or an invalid file.
pub(super) enum Stop {
    /// An observation differs from the file: what, expected, got.
    Differs(String, String, String),
    /// The file is invalid.
    Invalid(String),
}

impl From<WorldError> for Stop {
    fn from(error: WorldError) -> Stop {
        match error {
            WorldError::Invalid(message) => Stop::Invalid(message),
            other => Stop::Differs("the run".into(), "to go on".into(), other.to_string()),
        }
    }
}

/// Compares, and reports a difference.
fn same<T: PartialEq + Debug>(what: &str, wanted: Option<&T>, got: &T) -> Result<(), Stop> {
    match wanted {
        Some(wanted) if wanted != got => {
            Err(Stop::Differs(what.to_owned(), format!("{wanted:?}"), format!("{got:?}")))
        }
        _ => Ok(()),
    }
}

pub(super) struct Performer<'s> {
    pub(super) head: &'s Head,
    pub(super) config: Config,
    pub(super) world: World,
    /// For each process that was loaded several times, the numbers of those still loaded.
    pub(super) several: BTreeMap<String, Vec<u64>>,
    /// One line per step: the action, its result, the state of memory.
    pub(super) told: Vec<String>,
}

impl Performer<'_> {
    pub(super) fn step(&mut self, step: &Step) -> Result<(), Stop> {
        let mut by_hand = None;
        let (what, came) = match &step.action {
            Action::Load(load) => (format!("load {}", load.load), self.load(load)?),
            Action::End(end) => (format!("end {}", end.end), self.end(end)?),
            Action::Run(name) => {
                self.world.run(name)?;
                (format!("run {name}"), "registers written".to_owned())
            }
            Action::Access(kind, access) => {
                let (what, came, how) = self.access(*kind, access)?;
                by_hand = Some(how);
                (what, came)
            }
            Action::Grow(grow) => {
                let what = format!("grow {} of {} by {}", grow.segment, grow.grow, grow.by);
                (what, self.grow(grow)?)
            }
            Action::Compact(compact) => {
                let moved = self.world.compact()? / self.config.unit;
                same("units moved", compact.moved.as_ref(), &moved)?;
                ("compact".to_owned(), format!("{moved} units moved"))
            }
            Action::Check(check) => return self.check(check),
            Action::Churn(text) => self.churn(text)?,
        };
        self.world.check()?;
        let measure = self.world.measure();
        let mut holes: Vec<String> = measure.holes.iter().map(u64::to_string).collect();
        if holes.len() > 8 {
            let more = holes.len() - 7;
            holes.truncate(7);
            holes.push(format!("... {more} more"));
        }
        if holes.is_empty() {
            holes.push("none".to_owned());
        }
        let line = format!("{what:24}  {came:34}  holes {}", holes.join(" "));
        self.told.push(line);
        self.told.extend(by_hand.map(|how| format!("  {how}")));
        Ok(())
    }

    fn load(&mut self, load: &Load) -> Result<String, Stop> {
        let segments = &self.head.process[&load.load];
        let names: Vec<String> = match load.times {
            None => vec![load.load.clone()],
            Some(times) => (1..=times).map(|n| format!("{}#{n}", load.load)).collect(),
        };
        let mut came = String::new();
        for name in &names {
            let loaded = self.world.load(&spec(name, segments))?;
            same(&format!("whether `{name}` has room"), Some(&load.placed), &loaded.placed)?;
            let at = load.at.as_ref().filter(|_| loaded.placed && load.times.is_none());
            same(&format!("places of `{name}`"), at, &loaded.at)?;
            same("whether all was moved together", Some(&load.compacted), &loaded.compacted)?;
            let places: Vec<String> = loaded.at.iter().map(u64::to_string).collect();
            came = match loaded.placed {
                true => format!("at {}", places.join(", ")),
                false => format!("no room, {} are free", self.world.measure().free),
            };
            came += if loaded.compacted { " after compaction" } else { "" };
        }
        if let Some(times) = load.times {
            self.several.insert(load.load.clone(), (1..=times).collect());
            came = format!("{times} of them");
        }
        Ok(came)
    }

    fn end(&mut self, end: &End) -> Result<String, Stop> {
        let Some(live) = self.several.remove(&end.end) else {
            if end.every.is_some() {
                let message = format!("`every` of `{}`: it was not loaded several times", end.end);
                return Err(Stop::Invalid(message));
            }
            self.world.end(&end.end)?;
            return Ok("its memory is free".to_owned());
        };
        let (there, every) = (live.len(), end.every.unwrap_or(1));
        let (ended, left): (Vec<_>, Vec<_>) =
            live.into_iter().zip(1..).partition(|(_, place)| place % every == 0);
        for (number, _) in &ended {
            self.world.end(&format!("{}#{number}", end.end))?;
        }
        let left: Vec<u64> = left.into_iter().map(|(number, _)| number).collect();
        if !left.is_empty() {
            self.several.insert(end.end.clone(), left);
        }
        Ok(format!("{} of {there}", ended.len()))
    }

    fn access(
        &mut self,
        kind: isa::Access,
        text: &Access,
    ) -> Result<(String, String, String), Stop> {
        let shape = self.world.shape();
        let va = match &text.r#in {
            Some(segment) => {
                let number = self.world.running().and_then(|who| self.world.number(who, segment));
                let Some(number) = number else {
                    let message = format!("no process runs that has a segment `{segment}`");
                    return Err(Stop::Invalid(message));
                };
                let span = shape.span() as i64;
                if !(-span..span).contains(&text.address) {
                    let message = format!(
                        "offset {} is out of range: a segment has up to {span} bytes",
                        text.address
                    );
                    return Err(Stop::Invalid(message));
                }
                shape.address(number, text.address)
            }
            None => u64::try_from(text.address).map_err(|_| {
                Stop::Invalid("a negative address needs a segment: `in`".to_owned())
            })?,
        };
        if va >= shape.span() * shape.segments as u64 {
            return Err(Stop::Invalid(format!("{va:#x} has more bits than a logical address")));
        }
        let request = Request { va, bytes: text.bytes, access: kind, user: !text.supervisor };
        let by_hand = how(&self.world.table(), shape, &request);
        let done = self.world.access(request, text.value.unwrap_or(0x5a))?;
        let got = match done.answer {
            Ok(pa) => format!("physical address {pa}"),
            Err(reason) => format!("fault {}", reason.name()),
        };
        let wanted = match (text.fault, text.pa) {
            (Some(reason), _) => Some(format!("fault {}", reason.name())),
            (None, Some(pa)) => Some(format!("physical address {pa}")),
            (None, None) if done.answer.is_err() => Some("no fault".to_owned()),
            (None, None) => None,
        };
        let word = match kind {
            isa::Access::Fetch => "fetch",
            isa::Access::Load | isa::Access::CacheBlock => "read",
            isa::Access::Store => "write",
        };
        let what = format!("{word} {va}");
        if let Some(wanted) = wanted.filter(|wanted| *wanted != got) {
            return Err(Stop::Differs(what, wanted, got));
        }
        if kind != isa::Access::Store {
            same(&format!("value of {what}"), text.value.as_ref(), &done.value)?;
        }
        Ok((what, got, by_hand))
    }

    fn grow(&mut self, text: &Grow) -> Result<String, Stop> {
        let grown = self.world.grow(&text.grow, &text.segment, text.by)?;
        let what = format!("whether `{}` of `{}` grows", text.segment, text.grow);
        same(&what, Some(&text.granted), &grown.placed)?;
        let place = grown.at.first().copied().unwrap_or(0);
        same("where it begins", text.at.as_ref(), &place)?;
        same("whether all was moved together", Some(&text.compacted), &grown.compacted)?;
        let word = if grown.placed { "begins" } else { "refused; still" };
        Ok(format!("{word} at {place}{}", if grown.compacted { " after compaction" } else { "" }))
    }

    fn check(&self, check: &Check) -> Result<(), Stop> {
        let measure = self.world.measure();
        same("free units", check.free.as_ref(), &measure.free)?;
        same("the longest request", check.largest.as_ref(), &measure.largest)?;
        same("the holes", check.holes.as_ref(), &measure.holes)?;
        same("the number of holes", check.count.as_ref(), &(measure.holes.len() as u64))?;
        let external = measure.external_permille();
        same("external fragmentation in thousandths", check.external.as_ref(), &external)?;
        same("units wasted inside", check.internal.as_ref(), &measure.internal)
    }

    /// On memory of the same size, all of it free: the processes of the file stay as they are.
    fn churn(&mut self, text: &Churn) -> Result<(String, String), Stop> {
        let [shortest, longest] = text.lengths;
        let mut generator = ChaCha8Rng::seed_from_u64(text.seed);
        let lengths = shortest..=longest;
        let came = self.world.churn(text.churn, lengths, text.segments, &mut generator)?;
        let got = came.holes_per_thousand;
        if !(text.holes[0]..=text.holes[1]).contains(&got) {
            let wanted = format!("{} to {}", text.holes[0], text.holes[1]);
            let what = "holes for a thousand segments".to_owned();
            return Err(Stop::Differs(what, wanted, got.to_string()));
        }
        Ok((format!("churn {}", text.churn), format!("{got} holes for 1000 segments")))
    }
}
