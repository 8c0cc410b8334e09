//! A recorder's time: cycles that are made, stretches that are jumped over, moments worth finding.

use super::save::View;
use super::{Error, Window, Writer};

/// A moment that a reader wants to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) cycle: u64,
    pub(super) name: String,
}

/// The dump under way, and where in time it is.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) wave: Writer,
    pub(super) window: Window,
    pub(super) now: Option<u64>,
    /// The first cycle of all.
    pub(super) first: Option<u64>,
    /// The first ones, as many as there are markers.
    pub(super) moments: Vec<Moment>,
}

impl Timeline {
    pub(super) fn new(wave: Writer, window: Window) -> Timeline {
        Timeline { wave, window, now: None, first: None, moments: Vec::new() }
    }

    /// Whether the cycle has passed or is the current one: what is told late stands in the
    /// current cycle.
    pub(super) fn has_come(&self, cycle: u64) -> bool {
        self.now.is_some_and(|now| cycle <= now)
    }

    /// Makes `cycle` the current one. Where cycles are left out, `rest` sets what must not last
    /// through the jump.
    pub(super) fn begin(
        &mut self,
        cycle: u64,
        rest: impl FnOnce(&mut Writer) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.now == Some(cycle) {
            return Ok(());
        }
        if let Some(next) = self.now.map(|now| now.saturating_add(1)).filter(|&next| next < cycle) {
            self.wave.cycle(next)?;
            rest(&mut self.wave)?;
        }
        self.wave.cycle(cycle)?;
        self.now = Some(cycle);
        self.first.get_or_insert(cycle);
        Ok(())
    }

    /// Makes `cycle` the current one unless it has come; the clock stands still.
    pub(super) fn instant(&mut self, cycle: u64) -> Result<(), Error> {
        if self.has_come(cycle) {
            return Ok(());
        }
        self.wave.instant(cycle)?;
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

    /// Marks a moment, if there is room for it and it is in the window.
    pub(super) fn moment(&mut self, cycle: u64, name: &str) {
        let room = self.moments.len() < View::MARKERS;
        if room && self.window.contains(cycle) {
            let name = format!("{} {name}", self.moments.len() + 1);
            self.moments.push(Moment { cycle, name });
        }
    }

    /// Puts the moments into a view.
    pub(super) fn mark(&self, view: View) -> View {
        self.moments.iter().fold(view, |view, moment| view.marker(moment.cycle, &moment.name))
    }
}
