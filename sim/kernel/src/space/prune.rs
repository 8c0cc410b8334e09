//! Page tables freed when the last region that they serve is removed.
//!
//! A table stays while a region lies in its span, even if none of its pages is in memory: it will
//! be needed again. So when regions are removed, the tables that serve no other region are freed,
//! together with all tables below them.

use crate::{Hal, Os, OsError, Pid};
use model::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Frees the tables that served a range whose pages and regions are gone, unless another region
    /// needs them.
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
        // Pointers were cleared: a fence by address would order leaf entries only. Until the fence
        // a walk may still go through these tables, so their frames cannot be reused yet.
        self.fence_space(hal, pid)?;
        for frame in frames {
            self.space_mut(pid).table.take_back(frame);
            self.memory.frames.release(frame);
            self.process_mut(pid).counters.tables_freed += 1;
        }
        Ok(())
    }
}
