//! Files and shared memory when processes release them.

use crate::{Hal, ObjectId, Os, OsError, PageId, Pid};
use model::isa::PAGE_BYTES;
use std::collections::BTreeSet;
use std::ops::Range;

impl Os {
    /// Removes all pages of a process in a range of addresses: entries, frames and slots.
    pub(crate) fn remove_pages(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        range: Range<u64>,
    ) -> Result<(), OsError> {
        let vpns = range.start / PAGE_BYTES..range.end / PAGE_BYTES;
        self.vacate_runs(hal, pid, &vpns)?;
        let space = self.space(pid);
        let held: Vec<u64> = space.pages.range(vpns.clone()).map(|(vpn, _)| vpn).collect();
        let devices: Vec<u64> = space.devices.range(vpns).map(|(vpn, _)| *vpn).collect();
        for vpn in held {
            self.release_page(hal, pid, vpn)?;
        }
        for vpn in devices {
            self.unmap_device(hal, pid, vpn)?;
        }
        let kept = |vpn: &u64| !(range.start / PAGE_BYTES..range.end / PAGE_BYTES).contains(vpn);
        let space = self.space_mut(pid);
        space.widened.retain(|vpn, _| kept(vpn));
        space.evicted.retain(kept);
        Ok(())
    }

    /// Removes a device's page from a page table.
    pub(crate) fn unmap_device(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpn: u64,
    ) -> Result<(), OsError> {
        let at = self.leaf(hal, pid, vpn)?;
        self.space(pid).table.update(hal, at, |_| 0)?;
        self.fence_page(hal, pid, vpn * PAGE_BYTES)?;
        self.space_mut(pid).devices.remove(&vpn);
        Ok(())
    }

    /// After regions were removed: an object that is not mapped any more is written to the disk if
    /// it is a named file, which stays in the page cache; anything else is freed. The disk's time
    /// is charged to `pid`.
    pub(crate) fn settle(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        let spaces = self.processes.iter().filter_map(|process| process.space.as_ref());
        let mapped: BTreeSet<ObjectId> =
            spaces.flat_map(|space| space.regions.values().filter_map(|r| r.object)).collect();
        let images = self.processes.iter().filter(|process| process.space.is_some());
        let images: BTreeSet<ObjectId> = images.map(|process| process.image.object).collect();
        let all = self.memory.objects.iter();
        let free = all.filter(|(id, _)| !mapped.contains(id) && !images.contains(id));
        let free: Vec<ObjectId> = free.map(|(id, _)| id).collect();
        for id in free {
            let object = self.memory.objects.get(id).expect("it was just found");
            let pages: Vec<(u64, PageId)> =
                object.pages.iter().map(|(i, page)| (*i, *page)).collect();
            if object.file.is_some() && object.name.is_some() {
                for (index, page) in pages {
                    self.flush(hal, pid, index, page)?;
                }
                continue;
            }
            for (_, page) in pages {
                self.memory.discard(page);
            }
            self.memory.objects.remove(id);
        }
        Ok(())
    }

    /// Writes a page of a file that is not mapped, if it is dirty. If the disk refuses, it stays
    /// dirty.
    fn flush(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        index: u64,
        id: PageId,
    ) -> Result<(), OsError> {
        if !self.memory.pages.get(id).is_some_and(|page| page.unsaved && page.frame.is_some()) {
            return Ok(());
        }
        if self.write_back(hal, pid, index, id)? {
            self.memory.pages.get_mut(id).expect("it was just written").unsaved = false;
        } else {
            self.counters_of(pid).disk_errors += 1;
        }
        Ok(())
    }
}
