//! A run's report, collected from all counters.

use super::error::RunError;
use super::{HART, Machine, Outcome};
use crate::stats::{MemoryReport, ProcessReport, Report, SchedulingReport, Section, Tally};
use kernel::{Hal, OsCounters, Thp};
use model::isa::PAGE_BYTES;
use model::mmu::Organisation;

/// The TLBs of an MMU in words.
fn tlbs(lines: usize, organisation: &Organisation) -> String {
    let Organisation { one_port, replacement, ways, fetch_lines, pages, .. } = *organisation;
    let sizes = match (one_port, fetch_lines) {
        (true, _) => format!("TLB of {lines} lines"),
        (false, 0) => format!("TLBs of {lines} lines a port"),
        (false, fetch) => format!("TLBs of {fetch} lines for fetches and {lines} for data"),
    };
    let pages = if pages == 0 { String::new() } else { format!(" and {pages} pages in sets") };
    let sets = if ways == 0 { String::new() } else { format!(", in sets of {ways}") };
    format!("{sizes}{pages}{sets}, lines replaced by {replacement}")
}

impl Machine {
    /// Everything counted so far.
    pub fn report(&self) -> Report {
        let board = &self.hardware.board;
        let mut faults = *self.os.counters();
        self.os.processes().for_each(|process| faults += process.counters);
        let now = self.hardware.now();
        let times = |pid| self.os.schedule().times(pid, now);
        let mmu = board.hart(HART).mmu();
        let traced = mmu.organisation().trace.then(|| mmu.xlen());
        let pids = self.os.processes().map(|process| process.pid);
        let total = board.meter.total();
        let scheduling = SchedulingReport::new(
            &total.cycles,
            self.os.disk(),
            self.os.suspensions(),
            pids.map(times),
        );
        let processes = self.os.processes().map(|process| ProcessReport {
            pid: process.pid,
            name: process.name.clone(),
            program: self.origins.get(&process.pid).unwrap_or(&process.name).clone(),
            trace_format: self.formats.get(&process.pid).copied(),
            state: process.state.clone(),
            counts: Section::new(
                board.meter.of(process.pid).unwrap_or(&Tally::default()),
                process.counters,
                traced,
            ),
            peak_resident_frames: process.peak_resident,
            page_table_bytes: process.peak_tables * PAGE_BYTES,
            times: times(process.pid),
            turnaround: times(process.pid).turnaround(),
            response: times(process.pid).response(),
        });
        Report {
            mmu: mmu.name().to_owned(),
            tlb_entries: mmu.entries(),
            tlb_reach_bytes: mmu.entries() as u64 * PAGE_BYTES,
            tlbs: tlbs(mmu.entries(), &mmu.organisation()),
            tlb_replacement: mmu.organisation().replacement.to_string(),
            tlb_ways: mmu.organisation().ways,
            mode: self.config.mode.name(),
            policy: self.os.policy().name(),
            policy_is_oracle: self.os.policy().is_oracle(),
            seed: self.config.seed,
            notes: self.without_superpages(&faults).into_iter().collect(),
            cycles: self.hardware.now(),
            responses_checked: board.hart(HART).checker().checked(),
            responses_stale: board.hart(HART).checker().stale(),
            total: Section::new(&total, faults, traced),
            processes: processes.collect(),
            memory: self.memory(),
            scheduling,
            cache: self.cache.as_ref().map(|cache| cache.borrow().report()),
        }
    }

    /// Why there was no superpage, if the kernel was to make some and no region could hold one.
    fn without_superpages(&self, faults: &OsCounters) -> Option<String> {
        let OsCounters { thp_candidates, thp_promotions, .. } = *faults;
        let none = self.os.config().thp != Thp::Never && thp_candidates + thp_promotions == 0;
        let mebibytes = (PAGE_BYTES << self.config.mode.segment_bits()) >> 20;
        none.then(|| {
            format!(
                "there were no superpages: no region of zeroed memory that was touched holds an \
                 aligned one of {mebibytes} MiB"
            )
        })
    }

    fn memory(&self) -> MemoryReport {
        let (frames, swap) = (self.os.frames(), self.os.swap());
        MemoryReport {
            frames_total: frames.total(),
            frames_kernel: frames.census().kernel,
            frames_free: frames.free(),
            peak_frames: frames.peak(),
            nr_page_table_pages: frames.peak_tables(),
            page_table_bytes: frames.peak_tables() * PAGE_BYTES,
            swap_slots: swap.slots(),
            peak_swap_slots: swap.peak(),
        }
    }

    pub(super) fn outcome(&self, stopped: bool, error: Option<RunError>) -> Outcome {
        let states = self.os.processes().map(|process| (process.pid, process.state.clone()));
        Outcome { report: self.report(), states: states.collect(), error, stopped }
    }
}
