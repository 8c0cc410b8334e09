//! Everything that an MMU remembers, kept outside of it.

use serde::{Deserialize, Serialize};

use super::{Inputs, Port};

/// The state of an MMU between two cycles, while nothing is presented to it or in flight. An MMU of
/// the same design that takes it over goes on cycle by cycle as the first one would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MmuState {
    /// Which design it is of, and what is in its inputs, registers and memories.
    pub words: Vec<u64>,
    /// The input pins of the last cycle.
    pub driven: Inputs,
    /// With one port for two streams, the one that was served last.
    pub last: Option<Port>,
}

/// A state that an MMU cannot take over: it is that of another design, or the MMU's engine does not
/// take states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the MMU's state is of another design or build, or this engine takes none: the engine `compiled` \
     does"
)]
pub struct OtherMmu;
