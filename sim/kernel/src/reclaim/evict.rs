//! Eviction.

use crate::memory::{PageId, Use};
use crate::reclaim::bits::Bits;
use crate::{Event, Hal, Os, OsError, Pid};
use model::isa::{PAGE_BYTES, pte};
use std::collections::BTreeSet;

impl Os {
    /// Frees the frame of one page, of this process if one is named. `false` if no page can be
    /// evicted.
    pub(crate) fn evict(&mut self, hal: &mut dyn Hal, whose: Option<Pid>) -> Result<bool, OsError> {
        // Dirty pages for which there is no swap slot, or that the disk refuses, must stay.
        let (mut stuck, mut refused) = (BTreeSet::new(), None);
        loop {
            let chosen = self.with_policy(|os, policy| {
                policy.victim(&mut Bits { os, hal, whose, stuck: &stuck, refused })
            });
            let Some(frame) = chosen? else { return Ok(false) };
            let Some(Use::Page(id)) = self.memory.frames.usage(frame) else {
                let what = format!("the policy chose frame {frame:#x}, which holds no page");
                return Err(OsError::Invariant { cycle: hal.now(), what });
            };
            let mappers = self.mappers(frame);
            let dirty = self.is_dirty(hal, id, &mappers)?;
            let page = self.memory.pages.get(id).expect("a frame's page exists");
            let swaps = self.memory.file_of(id).is_none() && page.slot.is_none();
            if dirty && swaps && !self.find_slot() || !self.take(hal, frame, id, &mappers)? {
                stuck.insert(frame);
                refused = Some(frame);
                continue;
            }
            return Ok(true);
        }
    }

    /// Whether a page differs from the disk's copy, by its entries and by its record.
    pub(crate) fn is_dirty(
        &self,
        hal: &mut dyn Hal,
        id: PageId,
        mappers: &[(Pid, u64)],
    ) -> Result<bool, OsError> {
        let mut dirty = self.memory.pages.get(id).is_some_and(|page| page.unsaved);
        for &(pid, vpn) in mappers {
            let at = self.leaf(hal, pid, vpn)?;
            dirty |= hal.read(at, self.config.mode.pte_bytes() as u8)? & pte::DIRTY != 0;
        }
        Ok(dirty)
    }

    /// Unmaps a page everywhere, writes it back if it is dirty, and frees its frame. `false` if the
    /// disk refused: the page stays, unmapped.
    fn take(
        &mut self,
        hal: &mut dyn Hal,
        frame: u64,
        id: PageId,
        mappers: &[(Pid, u64)],
    ) -> Result<bool, OsError> {
        for &(pid, vpn) in mappers {
            if self.unmap(hal, pid, vpn)? & pte::ACCESSED != 0 {
                self.load.working_sets.used(pid, vpn);
            }
            self.space_mut(pid).evicted.insert(vpn);
        }
        let page = self.memory.pages.get(id).expect("a frame's page exists");
        let dirty = page.unsaved;
        // Counted for a process that maps it, else for a holder, else for no process.
        let (pid, vpn) = mappers.first().or(page.holders.first()).copied().unwrap_or_default();
        hal.event(Event::Eviction { pid, va: vpn * PAGE_BYTES, frame, dirty });
        let written = !dirty || self.write_back(hal, pid, vpn, id)?;
        let counters = self.counters_of(pid);
        if !written {
            counters.disk_errors += 1;
            return Ok(false);
        }
        counters.evictions += 1;
        counters.write_backs += u64::from(dirty);
        counters.write_backs_saved += u64::from(!dirty);
        for (pid, vpn) in self.memory.free_frame(id) {
            self.space_mut(pid).pages.remove(&vpn);
        }
        Ok(true)
    }
}
