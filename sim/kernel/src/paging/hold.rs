//! Holders of pages: references taken and released, entries mapped and unmapped.

use crate::memory::{Holder, Page, PageId, ZERO_PAGE};
use crate::space::Held;
use crate::space::table::Place;
use crate::{AddressSpace, Hal, Os, OsError, Pid};
use model::isa::{PAGE_BYTES, pte};

impl Os {
    /// Makes a process a holder of a page, not mapped yet; the address must hold no other page.
    pub(crate) fn hold(&mut self, pid: Pid, vpn: u64, page: PageId) {
        self.memory.hold(page, pid, vpn);
        self.space_mut(pid).pages.insert(vpn, Held { page, mapped: false });
    }

    /// Records that an entry, already written, maps a page that the process holds.
    pub(crate) fn mark_mapped(&mut self, pid: Pid, vpn: u64) {
        let process = self.processes.get_mut(pid).expect("the process was made by spawn");
        let space = process.space.as_mut().expect("a living process has memory");
        let held = space.pages.get_mut(vpn).expect("only a page that is held is mapped");
        held.mapped = true;
        if held.page != ZERO_PAGE {
            space.resident += 1;
            let page = self.memory.pages.get_mut(held.page).expect("a page that is held exists");
            page.add_mapper((pid, vpn));
        }
        process.peak_resident = process.peak_resident.max(space.resident);
        process.peak_tables = process.peak_tables.max(space.table.tables().len() as u64);
    }

    /// Unmaps a page, fences it, and records whether it was dirty. The process still holds it.
    /// Returns the entry as it was.
    pub(crate) fn unmap(&mut self, hal: &mut dyn Hal, pid: Pid, vpn: u64) -> Result<u64, OsError> {
        self.split(hal, pid, vpn)?;
        let at = self.leaf(hal, pid, vpn)?;
        // First unmapped, then fenced, and only then copied: no store can reach it afterwards.
        let last = self.space(pid).table.update(hal, at, |_| 0)?;
        if last & pte::VALID != 0 {
            self.fence_page(hal, pid, vpn * PAGE_BYTES)?;
        }
        let space = self.space_mut(pid);
        let held = space.pages.get_mut(vpn).expect("only a page that is held is mapped");
        held.mapped = false;
        let page = held.page;
        if page != ZERO_PAGE {
            space.resident -= 1;
            let record = self.memory.pages.get_mut(page).expect("a page that is held exists");
            record.unsaved |= last & pte::DIRTY != 0;
            record.remove_mapper((pid, vpn));
        }
        Ok(last)
    }

    /// Releases a process's hold on a page; with its last reference the page is freed.
    pub(crate) fn release_page(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpn: u64,
    ) -> Result<(), OsError> {
        let Some(&Held { mapped, .. }) = self.space(pid).pages.get(vpn) else { return Ok(()) };
        if mapped {
            self.unmap(hal, pid, vpn)?;
        }
        let held = self.space_mut(pid).pages.remove(vpn).expect("it was just found");
        self.memory.release(held.page, pid, vpn);
        Ok(())
    }

    /// Frees a whole address space: its translations were fenced, so entries are read only where a
    /// page has other references and may be dirty by this entry.
    pub(crate) fn free_address_space(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        space: &AddressSpace,
    ) -> Result<(), OsError> {
        for (vpn, held) in space.pages.iter() {
            let record = self.memory.pages.get(held.page).expect("a page that is held exists");
            if held.mapped && record.references() > 1 && held.page != ZERO_PAGE {
                let (_, entry) = read_leaf(hal, space, vpn)?;
                let record = self.memory.pages.get_mut(held.page).expect("it was just found");
                record.unsaved |= entry & pte::DIRTY != 0;
            }
            self.memory.release(held.page, pid, vpn);
        }
        for &table in space.table.tables() {
            self.memory.frames.release(table);
        }
        Ok(())
    }

    /// The processes that map a page now, each with its address space.
    pub(crate) fn mappers<'a>(
        &'a self,
        page: &'a Page,
    ) -> impl Iterator<Item = (Holder, &'a AddressSpace)> {
        page.mappers().iter().map(|&(pid, vpn)| ((pid, vpn), self.space(pid)))
    }

    /// The leaf entry's address of a page that is mapped.
    pub(crate) fn leaf(&self, hal: &mut dyn Hal, pid: Pid, vpn: u64) -> Result<u64, OsError> {
        let place = self.space(pid).table.find(hal, vpn, 0)?;
        leaf_at(hal, vpn, place)
    }
}

/// The leaf entry of a page that is mapped: its address, and what it is.
pub(crate) fn read_leaf(
    hal: &mut dyn Hal,
    space: &AddressSpace,
    vpn: u64,
) -> Result<(u64, u64), OsError> {
    let (place, entry) = space.table.read(hal, vpn)?;
    Ok((leaf_at(hal, vpn, place)?, entry))
}

fn leaf_at(hal: &dyn Hal, vpn: u64, place: Place) -> Result<u64, OsError> {
    match place {
        Place::Leaf(at) => Ok(at),
        Place::Missing { at, .. } => Err(OsError::Invariant {
            cycle: hal.now(),
            what: format!("page {vpn:#x} is mapped, but nothing is below {at:#x}"),
        }),
    }
}
