//! The fast path: cycles in which nothing happens but hits.
//!
//! In a long run most cycles are of this kind: each port that asks is answered at once, while no
//! walk, fence or fault is to be seen. Such a cycle tests what every cycle tests, without what
//! else a cycle may have to do: the outputs are those of hits and of nothing else
//! ([`Inputs::only_hit`](model::mmu::Inputs::only_hit)), the checker knows each answer to be right,
//! and what is counted is what is counted for hits. A cycle that turns out to be another one goes
//! the usual way from there on.

use super::Board;
use super::error::StepError;
use super::hart::{Hart, HartId};
use super::initiator::{Initiator, Transaction};
use crate::stats::Meter;
use model::bus::SharedMemory;
use model::mmu::{PerPort, Request};

impl Hart {
    /// Whether only requests can make the next cycle differ from one in which nothing happens:
    /// the walker has asked nothing of memory, nothing is presented or under way, and the
    /// registers are those of the last cycle.
    #[inline]
    pub(super) fn is_calm(&self) -> bool {
        self.calm && self.satp == self.inputs.satp && self.adue == self.inputs.adue
    }

    /// Whether the cycle that was just made leaves the hart calm, as far as [`Hart::is_calm`] does
    /// not ask itself.
    pub(super) fn calms(&self) -> bool {
        let inputs = &self.inputs;
        let still = !inputs.reset && !inputs.fault_ready && inputs.fence.is_none();
        let memory = self.prompt && inputs.memory_ready && inputs.memory.is_none();
        still && memory && self.walks == 0 && self.tracker.is_idle()
    }

    /// Makes the next cycle of a calm hart, which nobody looks at; `true` if there was nothing in
    /// it but hits. Otherwise it is as far as after [`Hart::settle`].
    #[inline]
    pub(super) fn hits<I: Initiator + ?Sized>(
        &mut self,
        now: u64,
        initiator: &mut I,
        memory: &SharedMemory,
        meter: &mut Meter,
    ) -> bool {
        self.tracker.take(now, initiator);
        if self.tracker.fence().is_some() || initiator.resets() || initiator.takes_fault() {
            self.settle(now, initiator);
            return false;
        }
        self.inputs.requests = self.tracker.requests();
        if !self.only_hits(memory, meter) {
            return false;
        }
        self.tracker.forget();
        for (port, request) in self.inputs.requests {
            if let (Some(request), Some(response)) = (request, self.outputs.responses[port]) {
                initiator.answered(&Transaction {
                    port,
                    request,
                    response,
                    presented: now,
                    accepted: now,
                    answered: now,
                    hit: Some(true),
                });
            }
        }
        true
    }

    /// The next cycle of a calm hart, with the requests that its inputs have. If there was
    /// nothing in it but hits, each of them right, they are counted.
    #[inline]
    fn only_hits(&mut self, memory: &SharedMemory, meter: &mut Meter) -> bool {
        if !self.mmu.cycle_of_requests(&self.inputs, &mut self.outputs) || !self.are_right(memory) {
            return false;
        }
        let mut requests = 0;
        let counters = &mut meter.current().mmu;
        for (port, request) in self.inputs.requests.iter() {
            if request.is_some() {
                requests += 1;
                counters.hit(port);
            }
        }
        self.checker.passed(self.satp, requests);
        true
    }

    /// Whether translation applies to every request, and the checker knows its answer.
    #[inline]
    fn are_right(&self, memory: &SharedMemory) -> bool {
        let right = |request: &Request, response| {
            let (satp, adue) = (self.satp, self.adue);
            self.tracker.translates(request)
                && self.checker.knows(satp, adue, request, response, memory)
        };
        let PerPort(requests) = &self.inputs.requests;
        let PerPort(responses) = &self.outputs.responses;
        let answered = requests.iter().zip(responses);
        let mut answered = answered
            .filter_map(|(request, response)| request.as_ref().map(|request| (request, response)));
        answered.all(|(request, response)| {
            response.as_ref().is_some_and(|response| right(request, response))
        })
    }
}

/// Cycles of a board with one hart, for whoever makes many of them: [`Board::hits`], and where
/// that was something else, [`Board::finish`].
impl Board {
    /// Whether [`Board::hits`] may make the next cycle: nobody looks on, and nothing but requests
    /// can make it differ from a cycle in which nothing happens.
    #[inline]
    pub(crate) fn is_calm(&self) -> bool {
        let alone = self.fast && self.observers.is_empty();
        matches!(&self.harts[..], [hart] if alone && hart.is_calm())
    }

    /// A cycle with these requests, of a calm board. The addresses if each was answered at once,
    /// as it should be, and nothing else happened. Otherwise the cycle is not over.
    #[inline]
    pub(crate) fn hits(
        &mut self,
        requests: PerPort<Option<Request>>,
    ) -> Option<PerPort<Option<u64>>> {
        let hart = &mut self.harts[0];
        hart.inputs.requests = requests;
        if !hart.only_hits(&self.memory, &mut self.meter) {
            hart.tracker.present(requests, self.now);
            return None;
        }
        let addresses = hart.outputs.responses.map(|response| response?.ok());
        self.skipped_from = None;
        self.fast_cycles += 1;
        self.account(1);
        self.now += 1;
        Some(addresses)
    }

    /// Finishes a cycle that turned out to be no cycle of hits.
    ///
    /// # Errors
    /// As [`Board::cycle`].
    pub(crate) fn finish<I: Initiator>(
        &mut self,
        hart: HartId,
        initiator: &mut I,
    ) -> Result<(), StepError> {
        self.tell_skip();
        let verdict = self.follow(hart, initiator);
        self.account(1);
        self.now += 1;
        verdict
    }
}
