//! The walker's path to memory in a scenario: latency, refusals, cycles without ready.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use model::bus::{Channel, FixedLatency, Request, Response, SharedMemory};

/// Its counters and refusals; the bench holds the other handle.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// Entries that cannot be read.
    pub(super) unreadable: BTreeSet<u64>,
    /// Entries that can be read but not swapped.
    pub(super) unwritable: BTreeSet<u64>,
    /// Reads accepted so far.
    pub(super) reads: u64,
    /// Compare-and-swaps that wrote so far.
    pub(super) updates: u64,
    /// Entries found in lines so far, and those of them that were read again.
    pub(super) lines: u64,
    pub(super) doubts: u64,
}

/// The channel.
pub(super) struct WalkerBus {
    inner: FixedLatency,
    control: Rc<RefCell<Control>>,
    ready_every: u64,
}

impl WalkerBus {
    /// A channel to `memory` that accepts in every `ready_every`-th cycle.
    pub(super) fn new(
        memory: SharedMemory,
        latency: u64,
        ready_every: u64,
        control: Rc<RefCell<Control>>,
    ) -> WalkerBus {
        let ready_every = ready_every.max(1);
        WalkerBus { inner: FixedLatency::new(memory, latency), control, ready_every }
    }
}

impl Channel for WalkerBus {
    fn ready(&mut self, now: u64) -> bool {
        now.is_multiple_of(self.ready_every) && self.inner.ready(now)
    }

    fn submit(&mut self, now: u64, request: Request) {
        let mut control = self.control.borrow_mut();
        let (pa, refused) = match request {
            Request::Read { pa, .. } => {
                control.reads += 1;
                (pa, control.unreadable.contains(&pa))
            }
            Request::Write { pa, .. } | Request::CompareSwap { pa, .. } => {
                let refused = control.unreadable.contains(&pa) || control.unwritable.contains(&pa);
                (pa, refused)
            }
        };
        // Every memory refuses a read of no bytes; its answer keeps its place in the order.
        let request = if refused { Request::Read { pa, bytes: 0 } } else { request };
        self.inner.submit(now, request);
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        let response = self.inner.poll(now)?;
        self.control.borrow_mut().updates += u64::from(response.swapped);
        Some(response)
    }

    fn next_response(&self) -> Option<u64> {
        self.inner.next_response()
    }

    /// A line has no other words that could not be read.
    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        let control = self.control.borrow();
        let mut refused = control.unreadable.range(pa & !63..=pa | 63);
        if refused.any(|other| *other != pa) { None } else { self.inner.line(pa) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bus(latency: u64, ready_every: u64) -> (SharedMemory, Rc<RefCell<Control>>, WalkerBus) {
        let memory = SharedMemory::with_ram(0..0x10_000).expect("whole pages");
        let control = Rc::new(RefCell::new(Control::default()));
        let bus = WalkerBus::new(memory.clone(), latency, ready_every, control.clone());
        (memory, control, bus)
    }

    #[test]
    fn a_read_is_answered_after_exactly_the_latency() {
        let (memory, control, mut bus) = bus(3, 2);
        memory.write(0x1000, 8, 7).expect("in RAM");
        assert!(bus.ready(4) && !bus.ready(5));
        bus.submit(4, Request::Read { pa: 0x1000, bytes: 8 });
        memory.write(0x1000, 8, 8).expect("in RAM");
        assert_eq!(bus.poll(6), None);
        assert_eq!(bus.poll(7).map(|r| (r.value, r.error)), Some((7, false)));
        assert_eq!(control.borrow().reads, 1);
    }

    #[test]
    fn refusals_distinguish_reads_from_updates() {
        let (memory, control, mut bus) = bus(1, 1);
        memory.write(8, 8, 1).expect("in RAM");
        let swap = |expected| Request::CompareSwap { pa: 8, bytes: 8, expected, desired: 5 };
        control.borrow_mut().unwritable.insert(8);
        bus.submit(0, swap(1));
        assert_eq!(bus.poll(1).map(|r| (r.error, r.swapped)), Some((true, false)));
        bus.submit(1, Request::Read { pa: 8, bytes: 8 });
        assert_eq!(bus.poll(2).map(|r| (r.error, r.value)), Some((false, 1)));
        control.borrow_mut().unwritable.clear();
        bus.submit(2, swap(1));
        assert_eq!(bus.poll(3).map(|r| r.swapped), Some(true));
        assert_eq!((memory.peek(8, 8), control.borrow().updates), (Ok(5), 1));
    }
}
