//! Mistakes on purpose, one for each pass. Tests plant them and must find them.

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// The write ports of memories are taken for dead logic.
    Dead,
    /// A constant of each row is taken for one constant of all rows.
    Columns,
    /// The other end of a priority chain wins.
    Choice,
    /// A tree over some rows of a column is taken for the whole column.
    Reduction,
    /// A guard holds where it must not and the other way round.
    Guards,
    /// What depends on a single register does not depend on it.
    Gates,
    /// Registers that changed do not keep the design from being quiescent.
    Quiescence,
}
