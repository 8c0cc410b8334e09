//! Pages out of frames.

use super::frames::Use;
use super::replace::AccessedBits;
use super::table::{self, Place};
use super::{Asids, Event, Frames, Hal, Os, OsError, Pid, Process, Transfer};
use crate::isa::PAGE_BYTES;
use crate::mmu::Fence;
use std::collections::{BTreeMap, BTreeSet};

impl Os {
    /// Takes the frame of one page, of this process if one is named. `false` if no page can go.
    pub(super) fn evict(&mut self, hal: &mut dyn Hal, whose: Option<Pid>) -> Result<bool, OsError> {
        // Dirty pages that no swap slot can take have to stay.
        let mut stuck = BTreeSet::new();
        loop {
            let Some(frame) = self.choose(hal, whose, &stuck)? else { return Ok(false) };
            let Some(Use::Page(pid, vpn)) = self.frames.usage(frame) else {
                let what = format!("the policy chose frame {frame:#x}, which holds no page");
                return Err(OsError::Invariant { cycle: hal.now(), what });
            };
            let at = self.leaf(hal, pid, vpn)?;
            let entry = hal.read(at, self.config.mode.pte_bytes() as u8)?;
            let page = &self.space(pid).pages[&vpn];
            let dirty = entry & table::DIRTY != 0 || page.unsaved;
            if dirty && page.slot.is_none() && !self.find_room() {
                stuck.insert(frame);
                continue;
            }
            self.take(hal, frame, pid, vpn, at)?;
            return Ok(true);
        }
    }

    fn choose(
        &mut self,
        hal: &mut dyn Hal,
        whose: Option<Pid>,
        stuck: &BTreeSet<u64>,
    ) -> Result<Option<u64>, OsError> {
        let Os { policy, frames, processes, asids, config, disk, .. } = self;
        let may_go = |frame: u64| match frames.usage(frame) {
            Some(Use::Page(pid, _)) => {
                whose.is_none_or(|wanted| wanted == pid)
                    && !stuck.contains(&frame)
                    && !disk.is_held(frame)
            }
            _ => false,
        };
        let pte_bytes = config.mode.pte_bytes() as u8;
        policy.victim(&may_go, &mut Bits { hal, frames, processes, asids, pte_bytes })
    }

    /// Unmaps a page, writes it back if it is dirty, and frees its frame.
    fn take(
        &mut self,
        hal: &mut dyn Hal,
        frame: u64,
        pid: Pid,
        vpn: u64,
        at: u64,
    ) -> Result<(), OsError> {
        let va = vpn * PAGE_BYTES;
        // First unmapped, then fenced, and only then copied: nobody can write it any more.
        let last = self.space(pid).table.update(hal, at, |_| 0)?;
        self.fence_page(hal, pid, va)?;
        let page = &self.space(pid).pages[&vpn];
        let (slot, dirty) = (page.slot, last & table::DIRTY != 0 || page.unsaved);
        hal.event(Event::Eviction { pid, va, frame, dirty });
        let slot = if dirty { slot.or_else(|| self.swap.allocate()) } else { slot };
        if dirty {
            let slot = slot.ok_or_else(|| OsError::Invariant {
                cycle: hal.now(),
                what: format!("page {va:#x} of process {pid} is dirty and has no swap slot"),
            })?;
            let account = hal.charge(self.transfer_account());
            hal.event(Event::SwapOut { pid, va, slot });
            let data = hal.read_page(frame * PAGE_BYTES)?;
            self.transfer(hal, 1, Transfer::Write)?;
            self.swap.store(slot, data);
            hal.charge(account);
        }
        let process = self.process_mut(pid);
        process.counters.evictions += 1;
        process.counters.write_backs += u64::from(dirty);
        process.counters.swap_outs += u64::from(dirty);
        process.counters.write_backs_saved += u64::from(!dirty);
        let space = process.space.as_mut().expect("it held a frame");
        space.resident -= 1;
        let page = space.pages.get_mut(&vpn).expect("it held a frame");
        page.frame = None;
        page.slot = slot;
        page.unsaved = false;
        self.policy.removed(frame);
        self.frames.release(frame);
        Ok(())
    }

    /// Whether a swap slot is free, or can be taken from a page that is in memory as well: that
    /// page then counts as unsaved.
    fn find_room(&mut self) -> bool {
        if self.swap.has_room() {
            return true;
        }
        for process in self.processes.values_mut() {
            let Some(space) = process.space.as_mut() else { continue };
            let mut pages = space.pages.values_mut();
            let Some(page) = pages.find(|page| page.frame.is_some() && page.slot.is_some()) else {
                continue;
            };
            let slot = page.slot.take().expect("it was just found");
            page.unsaved = true;
            self.swap.release(slot);
            process.counters.slots_reclaimed += 1;
            return true;
        }
        false
    }

    pub(super) fn leaf(&self, hal: &mut dyn Hal, pid: Pid, vpn: u64) -> Result<u64, OsError> {
        leaf(hal, &self.processes[&pid], vpn)
    }
}

/// The leaf entry's address of a page that is in a frame.
fn leaf(hal: &mut dyn Hal, process: &Process, vpn: u64) -> Result<u64, OsError> {
    let space = process.space.as_ref().expect("it holds a frame");
    match space.table.find(hal, vpn)? {
        Place::Leaf(at) => Ok(at),
        Place::Missing(pointer) => Err(OsError::Invariant {
            cycle: hal.now(),
            what: format!("page {vpn:#x} is in a frame, but nothing is below {pointer:#x}"),
        }),
    }
}

/// The accessed bits as the page tables in memory hold them.
struct Bits<'a> {
    hal: &'a mut dyn Hal,
    frames: &'a Frames,
    processes: &'a BTreeMap<Pid, Process>,
    asids: &'a Asids,
    pte_bytes: u8,
}

impl AccessedBits for Bits<'_> {
    fn test_and_clear(&mut self, frame: u64) -> Result<bool, OsError> {
        let Some(Use::Page(pid, vpn)) = self.frames.usage(frame) else { return Ok(false) };
        let process = &self.processes[&pid];
        let at = leaf(self.hal, process, vpn)?;
        if self.hal.read(at, self.pte_bytes)? & table::ACCESSED == 0 {
            return Ok(false);
        }
        let space = process.space.as_ref().expect("it holds a frame");
        space.table.update(self.hal, at, |entry| entry & !table::ACCESSED)?;
        if let Some(asid) = self.asids.held(pid) {
            self.hal.fence(Fence { va: Some(vpn * PAGE_BYTES), asid: Some(asid) })?;
        }
        Ok(true)
    }
}
