//! More pages than requested: neighbours of a faulting page are likely to be needed next.

use crate::calls::wanted;
use crate::memory::{Page, Use};
use crate::paging::{Source, denial};
use crate::space::table;
use crate::space::table::Place;
use crate::{Hal, Os, OsError, Pid, RegionSpec};
use model::isa::{Access, PAGE_BYTES, pte};
use std::ops::Range;

impl Os {
    /// Maps pages around one that has just been mapped, if the page cache has them in frames
    /// (fault-around). Nothing is read, and no frame and no table is allocated.
    pub(crate) fn map_around(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
    ) -> Result<(), OsError> {
        let limit = self.processes[pid].frames.unwrap_or(u64::MAX);
        for vpn in self.run_around(pid, va, self.config.fault_around) {
            let at = vpn * PAGE_BYTES;
            let space = self.space(pid);
            if space.pages.contains(vpn) || space.resident >= limit {
                continue;
            }
            let Source::Frame(id) = self.source(pid, at, Access::Load) else { continue };
            let Place::Leaf(leaf) = self.space(pid).table.find(hal, vpn, 0)? else { continue };
            self.hold(pid, vpn, id);
            // It was not touched yet: A stays clear, so that the policy can evict it.
            let bits = table::permission_bits(self.allowed(pid, at, id));
            let frame = self.memory.frame_of(id).expect("it is in a frame");
            let bytes = self.config.mode.pte_bytes() as u8;
            hal.write(leaf, bytes, pte::entry(frame, bits))?;
            self.fence_page(hal, pid, at)?;
            self.mark_mapped(pid, vpn);
            self.process_mut(pid).counters.fault_around_maps += 1;
        }
        Ok(())
    }

    /// Puts the neighbours of a page that was just read from a file into the page cache, as long as
    /// frames are free: the disk reads them in the same access.
    pub(crate) fn read_ahead(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
    ) -> Result<(), OsError> {
        for vpn in self.run_around(pid, va, self.config.read_ahead) {
            let source = self.source(pid, vpn * PAGE_BYTES, Access::Load);
            let Source::File { file, index, home: Some(home) } = source else { continue };
            let id = self.memory.pages.add(Page::default());
            let Some(frame) = self.memory.frames.allocate(Use::Page(id).at(vpn)) else {
                self.memory.pages.remove(id);
                return Ok(());
            };
            self.memory.objects.read(file, index, &mut self.buffer);
            hal.write_page(frame * PAGE_BYTES, &self.buffer)?;
            self.memory.pages.set_frame(id, Some(frame));
            self.memory.set_home(id, Some((home, index)));
            self.loaded(hal, frame, pid, vpn);
            self.process_mut(pid).counters.read_ahead_pages += 1;
        }
        Ok(())
    }

    /// The pages of the aligned run around an address that lie in its region; none if it maps no
    /// file.
    fn run_around(&self, pid: Pid, va: u64, pages: u64) -> Range<u64> {
        let region = self.space(pid).region(va).filter(|region| region.object.is_some());
        let Some(region) = region.filter(|_| pages > 1) else { return 0..0 };
        let first = va / PAGE_BYTES / pages * pages;
        let end = first.saturating_add(pages).min(region.end / PAGE_BYTES);
        first.max(region.start / PAGE_BYTES)..end
    }

    /// Brings in the pages of a region with `prefault`, while frames are free.
    pub(crate) fn prefault(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        range: Range<u64>,
    ) -> Result<(), OsError> {
        for va in range.step_by(PAGE_BYTES as usize) {
            let space = self.space(pid);
            let (Some(region), false) = (space.region(va), space.pages.contains(va / PAGE_BYTES))
            else {
                continue;
            };
            let Some(access) = wanted(region.permissions) else { continue };
            let source = self.source(pid, va, access);
            // One page and the tables above it: no process should be killed for more.
            let needed = 1 + u64::from(self.config.mode.levels());
            let full = space.resident >= self.processes[pid].frames.unwrap_or(u64::MAX);
            if source == Source::Beyond || full || self.memory.frames.free() < needed {
                return Ok(());
            }
            self.process_mut(pid).counters.prefaulted += 1;
            if denial(self.page_in(hal, pid, va, access, source))?.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Brings in all regions with `prefault`.
    pub(crate) fn prefault_all(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        specs: &[RegionSpec],
    ) -> Result<(), OsError> {
        for spec in specs.iter().filter(|spec| spec.prefault) {
            if self.processes[pid].space.is_some() {
                self.prefault(hal, pid, spec.start..spec.start + spec.pages * PAGE_BYTES)?;
            }
        }
        Ok(())
    }
}
