//! Which instructions miss.

use model::mmu::{PerPort, Port};
use rustc_hash::FxHashMap;

/// Instructions that are remembered; others that miss later are not.
const MOST: usize = 1 << 16;

/// Misses by the address of the instruction that was executed: its own load or store, or the fetch
/// beside it.
#[derive(Debug, Default)]
pub(super) struct Missing(FxHashMap<u64, PerPort<u64>>);

impl Missing {
    /// The ports on which an answer was a miss.
    pub(super) fn add(&mut self, pc: u64, missed: PerPort<bool>) {
        if self.0.len() >= MOST && !self.0.contains_key(&pc) {
            return;
        }
        let counts = self.0.entry(pc).or_default();
        for port in Port::ALL {
            counts[port] += u64::from(missed[port]);
        }
    }

    /// All of them, by address.
    pub(super) fn all(&self) -> Vec<(u64, PerPort<u64>)> {
        let mut all: Vec<_> = self.0.iter().map(|(pc, misses)| (*pc, *misses)).collect();
        all.sort_unstable_by_key(|(pc, _)| *pc);
        all
    }

    /// What [`Missing::all`] gave.
    pub(super) fn of(all: Vec<(u64, PerPort<u64>)>) -> Missing {
        Missing(all.into_iter().collect())
    }

    /// Those that missed most, at most so many.
    pub(super) fn most(&self, count: usize) -> Vec<(u64, PerPort<u64>)> {
        let mut all: Vec<_> = self.0.iter().map(|(pc, misses)| (*pc, *misses)).collect();
        all.sort_unstable_by_key(|(pc, misses)| (u64::MAX - misses.values().sum::<u64>(), *pc));
        all.truncate(count);
        all
    }
}
