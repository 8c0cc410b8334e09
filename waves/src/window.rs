//! The part of a long run that is written.

/// Cycles `from` to `from + cycles`, the end excluded. Times in the dump remain those of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Window {
    /// The first cycle written.
    pub from: u64,
    /// How many cycles; `None` for all that follow.
    pub cycles: Option<u64>,
}

impl Window {
    /// The cycle after the last one written.
    pub fn end(self) -> u64 {
        self.cycles.map_or(u64::MAX, |cycles| self.from.saturating_add(cycles))
    }

    /// Whether a cycle is written.
    pub fn contains(self, cycle: u64) -> bool {
        (self.from..self.end()).contains(&cycle)
    }
}
