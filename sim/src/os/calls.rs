//! System calls that change the address space of the running process.

use super::layout::lay_one;
use super::region::Backing;
use super::{Activity, Hal, Os, OsError, Permissions, Pid, Region, RegionSpec};
use crate::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Maps a region into the running process. Nothing is brought in, unless it asks for that.
    /// `false`: refused, because it cannot be or is in another's way; nothing has changed.
    ///
    /// # Errors
    /// The hardware's.
    pub fn mmap(&mut self, hal: &mut dyn Hal, spec: &RegionSpec) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let ground = self.ground();
        let Os { processes, objects, .. } = self;
        let process = processes.get_mut(&pid).expect("the running process exists");
        let image = process.image;
        let space = process.space.as_mut().expect("a running process has memory");
        let region = lay_one(&ground, image, 0, spec, &space.regions, objects).ok();
        let region = region.filter(|region| self.device_taken(pid, region).is_none());
        let done = region.is_some();
        if let Some(region) = region {
            let process = self.process_mut(pid);
            process.counters.mmaps += 1;
            let space = process.space.as_mut().expect("as above");
            space.regions.insert(region.start, region);
            self.prefault_all(hal, pid, std::slice::from_ref(spec))?;
        }
        hal.charge(account);
        Ok(done)
    }

    /// Unmaps a range of the running process, whatever part of it is mapped; regions that reach
    /// out of it are split. `false`: refused, since it is empty, misaligned or not the user's.
    ///
    /// # Errors
    /// The hardware's.
    pub fn munmap(&mut self, hal: &mut dyn Hal, range: Range<u64>) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let done = self.is_whole(&range);
        if done {
            self.vacate(hal, pid, range.clone())?;
            let process = self.process_mut(pid);
            process.counters.munmaps += 1;
            let space = process.space.as_mut().expect("a running process has memory");
            space.cut(range.start);
            space.cut(range.end);
            space.regions.retain(|start, _| !range.contains(start));
            self.prune(hal, pid, &range)?;
            self.settle(hal, pid)?;
        }
        hal.charge(account);
        Ok(done)
    }

    /// Changes the permissions of a range of the running process; regions that reach out of it
    /// are split. The entries of what is mapped change at once, each fenced. `false`: refused,
    /// since part of the range is not mapped, or it would be writable and not readable.
    ///
    /// # Errors
    /// The hardware's.
    pub fn mprotect(
        &mut self,
        hal: &mut dyn Hal,
        range: Range<u64>,
        permissions: Permissions,
    ) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let legal = permissions.read || !permissions.write;
        let done = legal && self.is_whole(&range) && self.space(pid).covers(&range);
        if done {
            let process = self.process_mut(pid);
            process.counters.mprotects += 1;
            let space = process.space.as_mut().expect("a running process has memory");
            space.cut(range.start);
            space.cut(range.end);
            for (_, region) in space.regions.range_mut(range.clone()) {
                region.permissions = permissions;
            }
            let vpns = range.start / PAGE_BYTES..range.end / PAGE_BYTES;
            space.widened.retain(|vpn, _| !vpns.contains(vpn));
            self.reprotect(hal, pid, vpns)?;
        }
        hal.charge(account);
        Ok(done)
    }

    /// Into the kernel, for the running process.
    pub(super) fn enter(&mut self, hal: &mut dyn Hal) -> Result<Option<(Pid, Activity)>, OsError> {
        let Some(pid) = self.current else { return Ok(None) };
        self.pinned.clear();
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap + self.config.costs.handler)?;
        Ok(Some((pid, account)))
    }

    /// Whether a range is one or more whole pages of the user's.
    fn is_whole(&self, range: &Range<u64>) -> bool {
        let aligned = |at: u64| at.is_multiple_of(PAGE_BYTES);
        let end = super::Bounds::new(self.config.mode).user_end();
        !range.is_empty() && aligned(range.start) && aligned(range.end) && range.end <= end
    }

    /// Who has a device that a region would show: a device is one process's at a time.
    pub(super) fn device_taken(&self, pid: Pid, region: &Region) -> Option<String> {
        let pages = |region: &Region| match region.backing {
            Backing::Device { pa } => Some(pa..pa + (region.end - region.start)),
            _ => None,
        };
        let wanted = pages(region)?;
        let others = self.processes.values().filter(|other| other.pid != pid);
        let has = |region: &Region| {
            pages(region).is_some_and(|had| had.start < wanted.end && wanted.start < had.end)
        };
        let holder = others
            .filter_map(|other| Some((other, other.space.as_ref()?)))
            .find(|(_, space)| space.regions.values().any(has));
        holder.map(|(other, _)| format!("the device is process {}'s ({})", other.pid, other.name))
    }
}
