//! What an MMU may be guilty of.

use model::golden::Mismatch;
use model::mmu::{Outputs, Port};
use std::fmt;

/// Cycles for which anything may wait before it is taken for dead: many times the longest walk
/// over the slowest memory that can be configured.
pub(crate) const PATIENCE: u64 = 1_000_000;

/// The clock ends here: what is to happen within an access or a walk from now can always be
/// counted.
pub(super) const LAST_CYCLE: u64 = u64::MAX >> 2;

/// The MMU broke the rules of its ports, or translated wrongly.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// An answer that the specification does not allow.
    #[error("cycle {cycle}: {mismatch}")]
    Mismatch {
        /// The cycle of the response.
        cycle: u64,
        /// Request, answer and what was expected.
        mismatch: Box<Mismatch>,
    },
    /// A response that no request asked for.
    #[error("cycle {cycle}: the {port} port answers without having been asked: {outputs:?}")]
    Unasked {
        /// The cycle of the response.
        cycle: u64,
        /// Which port.
        port: Port,
        /// The outputs of that cycle.
        outputs: Box<Outputs>,
    },
    /// Time that would pass is more than the clock can count.
    #[error("cycle {cycle}: {cycles} more cycles are more than the clock can count")]
    Clock {
        /// The cycle in which they begin.
        cycle: u64,
        /// How many should pass.
        cycles: u64,
    },
    /// A request or fence that is not accepted, or not answered, for too long.
    #[error("cycle {cycle}: the {what} has waited for {waited} cycles")]
    Silent {
        /// The cycle in which patience ended.
        cycle: u64,
        /// What waits.
        what: Waiting,
        /// For how long.
        waited: u64,
    },
}

/// What may wait in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A request, to be accepted.
    Request(Port),
    /// An accepted request, for its answer.
    Answer(Port),
    /// A fence, to be accepted.
    Fence,
    /// An access of the kernel to memory.
    Kernel,
    /// Everything that a program has under way.
    Pipeline,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Waiting::Request(port) => write!(f, "request on the {port} port"),
            Waiting::Answer(port) => write!(f, "{port} request"),
            Waiting::Fence => f.write_str("fence"),
            Waiting::Kernel => f.write_str("kernel's memory access"),
            Waiting::Pipeline => f.write_str("pipeline"),
        }
    }
}
