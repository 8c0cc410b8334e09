//! What can go wrong between a simulation and its waveform.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the waveform writer or of the saved view.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be created, written or renamed.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
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
    /// A width that is not 1 to 128, or one that is too narrow for its state names.
    #[error("signal `{path}` cannot be {width} bits wide: {reason}")]
    Width {
        /// The signal.
        path: String,
        /// The width asked for.
        width: u32,
        /// The limit that it breaks.
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
    /// A value was set before the first cycle was announced.
    #[error("a value was set before the first cycle was announced")]
    NoCycle,
    /// An earlier write failed and its file is gone.
    #[error("the waveform was given up after an earlier error")]
    GivenUp,
}

impl Error {
    /// Adds the path to an error of the operating system.
    pub(super) fn file(path: &Path, source: io::Error) -> Error {
        Error::File { path: path.to_owned(), source }
    }
}
