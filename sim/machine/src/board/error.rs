//! The rules that an MMU may break.

use model::golden::Mismatch;
use model::mmu::{Outputs, Port};
use std::fmt;

/// Cycles after which anything that still waits is reported as hung: many times the longest walk
/// over the slowest memory that can be configured.
pub(crate) const PATIENCE: u64 = 1_000_000;

/// The last cycle of the clock: far enough from overflow that the end of any access or walk that
/// begins now can be computed.
pub(super) const LAST_CYCLE: u64 = u64::MAX >> 2;

/// The MMU broke the protocol of its ports, or translated incorrectly.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// An answer that the specification does not allow.
    #[error("cycle {cycle}: {mismatch}")]
    Mismatch {
        /// The cycle of the response.
        cycle: u64,
        /// The request, the answer, and what was expected.
        mismatch: Box<Mismatch>,
    },
    /// A response without a request.
    #[error("cycle {cycle}: the {port} port answers without having been asked: {outputs:?}")]
    Unasked {
        /// The cycle of the response.
        cycle: u64,
        /// The port.
        port: Port,
        /// The outputs of that cycle.
        outputs: Box<Outputs>,
    },
    /// More time would pass than the clock can count.
    #[error("cycle {cycle}: {cycles} more cycles are more than the clock can count")]
    Clock {
        /// The cycle in which they begin.
        cycle: u64,
        /// How many cycles should pass.
        cycles: u64,
    },
    /// A request or fence that is not accepted, or not answered, for too long.
    #[error("cycle {cycle}: the {what} has waited for {waited} cycles")]
    Silent {
        /// The cycle in which the limit was reached.
        cycle: u64,
        /// What waits.
        what: Waiting,
        /// For how many cycles.
        waited: u64,
    },
}

/// What can wait for too long.
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
    /// Everything in flight in a program's pipeline.
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
