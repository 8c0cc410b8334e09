//! Why a process does not get the page or the frame that it needs, as a value.

use crate::{OsError, Refusal};

/// Why it is not available now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// The process was killed: for a forbidden access, for lack of memory, or because the disk
    /// failed.
    Killed,
    /// All frames are reserved for pages being read: the process waits, and faults again.
    Later,
    /// The kernel itself needed it, for a call: the call fails.
    Refused(Refusal),
}

/// What ends the work on a page early: a denial is normal operation, an error is not.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The page is denied, and the simulation continues.
    Denied(Denied),
    /// The machine is broken.
    Broken(OsError),
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Stop {
        Stop::Denied(denied)
    }
}

impl From<OsError> for Stop {
    fn from(error: OsError) -> Stop {
        Stop::Broken(error)
    }
}

/// Separates denials from errors.
pub(crate) fn denial<T>(work: Result<T, Stop>) -> Result<Result<T, Denied>, OsError> {
    match work {
        Ok(done) => Ok(Ok(done)),
        Err(Stop::Denied(denied)) => Ok(Err(denied)),
        Err(Stop::Broken(error)) => Err(error),
    }
}
