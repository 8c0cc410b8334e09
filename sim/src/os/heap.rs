//! The heap: grows and shrinks when the program asks.

use super::{Activity, Hal, Os, OsError, RegionKind};
use crate::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Changes the size of the running process's heap by so many pages; `None` if its
    /// limit or its start forbids it, else the addresses given up: their frames, slots and
    /// contents are gone.
    ///
    /// # Errors
    /// The hardware's.
    pub fn sbrk(&mut self, hal: &mut dyn Hal, pages: i64) -> Result<Option<Range<u64>>, OsError> {
        let Some(pid) = self.current else { return Ok(None) };
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        let process = self.process_mut(pid);
        process.counters.heap_changes += 1;
        let space = process.space.as_mut().expect("a running process has memory");
        let mut regions = space.regions.values_mut();
        // The uppermost: parts that were cut off below it cannot grow.
        let heap = regions.rfind(|region| region.kind == RegionKind::Heap);
        let wanted = heap.as_ref().and_then(|heap| {
            let bytes = pages.checked_mul(PAGE_BYTES as i64)?;
            let end = heap.end.checked_add_signed(bytes)?;
            (heap.start..=heap.highest).contains(&end).then_some(end)
        });
        let (Some(heap), Some(end)) = (heap, wanted) else {
            hal.charge(account);
            return Ok(None);
        };
        let gone = end..heap.end.max(end);
        heap.end = end;
        self.vacate(hal, pid, gone.clone())?;
        self.prune(hal, pid, &gone)?;
        hal.charge(account);
        Ok(Some(gone))
    }
}
