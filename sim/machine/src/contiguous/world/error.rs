//! Errors: in a request, or in an observation.

use crate::contiguous::Reason;
use crate::contiguous::copy::Refused;

/// Why a [`World`](super::World) cannot continue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The request is impossible.
    #[error("{0}")]
    Invalid(String),
    /// The hardware's answer is not the golden one.
    #[error("cycle {cycle}, address {va:#x}: expected {}, got {}", words(.wanted), match .got {
        Some(got) => words(got),
        None => "no answer".to_owned(),
    })]
    Disagrees {
        /// The cycle.
        cycle: u64,
        /// The logical address.
        va: u64,
        /// The answer according to base and limit.
        wanted: Result<u64, Reason>,
        /// The hardware's answer.
        got: Option<Result<u64, Reason>>,
    },
    /// The fault in the answer is not the one that is held.
    #[error("cycle {cycle}: the fault {} at {va:#x} is not held", .reason.name())]
    Held {
        /// The cycle.
        cycle: u64,
        /// The logical address.
        va: u64,
        /// The fault.
        reason: Reason,
    },
    /// The hardware does not accept a register write.
    #[error("cycle {cycle}: a register write is not accepted")]
    NotAccepted {
        /// The cycle.
        cycle: u64,
    },
    /// Memory does not hold what was written.
    #[error("memory at {pa:#x} does not hold what was written there")]
    Corrupt {
        /// The physical address.
        pa: u64,
    },
    /// Memory refused.
    #[error("memory refuses address {pa:#x}")]
    Refused {
        /// The physical address.
        pa: u64,
    },
    /// The operating system's accounts are inconsistent.
    #[error("the accounts are inconsistent: {0}")]
    Inconsistent(String),
}

impl From<Refused> for WorldError {
    fn from(Refused(pa): Refused) -> WorldError {
        WorldError::Refused { pa }
    }
}

fn words(answer: &Result<u64, Reason>) -> String {
    match answer {
        Ok(pa) => format!("physical address {pa:#x}"),
        Err(reason) => format!("fault {}", reason.name()),
    }
}
