//! The heap: grows and shrinks when the program asks.

use super::{Activity, AddressSpace, Hal, Os, OsError, RegionKind};
use crate::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Changes the size of the running process's heap by so many pages; `None` if its limit, its
    /// start, or a mapping above it forbids that, else the addresses given up: their frames, slots
    /// and contents are gone.
    ///
    /// # Errors
    /// The hardware's.
    pub fn sbrk(&mut self, hal: &mut dyn Hal, pages: i64) -> Result<Option<Range<u64>>, OsError> {
        let Some(pid) = self.current else { return Ok(None) };
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        let gap = self.config.options.guard_gap();
        let process = self.process_mut(pid);
        process.counters.heap_changes += 1;
        let space = process.space.as_mut().expect("a running process has memory");
        let wanted = space.heap_end(pages, gap);
        let gone = if let Some((heap, end)) = wanted {
            let region = space.regions.get_mut(&heap).expect("it was just found");
            let old = std::mem::replace(&mut region.end, end);
            let grown = if region.locked { old..end } else { end..end };
            let gone = end..old.max(end);
            self.vacate(hal, pid, gone.clone())?;
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

impl AddressSpace {
    /// The start of the heap, and where it would end with so many more pages; `None` where it
    /// cannot. `gap` bytes below a stack stay free.
    fn heap_end(&self, pages: i64, gap: u64) -> Option<(u64, u64)> {
        // The uppermost: parts that were cut off below it cannot grow.
        let heap = self.regions.values().rfind(|region| region.kind == RegionKind::Heap)?;
        let bytes = pages.checked_mul(PAGE_BYTES as i64)?;
        let end = heap.end.checked_add_signed(bytes)?;
        let above = self.regions.range(heap.end.max(heap.start + 1)..).next();
        let free = above.map_or(u64::MAX, |(start, region)| match region.kind {
            RegionKind::Stack => start.saturating_sub(gap),
            _ => *start,
        });
        let fits = end <= heap.end || end <= heap.highest.min(free);
        (end >= heap.start && fits).then_some((heap.start, end))
    }
}
