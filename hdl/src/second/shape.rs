//! How large a second-level TLB is.

/// The size of a second-level TLB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondShape {
    /// Entries for pages of 4 KiB: a power of two from 64 to 2048. Superpages have others, see
    /// [`super::SecondLevel`].
    pub entries: usize,
    /// Ways of each set: 1, 2, 4 or 8. There are at most 512 sets.
    pub ways: usize,
    /// Every entry has a parity bit. An entry whose parity is wrong is not used, and counted.
    pub parity: bool,
}

impl SecondShape {
    /// The largest number of sets: the words of a block RAM of 36 bits in an ECP5.
    pub const SETS: usize = 512;

    /// Whether there can be one of this shape.
    pub fn is_possible(&self) -> bool {
        let sets = self.entries.checked_div(self.ways).unwrap_or(0);
        self.entries.is_power_of_two()
            && (64..=2048).contains(&self.entries)
            && matches!(self.ways, 1 | 2 | 4 | 8)
            && sets <= Self::SETS
    }

    /// Sets of the bank for pages of a size, by its code: a level, or 5 for NAPOT ranges.
    pub(super) fn sets(&self, size: u64) -> usize {
        let sets = self.entries / self.ways;
        match size {
            0 => sets,
            1 | crate::geometry::NAPOT => (sets / 4).max(4),
            _ => 4,
        }
    }
}
