//! The parts of an MMU that change how long its answers take, and what it reads for them.

use std::fmt;

/// The parts of an MMU besides its TLBs. [`Default`]: none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Organisation {
    /// Lines of the walk cache; 0 is none.
    pub walk_cache: usize,
    /// Each port has its own walker.
    pub two_walkers: bool,
    /// Entries of the second-level TLB for pages of 4 KiB; 0 is none. Superpages have others.
    pub l2: usize,
    /// Ways of each of its sets.
    pub l2_ways: usize,
    /// Its entries have parity.
    pub l2_parity: bool,
}

impl Default for Organisation {
    fn default() -> Self {
        Self::NONE
    }
}

impl Organisation {
    /// No parts besides the TLBs, and one walker.
    pub const NONE: Organisation =
        Organisation { walk_cache: 0, two_walkers: false, l2: 0, l2_ways: 4, l2_parity: false };

    /// Whether a walk may read fewer entries than there are levels above and including its leaf's.
    pub fn shortens_walks(&self) -> bool {
        self.walk_cache > 0
    }

    /// Cycles that a walk begins later because the second level is looked up before it.
    pub fn lookup(&self) -> u64 {
        u64::from(self.l2 > 0)
    }
}

impl fmt::Display for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.walk_cache > 0 {
            parts.push(format!("walk cache of {}", self.walk_cache));
        }
        if self.l2 > 0 {
            let parity = if self.l2_parity { ", parity" } else { "" };
            parts.push(format!("second level of {} in {} ways{parity}", self.l2, self.l2_ways));
        }
        if self.two_walkers {
            parts.push("2 walkers".to_owned());
        }
        f.write_str(&if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
    }
}
