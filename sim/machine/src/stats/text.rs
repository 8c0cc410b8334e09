//! The report as aligned text; each group begins with a line that explains it.

use super::{
    LatencySummary, LevelReport, ProcessReport, Report, SchedulingReport, Section, SizeReport,
};
use crate::cpu::ASSUMED;
use kernel::State;
use model::count::Group;
use std::fmt::{self, Display, Formatter};

/// Width of the name column.
const NAME: usize = 30;
/// Width of the number columns.
const NUMBER: usize = 14;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let oracle = if self.policy_is_oracle { ", an oracle that hardware cannot be" } else { "" };
        writeln!(
            f,
            "MMU {}, {}; {}; kernel: pages replaced by {}{oracle}; seed {}",
            self.mmu, self.mode, self.tlbs, self.policy, self.seed
        )?;
        self.notes.iter().try_for_each(|note| writeln!(f, "note  {note}"))?;
        self.traces(f)?;
        self.total.fmt(f)?;
        let memory = &self.memory;
        heading(f, "memory", "frames of 4096 bytes; page tables are pages too")?;
        count(f, "frames_total", memory.frames_total)?;
        count(f, "frames_kernel", memory.frames_kernel)?;
        count(f, "frames_free", memory.frames_free)?;
        count(f, "peak_frames", memory.peak_frames)?;
        count(f, "nr_page_table_pages", memory.nr_page_table_pages)?;
        count(f, "page_table_bytes", memory.page_table_bytes)?;
        count(f, "peak_swap_slots", memory.peak_swap_slots.into())?;
        self.scheduling.fmt(f)?;
        if let Some(cache) = &self.cache {
            heading(f, "cache", &cache.about())?;
            cache.table().iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        }
        heading(f, "processes", "each with its end, its accesses, and the faults that they took")?;
        for process in &self.processes {
            line(f, process)?;
        }
        heading(f, "checks", "every translation was compared with the specification's algorithm")?;
        count(f, "responses_checked", self.responses_checked)?;
        count(f, "responses_stale", self.responses_stale)
    }
}

impl Report {
    /// Printed only if a process ran a trace.
    fn traces(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut traces = self
            .processes
            .iter()
            .filter_map(|process| Some((process, process.trace_format?)))
            .peekable();
        if traces.peek().is_none() {
            return Ok(());
        }
        heading(f, "traces", "the formats that they were read in, and what these leave unknown")?;
        for (ProcessReport { pid, name, counts, .. }, format) in traces {
            write!(f, "  {pid:>3} {name:<16} {}", format.name())?;
            if !format.has_sizes() {
                write!(f, "; no sizes: each access is taken as {ASSUMED} bytes, aligned")?;
            }
            let accesses = &counts.accesses;
            if accesses.instructions == 0 && accesses.total() > 0 {
                write!(f, "; no fetches: misses per 1000 instructions cannot be known")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Display for Section {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "accesses", "one that crosses a page counts twice: it is two translations")?;
        counts(f, self.accesses.group(Group::Accesses))?;
        heading(f, "translation", "mpki: misses per 1000 instructions")?;
        for (name, port) in [("fetch", &self.fetch), ("data", &self.data)] {
            count(f, &format!("{name}.tlb_hits"), port.tlb_hits)?;
            count(f, &format!("{name}.tlb_misses"), port.tlb_misses)?;
            figure(f, &format!("{name}.miss_rate_percent"), port.miss_rate * 100.0)?;
            if let Some(mpki) = port.tlb_mpki {
                figure(f, &format!("{name}.tlb_mpki"), mpki)?;
            }
        }
        heading(
            f,
            "walks",
            "a miss reads one page-table entry a level; latency in cycles, p50 and p99 to 3 digits",
        )?;
        count(f, "walks", self.mmu.walks)?;
        count(f, "pte_reads", self.mmu.pte_reads)?;
        figure(f, "pte_reads_per_walk", self.pte_reads_per_walk)?;
        count(f, "pte_updates", self.mmu.pte_updates)?;
        count(f, "fences", self.mmu.fences)?;
        distribution(f, "walk_latency", &self.walk_latency)?;
        self.traced(f)?;
        self.faults(f)?;
        self.sharing(f)?;
        self.calls(f)?;
        self.time(f)
    }
}

impl Section {
    /// Printed only if the MMU has trace pins.
    fn traced(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(trace) = &self.trace else { return Ok(()) };
        heading(f, "answers by page size", "bytes of the page: from TLB, second level, walk")?;
        for SizeReport { page_bytes, tlb, l2, walk } in &trace.answers_by_page_size {
            writeln!(f, "  {page_bytes:<NAME$}{tlb:>NUMBER$}{l2:>NUMBER$}{walk:>NUMBER$}")?;
        }
        heading(f, "walks by first level", "the level of the table at which they began")?;
        for LevelReport { level, walks } in &trace.walks_by_first_level {
            count(f, &level.to_string(), *walks)?;
        }
        if trace.faults_by_reason.is_empty() {
            return Ok(());
        }
        heading(f, "faults by reason", "of both ports, as the MMU reports them")?;
        counts(f, trace.faults_by_reason.iter().map(|(reason, count)| (*reason, *count)))
    }

    fn faults(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "faults", "minor: no disk needed; major: the page came from the disk")?;
        counts(f, self.faults.group(Group::Faults))?;
        distribution(f, "fault_latency", &self.fault_latency)
    }

    /// Printed only if something happened: most programs share nothing.
    fn sharing(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut happened = self.faults.group(Group::Sharing).filter(|(_, n)| *n > 0).peekable();
        if happened.peek().is_none() {
            return Ok(());
        }
        heading(f, "sharing", "pages that were not copied, read or made again; and what failed")?;
        counts(f, happened)
    }

    /// Printed only if the kernel accessed a process's memory.
    fn calls(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.faults.user_copies == 0 {
            return Ok(());
        }
        heading(
            f,
            "user copies",
            "the kernel in the process's memory, through the MMU, in S-mode",
        )?;
        counts(f, self.faults.group(Group::UserCopies))?;
        counts(f, self.accesses.group(Group::UserCopies))
    }

    fn time(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(
            f,
            "cycles",
            "where the time went; ideal: had translation and kernel cost nothing",
        )?;
        for (name, spent) in self.cycles.group(Group::Cycles) {
            if name == "user_copy" && spent == 0 {
                continue;
            }
            let share = spent as f64 * 100.0 / self.cycles_total.max(1) as f64;
            writeln!(f, "  {name:<NAME$}{spent:>NUMBER$}  {share:5.1} %")?;
        }
        count(f, "total", self.cycles_total)?;
        figure(f, "effective_access_time", self.effective_access_time)?;
        figure(f, "average_memory_access_time", self.average_memory_access_time)?;
        figure(f, "ideal_access_time", self.ideal_access_time)
    }
}

impl Display for SchedulingReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "scheduling", "turnaround: from arrival to end; waiting: in the ready queue")?;
        figure(f, "cpu_utilisation_percent", self.cpu_utilisation * 100.0)?;
        figure(f, "user_utilisation_percent", self.user_utilisation * 100.0)?;
        figure(f, "throughput (per 10^6 cycles)", self.throughput)?;
        distribution(f, "turnaround", &self.turnaround)?;
        distribution(f, "waiting", &self.waiting)?;
        count(f, "suspensions", self.suspensions)?;
        count(f, "disk_reads", self.disk_reads)?;
        count(f, "disk_writes", self.disk_writes)?;
        figure(f, "disk_utilisation_percent", self.disk_utilisation * 100.0)?;
        distribution(f, "disk_latency", &self.disk_latency)
    }
}

fn heading(f: &mut Formatter<'_>, name: &str, lesson: &str) -> fmt::Result {
    writeln!(f, "\n{name}  ({lesson})")
}

fn count(f: &mut Formatter<'_>, name: &str, value: u64) -> fmt::Result {
    writeln!(f, "  {name:<NAME$}{value:>NUMBER$}")
}

fn counts(
    f: &mut Formatter<'_>,
    mut all: impl Iterator<Item = (&'static str, u64)>,
) -> fmt::Result {
    all.try_for_each(|(name, value)| count(f, name, value))
}

fn figure(f: &mut Formatter<'_>, name: &str, value: f64) -> fmt::Result {
    writeln!(f, "  {name:<NAME$}{value:>NUMBER$.3}")
}

fn distribution(f: &mut Formatter<'_>, name: &str, latency: &LatencySummary) -> fmt::Result {
    let LatencySummary { count: occurred, min, p50, p99, max, mean } = *latency;
    if occurred == 0 {
        return Ok(());
    }
    writeln!(f, "  {name:<NAME$}min {min}, p50 {p50}, p99 {p99}, max {max}, mean {mean:.1}")
}

fn line(f: &mut Formatter<'_>, process: &ProcessReport) -> fmt::Result {
    let ProcessReport { pid, name, counts, .. } = process;
    let end = match &process.state {
        State::Runnable => "not finished".to_owned(),
        State::Exited => "exited".to_owned(),
        State::Killed { death } => format!("killed, {death}"),
    };
    writeln!(
        f,
        "  {pid:>3} {name:<16} {end}; {} accesses, {} minor and {} major faults, at most {} frames, \
         {} bytes of page tables",
        counts.accesses.total(),
        counts.faults.minor_faults,
        counts.faults.major_faults,
        process.peak_resident_frames,
        process.page_table_bytes
    )
}
