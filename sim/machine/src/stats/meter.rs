//! Counters during a run.

use super::{AccessCounters, CODES as SIZES, CycleCounters, Latency, MmuCounters, TraceCounters};
use model::mmu::{Events, Outputs, Port};
use serde::{Deserialize, Serialize};

/// The counters of one process, or of the time between processes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// The MMU's.
    pub mmu: MmuCounters,
    /// What its trace pins told.
    pub trace: TraceCounters,
    /// The program's.
    pub accesses: AccessCounters,
    /// What the cycles were spent on.
    pub cycles: CycleCounters,
    /// From a missing request's acceptance to its response, in cycles.
    pub walk_latency: Latency,
    /// From a trap's entry to the process's next access, in cycles.
    pub fault_latency: Latency,
}

impl Tally {
    /// Adds another's counts.
    pub fn add(&mut self, other: &Tally) {
        self.mmu += other.mmu;
        self.trace += other.trace;
        self.accesses += other.accesses;
        self.cycles += other.cycles;
        self.walk_latency.add(&other.walk_latency);
        self.fault_latency.add(&other.fault_latency);
    }
}

/// The tallies of a run; one of them is current.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meter {
    tallies: Vec<Tally>,
    current: usize,
}

impl Default for Meter {
    fn default() -> Self {
        Meter { tallies: vec![Tally::default()], current: 0 }
    }
}

impl Meter {
    /// Counts for process `pid` from now on; for no process in particular with 0.
    pub fn select(&mut self, pid: u32) {
        self.current = pid as usize;
        if self.current >= self.tallies.len() {
            self.tallies.resize_with(self.current + 1, Tally::default);
        }
    }

    /// The current tally.
    pub fn current(&mut self) -> &mut Tally {
        &mut self.tallies[self.current]
    }

    /// The tally of a process, if anything was counted for it.
    pub fn of(&self, pid: u32) -> Option<&Tally> {
        self.tallies.get(pid as usize)
    }

    /// Every tally.
    pub fn tallies(&self) -> impl Iterator<Item = &Tally> {
        self.tallies.iter()
    }

    /// Instructions of all processes.
    pub fn instructions(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.accesses.instructions).sum()
    }

    /// All tallies added up.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.tallies.iter().for_each(|tally| total.add(tally));
        total
    }

    /// A port accepted a request.
    pub fn accepted(&mut self, port: Port, translated: bool, canonical: bool) {
        let mmu = &mut self.current().mmu;
        *mmu.requests(port) += 1;
        mmu.translated += u64::from(translated);
        mmu.non_canonical += u64::from(translated && !canonical);
    }

    /// A request that was not answered at once has its answer.
    pub fn walk_latency(&mut self, cycles: u64) {
        self.current().walk_latency.record(cycles);
    }

    /// Adds one cycle's events.
    pub fn events(&mut self, events: Events) {
        self.current().mmu.add(events);
    }

    /// Adds hits of which trace pins told, by the code of their page's size.
    pub(crate) fn traced_hits(&mut self, sizes: &[u64; SIZES]) {
        self.current().trace.hits(sizes);
    }

    /// Adds what the trace pins tell in one cycle.
    pub fn traced(&mut self, outputs: &Outputs) {
        let counters = &mut self.current().trace;
        for (port, traced) in outputs.trace.iter() {
            let answered = matches!(outputs.responses[port], Some(Ok(_)));
            counters.add(traced, answered.then_some(outputs.attributes[port].size));
        }
    }
}
