//! A program's requests about residency: keep pages in frames (`mlock`), drop them (`madvise`),
//! write them to their files now (`msync`).

use crate::memory::PageId;
use crate::paging::{Source, denial};
use crate::space::Backing;
use crate::{Hal, Os, OsError, Permissions, Pid};
use model::isa::{Access, PAGE_BYTES};
use std::ops::Range;

impl Os {
    /// Drops the pages of a range (`MADV_DONTNEED`): private contents are lost, and the pages read
    /// as zeroes or as their file afterwards; shared pages stay with their file or memory. `false`:
    /// refused, since part of the range is not mapped, locked, or a device's.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn madvise(&mut self, hal: &mut dyn Hal, range: Range<u64>) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let bars = |region: &crate::Region| {
            region.locked || matches!(region.backing, Backing::Device { .. })
        };
        let done = self.is_mapped(pid, &range) && !self.space(pid).regions_in(&range).any(bars);
        if done {
            self.process_mut(pid).counters.madvises += 1;
            self.remove_pages(hal, pid, range)?;
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    /// Writes the dirty pages of the shared file mappings in a range to their files, whichever
    /// process stored to them, and waits for the disk. `false`: refused, since part of the range is
    /// not mapped, or because the disk failed: then the pages not written are still dirty.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn msync(&mut self, hal: &mut dyn Hal, range: Range<u64>) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let mut done = self.is_mapped(pid, &range);
        if done {
            self.process_mut(pid).counters.msyncs += 1;
            for id in self.cached(pid, &range) {
                let page = self.memory.pages.get(id).expect("the page cache has it");
                if self.is_dirty(hal, page)? {
                    done &= self.clean(hal, id)?.1;
                }
            }
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    /// The file pages in frames that belong to the shared mappings of a range.
    fn cached(&self, pid: Pid, range: &Range<u64>) -> Vec<PageId> {
        let mut found = Vec::new();
        for region in self.space(pid).regions_in(range).filter(|region| region.shared) {
            let object = region.object.and_then(|id| self.memory.objects.get(id));
            let Some(object) = object.filter(|object| object.file.is_some()) else { continue };
            let index = |va: u64| region.index(va).unwrap_or_default();
            let (low, high) = (range.start.max(region.start), range.end.min(region.end));
            let pages = object.pages.range(index(low)..index(high)).map(|(_, page)| *page);
            found.extend(pages.filter(|page| self.memory.frame_of(*page).is_some()));
        }
        found
    }

    /// Brings the pages of a range into frames, where they stay until they are unlocked, unmapped
    /// or freed with the process. `false`: refused, since part of the range is not mapped or allows
    /// no access, or because so many pages cannot be kept in memory.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn mlock(&mut self, hal: &mut dyn Hal, range: Range<u64>) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let done = self.is_mapped(pid, &range) && self.can_lock(pid, &range);
        if done {
            self.process_mut(pid).counters.mlocks += 1;
            self.set_lock(pid, &range, true);
            // A superpage is locked or unlocked as a whole: one that is locked in part is split.
            for border in [range.start, range.end] {
                let pages = self.run_pages();
                if !(border / PAGE_BYTES).is_multiple_of(pages) {
                    self.split(hal, pid, border / PAGE_BYTES)?;
                }
            }
            self.populate(hal, pid, range)?;
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    /// Lets the pages of a range be evicted again. `false`: refused, since part of it is not
    /// mapped.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn munlock(&mut self, hal: &mut dyn Hal, range: Range<u64>) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        let done = self.is_mapped(pid, &range);
        if done {
            self.process_mut(pid).counters.munlocks += 1;
            self.set_lock(pid, &range, false);
        }
        self.leave(hal, pid, account, done);
        Ok(done)
    }

    fn set_lock(&mut self, pid: Pid, range: &Range<u64>, locked: bool) {
        self.memory.locks_pages |= locked;
        let space = self.space_mut(pid);
        space.cut_out(range);
        for (_, region) in space.regions.range_mut(range.clone()) {
            region.locked = locked;
        }
        space.has_locks = space.regions.values().any(|region| region.locked);
    }

    /// Whether `range` can be locked: within the process's limit, and within the memory available
    /// to pages.
    fn can_lock(&self, pid: Pid, range: &Range<u64>) -> bool {
        let space = self.space(pid);
        let inside = |region: &crate::Region| {
            (range.end.min(region.end) - range.start.max(region.start)) / PAGE_BYTES
        };
        let new: u64 = space.regions_in(range).filter(|r| !r.locked).map(inside).sum();
        let spaces = self.processes.iter().filter_map(|process| process.space.as_ref());
        let all: u64 = spaces.map(|space| space.locked_pages()).sum();
        let limit = self.processes[pid].frames.unwrap_or(u64::MAX);
        let usable = |region: &crate::Region| {
            !region.permissions.is_none() && !matches!(region.backing, Backing::Device { .. })
        };
        space.regions_in(range).all(usable)
            && space.locked_pages() + new <= limit
            && all + new <= self.room()
    }

    /// Brings in the pages of a range that are not mapped, evicting others if necessary. Pages
    /// beyond the end of a file are left out.
    pub(crate) fn populate(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        range: Range<u64>,
    ) -> Result<(), OsError> {
        for va in range.step_by(PAGE_BYTES as usize) {
            let Some(space) = &self.processes[pid].space else { return Ok(()) };
            let held = space.pages.get(va / PAGE_BYTES);
            let access = wanted(space.permissions(va));
            let (Some(access), false) = (access, held.is_some_and(|held| held.mapped)) else {
                continue;
            };
            let source = self.source(pid, va, access);
            if source == Source::Beyond {
                continue;
            }
            self.process_mut(pid).counters.prefaulted += 1;
            if denial(self.page_in(hal, pid, va, access, source))?.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a page must stay in its frame: a process that maps it has locked it.
    pub(crate) fn is_locked(&self, id: PageId) -> bool {
        if !self.memory.locks_pages {
            return false;
        }
        let holders = self.memory.pages.get(id).into_iter().flat_map(|page| page.holders());
        let spaces = holders.filter_map(|&(pid, vpn)| {
            let space = self.processes.get(pid)?.space.as_ref()?;
            space.has_locks.then_some((space, vpn * PAGE_BYTES))
        });
        let mut spaces = spaces;
        spaces.any(|(space, va)| space.region(va).is_some_and(|region| region.locked))
    }
}

/// The access with which a page is brought in before the program touches it: a store, so that the
/// page is private, if stores are allowed.
pub(crate) fn wanted(permissions: Permissions) -> Option<Access> {
    match permissions {
        permissions if permissions.write => Some(Access::Store),
        permissions if permissions.read => Some(Access::Load),
        permissions if permissions.execute => Some(Access::Fetch),
        _ => None,
    }
}
