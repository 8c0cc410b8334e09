//! The parts of an MMU that change how long its answers take, and what it reads for them.

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
