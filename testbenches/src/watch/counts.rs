//! Runs of which only the counts are known, each when it has ended.

use super::snapshot::{PortRate, Snapshot, Walks};

/// What was counted in all runs until now. `count` finds a counter by its name in reports; one that
/// no run has is not shown.
pub fn of_counts(count: impl Fn(&str) -> Option<u64>) -> Snapshot {
    let list = |names: &[(&'static str, &'static str)]| {
        names.iter().filter_map(|(shown, name)| Some((*shown, count(name)?))).collect()
    };
    let port = |name, hits: &str, misses: &str| {
        Some(PortRate { name, hits: count(hits)?, misses: count(misses)? })
    };
    let ports =
        [port("fetch", "fetch_hits", "fetch_misses"), port("data", "data_hits", "data_misses")];
    let walks = count("walks").zip(count("pte_reads")).map(|(walks, entries)| Walks {
        walks,
        entries,
        updates: count("pte_updates").unwrap_or(0),
        l2_hits: count("l2_hits").filter(|hits| *hits > 0),
        cache_hits: count("walk_cache_hits").filter(|hits| *hits > 0),
    });
    Snapshot {
        instructions: count("instructions").filter(|count| *count > 0),
        ports: ports.into_iter().flatten().collect(),
        walks,
        faults: list(&[
            ("minor page faults", "minor_faults"),
            ("major page faults", "major_faults"),
            ("copy on write", "cow_faults"),
            ("A or D by software", "ad_faults"),
            ("protection faults", "protection_faults"),
        ]),
        faults_in_all: count("page_faults"),
        fences: list(&[("sfence.vma, all forms", "fences")]),
        other: list(&[
            ("evictions", "evictions"),
            ("swapped in", "swap_ins"),
            ("swapped out", "swap_outs"),
            ("pages copied", "cow_copies"),
            ("killed, out of memory", "oom_kills"),
        ]),
        ..Snapshot::default()
    }
}

/// Every counter that [`of_counts`] asks for.
pub(crate) const COUNTS: [&str; 22] = [
    "fetch_hits",
    "fetch_misses",
    "data_hits",
    "data_misses",
    "walks",
    "pte_reads",
    "pte_updates",
    "l2_hits",
    "walk_cache_hits",
    "instructions",
    "minor_faults",
    "major_faults",
    "cow_faults",
    "ad_faults",
    "protection_faults",
    "page_faults",
    "fences",
    "evictions",
    "swap_ins",
    "swap_outs",
    "cow_copies",
    "oom_kills",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_of_counters_is_that_of_the_snapshot() {
        let asked = RefCell::new(BTreeSet::new());
        let snapshot = of_counts(|name| {
            asked.borrow_mut().insert(name.to_owned());
            Some(3)
        });
        let listed: BTreeSet<String> = COUNTS.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!((snapshot.ports.len(), asked.into_inner()), (2, listed));
    }

    #[test]
    fn what_no_run_counts_is_not_shown() {
        assert_eq!(of_counts(|_| None), Snapshot::default());
    }
}
