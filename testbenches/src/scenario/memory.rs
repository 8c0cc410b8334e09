//! The walker's memory: page-table entries, a latency, refusals.
//!
//! Entries that nothing wrote read as 0. Requests are answered in order, L cycles after they were
//! accepted; what a read returns is decided at its acceptance.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sim::golden::{BusError, PteSource};
use sim::mmu::{MemoryRequest, MemoryResponse};

/// Memory as the walker sees it.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    entries: BTreeMap<u64, u64>,
    latency: u64,
    ready_every: u64,
    unreadable: BTreeSet<u64>,
    unwritable: BTreeSet<u64>,
    pending: VecDeque<(u64, MemoryResponse)>,
    reads: u64,
    updates: u64,
}

impl Memory {
    /// Empty memory. It accepts in every `ready_every`-th cycle; both numbers are at least 1.
    pub(super) fn new(latency: u64, ready_every: u64) -> Memory {
        Memory {
            entries: BTreeMap::new(),
            latency: latency.max(1),
            ready_every: ready_every.max(1),
            unreadable: BTreeSet::new(),
            unwritable: BTreeSet::new(),
            pending: VecDeque::new(),
            reads: 0,
            updates: 0,
        }
    }

    /// The entry at an aligned address.
    pub(super) fn get(&self, pa: u64) -> u64 {
        self.entries.get(&pa).copied().unwrap_or(0)
    }

    /// Software writes an entry.
    pub(super) fn set(&mut self, pa: u64, value: u64) {
        self.entries.insert(pa, value);
    }

    /// From now on nothing answers a read at `pa`.
    pub(super) fn refuse_reads(&mut self, pa: u64) {
        self.unreadable.insert(pa);
    }

    /// From now on a compare-and-swap at `pa` is refused; reads go on.
    pub(super) fn refuse_updates(&mut self, pa: u64) {
        self.unwritable.insert(pa);
    }

    /// Everything answers again.
    pub(super) fn repair(&mut self) {
        self.unreadable.clear();
        self.unwritable.clear();
    }

    /// Reads accepted so far.
    pub(super) fn reads(&self) -> u64 {
        self.reads
    }

    /// Compare-and-swaps that wrote so far.
    pub(super) fn updates(&self) -> u64 {
        self.updates
    }

    /// Whether a request presented in this cycle is accepted.
    pub(super) fn ready(&self, now: u64) -> bool {
        now.is_multiple_of(self.ready_every)
    }

    /// The response that arrives in this cycle.
    pub(super) fn poll(&mut self, now: u64) -> Option<MemoryResponse> {
        let (due, _) = self.pending.front()?;
        if *due > now { None } else { self.pending.pop_front().map(|(_, response)| response) }
    }

    /// Takes over a request in a cycle in which memory is ready.
    pub(super) fn submit(&mut self, now: u64, request: MemoryRequest) {
        let response = match request {
            MemoryRequest::Read { pa } => {
                self.reads += 1;
                let error = self.unreadable.contains(&pa);
                let data = if error { 0 } else { self.get(pa) };
                MemoryResponse { data, error, swapped: false }
            }
            MemoryRequest::CompareSwap { pa, expected, desired } => {
                let error = self.unreadable.contains(&pa) || self.unwritable.contains(&pa);
                let data = if error { 0 } else { self.get(pa) };
                let swapped = !error && data == expected;
                if swapped {
                    self.updates += 1;
                    self.set(pa, desired);
                }
                MemoryResponse { data, error, swapped }
            }
        };
        self.pending.push_back((now + self.latency, response));
    }
}

impl PteSource for Memory {
    fn read(&self, pa: u64, _bytes: u64) -> Result<u64, BusError> {
        if self.unreadable.contains(&pa) { Err(BusError) } else { Ok(self.get(pa)) }
    }

    fn writable(&self, pa: u64, _bytes: u64) -> bool {
        !self.unreadable.contains(&pa) && !self.unwritable.contains(&pa)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_is_answered_after_exactly_the_latency() {
        let mut memory = Memory::new(3, 2);
        memory.set(0x1000, 7);
        assert!(memory.ready(4) && !memory.ready(5));
        memory.submit(4, MemoryRequest::Read { pa: 0x1000 });
        memory.set(0x1000, 8);
        assert_eq!(memory.poll(6), None);
        assert_eq!(memory.poll(7).map(|r| (r.data, r.error)), Some((7, false)));
        assert_eq!(memory.poll(8), None);
    }

    #[test]
    fn a_swap_writes_only_over_the_expected_entry() {
        let mut memory = Memory::new(1, 1);
        memory.set(8, 1);
        let swap = |expected| MemoryRequest::CompareSwap { pa: 8, expected, desired: 5 };
        memory.submit(0, swap(2));
        assert_eq!(memory.poll(1).map(|r| (r.data, r.swapped)), Some((1, false)));
        memory.submit(1, swap(1));
        assert_eq!(memory.poll(2).map(|r| r.swapped), Some(true));
        assert_eq!((memory.get(8), memory.updates()), (5, 1));
        memory.refuse_updates(8);
        memory.submit(2, swap(5));
        assert_eq!(memory.poll(3).map(|r| (r.error, r.swapped)), Some((true, false)));
    }
}
