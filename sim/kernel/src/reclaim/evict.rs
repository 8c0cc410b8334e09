//! Eviction.

use crate::memory::{Page, PageId, Use};
use crate::paging::read_leaf;
use crate::reclaim::bits::Bits;
use crate::replace::Policy;
use crate::{Event, Hal, Os, OsError, Pid};
use model::isa::{PAGE_BYTES, pte};

impl Os {
    /// Frees the frame of one page, of this process if one is named. `false` if no page can be
    /// evicted.
    pub(crate) fn evict(&mut self, hal: &mut dyn Hal, whose: Option<Pid>) -> Result<bool, OsError> {
        self.memory.stuck.clear();
        let mut refused = None;
        loop {
            let chosen = self.with_policy(|os, policy| os.choose(hal, policy, whose, refused))?;
            let Some((frame, id)) = chosen else { return Ok(false) };
            if self.take(hal, frame, id)? {
                return Ok(true);
            }
            self.memory.stuck.insert(frame);
            refused = Some(frame);
        }
    }

    /// The page that the policy chooses, for which there is a swap slot if it needs one; `None` if
    /// no page can be evicted. `refused` is the frame that the disk refused just before.
    fn choose(
        &mut self,
        hal: &mut dyn Hal,
        policy: &mut dyn Policy,
        whose: Option<Pid>,
        mut refused: Option<u64>,
    ) -> Result<Option<(u64, PageId)>, OsError> {
        loop {
            let chosen = policy.victim(&mut Bits { os: self, hal: &mut *hal, whose, refused })?;
            let Some(frame) = chosen else { return Ok(None) };
            let Some(Use::Page(id)) = self.memory.frames.usage(frame) else {
                let what = format!("the policy chose frame {frame:#x}, which holds no page");
                return Err(OsError::Invariant { cycle: hal.now(), what });
            };
            let page = self.memory.pages.get(id).expect("a frame's page exists");
            let dirty = self.is_dirty(hal, page)?;
            let swaps = page.slot.is_none() && self.memory.file_of(page).is_none();
            if !dirty || !swaps || self.find_slot() {
                return Ok(Some((frame, id)));
            }
            self.memory.stuck.insert(frame);
            refused = Some(frame);
        }
    }

    /// Whether a page differs from the disk's copy, by its entries and by its record.
    pub(crate) fn is_dirty(&self, hal: &mut dyn Hal, page: &Page) -> Result<bool, OsError> {
        let mut dirty = page.unsaved;
        for ((_, vpn), space) in self.mappers(page) {
            dirty |= read_leaf(hal, space, vpn)?.1 & pte::DIRTY != 0;
        }
        Ok(dirty)
    }

    /// Unmaps a page everywhere, writes it back if it is dirty, and frees its frame. `false` if the
    /// disk refused: the page stays, unmapped.
    fn take(&mut self, hal: &mut dyn Hal, frame: u64, id: PageId) -> Result<bool, OsError> {
        let page = self.memory.pages.get(id).expect("a frame's page exists");
        let mappers = page.mappers().to_vec();
        for &(pid, vpn) in &mappers {
            if self.unmap(hal, pid, vpn)? & pte::ACCESSED != 0 {
                self.load.working_sets.used(pid, vpn);
            }
            self.space_mut(pid).evicted.insert(vpn);
        }
        let page = self.memory.pages.get(id).expect("a frame's page exists");
        let dirty = page.unsaved;
        // Counted for a process that maps it, else for a holder, else for no process.
        let (pid, vpn) = mappers.first().or(page.holders().first()).copied().unwrap_or_default();
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
            self.space_mut(pid).pages.remove(vpn);
        }
        Ok(true)
    }
}
