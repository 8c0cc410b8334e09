//! Taking a snapshot of a run, and beginning at one.

use std::path::PathBuf;

use clap::Args;
use machine::computer::{Computer, Moment};

use super::output;
use crate::boot::snapshot::{About, SnapshotError, write};
use crate::boot::{Idle, SnapshotAt};
use crate::linux::Symbols;

/// Snapshots.
#[derive(Debug, Clone, Args)]
pub struct SnapshotArgs {
    /// Save the whole computer into a file at one moment of the run, which goes on.
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,
    /// The moment: idle, when software first waits for somebody to type; or as with --wave-at. It is
    /// the first from there at which no access is under way.
    #[arg(long, value_name = "MOMENT", requires = "snapshot", default_value = "idle")]
    pub snapshot_at: SnapshotAt,
    /// Go on from a snapshot, cycle by cycle as the run that it is of.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "config", "memory", "latency", "data_latency", "misaligned", "extensions", "seed",
    ])]
    pub restore: Option<PathBuf>,
}

impl SnapshotArgs {
    /// Whether a moment is watched for, which only one can be.
    pub(super) fn watches(&self) -> bool {
        self.snapshot.is_some() && self.snapshot_at != SnapshotAt::Idle
    }
}

/// A snapshot that is to be taken.
pub(super) struct Taking {
    path: PathBuf,
    about: About,
    /// `None` when software waits for somebody to type.
    moment: Option<Moment>,
    /// The moment has come, and something is under way.
    seeks: bool,
    done: bool,
}

impl Taking {
    /// What is asked for.
    ///
    /// # Errors
    /// A name that is not known.
    pub(super) fn plan(
        arguments: &SnapshotArgs,
        symbols: Option<&Symbols>,
        about: impl FnOnce() -> Result<About, SnapshotError>,
    ) -> anyhow::Result<Option<Taking>> {
        let Some(path) = arguments.snapshot.clone() else { return Ok(None) };
        let moment = match &arguments.snapshot_at {
            SnapshotAt::Idle => None,
            SnapshotAt::When(when) => Some(when.moment(symbols).map_err(anyhow::Error::msg)?),
        };
        Ok(Some(Taking { path, about: about()?, moment, seeks: false, done: false }))
    }

    /// The moment to watch for.
    pub(super) fn moment(&self) -> Option<Moment> {
        self.moment.filter(|_| !self.done)
    }

    /// Whether the computer is to go step by step.
    pub(super) fn seeks(&self) -> bool {
        self.seeks
    }

    /// The moment has come.
    pub(super) fn reached(&mut self) {
        self.seeks = !self.done;
    }

    /// Takes it, if the moment has come and nothing is under way.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn look(&mut self, computer: &mut Computer) -> anyhow::Result<()> {
        if self.seeks && computer.is_at_rest() { self.take(computer) } else { Ok(()) }
    }

    /// Software waits for somebody to type.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn idle(&mut self, computer: &mut Computer) -> anyhow::Result<Idle> {
        if self.done || self.moment.is_some() {
            return Ok(Idle::Type);
        }
        if !computer.is_at_rest() {
            return Ok(Idle::Wait);
        }
        self.take(computer).map(|()| Idle::Type)
    }

    fn take(&mut self, computer: &mut Computer) -> anyhow::Result<()> {
        (self.seeks, self.done) = (false, true);
        let bytes = write(&self.path, &self.about, computer)?;
        let (path, cycle) = (self.path.display(), computer.cycles());
        let kilobytes = bytes.div_ceil(1024);
        output::note(&format!("{path}: snapshot in cycle {cycle}, {kilobytes} KiB"));
        Ok(())
    }

    /// The run has ended.
    ///
    /// # Errors
    /// If the moment never came.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        if self.done {
            return Ok(());
        }
        let path = self.path.display();
        match self.moment {
            Some(moment) => anyhow::bail!("{moment} never came: {path} was not written"),
            None => anyhow::bail!("software never waited for input: {path} was not written"),
        }
    }
}
