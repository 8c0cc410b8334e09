//! Frames for pages and tables: free ones, else others' by eviction, else by a kill.

use super::frames::Use;
use super::page::Page;
use super::{Hal, Os, OsError, PageId, Pid};

impl Os {
    /// A frame for this purpose: a free one, else one that a page is evicted from. `None` if
    /// there is neither.
    pub(super) fn obtain_frame(
        &mut self,
        hal: &mut dyn Hal,
        purpose: Use,
    ) -> Result<Option<u64>, OsError> {
        loop {
            if let Some(frame) = self.frames.allocate(purpose) {
                return Ok(Some(frame));
            }
            if !self.evict(hal, None)? {
                return Ok(None);
            }
        }
    }

    /// Lets a process at its limit replace pages of its own until it may show another. `false`
    /// if none can go.
    fn make_room(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<bool, OsError> {
        let limit = self.processes[&pid].frames.unwrap_or(u64::MAX).max(1);
        while self.space(pid).resident >= limit {
            if !self.evict(hal, Some(pid))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Room for another page of a process. Where memory is exhausted somebody is killed; `false`
    /// if it was this process, or if it has to wait and fault again.
    pub(super) fn ensure_room(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<bool, OsError> {
        while !self.make_room(hal, pid)? {
            if self.defer(hal) {
                return Ok(false);
            }
            if self.kill_for_memory(hal)? == pid {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A frame that a process cannot do without: somebody is killed for it if need be. `None` if
    /// it was this process, or if it has to wait and fault again.
    pub(super) fn demand_frame(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        purpose: Use,
    ) -> Result<Option<u64>, OsError> {
        loop {
            if let Some(frame) = self.obtain_frame(hal, purpose)? {
                return Ok(Some(frame));
            }
            if self.defer(hal) {
                return Ok(None);
            }
            if self.kill_for_memory(hal)? == pid {
                return Ok(None);
            }
        }
    }

    /// A new page in a frame that holds nothing yet, and that stays until the kernel returns.
    /// `None` if the process was killed for want of memory.
    pub(super) fn new_page(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
    ) -> Result<Option<(PageId, u64)>, OsError> {
        let id = self.pages.add(Page::default());
        let Some(frame) = self.demand_frame(hal, pid, Use::Page(id))? else {
            self.pages.remove(id);
            return Ok(None);
        };
        self.pages.get_mut(id).expect("it was just added").frame = Some(frame);
        self.pinned.insert(frame);
        Ok(Some((id, frame)))
    }
}
