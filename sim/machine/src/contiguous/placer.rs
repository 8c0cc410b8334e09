//! What allocates memory for a segment.

use std::ops::Range;

/// Allocates ranges of physical memory. Units are the caller's; nothing here knows bytes.
pub trait Placer {
    /// Allocates at least `length`: one range, or several where pieces need not be contiguous.
    /// `None` if there is not enough; nothing has changed then.
    fn allocate(&mut self, length: u64) -> Option<Vec<Range<u64>>>;

    /// Takes exactly this range, if all of it is free.
    fn take(&mut self, range: Range<u64>) -> bool;

    /// Frees a range that was allocated or taken, as a whole.
    fn free(&mut self, range: Range<u64>);

    /// Free ranges, in ascending order; adjacent ones are merged.
    fn holes(&self) -> Vec<Range<u64>>;

    /// Whether compaction is possible; not where addresses must be multiples.
    fn compactable(&self) -> bool {
        false
    }

    /// The longest request that would succeed now.
    fn largest(&self) -> u64 {
        self.holes().iter().map(|hole| hole.end - hole.start).max().unwrap_or(0)
    }
}

/// Fragmentation at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Units that are free.
    pub free: u64,
    /// The longest request that would succeed.
    pub largest: u64,
    /// The length of each hole, in ascending order of address.
    pub holes: Vec<u64>,
    /// Units allocated beyond what was requested.
    pub internal: u64,
}

impl Measure {
    /// Measures a placer; `internal` units were allocated beyond what was requested.
    pub fn of(placer: &dyn Placer, internal: u64) -> Measure {
        let holes: Vec<u64> = placer.holes().iter().map(|hole| hole.end - hole.start).collect();
        Measure { free: holes.iter().sum(), largest: placer.largest(), holes, internal }
    }

    /// External fragmentation: the part of free memory, in thousandths, that the longest possible
    /// request does not reach; 0 if it could have all of it, or if nothing is free.
    pub fn external_permille(&self) -> u64 {
        (self.free - self.largest) * 1000 / self.free.max(1)
    }
}
