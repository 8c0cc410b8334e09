//! Regions split, moved and grown: arithmetic of addresses, without page tables.

use super::{AddressSpace, Bounds, Region, RegionKind};
use crate::Death;
use model::isa::PAGE_BYTES;
use std::ops::Range;

/// Where the search for free addresses begins when there are none above.
const LOWEST: u64 = 0x1_0000;

impl AddressSpace {
    /// Grows a stack down to the touched page, or returns why the address is invalid. Below a stack
    /// `gap` bytes must stay free of other mappings.
    pub(crate) fn grow_stack(&mut self, va: u64, gap: u64) -> Result<(), Death> {
        let (start, page) = (|r: &&Region| r.start, va / PAGE_BYTES * PAGE_BYTES);
        let stacks = self.regions.values().filter(|region| region.kind == RegionKind::Stack);
        let above = stacks.clone().filter(|r| (r.lowest..r.start).contains(&va)).min_by_key(start);
        if let Some(start) = above.map(|region| region.start) {
            if !self.leaves_room(page..start, gap) {
                return Err(Death::GuardPage { va });
            }
            let mut region = self.regions.remove(&start).expect("it was just found");
            region.start = page;
            self.regions.insert(region.start, region);
            return Ok(());
        }
        if stacks.into_iter().any(|r| (r.lowest.saturating_sub(gap)..r.lowest).contains(&va)) {
            return Err(Death::GuardPage { va });
        }
        Err(if va < PAGE_BYTES { Death::NullPage { va } } else { Death::Hole { va } })
    }

    /// The start of the heap, and its end with `pages` more pages; `None` if that is impossible.
    /// `gap` bytes below a stack must stay free.
    pub(crate) fn heap_end(&self, pages: i64, gap: u64) -> Option<(u64, u64)> {
        // The uppermost: parts that were split off below it cannot grow.
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

    /// Splits the region around an address at that address, if there is one.
    pub(crate) fn cut(&mut self, at: u64) {
        let Some((_, region)) = self.regions.range_mut(..at).next_back() else { return };
        if region.end > at {
            let upper = region.split_off(at);
            self.regions.insert(at, upper);
        }
    }

    /// Splits regions at both ends of a range.
    pub(crate) fn cut_out(&mut self, range: &Range<u64>) {
        self.cut(range.start);
        self.cut(range.end);
    }

    /// Whether a stack may grow over a range, with a gap below it: the range must be free, and in
    /// the gap there may only be regions without any access, or another stack.
    pub(crate) fn leaves_room(&self, range: Range<u64>, gap: u64) -> bool {
        let reaches = |region: &&Region, from| region.start < range.end && from < region.end;
        let bars =
            |region: &&Region| region.kind != RegionKind::Stack && !region.permissions.is_none();
        let low = range.start.saturating_sub(gap);
        let mut regions = self.regions.values().filter(|region| reaches(region, low));
        !regions.any(|region| reaches(&region, range.start) || bars(&region))
    }

    /// Whether all of a range is mapped.
    pub(crate) fn covers(&self, range: &Range<u64>) -> bool {
        let mut at = range.start;
        while at < range.end {
            let Some(region) = self.region(at) else { return false };
            at = region.end;
        }
        true
    }

    /// Whether a range is free of regions.
    pub(crate) fn is_free(&self, range: &Range<u64>) -> bool {
        !self.regions.values().any(|region| region.start < range.end && range.start < region.end)
    }

    /// A free range of `bytes`, the first above `from` if there is one: not in the range into which
    /// heap and stack may grow, nor in the gap below a stack.
    pub(crate) fn find_room(
        &self,
        bounds: Bounds,
        bytes: u64,
        from: u64,
        gap: u64,
    ) -> Option<Range<u64>> {
        let claimed = |region: &Region| match region.kind {
            RegionKind::Stack => region.lowest.saturating_sub(gap)..region.end,
            _ => region.start..region.highest.max(region.end),
        };
        let search = |from: u64| {
            let mut start = from;
            loop {
                let range = start..start.checked_add(bytes)?;
                let mut claims = self.regions.values().map(claimed).chain(bounds.kernel());
                let meets = |claim: &Range<u64>| claim.start < range.end && range.start < claim.end;
                match claims.find(meets) {
                    Some(claim) => start = claim.end,
                    None => return bounds.admit(&range).then_some(range),
                }
            }
        };
        search(from).or_else(|| search(LOWEST))
    }

    /// Whether a region lies wholly or partly in these pages.
    pub(crate) fn needs(&self, vpns: Range<u64>) -> bool {
        let overlaps = |region: &crate::Region| {
            region.start < vpns.end * PAGE_BYTES && vpns.start * PAGE_BYTES < region.end
        };
        self.regions.values().any(|region| region.start < region.end && overlaps(region))
    }
}

impl Region {
    /// Moves a region; from then on it grows by `mremap` only.
    pub(crate) fn move_to(&mut self, start: u64) {
        self.end = start + (self.end - self.start);
        self.start = start;
        (self.lowest, self.highest) = (self.start, self.end);
        if matches!(self.kind, RegionKind::Heap | RegionKind::Stack) {
            self.kind = RegionKind::Mapped;
        }
    }
}

#[cfg(test)]
mod tests;
