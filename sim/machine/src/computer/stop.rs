//! Why a computer stopped.

use crate::board::StepError;
use hart::Trap;
use platform::Ending;

/// Why [`Computer::run`](super::Computer::run) returned.
#[derive(Debug)]
pub enum Stop {
    /// As many steps as were asked for are done.
    Limit,
    /// The moment has come that was watched for.
    Reached,
    /// Software ended the machine.
    Ended(Ending),
    /// Software wrote a word that is not zero to the address that was to be watched: the word.
    ToHost(u64),
    /// It waits for an interrupt that nothing inside the machine will ever signal.
    Asleep,
    /// It waits for an interrupt; the timer signals one after so many cycles, if at all. Told only to
    /// who paces it ([`Computer::is_paced`](super::Computer::is_paced)).
    Waiting(Option<u64>),
    /// A trap into M-mode, where firmware that is no program knows nothing to do.
    Unhandled(Trap),
    /// The MMU broke a rule.
    Hardware(StepError),
}
