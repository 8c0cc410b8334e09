//! Frames for pages and tables: free ones, else by eviction, else by killing a process.
//!
//! | file | does |
//! |---|---|
//! | `mod` (this one) | when a page must be evicted: no free frame, or a process at its limit |
//! | `bits` | A and D, as replacement policies see them |
//! | `evict` | eviction of the page that the policy chooses (see [`crate::replace`]) |
//! | `oom` | the process that is killed when memory is exhausted |

mod bits;
mod evict;
mod oom;

use crate::memory::{Page, Use, Wanted};
use crate::paging::{Denied, Stop};
use crate::{Hal, Os, OsError, PageId, Pid};

impl Os {
    /// A frame for this use: a free one, else one whose page is evicted. `None` if there is
    /// neither.
    pub(crate) fn obtain_frame(
        &mut self,
        hal: &mut dyn Hal,
        wanted: impl Into<Wanted>,
    ) -> Result<Option<u64>, OsError> {
        let wanted = wanted.into();
        loop {
            if let Some(frame) = self.memory.frames.allocate(wanted) {
                return Ok(Some(frame));
            }
            if !self.evict(hal, None)? {
                return Ok(None);
            }
        }
    }

    /// Lets a process at its limit replace pages of its own until it may map another. `false` if
    /// none can be evicted.
    fn make_room(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<bool, OsError> {
        let limit = self.processes[pid].frames.unwrap_or(u64::MAX).max(1);
        while self.space(pid).resident >= limit {
            if !self.evict(hal, Some(pid))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes room for another page of a process. If memory is exhausted a process is killed,
    /// perhaps this one.
    pub(crate) fn ensure_room(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), Stop> {
        while !self.make_room(hal, pid)? {
            self.force(hal, pid)?;
        }
        Ok(())
    }

    /// A frame that a process cannot do without: if necessary a process is killed for it, perhaps
    /// this one.
    pub(crate) fn demand_frame(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        wanted: impl Into<Wanted>,
    ) -> Result<u64, Stop> {
        let wanted = wanted.into();
        loop {
            if let Some(frame) = self.obtain_frame(hal, wanted)? {
                return Ok(frame);
            }
            self.force(hal, pid)?;
        }
    }

    /// No page can be evicted: the process waits for reserved frames, or a process is killed.
    fn force(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), Stop> {
        if self.defer(hal) {
            return Err(Denied::Later.into());
        }
        if self.kill_for_memory(hal)? == pid {
            return Err(Denied::Killed.into());
        }
        Ok(())
    }

    /// A new page in an empty frame, which is not evicted until the kernel returns; `vpn` is where
    /// it will be mapped.
    pub(crate) fn new_page(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpn: u64,
    ) -> Result<(PageId, u64), Stop> {
        let id = self.memory.pages.add(Page::default());
        let frame = self.demand_frame(hal, pid, Use::Page(id).at(vpn));
        let frame = frame.inspect_err(|_| {
            self.memory.pages.remove(id);
        })?;
        self.memory.pages.set_frame(id, Some(frame));
        self.memory.pinned.insert(frame);
        Ok((id, frame))
    }
}
