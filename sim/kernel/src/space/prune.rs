//! Page tables given back when the last region that they serve goes.
//!
//! A table stays while a region lies in its span, though none of its pages may be in memory: it
//! will be needed again. So where regions go, the tables that no region is left for are those to
//! give back, and all that hangs below them is among them.

use crate::{Hal, Os, OsError, Pid};
use model::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Gives back the tables that served a range whose pages and regions are gone, as far as no
    /// region needs them.
    pub(crate) fn prune(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        range: &Range<u64>,
    ) -> Result<(), OsError> {
        let space = self.space(pid);
        let mut tables = space.table.linked(&(range.start / PAGE_BYTES..range.end / PAGE_BYTES));
        tables
            .retain(|&(level, first)| !space.needs(first..first + space.table.pages_below(level)));
        if tables.is_empty() {
            return Ok(());
        }
        let mut frames = Vec::new();
        for table in tables {
            frames.push(self.space_mut(pid).table.unlink(hal, table)?.0);
        }
        // Pointers went: a fence by address would order leaf entries only. Until it is done a
        // walk may still go through these tables, so they cannot be anything else yet.
        self.fence_space(hal, pid)?;
        for frame in frames {
            self.space_mut(pid).table.take_back(frame);
            self.memory.frames.release(frame);
            self.process_mut(pid).counters.tables_freed += 1;
        }
        Ok(())
    }
}
