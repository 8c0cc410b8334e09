//! Errors between a simulation and its waveform.

use std::io;
use std::path::{Path, PathBuf};

/// An error of a dump or of the saved view. The message includes that of the operating system, so
/// `source` is always empty.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be created, written or renamed, and nothing of it is kept.
    #[error("cannot write {}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A folder could not be made.
    #[error("{} cannot be made: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The dump broke off. The part that was complete is kept under its name.
    #[error("cannot write all of {}: {cause}; it is kept up to cycle {cycle}", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// The last complete cycle.
        cycle: u64,
        /// Why.
        cause: io::Error,
    },
    /// FST must seek to its beginning when it ends, which a pipe cannot.
    #[error("{} cannot hold FST, which is not written from front to back; take VCD", path.display())]
    Stream {
        /// The pipe or device.
        path: PathBuf,
    },
    /// A signal's path is not of the form `scope.name`.
    #[error(
        "signal path `{path}` must be a scope and a name of letters, digits, `_`, joined by `.`"
    )]
    Path {
        /// The path as declared.
        path: String,
    },
    /// Two signals have the same path.
    #[error("signal `{path}` is declared twice")]
    Duplicate {
        /// The path.
        path: String,
    },
    /// A width that is out of range, or one that is too narrow for its state names.
    #[error("signal `{path}` cannot be {width} bits wide: {reason}")]
    Width {
        /// The signal.
        path: String,
        /// The requested width.
        width: u32,
        /// The limit that it violates.
        reason: &'static str,
    },
    /// A value of the wrong kind, or one that needs more bits than the signal has.
    #[error("signal `{path}` in cycle {cycle} cannot take the value {value}")]
    Value {
        /// The signal.
        path: String,
        /// The cycle.
        cycle: u64,
        /// The value.
        value: String,
    },
    /// A cycle that does not come after the one before.
    #[error("waveform time must increase: cycle {cycle} was announced after cycle {last}")]
    Order {
        /// The cycle announced.
        cycle: u64,
        /// The last one before it.
        last: u64,
    },
    /// A time before the last one in the dump.
    #[error("waveform time must not go back: {time} ns after {last} ns")]
    Backwards {
        /// The time announced.
        time: u64,
        /// The last one before it.
        last: u64,
    },
    /// A time that viewers would misread as a much earlier one.
    #[error("waveforms end at {} ns, and {time} ns is later", crate::LATEST)]
    Late {
        /// The time announced.
        time: u64,
    },
    /// A value was set before the first cycle was announced.
    #[error("a value was set before the first cycle was announced")]
    NoCycle,
    /// The dump was closed, or an earlier write failed.
    #[error("the waveform was abandoned after an earlier error")]
    GivenUp,
}

impl Error {
    /// Adds the path to an error of the operating system.
    pub(crate) fn file(path: &Path, cause: io::Error) -> Error {
        Error::File { path: path.to_owned(), cause }
    }

    /// The same of a folder.
    pub(crate) fn folder(path: &Path, cause: io::Error) -> Error {
        Error::Folder { path: path.to_owned(), cause }
    }
}
