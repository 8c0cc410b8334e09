//! The walker's states.

use rust_hdl::prelude::*;

/// The state of the walker.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum WalkState {
    /// No walk. The walk of a waiting miss starts, and requests its root entry, in the same cycle.
    Idle,
    /// A read is presented that memory has not accepted yet.
    Read,
    /// A read is outstanding. Its data is decoded, and the next read presented, in the same cycle.
    Wait,
    /// The entry that ended the walk is checked, valid or not: answer, fault, or present the update
    /// of A and D.
    Check,
    /// A compare-and-swap is outstanding.
    Update,
}
