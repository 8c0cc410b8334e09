//! The log of walks: a line of CSV for each start, each entry read, each fault, and each answer that
//! did not come from a port's TLB.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use csv::Writer;
use machine::system::Observer;
use model::mmu::{EntryRead, PerPort, Port, Source, Traced};
use tempfile::NamedTempFile;

use crate::export::{begin, complete};

/// The columns.
const COLUMNS: [&str; 7] = ["cycle", "port", "event", "level", "address", "entry", "reason"];

/// A log that is written; it gets its name when it is complete.
pub(super) struct WalkLog {
    path: PathBuf,
    writer: Writer<NamedTempFile>,
    /// The first error, after which nothing is written.
    failed: Option<csv::Error>,
}

impl WalkLog {
    /// Opens a log.
    pub(super) fn create(path: &Path) -> anyhow::Result<WalkLog> {
        let create = || {
            let mut writer = Writer::from_writer(begin(path)?);
            writer.write_record(COLUMNS)?;
            anyhow::Ok(writer)
        };
        let writer = create().with_context(|| unwritten(path))?;
        Ok(WalkLog { path: path.to_owned(), writer, failed: None })
    }

    /// Completes it.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        let WalkLog { path, writer, failed } = self;
        let finish = || {
            if let Some(error) = failed {
                return Err(error.into());
            }
            let file = writer.into_inner().map_err(|error| anyhow!("{}", error.error()))?;
            anyhow::Ok(complete(file, &path)?)
        };
        finish().with_context(|| unwritten(&path))
    }

    fn record(&mut self, cycle: u64, port: Port, row: [&str; 5]) {
        if self.failed.is_none() {
            let [event, level, address, entry, reason] = row;
            let cycle = cycle.to_string();
            let row = [&cycle, port.name(), event, level, address, entry, reason];
            self.failed = self.writer.write_record(row).err();
        }
    }

    fn traced(&mut self, cycle: u64, port: Port, traced: &Traced) {
        if let Some(level) = traced.start {
            self.record(cycle, port, ["start", &level.to_string(), "", "", ""]);
        }
        if let Some(EntryRead { level, pa, entry }) = traced.read {
            let (pa, entry) = (format!("{pa:#x}"), format!("{entry:#x}"));
            self.record(cycle, port, ["read", &level.to_string(), &pa, &entry, ""]);
        }
        let reason = traced.reason.map_or("", |reason| reason.words());
        match traced.source {
            Some(Source::Tlb) | None if reason.is_empty() => {}
            source => {
                let event = source.map_or("none", Source::word);
                self.record(cycle, port, [event, "", "", "", reason]);
            }
        }
    }
}

fn unwritten(path: &Path) -> String {
    format!("--walks: {} cannot be written", path.display())
}

/// Logs of a machine with one hart.
impl Observer for WalkLog {
    fn on_cycle(&mut self, cycle: &machine::board::Cycle<'_>) {
        let PerPort(ports) = &cycle.outputs.trace;
        for (port, traced) in Port::ALL.into_iter().zip(ports) {
            if *traced != Traced::default() {
                self.traced(cycle.number, port, traced);
            }
        }
    }
}
