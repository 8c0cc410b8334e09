//! Promotion: a run of pages that were brought in one by one is copied into a superpage.
//!
//! At a tick the kernel scans the next few runs in which processes have pages (as `khugepaged` does
//! in Linux). A run with enough pages in memory, all of them one process's own, is copied into
//! contiguous frames; missing pages are zeroed. Its table of pages becomes the spare table for a
//! later split.

use crate::hal::PAGE_WORDS;
use crate::memory::{Page, Use, ZERO_PAGE};
use crate::space::{Backing, Held, table};
use crate::{Event, Hal, Os, OsError, PageData, Pid};
use model::isa::{Mode, PAGE_BYTES, pte};

/// Runs that the kernel scans in one tick: 4096 pages of 4 KiB in runs of 512, as many as Linux
/// scans before it sleeps by default.
const RUNS_PER_TICK: usize = 8;

impl Os {
    /// Scans the next runs of pages, and promotes those that are eligible.
    pub(crate) fn promote(&mut self, hal: &mut dyn Hal) -> Result<(), OsError> {
        if self.config.thp_promote == 0 {
            return Ok(());
        }
        let mut first = None;
        for _ in 0..RUNS_PER_TICK {
            let next = self.run_from(self.next_run).or_else(|| self.run_from((0, 0)));
            let Some((pid, start)) = next.filter(|&run| first != Some(run)) else { break };
            first = first.or(next);
            self.next_run = (pid, start + self.run_pages());
            // If one run finds no frames the next will find none either.
            if self.can_promote(pid, start) && !self.promote_run(hal, pid, start)? {
                break;
            }
        }
        Ok(())
    }

    /// The first run, at this place or after it, in which a process holds pages: found by its first
    /// page.
    fn run_from(&self, (pid, vpn): (Pid, u64)) -> Option<(Pid, u64)> {
        self.processes.iter().skip_while(|process| process.pid < pid).find_map(|process| {
            let from = if process.pid == pid { vpn } else { 0 };
            let (vpn, _) = process.space.as_ref()?.pages.range(from..u64::MAX).next()?;
            Some((process.pid, vpn / self.run_pages() * self.run_pages()))
        })
    }

    /// Whether a run may become a superpage: zeroed memory of one region, enough of its pages
    /// mapped, each by this process alone, none in swap or being read.
    fn can_promote(&self, pid: Pid, start: u64) -> bool {
        let run = start..start + self.run_pages();
        let space = self.space(pid);
        let Some(region) = space.region(start * PAGE_BYTES) else { return false };
        let private = region.backing == Backing::Zero && region.object.is_none() && !region.shared;
        // Pages with individual permissions need their own entries.
        let uniform = run.end * PAGE_BYTES <= region.end
            && !region.permissions.is_none()
            && space.widened.range(run.clone()).next().is_none();
        if space.runs.contains_key(&start) || !private || !uniform {
            return false;
        }
        let mut present = 0;
        let held = space.pages.range(run).map(|(_, held)| held);
        for &Held { page, mapped } in held.filter(|held| held.page != ZERO_PAGE) {
            let page = self.memory.pages.get(page).expect("a page that is held exists");
            let is_awaited = page.frame.is_none_or(|frame| self.disk.is_held(frame));
            if !mapped || page.references() != 1 || is_awaited {
                return false;
            }
            present += 1;
        }
        let limit = self.processes[pid].frames.unwrap_or(u64::MAX);
        present >= self.config.thp_promote.min(self.run_pages())
            && space.resident - present + self.run_pages() <= limit
    }

    /// Copies a run into contiguous frames, and maps it by one leaf. `false`: there are no such
    /// frames, and nothing has changed.
    fn promote_run(&mut self, hal: &mut dyn Hal, pid: Pid, start: u64) -> Result<bool, OsError> {
        let (mode, pages) = (self.config.mode, self.run_pages());
        let Some(to) = self.memory.frames.allocate_run(mode.segment_bits(), Use::Page(ZERO_PAGE))
        else {
            self.process_mut(pid).counters.thp_promotion_fallbacks += 1;
            return Ok(false);
        };
        let (aside, at) = self.space_mut(pid).table.unlink(hal, (0, start))?;
        // A pointer was cleared, so a fence by address would not suffice. From here on nothing
        // translates: no store is lost to a page that was already copied, and A and D are final.
        self.fence_space(hal, pid)?;
        let mut entries = [0; PAGE_WORDS];
        hal.read_page(aside * PAGE_BYTES, &mut entries)?;
        let mut accessed = 0;
        for n in 0..pages {
            let entry = entry(mode, &entries, n);
            accessed |= entry & pte::ACCESSED;
            self.move_page(hal, pid, start + n, to + n, entry & pte::DIRTY != 0)?;
        }
        // D stays clear: the pages' records say one by one which of them are dirty.
        let bits =
            table::permission_bits(self.space(pid).permissions(start * PAGE_BYTES)) | accessed;
        hal.write(at, mode.pte_bytes() as u8, pte::entry(to, bits))?;
        self.fence_page(hal, pid, start * PAGE_BYTES)?;
        self.space_mut(pid).runs.insert(start, aside);
        self.loaded(hal, to, pid, start);
        self.happened(hal, Event::Promotion { pid, va: start * PAGE_BYTES, frame: to });
        Ok(true)
    }

    /// Copies one page of a run into its new frame, or fills that with zeroes where there is none.
    fn move_page(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpn: u64,
        to: u64,
        dirty: bool,
    ) -> Result<(), OsError> {
        let held = self.space(pid).pages.get(vpn).map(|held| held.page);
        if let Some(id) = held.filter(|&id| id != ZERO_PAGE) {
            let page = self.memory.pages.get_mut(id).expect("a page that is held exists");
            page.unsaved |= dirty;
            let from = self.memory.pages.set_frame(id, Some(to));
            let from = from.expect("a page that is mapped is in a frame");
            hal.read_page(from * PAGE_BYTES, &mut self.buffer)?;
            hal.write_page(to * PAGE_BYTES, &self.buffer)?;
            self.memory.frames.assign(to, Use::Page(id));
            self.memory.policy.removed(from);
            self.memory.frames.release(from);
            self.process_mut(pid).counters.thp_promotion_copies += 1;
            return Ok(());
        }
        if let Some(zero) = held {
            self.space_mut(pid).pages.remove(vpn);
            self.memory.release(zero, pid, vpn);
        }
        hal.write_page(to * PAGE_BYTES, &[0; PAGE_WORDS])?;
        let id = self.memory.pages.add(Page::in_frame(to));
        self.memory.frames.assign(to, Use::Page(id));
        self.hold(pid, vpn, id);
        self.mark_mapped(pid, vpn);
        self.process_mut(pid).counters.demand_zero += 1;
        Ok(())
    }
}

/// An entry of a table's page, by its index.
fn entry(mode: Mode, table: &PageData, index: u64) -> u64 {
    match mode {
        Mode::Sv32 => table[index as usize / 2] >> (32 * (index % 2)) & 0xffff_ffff,
        _ => table[index as usize],
    }
}
