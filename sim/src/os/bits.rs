//! The A and D bits of pages in frames, as replacement policies may see them.

use super::frames::Use;
use super::replace::{Marks, PageBits, Policy};
use super::table::{self, Place};
use super::{Activity, Asids, Event, Frames, Hal, Os, OsError, Pid, Process, Swap};
use crate::isa::PAGE_BYTES;
use crate::mmu::Fence;
use std::collections::BTreeMap;

/// The bits as the page tables in memory hold them.
pub(super) struct Bits<'a> {
    hal: &'a mut dyn Hal,
    pub(super) frames: &'a Frames,
    processes: &'a mut BTreeMap<Pid, Process>,
    swap: &'a mut Swap,
    asids: &'a Asids,
    pte_bytes: u8,
    disk_write: u64,
}

impl Os {
    /// The policy, and what it may look at.
    pub(super) fn policy_and_bits<'a>(
        &'a mut self,
        hal: &'a mut dyn Hal,
    ) -> (&'a mut dyn Policy, Bits<'a>) {
        let Os { policy, frames, processes, swap, asids, config, .. } = self;
        let pte_bytes = config.mode.pte_bytes() as u8;
        let disk_write = config.costs.disk_write;
        let bits = Bits { hal, frames, processes, swap, asids, pte_bytes, disk_write };
        (policy.as_mut(), bits)
    }

    /// The timer's interrupt: the replacement policy looks at the bits.
    ///
    /// # Errors
    /// The hardware's.
    pub fn tick(&mut self, hal: &mut dyn Hal) -> Result<(), OsError> {
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        let running = self.current;
        let (policy, mut bits) = self.policy_and_bits(hal);
        policy.tick(running, &mut bits)?;
        self.tell_policy(hal);
        hal.charge(account);
        Ok(())
    }

    /// Shows whoever watches what the policy keeps.
    pub(super) fn tell_policy(&self, hal: &mut dyn Hal) {
        if hal.is_watched() {
            hal.event(Event::Policy { state: self.policy.state() });
        }
    }
}

impl Bits<'_> {
    /// Whose page a frame holds, and where its leaf entry is.
    fn find(&mut self, frame: u64) -> Result<Option<(Pid, u64, u64)>, OsError> {
        let Some(Use::Page(pid, vpn)) = self.frames.usage(frame) else { return Ok(None) };
        let at = leaf(self.hal, &self.processes[&pid], vpn)?;
        Ok(Some((pid, vpn, at)))
    }

    /// Clears bits of an entry and forgets what is cached of it.
    fn clear(&mut self, pid: Pid, vpn: u64, at: u64, bits: u64) -> Result<(), OsError> {
        let space = self.processes[&pid].space.as_ref().expect("it holds a frame");
        space.table.update(self.hal, at, |entry| entry & !bits)?;
        if let Some(asid) = self.asids.held(pid) {
            self.hal.fence(Fence { va: Some(vpn * PAGE_BYTES), asid: Some(asid) })?;
        }
        Ok(())
    }
}

impl PageBits for Bits<'_> {
    fn look(&mut self, frame: u64) -> Result<Marks, OsError> {
        let Some((pid, vpn, at)) = self.find(frame)? else { return Ok(Marks::default()) };
        let entry = self.hal.read(at, self.pte_bytes)?;
        let space = self.processes[&pid].space.as_ref().expect("it holds a frame");
        Ok(Marks {
            accessed: entry & table::ACCESSED != 0,
            dirty: entry & table::DIRTY != 0 || space.pages[&vpn].unsaved,
        })
    }

    fn test_and_clear(&mut self, frame: u64) -> Result<bool, OsError> {
        let Some((pid, vpn, at)) = self.find(frame)? else { return Ok(false) };
        if self.hal.read(at, self.pte_bytes)? & table::ACCESSED == 0 {
            return Ok(false);
        }
        self.clear(pid, vpn, at, table::ACCESSED)?;
        Ok(true)
    }

    fn write_back(&mut self, frame: u64) -> Result<bool, OsError> {
        let Some((pid, vpn, at)) = self.find(frame)? else { return Ok(false) };
        let slot = self.processes[&pid].space.as_ref().and_then(|space| space.pages[&vpn].slot);
        let Some(slot) = slot.or_else(|| self.swap.allocate()) else { return Ok(false) };
        // First D cleared and fenced, and only then copied: a later store sets it again.
        self.clear(pid, vpn, at, table::DIRTY)?;
        let account = self.hal.charge(Activity::Disk);
        self.hal.event(Event::SwapOut { pid, va: vpn * PAGE_BYTES, slot });
        let data = self.hal.read_page(frame * PAGE_BYTES)?;
        self.hal.wait(self.disk_write)?;
        self.swap.store(slot, data);
        self.hal.charge(account);
        let process = self.processes.get_mut(&pid).expect("it holds a frame");
        process.counters.swap_outs += 1;
        process.counters.written_ahead += 1;
        let space = process.space.as_mut().expect("it holds a frame");
        let page = space.pages.get_mut(&vpn).expect("it holds a frame");
        page.slot = Some(slot);
        page.unsaved = false;
        Ok(true)
    }
}

/// The leaf entry's address of a page that is in a frame.
pub(super) fn leaf(hal: &mut dyn Hal, process: &Process, vpn: u64) -> Result<u64, OsError> {
    let space = process.space.as_ref().expect("it holds a frame");
    match space.table.find(hal, vpn)? {
        Place::Leaf(at) => Ok(at),
        Place::Missing(pointer) => Err(OsError::Invariant {
            cycle: hal.now(),
            what: format!("page {vpn:#x} is in a frame, but nothing is below {pointer:#x}"),
        }),
    }
}
