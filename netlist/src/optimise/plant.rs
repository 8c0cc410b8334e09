//! Intentional defects, one or more for each pass. Tests plant them and must find them.
//!
//! The first group is planted in folding ([`crate::ir::Graph`]), where flattening creates its
//! nodes; the second in the passes from netlist to program; the third in the selection of compiled
//! functions.

/// The defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// A mux with an inverted test is turned round, but its branches are not swapped.
    FoldMux,
    /// A slice of a slice ignores the offset of the inner one.
    FoldSlice,
    /// Any slices of one word count as adjacent.
    FoldConcat,
    /// A constant is truncated to the width of its comparison.
    FoldEqual,
    /// A shift by the whole width or more has no effect.
    FoldShift,
    /// The operands of an ordered comparison are swapped as if it were commutative.
    FoldOrder,
    /// The write ports of memories count as dead logic.
    Dead,
    /// A constant of each row counts as one constant for all rows.
    Columns,
    /// The other end of a priority chain wins.
    Choice,
    /// A disjunction of rows is a choice of the lowest one: right only if no two rows count.
    Gather,
    /// A tree over some rows of a column counts as a reduction of the whole column.
    Reduction,
    /// A guard is inverted.
    Guards,
    /// What depends on a single register is evaluated as if it did not.
    Gates,
    /// What is read from a memory within the cycle is evaluated as if no write had changed it.
    Words,
    /// The design counts as quiescent although registers changed.
    Quiescence,
    /// A function's assumptions are not checked.
    Specialise,
    /// A state counts as written with a value that stays, whatever it holds. Random netlists hardly
    /// ever show it: it has a test of its own.
    Same,
    /// A function's expectations are not checked.
    Expect,
    /// Values that a refusing function may have overwritten count as unchanged.
    Refuse,
    /// Values that other functions read are not stored.
    Keep,
    /// Values that never change while a function is used are not stored before its first use.
    Settled,
    /// After another function ran, a function counts on everything that it left behind.
    Switch,
    /// A function is used if it evaluates only some of what depends on the changes.
    Variants,
}

impl Plant {
    /// Defects in folding.
    pub(crate) const FOLDING: &[Plant] = &[
        Plant::FoldMux,
        Plant::FoldSlice,
        Plant::FoldConcat,
        Plant::FoldEqual,
        Plant::FoldShift,
        Plant::FoldOrder,
    ];

    /// Defects in passes, and in the code that uses their result.
    pub(crate) const PASSES: &[Plant] = &[
        Plant::Dead,
        Plant::Columns,
        Plant::Choice,
        Plant::Gather,
        Plant::Reduction,
        Plant::Guards,
        Plant::Gates,
        Plant::Words,
        Plant::Quiescence,
        Plant::Specialise,
        Plant::Expect,
        Plant::Refuse,
        Plant::Keep,
        Plant::Settled,
        Plant::Switch,
        Plant::Variants,
    ];
}
