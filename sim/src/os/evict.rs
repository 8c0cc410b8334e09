//! Pages out of frames.

use super::bits::leaf;
use super::frames::Use;
use super::table;
use super::{Activity, Event, Hal, Os, OsError, Pid};
use crate::isa::PAGE_BYTES;
use std::collections::BTreeSet;

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
        let (policy, mut bits) = self.policy_and_bits(hal);
        let frames = bits.frames;
        let may_go = |frame: u64| match frames.usage(frame) {
            Some(Use::Page(pid, _)) => {
                whose.is_none_or(|wanted| wanted == pid) && !stuck.contains(&frame)
            }
            _ => false,
        };
        policy.victim(&may_go, &mut bits)
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
            let account = hal.charge(Activity::Disk);
            hal.event(Event::SwapOut { pid, va, slot });
            let data = hal.read_page(frame * PAGE_BYTES)?;
            hal.wait(self.config.costs.disk_write)?;
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
