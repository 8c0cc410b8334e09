//! The invariants after every event, recomputed from scratch.

use super::{World, WorldError, sum};
use crate::contiguous::process::Stored;
use crate::contiguous::{Descriptor, Fit, Measure};

impl World {
    /// What the registers must contain for the running process.
    pub fn table(&self) -> Vec<Option<Descriptor>> {
        let mut table = vec![None; self.unit.shape().segments];
        let running = self.processes.iter().find(|p| Some(&p.name) == self.running.as_ref());
        for (number, _, stored) in running.iter().flat_map(|process| &process.segments) {
            let stored = &self.stored[stored];
            table[*number] = Some(stored.descriptor(self.config.unit));
        }
        table
    }

    /// The present fragmentation.
    pub fn measure(&self) -> Measure {
        let given: u64 = self.stored.values().map(Stored::given).sum();
        let asked: u64 =
            self.stored.values().map(|s| s.bytes.len() as u64 / self.config.unit).sum();
        Measure::of(&*self.placer, given - asked)
    }

    /// Pages in use: one entry of a page table each. None without pages.
    pub(super) fn pages(&self) -> u64 {
        match self.config.fit {
            Fit::Pages => self.stored.values().map(|stored| stored.pieces.len() as u64).sum(),
            _ => 0,
        }
    }

    /// Recomputes everything: no two segments overlap, every unit is free or allocated, and memory
    /// holds what was written.
    ///
    /// # Errors
    /// [`WorldError::Inconsistent`] or [`WorldError::Corrupt`].
    pub fn check(&self) -> Result<(), WorldError> {
        let mut pieces = self.placer.holes();
        pieces.extend(self.stored.values().flat_map(|stored| stored.pieces.clone()));
        pieces.sort_by_key(|piece| piece.start);
        if let Some(pair) = pieces.windows(2).find(|pair| pair[0].end > pair[1].start) {
            return Err(WorldError::Inconsistent(format!(
                "{:?} and {:?} overlap",
                pair[0], pair[1]
            )));
        }
        let known = sum(&pieces);
        if known != self.total {
            let message = format!("{known} units are known, there are {}", self.total);
            return Err(WorldError::Inconsistent(message));
        }
        let users = |id: &usize| {
            let all = self.processes.iter().flat_map(|process| &process.segments);
            all.filter(|(_, _, stored)| stored == id).count() as u64
        };
        if let Some((id, _)) = self.stored.iter().find(|(id, s)| users(id) != s.users) {
            return Err(WorldError::Inconsistent(format!("segment {id} has {} users", users(id))));
        }
        self.contents()
    }

    fn contents(&self) -> Result<(), WorldError> {
        let unit = self.config.unit;
        for stored in self.stored.values() {
            let places = stored.places(unit, self.config.fit).into_iter().flatten();
            for (pa, byte) in places.zip(&stored.bytes) {
                if self.memory.peek(pa, 1) != Ok(u64::from(*byte)) {
                    return Err(WorldError::Corrupt { pa });
                }
            }
        }
        Ok(())
    }
}
