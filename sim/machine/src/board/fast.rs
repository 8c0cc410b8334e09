//! The fast path: cycles that contain only hits.
//!
//! Most cycles of a long run are of this kind: every request is answered at once, and there is no
//! walk, fence or fault. The same conditions are tested as in any other cycle, but without the work
//! that only other cycles need: the outputs are those of hits and nothing else
//! ([`Inputs::only_hit`](model::mmu::Inputs::only_hit)), the checker confirms each answer, and the
//! counters of hits advance. A cycle that turns out to be different is completed on the general
//! path.

use super::Board;
use super::error::{LAST_CYCLE, StepError};
use super::hart::{Hart, HartId};
use super::initiator::{Initiator, Transaction};
use crate::stats::Meter;
use model::bus::SharedMemory;
use model::mmu::{PerPort, Port, Request};

impl Hart {
    /// Whether only requests can make the next cycle differ from an idle one: the walker has no
    /// memory request outstanding, nothing is presented or in flight, and the registers are those
    /// of the last cycle.
    #[inline]
    pub(super) fn is_calm(&self) -> bool {
        self.calm && self.satp == self.inputs.satp && self.adue == self.inputs.adue
    }

    /// Whether the hart is calm after the cycle just simulated, as far as [`Hart::is_calm`] does
    /// not test it itself.
    pub(super) fn calms(&self) -> bool {
        let inputs = &self.inputs;
        let still = !inputs.reset && !inputs.fault_ready && inputs.fence.is_none();
        let memory = self.prompt && inputs.memory_ready && inputs.memory.is_none();
        still && memory && self.walks == 0 && self.tracker.is_idle()
    }

    /// Simulates the next cycle of a calm hart without observers; `true` if it contained only hits.
    /// Otherwise the cycle is in the state that [`Hart::settle`] leaves.
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
        if !self.only_hits(memory) {
            return false;
        }
        self.tracker.forget();
        let hits = self.inputs.requests.map(|request| u64::from(request.is_some()));
        self.count(hits, meter);
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

    /// Evaluates the next cycle of a calm hart with the requests in its inputs: whether it
    /// contained only hits, each of them correct.
    #[inline]
    fn only_hits(&mut self, memory: &SharedMemory) -> bool {
        self.mmu.cycle_of_requests(&self.inputs, &mut self.outputs)
            && self.is_right(Port::Fetch, memory)
            && self.is_right(Port::Data, memory)
    }

    /// Whether a port's request, if there is one, is translated and the checker confirms its
    /// answer.
    #[inline]
    fn is_right(&self, port: Port, memory: &SharedMemory) -> bool {
        match (&self.inputs.requests[port], self.outputs.responses[port]) {
            (None, _) => true,
            (Some(request), Some(Ok(pa))) => {
                self.tracker.translates(request)
                    && self.checker.knows(self.satp, self.adue, request, pa, memory)
            }
            (Some(_), _) => false,
        }
    }

    /// Counts hits that were correct.
    fn count(&mut self, hits: PerPort<u64>, meter: &mut Meter) {
        let counters = &mut meter.current().mmu;
        for (port, hits) in hits {
            counters.hit(port, hits);
        }
        self.checker.passed(self.satp, hits.values().sum());
    }
}

/// Consecutive cycles of hits on a board with one hart. Their counts are added at the end.
pub(crate) struct RunOfHits<'a> {
    board: &'a mut Board,
    cycles: u64,
    hits: PerPort<u64>,
}

impl RunOfHits<'_> {
    /// The number of the next cycle.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.board.now
    }

    /// One cycle with these requests. Returns the addresses if each was answered at once,
    /// correctly, and nothing else happened. Otherwise the cycle is not complete: end this run,
    /// then let [`Board::finish`] do the rest of it.
    #[inline]
    pub(crate) fn cycle(
        &mut self,
        requests: PerPort<Option<Request>>,
    ) -> Option<PerPort<Option<u64>>> {
        let board = &mut *self.board;
        let hart = &mut board.harts[0];
        hart.inputs.requests = requests;
        if !hart.only_hits(&board.memory) {
            hart.tracker.present(requests, board.now);
            return None;
        }
        for (port, request) in requests.iter() {
            self.hits[port] += u64::from(request.is_some());
        }
        self.cycles += 1;
        board.now += 1;
        Some(hart.outputs.responses.map(|response| response?.ok()))
    }

    /// A cycle without requests.
    #[inline]
    pub(crate) fn rest(&mut self) {
        self.cycles += 1;
        self.board.now += 1;
    }

    /// Adds up what happened.
    pub(crate) fn end(self) {
        let RunOfHits { board, cycles, hits } = self;
        board.account(cycles);
        if hits != PerPort::default() {
            board.fast_cycles += cycles;
            board.harts[0].count(hits, &mut board.meter);
        }
    }
}

impl Board {
    /// Begins a run of cycles of hits, if the next cycle may be one: there is no observer, and only
    /// requests can make it differ from an idle cycle.
    #[inline]
    pub(crate) fn run_of_hits(&mut self) -> Option<RunOfHits<'_>> {
        let alone = self.fast && self.observers.is_empty() && self.now < LAST_CYCLE;
        if !matches!(&self.harts[..], [hart] if alone && hart.is_calm()) {
            return None;
        }
        self.skipped_from = None;
        Some(RunOfHits { board: self, cycles: 0, hits: PerPort::default() })
    }

    /// Completes a cycle that turned out to contain more than hits.
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
