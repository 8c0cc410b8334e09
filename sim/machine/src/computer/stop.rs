//! Why a computer stopped.

use crate::board::StepError;
use platform::Ending;

/// Why [`Computer::run`](super::Computer::run) returned.
#[derive(Debug)]
pub enum Stop {
    /// As many steps as were asked for are done.
    Limit,
    /// Software ended the machine.
    Ended(Ending),
    /// Software wrote a word that is not zero to the address that was to be watched: the word.
    ToHost(u64),
    /// It waits for an interrupt that nothing inside the machine will ever signal.
    Asleep,
    /// The MMU broke a rule.
    Hardware(StepError),
}
