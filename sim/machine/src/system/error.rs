//! What ends a run early: never an architectural fault, always something broken or refused.

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
    /// The kernel cannot go on.
    #[error(transparent)]
    Os(#[from] OsError),
    /// A program's source cannot go on.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A load or fetch found something else than the program left there.
    #[error(
        "cycle {cycle}: process {pid}: {} at {:#x} (physical {:#x}) got {:#x}, expected {:#x}",
        answer.access, answer.va, answer.pa, answer.got, answer.expected
    )]
    Data {
        /// When.
        cycle: u64,
        /// Whose access.
        pid: Pid,
        /// What was found.
        answer: Answer,
    },
    /// Processes are left, and all of them wait for something that will never happen.
    #[error("cycle {cycle}: process {pid} waits for ever")]
    Deadlock {
        /// When.
        cycle: u64,
        /// The first of them.
        pid: Pid,
    },
    /// Processes take turns, and none of them gets anything done.
    #[error(
        "cycle {cycle}: livelock: {turns} turns in a row ended before anybody completed a step"
    )]
    Livelock {
        /// When patience ended.
        cycle: u64,
        /// Turns that were given in vain.
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
