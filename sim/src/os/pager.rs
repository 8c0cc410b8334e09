//! Pages into frames, and into page tables.

use super::fault::used_bits;
use super::frames::Use;
use super::page::{PageId, ZERO_PAGE};
use super::source::Source;
use super::table::{self, Place};
use super::{Cache, Death, Event, Hal, Os, OsError, PageData, Permissions, Pid, Verdict};
use crate::isa::{Access, PAGE_BYTES, pte};
use crate::mmu::Fence;

impl Os {
    /// Brings a page into a frame and maps it. Where memory is exhausted, somebody is killed,
    /// which may be this process.
    pub(super) fn page_in(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        access: Access,
        source: Source,
    ) -> Result<Verdict, OsError> {
        if let Source::Device(ppn) = source {
            return self.map_device(hal, pid, va, ppn);
        }
        if self.allocate_run(hal, pid, va, access, source)? {
            return Ok(Verdict::Resume);
        }
        if self.processes[&pid].space.is_none() {
            return Ok(Verdict::Killed);
        }
        // The zero page is nobody's, so it counts against nobody's limit.
        if source != Source::ZeroPage && !self.ensure_room(hal, pid)? {
            return Ok(Verdict::Killed);
        }
        let vpn = va / PAGE_BYTES;
        let fresh = !matches!(source, Source::Frame(_) | Source::ZeroPage);
        let Some(id) = self.fetch(hal, pid, va, source)? else { return Ok(Verdict::Killed) };
        if !self.space(pid).pages.contains_key(&vpn) {
            self.hold(pid, vpn, id);
        }
        if access == Access::Store && !self.in_place(pid, va, id) {
            // It would fault again at once: what a kernel knows it does in one go.
            if fresh && let Some(frame) = self.pages.get(id).and_then(|page| page.frame) {
                self.loaded(hal, frame, pid, vpn);
            }
            return self.copy_on_write(hal, pid, va);
        }
        let Some(linked) = self.map(hal, pid, va, id, access)? else { return Ok(Verdict::Killed) };
        self.fence_mapped(hal, pid, va, linked)?;
        if let Some(frame) = self.pages.get(id).and_then(|page| page.frame).filter(|_| fresh) {
            self.loaded(hal, frame, pid, vpn);
        }
        self.shown(pid, vpn);
        Ok(Verdict::Resume)
    }

    /// Gets a page's contents into a frame, which stays until the kernel returns. `None` if the
    /// process was killed: for want of memory, or because the disk failed.
    fn fetch(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        source: Source,
    ) -> Result<Option<PageId>, OsError> {
        match source {
            Source::Frame(id) => {
                let page = self.pages.get(id).expect("a page that is held exists");
                let cache = if page.home.is_some() { Cache::Page } else { Cache::Swap };
                let frame = page.frame.expect("that is where its contents are");
                self.pinned.insert(frame);
                let counters = &mut self.process_mut(pid).counters;
                *match cache {
                    Cache::Page => &mut counters.page_cache_hits,
                    Cache::Swap => &mut counters.swap_cache_hits,
                } += 1;
                let va = va / PAGE_BYTES * PAGE_BYTES;
                hal.event(Event::CacheHit { pid, va, frame, cache });
                Ok(Some(id))
            }
            Source::ZeroPage => self.zero_page(hal, pid),
            Source::Zero(home) => {
                let Some((id, frame)) = self.new_page(hal, pid)? else { return Ok(None) };
                self.process_mut(pid).counters.demand_zero += 1;
                hal.write_page(frame * PAGE_BYTES, &[0; 512])?;
                self.set_home(id, home);
                Ok(Some(id))
            }
            Source::File { file, index, home } => {
                let Some((id, frame)) = self.new_page(hal, pid)? else { return Ok(None) };
                let data = self.objects.read(file, index);
                if !self.read_in(hal, pid, va, frame, &data)? {
                    self.discard(id);
                    return Ok(None);
                }
                self.process_mut(pid).counters.demand_load += 1;
                self.set_home(id, home.map(|object| (object, index)));
                self.read_ahead(hal, pid, va)?;
                Ok(Some(id))
            }
            Source::Swap(id, slot) => {
                let Some(frame) = self.demand_frame(hal, pid, Use::Page(id))? else {
                    return Ok(None);
                };
                self.pinned.insert(frame);
                hal.event(Event::SwapIn { pid, va: va / PAGE_BYTES * PAGE_BYTES, slot });
                let data = self.swap.load(slot).copied().ok_or_else(|| OsError::Invariant {
                    cycle: hal.now(),
                    what: format!("swap slot {slot} of page {va:#x} is free"),
                })?;
                if !self.read_in(hal, pid, va, frame, &data)? {
                    self.frames.release(frame);
                    return Ok(None);
                }
                self.process_mut(pid).counters.swap_ins += 1;
                let page = self.pages.get_mut(id).expect("a page that is held exists");
                page.frame = Some(frame);
                Ok(Some(id))
            }
            Source::Device(_) | Source::Beyond => Err(OsError::Invariant {
                cycle: hal.now(),
                what: format!("{va:#x} of process {pid} is no memory, and was to be paged in"),
            }),
        }
    }

    pub(super) fn set_home(&mut self, id: PageId, home: Option<(super::ObjectId, u64)>) {
        let Some((object, index)) = home else { return };
        if let Some(object) = self.objects.get_mut(object) {
            object.pages.insert(index, id);
            self.pages.get_mut(id).expect("it was just made").home = home;
        }
    }

    /// Reads a page from the disk. `false` if the disk failed, and the process was killed, or the
    /// call failed that the kernel wanted the page for.
    fn read_in(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        frame: u64,
        data: &PageData,
    ) -> Result<bool, OsError> {
        let account = hal.charge(self.transfer_account());
        let done = self.disk_read(hal)?;
        if done {
            hal.write_page(frame * PAGE_BYTES, data)?;
        }
        hal.charge(account);
        if !done {
            self.process_mut(pid).counters.disk_errors += 1;
            if self.processes[&pid].calling.is_some() {
                self.refused = Some(super::Refusal::BadAddress);
            } else {
                self.kill(hal, pid, Death::DiskError { va })?;
            }
        }
        Ok(done)
    }

    /// The zero page, put into a frame by whoever needs it first.
    fn zero_page(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<Option<PageId>, OsError> {
        if self.pages.get(ZERO_PAGE).is_none() {
            let purpose = Use::Page(ZERO_PAGE);
            let Some(frame) = self.demand_frame(hal, pid, purpose)? else { return Ok(None) };
            hal.write_page(frame * PAGE_BYTES, &[0; 512])?;
            self.pages.add_zero(frame);
        }
        self.process_mut(pid).counters.zero_page_maps += 1;
        Ok(Some(ZERO_PAGE))
    }

    /// Writes the entry that shows a page, tables made as needed; whether any were. `None` if
    /// the process was killed because there was no frame for a table.
    pub(super) fn map(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        id: PageId,
        access: Access,
    ) -> Result<Option<bool>, OsError> {
        let Some((at, linked)) = self.reach(hal, pid, va, 0)? else { return Ok(None) };
        // A is set at once: the access that faulted is about to happen. D is left to hardware
        // where hardware sets it, so that a page is never taken for dirty that is not.
        let used = if self.config.adue { pte::ACCESSED } else { used_bits(access) };
        let frame = self.pages.get(id).and_then(|page| page.frame).expect("it was fetched");
        let bits = table::permission_bits(self.allowed(pid, va, id)) | used;
        hal.write(at, self.config.mode.pte_bytes() as u8, pte::entry(frame, bits))?;
        Ok(Some(linked))
    }

    /// What an entry may allow: without W where a store must copy first.
    pub(super) fn allowed(&self, pid: Pid, va: u64, id: PageId) -> Permissions {
        let permissions = self.space(pid).permissions(va);
        Permissions { write: permissions.write && self.in_place(pid, va, id), ..permissions }
    }

    /// Maps a device's page. It is in no frame, so nothing ever takes it away.
    fn map_device(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        ppn: u64,
    ) -> Result<Verdict, OsError> {
        let Some((at, linked)) = self.reach(hal, pid, va, 0)? else { return Ok(Verdict::Killed) };
        // No memory to be written back: A and D from the beginning, and no update ever.
        let bits = table::permission_bits(self.space(pid).permissions(va));
        let bits = bits | pte::ACCESSED | pte::DIRTY;
        hal.write(at, self.config.mode.pte_bytes() as u8, pte::entry(ppn, bits))?;
        self.fence_mapped(hal, pid, va, linked)?;
        self.space_mut(pid).devices.insert(va / PAGE_BYTES, ppn);
        Ok(Verdict::Resume)
    }

    /// The physical address of a page's entry of `level`, tables made as needed, and whether any were.
    /// `None` if the process was killed because there was no frame for a table.
    pub(super) fn reach(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        level: u32,
    ) -> Result<Option<(u64, bool)>, OsError> {
        let mut linked = false;
        loop {
            let pointer = match self.space(pid).table.find(hal, va / PAGE_BYTES, level)? {
                Place::Leaf(at) => return Ok(Some((at, linked))),
                Place::Missing { at, level } => (at, level),
            };
            let Some(table) = self.demand_frame(hal, pid, Use::Table(pid))? else {
                return Ok(None);
            };
            self.space_mut(pid).table.link(hal, va / PAGE_BYTES, pointer, table)?;
            linked = true;
        }
    }

    /// The fence after a new entry: for its page, or, if a pointer changed, for the space, since
    /// a fence by address orders leaf entries only.
    pub(super) fn fence_mapped(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        linked: bool,
    ) -> Result<(), OsError> {
        if linked { self.fence_space(hal, pid) } else { self.fence_page(hal, pid, va) }
    }

    /// Ends the life of one page's translation.
    pub(super) fn fence_page(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
    ) -> Result<(), OsError> {
        match self.asids.held(pid) {
            Some(asid) => hal.fence(Fence { va: Some(va), asid: Some(asid) }),
            // Nothing of it is cached: its ASID was fenced when it was given away.
            None => Ok(()),
        }
    }

    /// Ends the life of everything cached of one address space, pointers included.
    pub(super) fn fence_space(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        match self.asids.held(pid) {
            Some(asid) => hal.fence(Fence { va: None, asid: Some(asid) }),
            None => Ok(()),
        }
    }
}
