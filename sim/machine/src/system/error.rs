//! What ends a run early: never an architectural fault, always a defect or something invalid.

use crate::board::StepError;
use crate::cpu::{Answer, ProgramError};
use kernel::{OsError, Pid};

/// Turns in a row in which no process completes a step before it is a livelock.
pub(super) const FRUITLESS: u64 = 10_000;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The MMU is broken.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The kernel cannot continue.
    #[error(transparent)]
    Os(#[from] OsError),
    /// A program's source cannot be read further.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A load or fetch returned something else than what the program stored there.
    #[error(
        "cycle {cycle}: process {pid}: {} at {:#x} (physical {:#x}) got {:#x}, expected {:#x}",
        answer.access, answer.va, answer.pa, answer.got, answer.expected
    )]
    Data {
        /// The cycle.
        cycle: u64,
        /// The process of the access.
        pid: Pid,
        /// The answer.
        answer: Answer,
    },
    /// Processes are left, and all of them wait for something that will never happen.
    #[error("cycle {cycle}: process {pid} waits for ever")]
    Deadlock {
        /// The cycle.
        cycle: u64,
        /// The first of them.
        pid: Pid,
    },
    /// Processes take turns, and none of them makes progress.
    #[error(
        "cycle {cycle}: livelock: {turns} turns in a row ended before any process completed a step"
    )]
    Livelock {
        /// The cycle in which the limit was reached.
        cycle: u64,
        /// Turns without progress.
        turns: u64,
    },
    /// The counters contradict each other.
    #[error("counters: {0}")]
    Counters(String),
    /// The machine cannot be built as configured.
    #[error("configuration: {0}")]
    Config(String),
}

impl From<StepError> for OsError {
    fn from(error: StepError) -> OsError {
        OsError::Hardware(Box::new(error))
    }
}
