//! `--trace-out`

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context, bail};
use clap::Args;
use machine::computer::{Accesses, Computer};
use machine::cpu::Access;

use super::output;
use crate::exec::TraceOut;

/// A recording of the accesses of programs.
#[derive(Debug, Clone, Args)]
pub struct TraceOutArgs {
    /// Write every access of U-mode into a file that `pagewalk trace` reads: each instruction that was
    /// completed, with its loads and stores. It is compressed if its name ends in .gz, .xz or .zst.
    #[arg(long, value_name = "FILE")]
    pub trace_out: Option<PathBuf>,
    /// Of one address space only, by its ASID.
    #[arg(long, value_name = "ASID", requires = "trace_out")]
    pub trace_space: Option<u16>,
}

/// A recording that is being written.
pub(super) struct Recorded {
    path: PathBuf,
    only: Option<u16>,
    out: Rc<RefCell<Option<TraceOut>>>,
}

/// The computer's end of it.
struct Told(Rc<RefCell<Option<TraceOut>>>);

impl Accesses for Told {
    fn completed(&mut self, satp: u64, accesses: &[Access]) {
        if let Some(out) = &mut *self.0.borrow_mut() {
            out.completed(satp, accesses);
        }
    }
}

impl TraceOutArgs {
    /// Begins a recording of this computer, if one is asked for.
    pub(super) fn begin(&self, computer: &mut Computer) -> anyhow::Result<Option<Recorded>> {
        let Some(path) = &self.trace_out else { return Ok(None) };
        let out = TraceOut::new(path, computer.mmu().xlen(), self.trace_space);
        let out = out.with_context(|| path.display().to_string())?;
        let out = Rc::new(RefCell::new(Some(out)));
        computer.tell_accesses(Box::new(Told(out.clone())));
        Ok(Some(Recorded { path: path.clone(), only: self.trace_space, out }))
    }
}

impl Recorded {
    /// The run has ended.
    ///
    /// # Errors
    /// If it cannot be written, or there was nothing to write.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        let path = self.path.display().to_string();
        let Some(out) = self.out.take() else { return Ok(()) };
        let traced = out.finish().with_context(|| path.clone())?;
        let spaces = traced.spaces.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        match (traced.accesses, self.only) {
            (0, Some(only)) if !spaces.is_empty() => {
                bail!(
                    "no program ran in address space {only}, only in {spaces}: {path} was not written"
                )
            }
            (0, _) => bail!("nothing ran in U-mode: {path} was not written"),
            (count, _) => output::note(&format!("{path}: {count} accesses of U-mode")),
        }
        Ok(())
    }
}
