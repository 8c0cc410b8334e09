//! The walker's states.

use rust_hdl::prelude::*;

/// What the walker is doing.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum WalkState {
    /// No walk. A waiting miss is taken up, and its root entry requested, in the same cycle.
    Idle,
    /// A read is presented that memory has not accepted yet.
    Read,
    /// A read is under way. Its data is judged, and the next read presented, in the same cycle.
    Wait,
    /// The entry that ended the walk is checked, valid or not: answer, fault, or present the update
    /// of A and D.
    Check,
    /// A compare-and-swap is under way.
    Update,
}
