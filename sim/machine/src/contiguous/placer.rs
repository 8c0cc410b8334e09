//! What finds room for a segment.

use std::ops::Range;

/// Hands out ranges of physical memory. Units are the caller's; nothing here knows bytes.
pub trait Placer {
    /// Room for `length`, at least: one range, or several where pieces need not be neighbours.
    /// `None` when there is none; nothing is changed then.
    fn allocate(&mut self, length: u64) -> Option<Vec<Range<u64>>>;

    /// Takes exactly this range, if all of it is free.
    fn take(&mut self, range: Range<u64>) -> bool;

    /// Gives back a range that was handed out or taken, whole.
    fn free(&mut self, range: Range<u64>);

    /// What is free, from the lowest address on, neighbours joined.
    fn holes(&self) -> Vec<Range<u64>>;

    /// Whether everything can be moved together; not where addresses must be multiples.
    fn compactable(&self) -> bool {
        false
    }

    /// The longest request that would be granted now.
    fn largest(&self) -> u64 {
        self.holes().iter().map(|hole| hole.end - hole.start).max().unwrap_or(0)
    }
}

/// How broken up memory is, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Units that are free.
    pub free: u64,
    /// The longest request that would be granted.
    pub largest: u64,
    /// The length of each hole, from the lowest address on.
    pub holes: Vec<u64>,
    /// Units handed out and not asked for.
    pub internal: u64,
}

impl Measure {
    /// Of what a placer has left; `internal` units were handed out and not asked for.
    pub fn of(placer: &dyn Placer, internal: u64) -> Measure {
        let holes: Vec<u64> = placer.holes().iter().map(|hole| hole.end - hole.start).collect();
        Measure { free: holes.iter().sum(), largest: placer.largest(), holes, internal }
    }

    /// External fragmentation: the part of free memory, in thousandths, that the longest possible
    /// request leaves; 0 when it could have all, or when nothing is free.
    pub fn external_permille(&self) -> u64 {
        (self.free - self.largest) * 1000 / self.free.max(1)
    }
}
