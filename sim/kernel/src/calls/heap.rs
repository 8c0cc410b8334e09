//! The heap: grows and shrinks when the program asks.

use crate::{Activity, Hal, Os, OsError};
use std::ops::Range;

impl Os {
    /// Changes the size of the running process's heap by `pages`; `None` if its limit, its start,
    /// or a mapping above it prevents that, else the addresses given up, whose frames, slots and
    /// contents are freed.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn sbrk(&mut self, hal: &mut dyn Hal, pages: i64) -> Result<Option<Range<u64>>, OsError> {
        let Some(pid) = self.current else { return Ok(None) };
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        let gap = self.config.guard_gap();
        let process = self.process_mut(pid);
        process.counters.heap_changes += 1;
        let space = process.space.as_mut().expect("a running process has memory");
        let wanted = space.heap_end(pages, gap);
        let gone = if let Some((heap, end)) = wanted {
            let region = space.regions.get_mut(&heap).expect("it was just found");
            let old = std::mem::replace(&mut region.end, end);
            let grown = if region.locked { old..end } else { end..end };
            let gone = end..old.max(end);
            self.remove_pages(hal, pid, gone.clone())?;
            self.prune(hal, pid, &gone)?;
            self.populate(hal, pid, grown)?;
            Some(gone)
        } else {
            process.counters.refused_calls += 1;
            None
        };
        hal.charge(account);
        Ok(gone)
    }
}
