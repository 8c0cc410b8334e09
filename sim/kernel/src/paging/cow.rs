//! Copy on write.

use crate::memory::ZERO_PAGE;
use crate::paging::Stop;
use crate::paging::fault::used_bits;
use crate::space::table;
use crate::{Event, Hal, Os, Pid};
use model::isa::{Access, PAGE_BYTES, pte};

impl Os {
    /// A process stores to a page that it shares copy on write: it gets a copy.
    pub(crate) fn copy_on_write(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
    ) -> Result<(), Stop> {
        let vpn = va / PAGE_BYTES;
        let old = *self.space(pid).pages.get(vpn).expect("a page that is copied is held");
        let from = self.memory.pages.get(old.page).and_then(|page| page.frame);
        let from = from.expect("a page that is copied is in a frame");
        self.memory.pinned.insert(from);
        if old.page == ZERO_PAGE || !old.mapped {
            self.ensure_room(hal, pid)?;
        }
        let (new, to) = self.new_page(hal, pid, vpn)?;
        if old.page == ZERO_PAGE {
            hal.write_page(to * PAGE_BYTES, &[0; 512])?;
        } else {
            hal.read_page(from * PAGE_BYTES, &mut self.buffer)?;
            hal.write_page(to * PAGE_BYTES, &self.buffer)?;
        }
        // If the page was in no file, neither is the copy: it must not be dropped as clean.
        let anonymous = |page: &crate::memory::Page| page.home.is_none();
        let unsaved =
            old.page != ZERO_PAGE && self.memory.pages.get(old.page).is_some_and(anonymous);
        self.memory.pages.get_mut(new).expect("it was just made").unsaved = unsaved;
        let reached = self.reach(hal, pid, va, 0);
        let (at, linked) = reached.inspect_err(|_| self.memory.discard(new))?;
        if old.page != ZERO_PAGE {
            hal.event(Event::Copy { pid, va: vpn * PAGE_BYTES, from, to });
        }
        let used = if self.config.adue { pte::ACCESSED } else { used_bits(Access::Store) };
        let bits = table::permission_bits(self.space(pid).permissions(va)) | used;
        let last = self.space(pid).table.update(hal, at, |_| pte::entry(to, bits))?;
        // The old, read-only translation must be invalidated before the store is repeated.
        self.fence_mapped(hal, pid, va, linked)?;
        let counters = &mut self.process_mut(pid).counters;
        counters.cow_faults += 1;
        *match old.page {
            ZERO_PAGE => &mut counters.demand_zero,
            _ => &mut counters.cow_copies,
        } += 1;
        let space = self.space_mut(pid);
        space.pages.remove(vpn);
        space.resident -= u64::from(old.mapped && old.page != ZERO_PAGE);
        if old.mapped && old.page != ZERO_PAGE {
            let page = self.memory.pages.get_mut(old.page).expect("it was held");
            page.unsaved |= last & pte::DIRTY != 0;
        }
        self.memory.release(old.page, pid, vpn);
        self.hold(pid, vpn, new);
        self.loaded(hal, to, pid, vpn);
        self.mark_mapped(pid, vpn);
        Ok(())
    }
}
