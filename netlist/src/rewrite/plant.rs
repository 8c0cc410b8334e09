//! Intentional defects, one for each pass. Tests plant them and must find them.

use std::cell::Cell;

/// The defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// Bits are always taken from the lower end.
    Cut,
    /// The only round of a loop is taken for the next one.
    Once,
    /// The last iteration of a loop is omitted.
    Unroll,
    /// An early read misses the assignment just before it.
    Settle,
    /// What is constant in one instance is taken for constant in all.
    Constant,
    /// A local that copies a net in some branches, or at first, counts as its name.
    Alias,
    /// Assignments of parts are left out too.
    Unused,
    /// Signals keep the order of the kernel, whatever they read.
    Separate,
    /// The branches of a choice are swapped.
    Fold,
    /// Any logic of the same type counts as common.
    Share,
}

impl Plant {
    /// All of them, in the order of the passes.
    pub(crate) const ALL: &[Plant] = &[
        Plant::Cut,
        Plant::Once,
        Plant::Unroll,
        Plant::Settle,
        Plant::Constant,
        Plant::Separate,
        Plant::Fold,
        Plant::Alias,
        Plant::Unused,
        Plant::Share,
    ];
}

thread_local! {
    static PLANTED: Cell<Option<Plant>> = const { Cell::new(None) };
}

/// Runs a function with a defect planted, in this thread.
pub(crate) fn with<T>(plant: Option<Plant>, run: impl FnOnce() -> T) -> T {
    PLANTED.set(plant);
    let result = run();
    PLANTED.set(None);
    result
}

/// Whether this defect is planted.
pub(crate) fn is_planted(plant: Plant) -> bool {
    PLANTED.get() == Some(plant)
}
