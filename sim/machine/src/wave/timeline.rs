//! A recorder's time: simulated cycles, skipped stretches, moments worth a marker.

use std::collections::BTreeSet;

use model::record::Mark;
use waves::save::View;
use waves::{Error, Window, Writer};

/// A moment that a reader will look for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Moment {
    cycle: u64,
    name: String,
    /// Others are dropped in favour of it.
    always: bool,
}

/// The open dump, and its current time.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) wave: Writer,
    pub(super) window: Window,
    pub(super) now: Option<u64>,
    /// The first cycle of all.
    pub(super) first: Option<u64>,
    /// The cycle after the run's last one, once it is over.
    pub(super) over: Option<u64>,
    /// When and how the run failed.
    pub(super) failure: Option<(u64, String)>,
    /// The first of each kind, and all of kinds that are marked always; no more than there are
    /// markers.
    moments: Vec<Moment>,
    kinds: BTreeSet<String>,
}

impl Timeline {
    pub(super) fn new(wave: Writer, window: Window) -> Timeline {
        Timeline {
            wave,
            window,
            now: None,
            first: None,
            over: None,
            failure: None,
            moments: Vec::new(),
            kinds: BTreeSet::new(),
        }
    }

    /// Whether the cycle has passed or is the current one: what is reported late appears in the
    /// current cycle.
    pub(super) fn has_come(&self, cycle: u64) -> bool {
        self.now.is_some_and(|now| cycle <= now)
    }

    /// Makes `cycle` the current one; `clocked` tells whether the clock toggles until then.
    pub(super) fn go(&mut self, cycle: u64, clocked: bool) -> Result<(), Error> {
        if clocked {
            self.wave.cycle(cycle)?
        } else {
            self.wave.instant(cycle)?
        }
        self.now = Some(cycle);
        self.first.get_or_insert(cycle);
        Ok(())
    }

    /// The cycle after the last one written.
    pub(super) fn end(&self) -> u64 {
        self.now.unwrap_or(0).saturating_add(1).min(self.window.end())
    }

    /// The first cycle written.
    pub(super) fn start(&self) -> u64 {
        self.window.from.max(self.first.unwrap_or(0))
    }

    /// Marks an event of a kind, as `mark` says.
    pub(super) fn mark(&mut self, cycle: u64, kind: &str, mark: &Mark) {
        match mark {
            Mark::First(name) => self.first_of(kind, cycle, name),
            Mark::Each(name) => self.first_of(name, cycle, name),
            Mark::Every(name) => self.every(cycle, name),
        }
    }

    /// Marks a moment, if it is in the window and the first of its kind.
    pub(super) fn first_of(&mut self, kind: &str, cycle: u64, name: &str) {
        if self.window.contains(cycle) && self.kinds.insert(kind.to_owned()) {
            self.mark_one(cycle, name, false);
        }
    }

    /// Marks a moment, if it is in the window.
    fn every(&mut self, cycle: u64, name: &str) {
        if self.window.contains(cycle) {
            self.mark_one(cycle, name, true);
        }
    }

    /// The run failed.
    pub(super) fn fails(&mut self, cycle: u64, why: &str) {
        self.failure.get_or_insert((cycle, why.to_owned()));
    }

    fn mark_one(&mut self, cycle: u64, name: &str, always: bool) {
        if self.moments.len() >= View::MARKERS {
            // The last one of the optional ones is dropped.
            match self.moments.iter().rposition(|moment| always && !moment.always) {
                Some(at) => drop(self.moments.remove(at)),
                None => return,
            }
        }
        self.moments.push(Moment { cycle, name: name.to_owned(), always });
    }

    /// Puts the moments into a view, in order of time.
    pub(super) fn markers(&self, view: View) -> View {
        let mut all: Vec<(u64, &str)> =
            self.moments.iter().map(|moment| (moment.cycle, &*moment.name)).collect();
        if let Some((cycle, why)) = &self.failure {
            all.truncate(View::MARKERS - 1);
            all.push((*cycle, why));
        }
        all.sort_by_key(|(cycle, _)| *cycle);
        let numbered = all.iter().enumerate();
        numbered.fold(view, |view, (at, (cycle, name))| {
            view.marker(*cycle, &format!("{} {name}", at + 1))
        })
    }
}
