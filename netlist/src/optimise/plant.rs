//! Mistakes on purpose, one or more for each pass. Tests plant them and must find them.
//!
//! The first group is planted in folding ([`crate::ir::Graph`]), where flattening makes its nodes;
//! the second in the passes from netlist to program; the third in what chooses compiled functions.

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// A choice by an inverted test is turned round, its branches are not.
    FoldMux,
    /// A slice of a slice forgets where the inner one began.
    FoldSlice,
    /// Slices of one word are taken for neighbours.
    FoldConcat,
    /// A constant is cut to the width of what it is compared with.
    FoldEqual,
    /// A shift by the whole width or more changes nothing.
    FoldShift,
    /// The operands of a comparison are put in order, as if it did not matter.
    FoldOrder,
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
    /// What a function assumes is not looked at.
    Specialise,
    /// What a function expects is not looked at.
    Expect,
    /// What a function may have left that refused is taken for what it was before.
    Refuse,
    /// What other functions read is not stored.
    Keep,
    /// What never changes while a function serves is not stored when it takes over.
    Settled,
    /// A function serves if it evaluates some of what depends on the changes.
    Variants,
}

impl Plant {
    /// Those in folding.
    pub(crate) const FOLDING: &[Plant] = &[
        Plant::FoldMux,
        Plant::FoldSlice,
        Plant::FoldConcat,
        Plant::FoldEqual,
        Plant::FoldShift,
        Plant::FoldOrder,
    ];

    /// Those in passes, and in what runs their result.
    pub(crate) const PASSES: &[Plant] = &[
        Plant::Dead,
        Plant::Columns,
        Plant::Choice,
        Plant::Reduction,
        Plant::Guards,
        Plant::Gates,
        Plant::Quiescence,
        Plant::Specialise,
        Plant::Expect,
        Plant::Refuse,
        Plant::Keep,
        Plant::Settled,
        Plant::Variants,
    ];
}
