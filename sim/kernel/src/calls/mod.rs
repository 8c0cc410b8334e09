//! System calls that change the address space of the running process.
//!
//! | file | does |
//! |---|---|
//! | `mod` (this one) | `mmap`, `munmap`, `mprotect`, and kernel entry and exit |
//! | `fork`, `duplicate` | one process becomes two; pages copied at the fork, if the kernel is so configured |
//! | `exec` | a process is given a new image |
//! | `heap` | `sbrk` |
//! | `protect`, `remap` | `mprotect` of pages that are mapped; `mremap` |
//! | `residency` | `mlock`, `madvise`, `msync` |
//! | `user_access` | the kernel's access to a process's memory: `read`, `write` |

mod duplicate;
mod exec;
mod fork;
mod heap;
mod protect;
mod remap;
mod residency;
mod user_access;

pub use exec::Execed;
pub use remap::Remap;
pub(crate) use residency::wanted;
pub use user_access::{Call, Refusal, Sstatus, UserAccess};

use crate::space::{Backing, lay_one};
use crate::{Activity, Hal, Os, OsError, Permissions, Pid, Region, RegionSpec};
use model::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Maps a region into the running process; existing mappings in its place are removed
    /// (`MAP_FIXED`). No page is brought in, unless the region requests that. `false`: refused,
    /// because the region is not possible; nothing has changed.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn mmap(&mut self, hal: &mut dyn Hal, spec: &RegionSpec) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let (ground, image) = (self.ground(), self.processes[pid].image);
        let region = lay_one(&ground, image, 0, spec, &mut self.memory.objects).ok();
        let region = region.filter(|region| self.device_taken(pid, region).is_none());
        let done = region.is_some();
        if let Some(region) = region {
            let range = region.start..region.end;
            let displaced = self.clear_range(hal, pid, &range)?;
            let process = self.process_mut(pid);
            process.counters.mmaps += 1;
            let space = process.space.as_mut().expect("a running process has memory");
            space.regions.insert(region.start, region);
            if displaced {
                self.settle(hal, pid)?;
            }
            self.prefault_all(hal, pid, std::slice::from_ref(spec))?;
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    /// Unmaps a range of the running process, whatever part of it is mapped; regions that extend
    /// beyond it are split. `false`: refused, since the range is empty, misaligned or not the
    /// user's.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn munmap(&mut self, hal: &mut dyn Hal, range: Range<u64>) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let done = self.is_whole(&range);
        if done {
            self.clear_range(hal, pid, &range)?;
            self.process_mut(pid).counters.munmaps += 1;
            self.prune(hal, pid, &range)?;
            self.settle(hal, pid)?;
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    /// Removes pages and regions from a range, splitting regions that extend beyond it; returns
    /// whether there was any region. Tables and objects stay.
    pub(crate) fn clear_range(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        range: &Range<u64>,
    ) -> Result<bool, OsError> {
        self.remove_pages(hal, pid, range.clone())?;
        let space = self.space_mut(pid);
        space.cut_out(range);
        let before = space.regions.len();
        space.regions.retain(|start, _| !range.contains(start));
        Ok(space.regions.len() < before)
    }

    /// Changes the permissions of a range of the running process; regions that extend beyond it are
    /// split. The entries of mapped pages change at once, each fenced. `false`: refused, since part
    /// of the range is not mapped (`ENOMEM`); nothing has changed.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn mprotect(
        &mut self,
        hal: &mut dyn Hal,
        range: Range<u64>,
        permissions: Permissions,
    ) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let done = self.is_mapped(pid, &range);
        if done {
            let process = self.process_mut(pid);
            process.counters.mprotects += 1;
            let space = process.space.as_mut().expect("a running process has memory");
            space.cut_out(&range);
            for (_, region) in space.regions.range_mut(range.clone()) {
                region.permissions = permissions;
            }
            let vpns = range.start / PAGE_BYTES..range.end / PAGE_BYTES;
            space.widened.retain(|vpn, _| !vpns.contains(vpn));
            self.reprotect(hal, pid, vpns)?;
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    /// Enters the kernel, for the running process.
    pub(crate) fn enter(&mut self, hal: &mut dyn Hal) -> Result<Option<(Pid, Activity)>, OsError> {
        let Some(pid) = self.current else { return Ok(None) };
        self.memory.pinned.clear();
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap + self.config.costs.handler)?;
        Ok(Some((pid, account)))
    }

    /// Returns to the calling process, which may have ended; a call that was refused is counted.
    pub(crate) fn leave(&mut self, hal: &mut dyn Hal, pid: Pid, account: Activity, done: bool) {
        self.process_mut(pid).counters.refused_calls += u64::from(!done);
        hal.charge(account);
    }

    /// Whether a range is one or more whole user pages, all of them mapped.
    pub(crate) fn is_mapped(&self, pid: Pid, range: &Range<u64>) -> bool {
        self.is_whole(range) && self.space(pid).covers(range)
    }

    /// Whether a range is one or more whole user pages.
    pub(crate) fn is_whole(&self, range: &Range<u64>) -> bool {
        let aligned = |at: u64| at.is_multiple_of(PAGE_BYTES);
        let end = crate::Bounds::new(self.config.mode).user_end();
        !range.is_empty() && aligned(range.start) && aligned(range.end) && range.end <= end
    }

    /// The process that has the device of a region: a device belongs to one process at a time.
    pub(crate) fn device_taken(&self, pid: Pid, region: &Region) -> Option<String> {
        let pages = |region: &Region| match region.backing {
            Backing::Device { pa } => Some(pa..pa + (region.end - region.start)),
            _ => None,
        };
        let wanted = pages(region)?;
        let others = self.processes.iter().filter(|other| other.pid != pid);
        let has = |region: &Region| {
            pages(region).is_some_and(|had| had.start < wanted.end && wanted.start < had.end)
        };
        let holder = others
            .filter_map(|other| Some((other, other.space.as_ref()?)))
            .find(|(_, space)| space.regions.values().any(has));
        holder.map(|(other, _)| format!("the device is process {}'s ({})", other.pid, other.name))
    }
}
