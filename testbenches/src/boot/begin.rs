//! Where a run begins: before the first instruction, or at a snapshot.

use std::io::Write;

use engine::Config;
use machine::computer::Computer;

use super::snapshot::{About, Snapshot, SnapshotError};
use super::{Boot, BootError};
use crate::linux::Symbols;

/// Where a run begins.
pub enum Begin {
    /// Before the first instruction.
    Boot(Box<Boot>),
    /// At the moment of a snapshot.
    Snapshot(Box<Snapshot>),
}

/// A computer that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// What cannot be booted.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A snapshot that cannot be used.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl Begin {
    /// The MMU.
    pub fn config(&self) -> &'static Config {
        match self {
            Begin::Boot(boot) => boot.machine.config,
            Begin::Snapshot(snapshot) => snapshot.config(),
        }
    }

    /// The computer. Each call gives one of its own; a scout leaves the disk's image as it is.
    ///
    /// # Errors
    /// [`BeginError`].
    pub fn computer(&self, printed: Box<dyn Write>, scout: bool) -> Result<Computer, BeginError> {
        Ok(match self {
            Begin::Boot(boot) => boot.computer(printed, scout)?,
            Begin::Snapshot(snapshot) => snapshot.computer(printed, scout)?,
        })
    }

    /// How it is built, for a snapshot of a run of `name`.
    ///
    /// # Errors
    /// [`SnapshotError`]: the disk's image cannot be read.
    pub fn about(&self, name: &str, symbols: Option<&Symbols>) -> Result<About, SnapshotError> {
        match self {
            Begin::Boot(boot) => boot.about(name, symbols),
            Begin::Snapshot(snapshot) => Ok(snapshot.about().clone()),
        }
    }
}
