//! How much of a run is recorded.

/// The most records of a run. Beyond that it goes on unrecorded, and the record says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Records of single cycles: requests, walks, lines. A run is much slower while they are made.
    pub cycles: usize,
    /// All other records: events, frames, page tables.
    pub others: usize,
}

impl Budget {
    /// For each of so many runs in one file.
    pub fn for_runs(count: usize) -> Budget {
        let Budget { cycles, others } = Budget::default();
        let count = count.max(1);
        Budget { cycles: cycles / count, others: others / count }
    }
}

impl Default for Budget {
    /// A file of less than 5 MB.
    fn default() -> Self {
        Budget { cycles: 12_000, others: 14_000 }
    }
}
