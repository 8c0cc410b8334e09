//! Transparent superpages: an aligned run of zeroed memory is mapped by one leaf of level 1.
//!
//! Each of its pages has its own record and frame, so that no other module needs to know; only the
//! policy sees the run as one page, by its first frame. A spare table is allocated with the run, so
//! that splitting never fails for lack of a frame. A run is split when only a part of it is
//! unmapped, protected, evicted or shared.

use crate::hal::PAGE_WORDS;
use crate::memory::{Page, Use, ZERO_PAGE};
use crate::paging::fault::used_bits;
use crate::paging::{Source, Stop};
use crate::space::table::{self, Place};
use crate::{Hal, Os, OsError, PageData, Pid, Thp};
use model::isa::{Access, Mode, PAGE_BYTES, pte};
use std::ops::Range;

impl Os {
    /// Whether a superpage maps a page of a process.
    pub(crate) fn in_run(&self, pid: Pid, vpn: u64) -> bool {
        let pages = self.run_pages();
        self.space(pid).runs.contains_key(&(vpn / pages * pages))
    }

    /// Pages of a run: what a leaf of level 1 covers.
    pub(crate) fn run_pages(&self) -> u64 {
        1 << self.config.mode.segment_bits()
    }

    /// Makes a superpage of the run around an untouched address, if the run is eligible and its
    /// frames are free. `false`: a single page must do.
    pub(crate) fn allocate_run(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        access: Access,
        source: Source,
    ) -> Result<bool, Stop> {
        let Some(run) = self.run_of_region(pid, va, source) else { return Ok(false) };
        self.process_mut(pid).counters.thp_candidates += 1;
        if !self.is_eligible(pid, &run) {
            return Ok(false);
        }
        let head = run.start * PAGE_BYTES;
        let place = self.space(pid).table.find(hal, run.start, 1)?;
        let at = match place {
            Place::Leaf(at) if hal.read(at, self.config.mode.pte_bytes() as u8)? != 0 => {
                return Ok(false);
            }
            Place::Leaf(at) => Some(at),
            Place::Missing { .. } => None,
        };
        let order = self.config.mode.segment_bits();
        // The tables above it, and the spare table, are allocated before the run: the remaining
        // memory must suffice for both.
        let spare = u64::from(self.config.mode.levels());
        let first = match self.memory.frames.free() > self.run_pages() + spare {
            true => self.memory.frames.allocate_run(order, Use::Page(ZERO_PAGE)),
            false => None,
        };
        let Some(first) = first else {
            self.process_mut(pid).counters.thp_fallbacks += 1;
            return Ok(false);
        };
        let (at, linked) = match at {
            Some(at) => (at, false),
            None => self.reach(hal, pid, head, 1).inspect_err(|_| {
                (first..first + self.run_pages())
                    .for_each(|frame| self.memory.frames.release(frame));
            })?,
        };
        let aside = self.memory.frames.allocate(Use::Table(pid)).expect("frames were counted");
        self.space_mut(pid).table.keep_spare(aside);
        for n in 0..self.run_pages() {
            hal.write_page((first + n) * PAGE_BYTES, &[0; PAGE_WORDS])?;
            let id = self.memory.pages.add(Page::in_frame(first + n));
            self.memory.frames.assign(first + n, Use::Page(id));
            self.hold(pid, run.start + n, id);
        }
        let used = if self.config.adue { pte::ACCESSED } else { used_bits(access) };
        let bits = table::permission_bits(self.space(pid).permissions(va)) | used;
        hal.write(at, self.config.mode.pte_bytes() as u8, pte::entry(first, bits))?;
        self.fence_mapped(hal, pid, va, linked)?;
        self.space_mut(pid).runs.insert(run.start, aside);
        self.loaded(hal, first, pid, run.start);
        run.clone().for_each(|vpn| self.mark_mapped(pid, vpn));
        let counters = &mut self.process_mut(pid).counters;
        counters.thp_allocations += 1;
        counters.demand_zero += run.end - run.start;
        Ok(true)
    }

    /// The run around an address, by virtual page number, if its region holds all of it and superpages
    /// are made at the first touch.
    fn run_of_region(&self, pid: Pid, va: u64, source: Source) -> Option<Range<u64>> {
        let private = matches!(source, Source::Zero(None) | Source::ZeroPage);
        if self.config.thp == Thp::Never || !private {
            return None;
        }
        let pages = self.run_pages();
        let start = va / PAGE_BYTES / pages * pages;
        let run = start..start + pages;
        let region = self.space(pid).region(va)?;
        let inside = region.start <= start * PAGE_BYTES && run.end * PAGE_BYTES <= region.end;
        inside.then_some(run)
    }

    /// Whether a run that a region holds may become a superpage.
    fn is_eligible(&self, pid: Pid, run: &Range<u64>) -> bool {
        let space = self.space(pid);
        let pages = run.end - run.start;
        let untouched = space.pages.range(run.clone()).next().is_none();
        let limit = self.processes[pid].frames.unwrap_or(u64::MAX);
        let fits = space.resident.saturating_add(pages) <= limit;
        // Such a run would have individual permissions on single pages.
        let plain = space.widened.range(run.clone()).next().is_none();
        untouched && fits && plain
    }

    /// Splits the superpage that maps a page, if there is one.
    pub(crate) fn split(&mut self, hal: &mut dyn Hal, pid: Pid, vpn: u64) -> Result<(), OsError> {
        let pages = self.run_pages();
        let start = vpn / pages * pages;
        let Some(table) = self.space_mut(pid).runs.remove(&start) else { return Ok(()) };
        let (at, last) = self.close_run(hal, pid, start)?;
        let first = pte::ppn(self.config.mode, last);
        let entry = |n: u64| pte::entry(first + n, last & 0x3ff);
        let data = entries(self.config.mode, entry);
        hal.write_page(table * PAGE_BYTES, &data)?;
        self.space_mut(pid).table.attach(hal, (0, start), at, table)?;
        self.fence_space(hal, pid)?;
        (1..pages).for_each(|n| self.loaded(hal, first + n, pid, start + n));
        self.process_mut(pid).counters.thp_splits += 1;
        Ok(())
    }

    /// Splits all superpages of a process.
    pub(crate) fn split_all(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        let runs: Vec<u64> = self.space(pid).runs.keys().copied().collect();
        runs.into_iter().try_for_each(|start| self.split(hal, pid, start))
    }

    /// Unmaps superpages that lie wholly in a range of pages, without splitting them.
    pub(crate) fn vacate_runs(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpns: &Range<u64>,
    ) -> Result<(), OsError> {
        let pages = self.run_pages();
        let runs = self.space(pid).runs.range(vpns.clone());
        let whole: Vec<(u64, u64)> = runs.map(|(start, aside)| (*start, *aside)).collect();
        for (start, aside) in whole.into_iter().filter(|(start, _)| start + pages <= vpns.end) {
            self.close_run(hal, pid, start)?;
            let space = self.space_mut(pid);
            space.runs.remove(&start);
            space.table.take_back(aside);
            space.resident -= pages;
            self.memory.frames.release(aside);
            for vpn in start..start + pages {
                let held = self.space_mut(pid).pages.remove(vpn).expect("a run is whole");
                self.memory.release(held.page, pid, vpn);
            }
        }
        Ok(())
    }

    /// Clears the entry of a superpage, and fences it; returns the entry's address, and its old
    /// value.
    fn close_run(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        start: u64,
    ) -> Result<(u64, u64), OsError> {
        let Place::Leaf(at) = self.space(pid).table.find(hal, start, 1)? else {
            let what = format!("superpage {start:#x} of process {pid} has no entry");
            return Err(OsError::Invariant { cycle: hal.now(), what });
        };
        let last = self.space(pid).table.update(hal, at, |_| 0)?;
        self.fence_page(hal, pid, start * PAGE_BYTES)?;
        Ok((at, last))
    }
}

/// A table's page, its entries given by their index.
fn entries(mode: Mode, entry: impl Fn(u64) -> u64) -> Box<PageData> {
    let mut data = Box::new([0; PAGE_WORDS]);
    for (word, value) in data.iter_mut().enumerate() {
        let word = word as u64;
        *value = match mode {
            Mode::Sv32 => entry(2 * word) & 0xffff_ffff | entry(2 * word + 1) << 32,
            _ => entry(word),
        };
    }
    data
}
