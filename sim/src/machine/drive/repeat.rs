//! Time skip: cycles that can only be as the last one are counted, not made.
//!
//! While the hardware is quiescent and the same is presented to it, each cycle is the last one
//! over again, until memory answers or someone presents something else. Nothing in such a cycle
//! is lost: no request is taken, nothing is answered, no event is counted, so that checker and
//! counters have nothing to do but to let the time pass; observers are told of each cycle.

use super::{Drive, Pins};
use crate::mmu::{Inputs, Outputs, Port};

impl Drive {
    /// Lets up to `limit` cycles pass, as far as each is known to be as the last one if `pins`
    /// are presented in it; returns how many did. What would take part in these cycles besides
    /// the MMU and its memory has to be as in the last one; that is the caller's to know.
    pub fn repeat(&mut self, pins: &Pins, limit: u64) -> u64 {
        if !self.skips || !self.mmu.is_quiescent() || !self.rests(pins) {
            return 0;
        }
        let now = self.now;
        let due = self.walker.next_response().map_or(limit, |due| due.saturating_sub(now));
        let limit = limit.min(due).min(self.watch.patience(now));
        let mut passed = 0;
        while passed < limit && self.repeats_at(now + passed) {
            passed += 1;
        }
        self.account(passed);
        self.now += passed;
        self.repeated += passed;
        passed
    }

    /// Cycles so far that were counted instead of made.
    pub fn skipped(&self) -> u64 {
        self.repeated
    }

    /// Whether the last cycle was one of pure waiting, and `pins` leave its inputs as they were.
    fn rests(&self, pins: &Pins) -> bool {
        let (inputs, outputs) = (&self.last_inputs, &self.last_outputs);
        let same = Inputs {
            reset: pins.reset,
            satp: self.satp,
            adue: self.adue,
            requests: pins.requests,
            fence: pins.fence,
            memory_ready: inputs.memory_ready,
            memory: None,
            fault_ready: pins.fault_ready,
        } == *inputs;
        let taken = Port::ALL.iter().any(|&port| inputs.accepted(port, outputs).is_some())
            || inputs.accepted_fence(outputs).is_some();
        let Outputs { responses, memory, .. } = outputs;
        let silent = responses.values().all(Option::is_none) && memory.is_none();
        let eventless = outputs.events.is_empty();
        same && !inputs.reset && !inputs.fault_ready && !taken && silent && eventless
    }

    /// Whether the walker's bus is ready, which it is asked once in a cycle.
    pub(super) fn is_ready(&mut self, cycle: u64) -> bool {
        match self.ready {
            Some((asked, ready)) if asked == cycle => ready,
            _ => {
                let ready = self.walker.ready(cycle);
                self.ready = Some((cycle, ready));
                ready
            }
        }
    }

    /// Whether the world around the pins is in this cycle as it was in the last one; if so,
    /// observers are told of it.
    fn repeats_at(&mut self, cycle: u64) -> bool {
        let wanted = self.observers.iter().any(|observer| observer.wants_signals(cycle));
        let observed = self.observers.is_empty() || wanted == self.watched;
        if !observed || self.is_ready(cycle) != self.last_inputs.memory_ready {
            return false;
        }
        for observer in &mut self.observers {
            let (inputs, outputs) = (&self.last_inputs, &self.last_outputs);
            observer.on_cycle(cycle, inputs, outputs, self.mmu.as_ref(), &self.world);
        }
        true
    }
}
