//! What is built in for physical memory.

/// A range of physical addresses with its attributes, a naturally aligned power of two of at least
/// one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its first address.
    pub base: u64,
    /// log2 of its size in bytes, 12 or more.
    pub log2: u32,
    /// Nothing is there: every access is refused.
    pub absent: bool,
    /// I/O; otherwise cacheable memory.
    pub io: bool,
    /// Atomic operations are supported, and with them hardware's updates of A and D.
    pub atomics: bool,
    /// The walker may read page-table entries there.
    pub tables: bool,
}

/// What is built in to protect physical memory; [`Default`] is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Physical {
    /// PMP entries: 0, 8 or 16.
    pub pmp: usize,
    /// Regions with attributes (PMA). Where several overlap the last one counts; an address in none
    /// of them is absent. Without any region everything is memory, and nothing is checked.
    pub regions: &'static [Region],
}

impl Physical {
    /// Whether there is anything.
    pub fn is_some(self) -> bool {
        self.pmp > 0 || !self.regions.is_empty()
    }
}
