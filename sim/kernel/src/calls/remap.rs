//! `mremap`: a mapping moved or resized, its pages with it.
//!
//! Nothing is copied: entries move from one place of the page table to another, while the pages
//! stay in their frames or in swap, and the old translations are fenced.

use crate::memory::ZERO_PAGE;
use crate::paging::{Stop, denial};
use crate::space::{Backing, Bounds};
use crate::{Hal, Os, OsError, Pid};
use model::isa::{PAGE_BYTES, pte};
use std::ops::Range;

/// The arguments of `mremap`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remap {
    /// The old range: part of one region, or all of it.
    pub old: Range<u64>,
    /// The new size, in pages.
    pub pages: u64,
    /// The new address (`MREMAP_FIXED`); existing mappings there are removed.
    pub to: Option<u64>,
    /// It may be moved if it cannot grow in place (`MREMAP_MAYMOVE`).
    pub may_move: bool,
}

impl Os {
    /// Moves or resizes a mapping of the running process; returns its new address. `None`: refused,
    /// since the old addresses are not within one region, or the new ones are not available;
    /// nothing has changed. A device's mapping stays as it is.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn mremap(
        &mut self,
        hal: &mut dyn Hal,
        asked: &Remap,
    ) -> Result<Option<Range<u64>>, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(None) };
        let new = self.destination(pid, asked);
        if let Some(new) = &new {
            self.process_mut(pid).counters.mremaps += 1;
            denial(self.remap(hal, pid, &asked.old, new))?.ok();
        }
        self.leave(hal, pid, account, new.is_some());
        Ok(new)
    }

    /// The new addresses of a mapping, if they are available.
    fn destination(&self, pid: Pid, asked: &Remap) -> Option<Range<u64>> {
        let (old, space) = (&asked.old, self.space(pid));
        let region = space.region(old.start).filter(|region| old.end <= region.end)?;
        let is_device = matches!(region.backing, Backing::Device { .. });
        let bytes = asked.pages.checked_mul(PAGE_BYTES).filter(|&bytes| bytes > 0)?;
        // Page numbers of an object and bytes of a file must fit in 64 bits.
        let last = region.index(old.start)?.checked_add(asked.pages)?;
        last.checked_mul(PAGE_BYTES)?;
        if !self.is_whole(old) || is_device {
            return None;
        }
        let bounds = Bounds::new(self.config.mode);
        let at = |start: u64| Some(start..start.checked_add(bytes)?);
        let free = |range: &Range<u64>| bounds.admit(range);
        if let Some(to) = asked.to {
            let new = at(to).filter(|new| to.is_multiple_of(PAGE_BYTES) && free(new))?;
            return (new.end <= old.start || old.end <= new.start).then_some(new);
        }
        let in_place = at(old.start).filter(|new| {
            let more = old.end..new.end;
            new.end <= old.end || old.end == region.end && free(new) && space.is_free(&more)
        });
        in_place.or_else(|| {
            let gap = self.config.guard_gap();
            asked.may_move.then(|| space.find_room(bounds, bytes, old.end, gap))?
        })
    }

    fn remap(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        old: &Range<u64>,
        new: &Range<u64>,
    ) -> Result<(), Stop> {
        let kept = (old.end - old.start).min(new.end - new.start);
        let tail = old.start + kept..old.end;
        if !tail.is_empty() {
            self.clear_range(hal, pid, &tail)?;
            self.prune(hal, pid, &tail)?;
        }
        if new.start != old.start {
            self.relocate(hal, pid, old.start..old.start + kept, new)?;
        }
        let space = self.space_mut(pid);
        let region = space.regions.range_mut(..=new.start).next_back();
        let (_, region) = region.expect("it was just put there");
        let grown = region.end..new.end.max(region.end);
        region.end = grown.end;
        region.highest = region.highest.max(region.end);
        let locked = region.locked;
        if locked {
            self.populate(hal, pid, grown)?;
        }
        Ok(self.settle(hal, pid)?)
    }

    /// Moves a part of a region with its pages.
    fn relocate(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        from: Range<u64>,
        new: &Range<u64>,
    ) -> Result<(), Stop> {
        self.clear_range(hal, pid, new)?;
        let vpns = from.start / PAGE_BYTES..from.end / PAGE_BYTES;
        let pages = self.run_pages();
        // Superpages are moved page by page: the new place need not have the same alignment.
        let runs = self.space(pid).runs.range((vpns.start / pages * pages)..vpns.end);
        let runs: Vec<u64> = runs.map(|(start, _)| *start).collect();
        runs.into_iter().try_for_each(|start| self.split(hal, pid, start))?;
        // Tables come first: allocating one may evict pages, some of these among them.
        let mut linked = false;
        let held: Vec<u64> = self.space(pid).pages.range(vpns.clone()).map(|(v, _)| v).collect();
        for &vpn in &held {
            let va = new.start + (vpn - vpns.start) * PAGE_BYTES;
            linked |= self.reach(hal, pid, va, 0)?.1;
        }
        let space = self.space_mut(pid);
        space.cut_out(&from);
        let mut region = space.regions.remove(&from.start).expect("it was cut out");
        region.move_to(new.start);
        space.regions.insert(region.start, region);
        let mut moved = Vec::new();
        for vpn in held {
            moved.extend(self.move_entry(
                hal,
                pid,
                vpn,
                new.start / PAGE_BYTES + vpn - vpns.start,
            )?);
        }
        let there = |vpn: u64| new.start / PAGE_BYTES + (vpn - vpns.start);
        let space = self.space_mut(pid);
        let widened = space.widened.extract_if(vpns.clone(), |_, _| true);
        let widened: Vec<_> = widened.map(|(vpn, rights)| (there(vpn), rights)).collect();
        space.widened.extend(widened);
        let evicted = space.evicted.extract_if(vpns.clone(), |_| true);
        let evicted: Vec<_> = evicted.map(there).collect();
        space.evicted.extend(evicted);
        if linked {
            self.fence_space(hal, pid)?;
        } else {
            moved.into_iter().try_for_each(|vpn| self.fence_page(hal, pid, vpn * PAGE_BYTES))?;
        }
        Ok(self.prune(hal, pid, &from)?)
    }

    /// Moves the page that a process holds at one address to another, whose table exists. Returns
    /// the old address if programs could access it there: its translation must be fenced.
    fn move_entry(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        from: u64,
        to: u64,
    ) -> Result<Option<u64>, OsError> {
        // It may have been evicted to make room for a table.
        let Some(held) = self.space_mut(pid).pages.remove(from) else { return Ok(None) };
        let page = self.memory.pages.get_mut(held.page).expect("a page that is held exists");
        page.remove_holder((pid, from));
        page.add_holder((pid, to));
        if held.mapped && held.page != ZERO_PAGE {
            page.add_mapper((pid, to));
        }
        self.space_mut(pid).pages.insert(to, held);
        if !held.mapped {
            return Ok(None);
        }
        let (old, new) = (self.leaf(hal, pid, from)?, self.leaf(hal, pid, to)?);
        let entry = self.space(pid).table.update(hal, old, |_| 0)?;
        hal.write(new, self.config.mode.pte_bytes() as u8, entry)?;
        Ok((entry & pte::VALID != 0).then_some(from))
    }
}
