//! What must be conserved, counted from scratch and compared with the books.

use super::frames::Use;
use super::space::Bounds;
use super::table::{self, PageTable};
use super::{AddressSpace, Hal, Os, OsError, Pid};
use crate::isa::PAGE_BYTES;
use std::collections::{BTreeMap, BTreeSet};

impl Os {
    /// Checks every conserved quantity by a debugger's look at memory, at no cost in cycles.
    ///
    /// - frames: kernel + free + tables + pages = total;
    /// - the leaf entries in memory are exactly the pages in frames, no frame in two of them;
    /// - each frame's use agrees with whoever believes to have it;
    /// - swap slots in use are exactly those that pages hold, each once.
    ///
    /// # Errors
    /// [`OsError::Invariant`] with the figures of the first that is broken.
    pub fn check(&self, hal: &dyn Hal) -> Result<(), OsError> {
        self.broken(hal).map_or(Ok(()), |what| Err(OsError::Invariant { cycle: hal.now(), what }))
    }

    fn broken(&self, hal: &dyn Hal) -> Option<String> {
        let census = self.frames.census();
        let sum = census.kernel + census.free + census.tables + census.pages;
        if sum != self.frames.total() {
            return Some(format!("frames {census:?} do not add up to {}", self.frames.total()));
        }
        let (mut tables, mut pages) = (0, 0);
        let mut mapped = BTreeMap::new();
        let mut slots = BTreeSet::new();
        for process in self.processes.values() {
            let Some(space) = &process.space else { continue };
            tables += space.table.tables().len() as u64;
            pages += space.resident;
            let broken = self
                .broken_tables(process.pid, &space.table)
                .or_else(|| self.broken_pages(hal, process.pid, space, &mut mapped));
            if broken.is_some() {
                return broken;
            }
            for slot in space.pages.values().filter_map(|page| page.slot) {
                if !slots.insert(slot) {
                    return Some(format!("swap slot {slot} is held by two pages"));
                }
            }
        }
        if (tables, pages) != (census.tables, census.pages) {
            return Some(format!("{tables} tables and {pages} pages, but frames say {census:?}"));
        }
        if !slots.iter().copied().eq(self.swap.allocated()) {
            let used = self.swap.used();
            return Some(format!("pages hold {} swap slots, {used} are in use", slots.len()));
        }
        None
    }

    fn broken_tables(&self, pid: Pid, table: &PageTable) -> Option<String> {
        let wrong = table
            .tables()
            .iter()
            .find(|&&frame| self.frames.usage(frame) != Some(Use::Table(pid)))?;
        let usage = self.frames.usage(*wrong);
        Some(format!("frame {wrong:#x} holds a table of process {pid}, but is {usage:?}"))
    }

    fn broken_pages(
        &self,
        hal: &dyn Hal,
        pid: Pid,
        space: &AddressSpace,
        mapped: &mut BTreeMap<u64, (Pid, u64)>,
    ) -> Option<String> {
        let leaves = self.leaves(hal, &space.table);
        let resident = space.pages.iter().filter_map(|(vpn, page)| Some((*vpn, page.frame?)));
        let resident: Vec<(u64, u64)> = resident.collect();
        if leaves != resident {
            return Some(format!(
                "process {pid}: entries map {leaves:x?}, pages are {resident:x?}"
            ));
        }
        if resident.len() as u64 != space.resident {
            let count = space.resident;
            return Some(format!("process {pid}: {} pages, counted {count}", resident.len()));
        }
        for (vpn, frame) in leaves {
            if let Some(other) = mapped.insert(frame, (pid, vpn)) {
                return Some(format!("frame {frame:#x} is mapped by {other:x?} and {pid}"));
            }
            let usage = self.frames.usage(frame);
            if usage != Some(Use::Page(pid, vpn)) {
                return Some(format!("frame {frame:#x} is page {vpn:#x} of {pid}, but {usage:?}"));
            }
        }
        None
    }

    /// The user leaves of a page table as (VPN, PPN), in order of the VPN.
    fn leaves(&self, hal: &dyn Hal, table: &PageTable) -> Vec<(u64, u64)> {
        let mode = self.config.mode;
        let (bits, bytes) = (mode.segment_bits(), mode.pte_bytes());
        let kernel = Bounds::new(mode).kernel_index();
        let mut tables = vec![(table.root(), 0)];
        for level in (0..mode.levels()).rev() {
            let mut below = Vec::new();
            for (frame, prefix) in tables {
                for index in 0..1 << bits {
                    let root = level + 1 == mode.levels();
                    let entry = hal.peek(frame * PAGE_BYTES + index * bytes, bytes as u8);
                    let entry = entry.unwrap_or(0);
                    if entry & table::VALID != 0 && !(root && index == kernel) {
                        below.push((table::ppn(mode, entry), prefix << bits | index));
                    }
                }
            }
            tables = below;
        }
        tables.into_iter().map(|(ppn, vpn)| (vpn, ppn)).collect()
    }
}
