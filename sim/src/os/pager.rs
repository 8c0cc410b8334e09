//! Pages into frames.

use super::fault::{permission_bits, used_bits};
use super::frames::Use;
use super::region::Backing;
use super::swap::Slot;
use super::table::{self, Place};
use super::{
    Death, Event, FaultKind, FileId, Hal, Os, OsError, Pid, Transfer, Verdict, file_page,
};
use crate::isa::{Access, PAGE_BYTES};
use crate::mmu::Fence;

/// Where a page's contents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In a swap slot.
    Swap(Slot),
    /// In a file, from this byte on.
    File(FileId, u64),
    /// Nowhere: it is zero.
    Zero,
}

impl Source {
    /// What a fault on such a page is.
    pub(super) fn fault_kind(self) -> FaultKind {
        if self == Source::Zero { FaultKind::Minor } else { FaultKind::Major }
    }
}

impl Os {
    /// Where the contents of a page that is in no frame are.
    pub(super) fn source(&self, pid: Pid, va: u64) -> Source {
        let space = self.space(pid);
        let slot = space.pages.get(&(va / PAGE_BYTES)).and_then(|page| page.slot);
        match (slot, space.backing(va)) {
            (Some(slot), _) => Source::Swap(slot),
            (None, Backing::File { file, offset }) => Source::File(file, offset),
            (None, Backing::Zero | Backing::Device { .. }) => Source::Zero,
        }
    }

    /// Brings a page into a frame and maps it. Where memory is exhausted, the largest process is
    /// killed, which may be this one.
    pub(super) fn page_in(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        access: Access,
    ) -> Result<Verdict, OsError> {
        let purpose = Use::Page(pid, va / PAGE_BYTES);
        let frame = loop {
            match self.obtain_frame(hal, purpose)? {
                Some(frame) => break frame,
                None if self.defer(hal) => return Ok(Verdict::Resume),
                None if self.kill_largest(hal)? == pid => return Ok(Verdict::Killed),
                None => {}
            }
        };
        self.fill(hal, pid, va, frame)?;
        let Some((at, linked)) = self.reach(hal, pid, va)? else {
            self.frames.release(frame);
            return Ok(Verdict::Killed);
        };
        // A is set at once: the access that faulted is about to happen. D is left to hardware
        // where hardware sets it, so that a page is never taken for dirty that is not.
        let used = if self.config.adue { table::ACCESSED } else { used_bits(access) };
        let bits = permission_bits(self.space(pid).permissions(va)) | used;
        hal.write(at, self.config.mode.pte_bytes() as u8, table::entry(frame, bits))?;
        if linked {
            // A pointer changed: a fence by address would order leaf entries only.
            self.fence_space(hal, pid)?;
        } else {
            self.fence_page(hal, pid, va)?;
        }
        self.policy.inserted(frame);
        self.hold_frame(frame, pid);
        let process = self.process_mut(pid);
        let space = process.space.as_mut().expect("a running process has memory");
        space.pages.entry(va / PAGE_BYTES).or_default().frame = Some(frame);
        space.resident += 1;
        process.peak_resident = process.peak_resident.max(space.resident);
        process.peak_tables = process.peak_tables.max(space.table.tables().len() as u64);
        Ok(Verdict::Resume)
    }

    /// Puts a page's contents into its frame.
    fn fill(&mut self, hal: &mut dyn Hal, pid: Pid, va: u64, frame: u64) -> Result<(), OsError> {
        let source = self.source(pid, va);
        let pa = frame * PAGE_BYTES;
        let data = match source {
            Source::Zero => {
                self.process_mut(pid).counters.demand_zero += 1;
                return hal.write_page(pa, &[0; 512]);
            }
            Source::File(file, offset) => {
                self.process_mut(pid).counters.demand_load += 1;
                file_page(self.config.seed, file, offset)
            }
            Source::Swap(slot) => {
                self.process_mut(pid).counters.swap_ins += 1;
                hal.event(Event::SwapIn { pid, va: va / PAGE_BYTES * PAGE_BYTES, slot });
                let held = self.swap.load(slot).ok_or_else(|| OsError::Invariant {
                    cycle: hal.now(),
                    what: format!("swap slot {slot} of page {va:#x} is free"),
                })?;
                Box::new(*held)
            }
        };
        let account = hal.charge(self.transfer_account());
        self.transfer(hal, 1, Transfer::Read)?;
        hal.write_page(pa, &data)?;
        hal.charge(account);
        Ok(())
    }

    /// The physical address of a page's leaf entry, tables made as needed, and whether any were.
    /// `None` if the process was killed because there was no frame for a table.
    fn reach(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
    ) -> Result<Option<(u64, bool)>, OsError> {
        let mut linked = false;
        loop {
            let pointer = match self.space(pid).table.find(hal, va / PAGE_BYTES)? {
                Place::Leaf(at) => return Ok(Some((at, linked))),
                Place::Missing(pointer) => pointer,
            };
            let Some(table) = self.obtain_frame(hal, Use::Table(pid))? else {
                if self.kill_largest(hal)? == pid {
                    return Ok(None);
                }
                continue;
            };
            let space = self.process_mut(pid).space.as_mut().expect("it was not killed");
            space.table.link(hal, pointer, table)?;
            linked = true;
        }
    }

    /// A frame for this purpose: a free one, else one that a page is evicted from. `None` if
    /// there is neither. A page of a process at its limit always replaces one of its own.
    pub(super) fn obtain_frame(
        &mut self,
        hal: &mut dyn Hal,
        purpose: Use,
    ) -> Result<Option<u64>, OsError> {
        if let Use::Page(pid, _) = purpose {
            let limit = self.processes[&pid].frames.unwrap_or(u64::MAX).max(1);
            while self.space(pid).resident >= limit {
                if !self.evict(hal, Some(pid))? {
                    return Ok(None);
                }
            }
        }
        loop {
            if let Some(frame) = self.frames.allocate(purpose) {
                return Ok(Some(frame));
            }
            if !self.evict(hal, None)? {
                return Ok(None);
            }
        }
    }

    /// Kills the process that holds most frames, the oldest of equals, and says which it was.
    fn kill_largest(&mut self, hal: &mut dyn Hal) -> Result<Pid, OsError> {
        let held = |pid: Pid| {
            let space = self.space(pid);
            space.resident + space.table.tables().len() as u64
        };
        let living = self.processes.values().filter(|process| process.space.is_some());
        let largest = living.map(|process| process.pid).min_by_key(|&pid| (!held(pid), pid));
        let pid = largest.expect("the process that needs the frame is alive");
        let death = self.out_of_memory();
        self.kill(hal, pid, death)?;
        Ok(pid)
    }

    /// The reason to give when there is no frame left.
    pub(super) fn out_of_memory(&self) -> Death {
        let frames = self.frames.total();
        if self.swap.slots() > 0 && !self.swap.has_room() {
            return Death::OutOfSwap { frames, slots: self.swap.slots() };
        }
        Death::OutOfMemory { frames }
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
    fn fence_space(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        match self.asids.held(pid) {
            Some(asid) => hal.fence(Fence { va: None, asid: Some(asid) }),
            None => Ok(()),
        }
    }
}
