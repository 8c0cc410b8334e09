//! The parts of an MMU that change how long its answers take, and what it reads for them.

use std::fmt;

/// The parts of an MMU besides its TLBs. [`Default`]: none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Organisation {
    /// Lines of the walk cache; 0 is none.
    pub walk_cache: usize,
    /// Each port has its own walker.
    pub two_walkers: bool,
}

impl Organisation {
    /// Whether a walk may read fewer entries than there are levels above and including its leaf's.
    pub fn shortens_walks(&self) -> bool {
        self.walk_cache > 0
    }
}

impl fmt::Display for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.walk_cache > 0 {
            parts.push(format!("walk cache of {}", self.walk_cache));
        }
        if self.two_walkers {
            parts.push("2 walkers".to_owned());
        }
        f.write_str(&if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
    }
}
