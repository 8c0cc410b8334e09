//! The A and D bits of pages in frames, as replacement policies may see them.

use crate::memory::{PageId, Use};
use crate::paging::read_leaf;
use crate::replace::{Fifo, Marks, PageBits, Policy, VirtualPage};
use crate::{Activity, Event, Hal, Os, OsError, Pid};
use model::isa::{PAGE_BYTES, pte};

/// The bits in the page tables in memory. For a page with several mappings, the bits of all its
/// entries are ORed.
pub(crate) struct Bits<'a> {
    pub(crate) os: &'a mut Os,
    pub(crate) hal: &'a mut dyn Hal,
    /// If a process is named, only pages that it maps may be chosen.
    pub(crate) whose: Option<Pid>,
    /// The frame that was chosen just before for the same eviction, if its page has to stay.
    pub(crate) refused: Option<u64>,
}

impl Os {
    /// Lets the policy, which is otherwise part of the kernel, work with the rest of it.
    pub(crate) fn with_policy<T>(
        &mut self,
        work: impl FnOnce(&mut Os, &mut dyn Policy) -> Result<T, OsError>,
    ) -> Result<T, OsError> {
        // The bits never call the policy, so this placeholder is never used.
        let mut policy = std::mem::replace(&mut self.memory.policy, Box::new(Fifo::default()));
        let done = work(self, policy.as_mut());
        self.memory.policy = policy;
        done
    }

    /// The timer interrupt: the replacement policy samples the bits, and runs of pages may be
    /// promoted to superpages.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn tick(&mut self, hal: &mut dyn Hal) -> Result<(), OsError> {
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap + self.config.costs.handler)?;
        let running = self.current;
        if let Some(pid) = running {
            self.process_mut(pid).counters.ticks += 1;
        }
        self.with_policy(|os, policy| {
            policy.tick(running, &mut Bits { os, hal, whose: None, refused: None })
        })?;
        self.report_policy(hal);
        self.promote(hal)?;
        hal.charge(account);
        Ok(())
    }

    /// A page was put into this frame, for this process at this address.
    pub(crate) fn loaded(&mut self, hal: &mut dyn Hal, frame: u64, pid: Pid, vpn: u64) {
        self.memory.policy.inserted(frame, VirtualPage { pid, vpn });
        self.report_policy(hal);
    }

    /// Writes a page to the disk while it stays in its frame, and clears its D; returns the process
    /// charged for it, and whether the disk succeeded.
    pub(crate) fn clean(&mut self, hal: &mut dyn Hal, id: PageId) -> Result<(Pid, bool), OsError> {
        // First D is cleared and fenced, and only then the page copied: a later store sets it
        // again.
        let dirty = self.clear_bits(hal, id, pte::DIRTY)? & pte::DIRTY != 0;
        let page = self.memory.pages.get(id).expect("a frame's page exists");
        let mapper = page.mappers().first().copied();
        let page = self.memory.pages.get_mut(id).expect("as above");
        page.unsaved |= dirty;
        let (pid, vpn) = mapper.or(page.holders().first().copied()).unwrap_or_default();
        let written = self.write_back(hal, pid, vpn, id)?;
        self.counters_of(pid).disk_errors += u64::from(!written);
        if written {
            self.memory.pages.get_mut(id).expect("as above").unsaved = false;
        }
        Ok((pid, written))
    }

    /// Clears bits in all entries that map a page, and fences each; returns the OR of the old
    /// entries.
    fn clear_bits(&mut self, hal: &mut dyn Hal, id: PageId, bits: u64) -> Result<u64, OsError> {
        let mut found = 0;
        let sets = &self.load.working_sets;
        let mut used = Vec::new();
        let page = self.memory.pages.get(id).expect("a frame's page exists");
        for (holder, space) in self.mappers(page) {
            let (pid, vpn) = holder;
            let (at, entry) = read_leaf(hal, space, vpn)?;
            found |= entry;
            if entry & bits != 0 {
                found |= space.table.update(hal, at, |entry| entry & !bits)?;
                if entry & bits & pte::ACCESSED != 0 && sets.knows(pid) {
                    used.push(holder);
                }
                if entry & pte::VALID != 0 {
                    self.fence_page(hal, pid, vpn * PAGE_BYTES)?;
                }
            }
        }
        for (pid, vpn) in used {
            self.load.working_sets.used(pid, vpn);
        }
        Ok(found)
    }

    /// Reports the policy's state as an event.
    fn report_policy(&self, hal: &mut dyn Hal) {
        if hal.is_watched() {
            hal.event(Event::Policy { state: self.memory.policy.state() });
        }
    }
}

impl Bits<'_> {
    fn page(&self, frame: u64) -> Option<PageId> {
        match self.os.memory.frames.usage(frame) {
            Some(Use::Page(id)) => Some(id),
            _ => None,
        }
    }
}

impl PageBits for Bits<'_> {
    fn may_evict(&self, frame: u64) -> bool {
        // The zero page is never among them: policies do not know its frame.
        let Some(id) = self.page(frame) else { return false };
        let os = &*self.os;
        if os.memory.stuck.contains(frame) || os.memory.pinned.contains(frame) {
            return false;
        }
        if os.is_locked(id) {
            return false;
        }
        let shows = |pid| {
            let page = os.memory.pages.get(id).expect("a frame's page exists");
            page.mappers().iter().any(|&(mapper, _)| mapper == pid)
        };
        !os.disk.is_held(frame) && self.whose.is_none_or(shows)
    }

    fn refused(&self) -> Option<u64> {
        self.refused
    }

    fn look(&mut self, frame: u64) -> Result<Marks, OsError> {
        let Some(id) = self.page(frame) else { return Ok(Marks::default()) };
        let page = self.os.memory.pages.get(id).expect("a frame's page exists");
        let mut found = 0;
        for ((_, vpn), space) in self.os.mappers(page) {
            found |= read_leaf(self.hal, space, vpn)?.1;
        }
        Ok(Marks {
            accessed: found & pte::ACCESSED != 0 || page.young,
            dirty: found & pte::DIRTY != 0 || page.unsaved,
        })
    }

    fn test_and_clear(&mut self, frame: u64) -> Result<bool, OsError> {
        let Some(id) = self.page(frame) else { return Ok(false) };
        let page = self.os.memory.pages.get_mut(id);
        let young = page.is_some_and(|page| std::mem::take(&mut page.young));
        let found = self.os.clear_bits(self.hal, id, pte::ACCESSED)?;
        Ok(found & pte::ACCESSED != 0 || young)
    }

    fn write_back(&mut self, frame: u64) -> Result<bool, OsError> {
        let Some(id) = self.page(frame) else { return Ok(false) };
        // A superpage has one D for all of its pages: they are written when it is split.
        let page = self.os.memory.pages.get(id).expect("a frame's page exists");
        if page.mappers().iter().any(|&(pid, vpn)| self.os.in_run(pid, vpn)) {
            return Ok(false);
        }
        let swaps = page.slot.is_none() && self.os.memory.file_of(page).is_none();
        if swaps && !self.os.find_slot() {
            return Ok(false);
        }
        let (pid, written) = self.os.clean(self.hal, id)?;
        self.os.counters_of(pid).written_ahead += u64::from(written);
        Ok(written)
    }
}
