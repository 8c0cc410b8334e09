//! Pages into frames, and into page tables.
//!
//! | file | does |
//! |---|---|
//! | `mod` (this one) | a page brought in and mapped |
//! | `fence` | the fence after a changed entry |
//! | `fault`, `denied` | the cause of a fault; why a page is not available |
//! | `source`, `identity` | where a page's contents are; the identity of the bytes at an address |
//! | `hold` | pages mapped and unmapped, held and released |
//! | `cow` | copy on write |
//! | `around` | read-ahead, fault-around, pre-paging |
//! | `thp`, `promote` | superpages, at the first touch or made afterwards |
//! | `settle` | files and shared memory when the last process releases them |

mod around;
mod cow;
mod denied;
mod fault;
mod fence;
mod hold;
mod identity;
mod promote;
mod settle;
mod source;
mod thp;

pub(crate) use denied::{Denied, Stop, denial};
pub use fault::Verdict;
pub(crate) use hold::read_leaf;
pub use identity::Identity;
pub(crate) use source::Source;

use crate::memory::{PageId, Use, ZERO_PAGE};
use crate::paging::fault::used_bits;
use crate::space::table::{self, Place};
use crate::{Death, Event, Hal, Os, OsError, Permissions, Pid, Refusal};
use model::isa::{Access, PAGE_BYTES, pte};

impl Os {
    /// Brings a page into a frame and maps it. If memory is exhausted, a process is killed, perhaps
    /// this one.
    pub(crate) fn page_in(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        access: Access,
        source: Source,
    ) -> Result<(), Stop> {
        if let Source::Device(ppn) = source {
            return self.map_device(hal, pid, va, ppn);
        }
        if self.allocate_run(hal, pid, va, access, source)? {
            return Ok(());
        }
        // The zero page belongs to no process and counts against no limit.
        if source != Source::ZeroPage {
            self.ensure_room(hal, pid)?;
        }
        let vpn = va / PAGE_BYTES;
        let fresh = !matches!(source, Source::Frame(_) | Source::ZeroPage);
        let id = self.fetch(hal, pid, va, source)?;
        if !self.space(pid).pages.contains(vpn) {
            self.hold(pid, vpn, id);
        }
        if access == Access::Store && !self.in_place(pid, va, id) {
            // It would fault again at once: the kernel does the second fault's work now.
            if fresh && let Some(frame) = self.memory.frame_of(id) {
                self.loaded(hal, frame, pid, vpn);
            }
            return self.copy_on_write(hal, pid, va);
        }
        let linked = self.map(hal, pid, va, id, access)?;
        self.fence_mapped(hal, pid, va, linked)?;
        if let Some(frame) = self.memory.frame_of(id).filter(|_| fresh) {
            self.loaded(hal, frame, pid, vpn);
        }
        self.mark_mapped(pid, vpn);
        Ok(())
    }

    /// Brings a page's contents into a frame, which is not evicted until the kernel returns.
    fn fetch(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        source: Source,
    ) -> Result<PageId, Stop> {
        match source {
            Source::Frame(id) => {
                let page = self.memory.pages.get(id).expect("a page that is held exists");
                let is_shared = page.home.is_some();
                let frame = page.frame.expect("that is where its contents are");
                self.memory.pinned.insert(frame);
                let va = va / PAGE_BYTES * PAGE_BYTES;
                let hit = match is_shared {
                    true => Event::PageCacheHit { pid, va, frame },
                    false => Event::SwapCacheHit { pid, va, frame },
                };
                self.happened(hal, hit);
                Ok(id)
            }
            Source::ZeroPage => self.zero_page(hal, pid),
            Source::Zero(home) => {
                let (id, frame) = self.new_page(hal, pid, va / PAGE_BYTES)?;
                self.process_mut(pid).counters.demand_zero += 1;
                hal.write_page(frame * PAGE_BYTES, &[0; 512])?;
                self.memory.set_home(id, home);
                Ok(id)
            }
            Source::File { file, index, home } => {
                let (id, frame) = self.new_page(hal, pid, va / PAGE_BYTES)?;
                self.memory.objects.read(file, index, &mut self.buffer);
                let read = self.read_in(hal, pid, va, frame);
                read.inspect_err(|_| self.memory.discard(id))?;
                self.process_mut(pid).counters.demand_load += 1;
                self.memory.set_home(id, home.map(|object| (object, index)));
                self.read_ahead(hal, pid, va)?;
                Ok(id)
            }
            Source::Swap(id, slot) => {
                let frame = self.demand_frame(hal, pid, Use::Page(id).at(va / PAGE_BYTES))?;
                self.memory.pinned.insert(frame);
                hal.event(Event::SwapIn { pid, va: va / PAGE_BYTES * PAGE_BYTES, slot });
                let data = self.memory.swap.load(slot).ok_or_else(|| OsError::Invariant {
                    cycle: hal.now(),
                    what: format!("swap slot {slot} of page {va:#x} is free"),
                })?;
                self.buffer.copy_from_slice(data);
                let read = self.read_in(hal, pid, va, frame);
                read.inspect_err(|_| self.memory.frames.release(frame))?;
                self.process_mut(pid).counters.swap_ins += 1;
                self.memory.pages.set_frame(id, Some(frame));
                Ok(id)
            }
            Source::Device(_) | Source::Beyond => Err(Stop::Broken(OsError::Invariant {
                cycle: hal.now(),
                what: format!("{va:#x} of process {pid} is not memory, but was to be paged in"),
            })),
        }
    }

    /// Reads a page from the disk, which is in the buffer. If that fails the process is killed, or the call for which the
    /// kernel needed the page fails.
    fn read_in(&mut self, hal: &mut dyn Hal, pid: Pid, va: u64, frame: u64) -> Result<(), Stop> {
        let account = hal.charge(self.transfer_account());
        let done = self.disk_read(hal)?;
        if done {
            hal.write_page(frame * PAGE_BYTES, &self.buffer)?;
        }
        hal.charge(account);
        if done {
            return Ok(());
        }
        self.process_mut(pid).counters.disk_errors += 1;
        if self.processes[pid].calling.is_some() {
            return Err(Denied::Refused(Refusal::BadAddress).into());
        }
        self.kill(hal, pid, Death::DiskError { va })?;
        Err(Denied::Killed.into())
    }

    /// The zero page, whose frame is filled when it is first needed.
    fn zero_page(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<PageId, Stop> {
        if self.memory.pages.get(ZERO_PAGE).is_none() {
            let purpose = Use::Page(ZERO_PAGE);
            let frame = self.demand_frame(hal, pid, purpose)?;
            hal.write_page(frame * PAGE_BYTES, &[0; 512])?;
            self.memory.pages.add_zero(frame);
        }
        self.process_mut(pid).counters.zero_page_maps += 1;
        Ok(ZERO_PAGE)
    }

    /// Writes the entry that maps a page, and creates missing tables; returns whether any were
    /// created.
    pub(crate) fn map(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        id: PageId,
        access: Access,
    ) -> Result<bool, Stop> {
        let (at, linked) = self.reach(hal, pid, va, 0)?;
        // A is set at once, since the access that faulted is about to be repeated. Where hardware
        // sets D it is left clear, so that a clean page never counts as dirty.
        let used = if self.config.adue { pte::ACCESSED } else { used_bits(access) };
        let frame = self.memory.frame_of(id).expect("it was fetched");
        let bits = table::permission_bits(self.allowed(pid, va, id)) | used;
        hal.write(at, self.config.mode.pte_bytes() as u8, pte::entry(frame, bits))?;
        Ok(linked)
    }

    /// The permissions of an entry: without W where a store must copy first.
    pub(crate) fn allowed(&self, pid: Pid, va: u64, id: PageId) -> Permissions {
        let permissions = self.space(pid).permissions(va);
        Permissions { write: permissions.write && self.in_place(pid, va, id), ..permissions }
    }

    /// Maps a device's page. It occupies no frame, so it is never evicted.
    fn map_device(&mut self, hal: &mut dyn Hal, pid: Pid, va: u64, ppn: u64) -> Result<(), Stop> {
        let (at, linked) = self.reach(hal, pid, va, 0)?;
        // There is no memory to write back: A and D are set from the beginning and never updated.
        let bits = table::permission_bits(self.space(pid).permissions(va));
        let bits = bits | pte::ACCESSED | pte::DIRTY;
        hal.write(at, self.config.mode.pte_bytes() as u8, pte::entry(ppn, bits))?;
        self.fence_mapped(hal, pid, va, linked)?;
        self.space_mut(pid).devices.insert(va / PAGE_BYTES, ppn);
        Ok(())
    }

    /// The physical address of a page's entry of `level`, after creating missing tables, and
    /// whether any were created.
    pub(crate) fn reach(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        level: u32,
    ) -> Result<(u64, bool), Stop> {
        let mut linked = false;
        loop {
            let pointer = match self.space(pid).table.find(hal, va / PAGE_BYTES, level)? {
                Place::Leaf(at) => return Ok((at, linked)),
                Place::Missing { at, level } => (at, level),
            };
            let table = self.demand_frame(hal, pid, Use::Table(pid))?;
            self.space_mut(pid).table.link(hal, va / PAGE_BYTES, pointer, table)?;
            linked = true;
        }
    }
}
