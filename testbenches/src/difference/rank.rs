//! How important a figure is: times and rates first, then what they follow from, then the rest.

use std::cmp::Ordering;

use super::Row;

/// Ends of names, the most important first.
const FIRST: [&str; 18] = [
    "cycles",
    "total.effective_access_time",
    "total.average_memory_access_time",
    "total.data.tlb_mpki",
    "total.fetch.tlb_mpki",
    "total.data.tlb_misses",
    "total.fetch.tlb_misses",
    "total.cycles.walk_stall",
    "total.mmu.walks",
    "total.mmu.pte_reads",
    "total.walk_latency.mean",
    "total.faults.major_faults",
    "total.faults.minor_faults",
    "total.faults.evictions",
    "total.faults.swap_outs",
    "total.cycles.handler",
    "total.cycles.disk",
    "memory.peak_frames",
];

/// The rest, by the beginnings of their names.
const GROUPS: [&str; 8] = [
    "total.cycles",
    "total.mmu",
    "total.faults",
    "events.",
    "total.",
    "memory.",
    "scheduling.",
    "processes.",
];

/// The place of a figure among the others.
pub(super) fn order(row: &Row) -> usize {
    let name = row.figure.as_str();
    if let Some(at) = FIRST.iter().position(|first| *first == name) {
        return at;
    }
    let group = GROUPS.iter().position(|group| name.starts_with(group));
    FIRST.len() + group.unwrap_or(GROUPS.len())
}

/// The larger relative difference first; what has none before that, as it is new or gone.
pub(super) fn by_size(a: &Row, b: &Row) -> Ordering {
    let size = |row: &Row| row.relative.map_or(f64::INFINITY, f64::abs);
    size(b).total_cmp(&size(a)).then_with(|| a.figure.cmp(&b.figure))
}
