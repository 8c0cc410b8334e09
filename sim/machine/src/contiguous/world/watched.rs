//! What the observer sees, and the time that the kernel takes.

use std::ops::{Range, RangeInclusive};

use rand::Rng;

use super::{Activity, Config, Event, Fit, Holes, World, WorldError};
use crate::board::Observer;
use crate::contiguous::churn::{Equilibrium, churn};
use crate::contiguous::process::label;
use crate::contiguous::{Contiguous, Measure, Picture};
use model::mmu::Signal;

impl World {
    /// Attaches an observer, from now on.
    pub fn observe(&mut self, observer: Box<dyn Observer<Contiguous>>) {
        self.wire.observer = Some(observer);
        self.look();
    }

    /// The unit's own signals; see [`crate::contiguous::SegmentUnit::signals`].
    pub fn signals(&self) -> Vec<Signal> {
        self.unit.signals()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Reports the end of the run to the observer.
    pub fn finish(&mut self) {
        if let Some(observer) = &mut self.wire.observer {
            observer.on_end(self.wire.now);
        }
    }

    /// The kernel is entered; its time passes.
    pub(super) fn kernel(&mut self) {
        self.wire.activity(Activity::Kernel);
        self.wire.now += self.config.handler;
    }

    /// Shows the observer the present state of memory.
    pub(super) fn look(&mut self) {
        if self.wire.observer.is_none() {
            return;
        }
        let mut used = Vec::new();
        for (id, stored) in &self.stored {
            let owner = self.owner(*id);
            used.extend(stored.pieces.iter().map(|piece| (piece.clone(), owner.clone())));
        }
        used.sort_by_key(|(piece, _)| piece.start);
        let (measure, segments) = (self.measure(), self.stored.len() as u64);
        let picture = Picture { measure, segments, holes: self.placer.holes(), used };
        self.wire.event(Event::Memory { picture });
    }

    /// The name of a stored segment: the one under which it is shared, else its process and, unless
    /// it is the only one, its own.
    pub(super) fn owner(&self, id: usize) -> String {
        if let Some(shared) = self.stored.get(&id).and_then(|stored| stored.shared.clone()) {
            return shared;
        }
        for process in &self.processes {
            if let Some(held) = process.segments.iter().find(|held| held.2 == id) {
                return label(&process.name, &held.1, process.segments.len() == 1);
            }
        }
        String::new()
    }

    /// The free holes, from which the chosen one is reported; empty without an observer.
    pub(super) fn holes_before(&self) -> Vec<Range<u64>> {
        if self.wire.observer.is_some() { self.placer.holes() } else { Vec::new() }
    }

    /// Reports an allocation for a segment; `before` are the holes before it.
    pub(super) fn placed(
        &mut self,
        whose: (&str, &str),
        length: u64,
        at: &[Range<u64>],
        before: &[Range<u64>],
    ) {
        let Some(first) = at.first() else { return };
        let hole = before.iter().find(|hole| hole.contains(&first.start));
        let Some(hole) = hole.cloned() else { return };
        let (process, segment) = (whose.0.to_owned(), whose.1.to_owned());
        self.wire.event(Event::Placed { process, segment, length, hole, at: at.to_vec() });
    }

    /// A long random sequence of allocations on memory of the same size, all of it free; the
    /// processes of this world stay as they are. Each change is an entry into the kernel.
    ///
    /// # Errors
    /// [`WorldError::Invalid`] unless segments are placed in a list of holes, and lengths begin at
    /// 1.
    pub fn churn(
        &mut self,
        steps: u64,
        lengths: RangeInclusive<u64>,
        segments: usize,
        generator: &mut impl Rng,
    ) -> Result<Equilibrium, WorldError> {
        let rules = [Fit::First, Fit::Best, Fit::Worst, Fit::Next];
        if *lengths.start() == 0 || lengths.is_empty() || !rules.contains(&self.config.fit) {
            let message = "a random history needs lengths from 1 on, and a list of holes";
            return Err(WorldError::Invalid(message.to_owned()));
        }
        let mut holes = Holes::new(&self.config.holes, self.config.fit);
        self.wire.activity(Activity::Kernel);
        let (wire, handler) = (&mut self.wire, self.config.handler);
        let came =
            churn(&mut holes, steps, lengths, segments, generator, &mut |placer, segments| {
                wire.now += handler;
                if wire.observer.is_none() {
                    return;
                }
                let (measure, holes) = (Measure::of(placer, 0), placer.holes());
                let (segments, used) = (segments as u64, Vec::new());
                let picture = Picture { measure, segments, holes, used };
                wire.event(Event::Memory { picture });
            });
        self.look();
        Ok(came)
    }
}
