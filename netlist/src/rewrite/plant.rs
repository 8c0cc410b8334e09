//! Mistakes on purpose, one for each pass. Tests plant them and must find them.

use std::cell::Cell;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// Bits are taken from the lower end whatever is asked for.
    Cut,
    /// The last round of a loop is forgotten.
    Unroll,
    /// What is read early does not see the assignment just before.
    Settle,
    /// Signals keep the order of the kernel whatever they read.
    Separate,
    /// The branches of a choice are exchanged.
    Fold,
    /// Logic of one type is taken for the same logic.
    Share,
}

impl Plant {
    /// All of them, in the order of the passes.
    pub(crate) const ALL: &[Plant] =
        &[Plant::Cut, Plant::Unroll, Plant::Settle, Plant::Separate, Plant::Fold, Plant::Share];
}

thread_local! {
    static PLANTED: Cell<Option<Plant>> = const { Cell::new(None) };
}

/// Runs something with a mistake planted, in this thread.
pub(crate) fn with<T>(plant: Option<Plant>, run: impl FnOnce() -> T) -> T {
    PLANTED.set(plant);
    let result = run();
    PLANTED.set(None);
    result
}

/// Whether this mistake is planted.
pub(crate) fn is_planted(plant: Plant) -> bool {
    PLANTED.get() == Some(plant)
}
