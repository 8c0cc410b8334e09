//! Pages copied at a fork, instead of at the first store: [`ForkKind::Copy`].

use crate::memory::{Page, Use, ZERO_PAGE};
use crate::paging::read_leaf;
use crate::space::table;
use crate::{Event, ForkKind, Hal, Os, OsError, Pid};
use model::isa::{PAGE_BYTES, pte};

impl Os {
    /// Whether a fork copies a page of the parent: a private one that the parent maps. The zero
    /// page and pages of files belong to no process and cannot be written; pages that are not
    /// mapped, such as those in swap, stay shared.
    pub(crate) fn copies_at_fork(&self, parent: Pid, vpn: u64) -> bool {
        let held = self.space(parent).pages.get(vpn).filter(|held| held.mapped);
        let own = held.filter(|held| held.page != ZERO_PAGE);
        self.config.fork == ForkKind::Copy
            && own
                .and_then(|held| self.memory.pages.get(held.page))
                .is_some_and(|p| p.home.is_none())
    }

    /// Copies a page for the child, and maps it there. `None` if no frame is available for it or
    /// for a table.
    pub(crate) fn duplicate(
        &mut self,
        hal: &mut dyn Hal,
        parent: Pid,
        child: Pid,
        vpn: u64,
    ) -> Result<Option<()>, OsError> {
        let old = self.space(parent).pages.get(vpn).expect("a page that is copied is held").page;
        let from = self.memory.frame_of(old);
        let from = from.expect("a page that is mapped is in a frame");
        self.memory.pinned.clear();
        self.memory.pinned.insert(from);
        let va = vpn * PAGE_BYTES;
        let Some(at) = self.reach_without_kill(hal, child, va)? else { return Ok(None) };
        let id = self.memory.pages.add(Page::default());
        let Some(to) = self.obtain_frame(hal, Use::Page(id).at(vpn))? else {
            self.memory.pages.remove(id);
            return Ok(None);
        };
        let bytes = self.config.mode.pte_bytes() as u8;
        let (_, entry) = read_leaf(hal, self.space(parent), vpn)?;
        let is_dirty = entry & pte::DIRTY != 0;
        hal.read_page(from * PAGE_BYTES, &mut self.buffer)?;
        hal.write_page(to * PAGE_BYTES, &self.buffer)?;
        let page = self.memory.pages.get(old).expect("it was just copied");
        // The copy has no slot, so it must be written even if the parent's slot holds the same
        // contents.
        let unsaved = is_dirty || page.unsaved || page.slot.is_some();
        let copy = self.memory.pages.get_mut(id).expect("it was just made");
        (copy.frame, copy.unsaved) = (Some(to), unsaved);
        self.hold(child, vpn, id);
        // The child has neither read nor written it: A and D are clear.
        let bits = table::permission_bits(self.allowed(child, va, id));
        hal.write(at, bytes, pte::entry(to, bits))?;
        self.loaded(hal, to, child, vpn);
        self.mark_mapped(child, vpn);
        hal.event(Event::Copy { pid: child, va, from, to });
        Ok(Some(()))
    }
}
