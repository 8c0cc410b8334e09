//! The report of a run: the counts, and what is derived from them.

use super::{
    AccessCounters, CycleCounters, LatencySummary, MmuCounters, OsCounters, SchedulingReport,
    Tally, TraceReport,
};
use crate::cpu::Format;
use kernel::{State, Times};
use model::cache::CacheReport;
use model::isa::Xlen;
use model::mmu::{Port, Pulse};
use serde::Serialize;

/// One TLB port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct TlbReport {
    /// Translations answered from the TLB.
    pub tlb_hits: u64,
    /// Translations that needed the walker.
    pub tlb_misses: u64,
    /// Misses per translation, 0 to 1.
    pub miss_rate: f64,
    /// Misses per 1000 instructions; `None` for a program without fetches.
    pub tlb_mpki: Option<f64>,
}

/// The figures of one process, or of all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// Completed accesses by kind.
    pub accesses: AccessCounters,
    /// The fetch port.
    pub fetch: TlbReport,
    /// The data port.
    pub data: TlbReport,
    /// Everything that the MMU reported.
    pub mmu: MmuCounters,
    /// What its trace pins told; `None` if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceReport>,
    /// Page-table entries read per walk: 1 to the number of levels.
    pub pte_reads_per_walk: f64,
    /// Walk cycles: from acceptance of a missing request to its answer.
    pub walk_latency: LatencySummary,
    /// Cycles spent only waiting for a walk, per instruction.
    pub wcpi: Option<f64>,
    /// Everything that the operating system did.
    pub faults: OsCounters,
    /// Cycles from the entry of a trap to its end.
    pub fault_latency: LatencySummary,
    /// What the cycles were spent on.
    pub cycles: CycleCounters,
    /// All cycles.
    pub cycles_total: u64,
    /// Cycles per access, everything included.
    pub effective_access_time: f64,
    /// Cycles per access without the kernel's work and the disk's: translation and memory
    /// (AMAT).
    pub average_memory_access_time: f64,
    /// Cycles per access if translation, kernel and disk cost nothing: issue cycles only.
    pub ideal_access_time: f64,
}

impl Section {
    /// Derives everything from the counts. `traced` is the width of an MMU with trace pins.
    pub fn new(tally: &Tally, faults: OsCounters, traced: Option<Xlen>) -> Section {
        let (mmu, accesses, cycles) = (tally.mmu, tally.accesses, tally.cycles);
        let instructions = accesses.instructions;
        let per_instruction =
            |count: u64| (instructions > 0).then(|| count as f64 / instructions as f64);
        let report = |port: Port| {
            let (hits, misses) = (mmu.of(Pulse::hit(port)), mmu.of(Pulse::miss(port)));
            TlbReport {
                tlb_hits: hits,
                tlb_misses: misses,
                miss_rate: ratio(misses, hits + misses),
                tlb_mpki: per_instruction(misses).map(|misses| misses * 1000.0),
            }
        };
        Section {
            fetch: report(Port::Fetch),
            data: report(Port::Data),
            trace: traced.map(|xlen| tally.trace.report(xlen)),
            pte_reads_per_walk: ratio(mmu.pte_reads, mmu.walks),
            walk_latency: tally.walk_latency.summary(),
            wcpi: per_instruction(cycles.walk_stall),
            fault_latency: tally.fault_latency.summary(),
            cycles_total: cycles.total(),
            effective_access_time: ratio(cycles.total(), accesses.total()),
            average_memory_access_time: ratio(cycles.issue + cycles.walk_stall, accesses.total()),
            ideal_access_time: ratio(cycles.issue, accesses.total()),
            accesses,
            mmu,
            faults,
            cycles,
        }
    }
}

/// A quotient, 0 where there is nothing to divide by.
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProcessReport {
    /// Its number.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// The program that it started with.
    pub program: String,
    /// The format of the trace that it ran; `None` if it ran none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_format: Option<Format>,
    /// Its state at the end.
    #[serde(flatten)]
    pub state: State,
    /// Its counts.
    pub counts: Section,
    /// The most frames that its pages ever held (its peak resident set).
    pub peak_resident_frames: u64,
    /// The most bytes that its page tables ever took.
    pub page_table_bytes: u64,
    /// The times of its arrival and end, and of its waiting.
    pub times: Times,
    /// Cycles from its arrival to its end; `None` before its end.
    pub turnaround: Option<u64>,
    /// Cycles from its arrival to its first turn.
    pub response: Option<u64>,
}

/// Physical memory and swap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MemoryReport {
    /// Frames in all.
    pub frames_total: u64,
    /// Those reserved for the kernel.
    pub frames_kernel: u64,
    /// Free at the end.
    pub frames_free: u64,
    /// The most that pages and page tables together ever held.
    pub peak_frames: u64,
    /// The most page-table pages at a time.
    pub nr_page_table_pages: u64,
    /// The most bytes of page tables at a time.
    pub page_table_bytes: u64,
    /// Slots of the swap device.
    pub swap_slots: u32,
    /// The most slots in use at a time.
    pub peak_swap_slots: u32,
}

/// Everything about a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The MMU's configuration.
    pub mmu: String,
    /// Lines of each TLB.
    pub tlb_entries: usize,
    /// Entries times the page size: the memory that a TLB covers, in bytes.
    pub tlb_reach_bytes: u64,
    /// The TLBs in words: lines, sets, and how lines are replaced.
    #[serde(skip)]
    pub tlbs: String,
    /// How lines of the TLBs are replaced.
    pub tlb_replacement: String,
    /// Lines in each of their sets; 0 if they are fully associative.
    pub tlb_ways: usize,
    /// The translation scheme.
    pub mode: &'static str,
    /// The kernel's policy of page replacement.
    pub policy: &'static str,
    /// It is an oracle: it uses information that hardware does not provide.
    pub policy_is_oracle: bool,
    /// The seed of everything random.
    pub seed: u64,
    /// What was asked for and could have no effect in this run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Cycles from the boot to the end.
    pub cycles: u64,
    /// Responses that the golden model checked.
    pub responses_checked: u64,
    /// Those of them that were legal only because no fence had ordered an older table's change.
    pub responses_stale: u64,
    /// All processes, and the kernel's own time.
    pub total: Section,
    /// Each process, by number.
    pub processes: Vec<ProcessReport>,
    /// Physical memory and swap.
    pub memory: MemoryReport,
    /// The processor, the disk, and how long processes took.
    pub scheduling: SchedulingReport,
    /// The model of a cache; `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheReport>,
}
