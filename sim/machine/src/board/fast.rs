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
use crate::stats::{CODES as SIZES, Meter};
use model::bus::SharedMemory;
use model::isa::{Access, Context, Translation};
use model::mmu::{CsrPort, PerPort, Port, Request};

impl Hart {
    /// Whether only requests can make the next cycle differ from an idle one: the walker has no
    /// memory request outstanding, nothing is presented or in flight, and the registers are those
    /// of the last cycle.
    #[inline]
    pub(super) fn is_calm(&self) -> bool {
        let Hart { inputs, satp, adue, pbmte, l2_inject, .. } = self;
        self.calm
            && *satp == inputs.satp
            && *adue == inputs.adue
            && *pbmte == inputs.pbmte
            && *l2_inject == inputs.l2_inject
    }

    /// Whether the hart is calm after the cycle just simulated, as far as [`Hart::is_calm`] does
    /// not test it itself.
    pub(super) fn calms(&self) -> bool {
        let inputs = &self.inputs;
        let still = !inputs.reset && !inputs.fault_ready && inputs.fence.is_none();
        let still = still && inputs.csr == CsrPort::default();
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
        let other = initiator.resets() || initiator.takes_fault();
        if self.tracker.fence().is_some() || other || initiator.csr(now) != CsrPort::default() {
            self.settle(now, initiator);
            return false;
        }
        self.inputs.requests = self.tracker.requests();
        let due = self.sampler.is_due();
        let Some(answers) = self.only_hits(memory, due) else { return false };
        if self.traced {
            let mut sizes = Sizes::default();
            let asked = self.inputs.requests.iter().filter(|(_, request)| request.is_some());
            asked.for_each(|(port, _)| sizes.add(answers[port]));
            meter.traced_hits(&sizes.0);
        }
        self.mmu.show_outputs(&mut self.outputs);
        self.tracker.forget();
        let hits = self.inputs.requests.map(|request| u64::from(request.is_some()));
        self.count(hits, meter, due);
        for (port, request) in self.inputs.requests {
            if let (Some(request), Some(response)) = (request, self.outputs.responses[port]) {
                initiator.answered(&Transaction {
                    port,
                    request,
                    response,
                    attributes: self.outputs.attributes[port],
                    presented: now,
                    accepted: now,
                    answered: now,
                    hit: Some(true),
                    told: (None, None),
                });
            }
        }
        true
    }

    /// Evaluates the next cycle of a calm hart with the requests in its inputs: the answers if it
    /// contained only hits, each of them correct, if that is due to be checked. Its outputs are then
    /// to be shown; otherwise they are those of this cycle.
    #[inline]
    fn only_hits(&mut self, memory: &SharedMemory, due: bool) -> Option<PerPort<Translation>> {
        let answers = self.mmu.cycle_of_requests(&self.inputs, &mut self.outputs)?;
        let requests = self.inputs.requests.iter().filter_map(|(_, request)| request.as_ref());
        if !due && requests.fold(true, |all, request| all & self.tracker.translates(request)) {
            return Some(answers);
        }
        let right = |port| self.is_right(port, answers[port], memory);
        if right(Port::Fetch) && right(Port::Data) {
            return Some(answers);
        }
        self.mmu.show_outputs(&mut self.outputs);
        None
    }

    /// Whether a port's request, if there is one, is translated and the checker confirms its
    /// answer.
    #[inline]
    fn is_right(&self, port: Port, answer: Translation, memory: &SharedMemory) -> bool {
        self.inputs.requests[port].is_none_or(|request| {
            self.tracker.translates(&request)
                && self.checker.knows(self.satp, self.adue, &request, answer, memory)
        })
    }

    /// Counts hits that were correct, if they were checked.
    fn count(&mut self, hits: PerPort<u64>, meter: &mut Meter, checked: bool) {
        let counters = &mut meter.current().mmu;
        for (port, hits) in hits {
            counters.hit(port, hits);
        }
        let hits = hits.values().sum();
        match checked {
            true => self.checker.passed(self.satp, hits),
            false => self.checker.trusted(self.satp, hits),
        }
    }
}

/// Consecutive cycles of hits on a board with one hart, by accesses of user mode. Their counts are
/// added at the end ([`Board::end_run`]).
///
/// A cycle is [`RunOfHits::cycle`]; then each answer is confirmed, and it is
/// [`RunOfHits::passed`]. Or it turns out to be different: [`RunOfHits::refused`].
pub(crate) struct RunOfHits<'a> {
    /// With trace pins, which tell of each hit the size of its page: those sizes.
    sizes: Sizes,
    hart: &'a mut Hart,
    memory: &'a SharedMemory,
    began: u64,
    now: u64,
    hits: PerPort<u64>,
    /// The hart's outputs are those of its last cycle.
    shown: bool,
}

/// What a run of hits adds to a board.
pub(crate) struct Ran {
    cycles: u64,
    hits: PerPort<u64>,
    sizes: Sizes,
}

/// Hits by the code of their page's size.
#[derive(Clone, Copy, Default)]
struct Sizes([u64; SIZES]);

impl Sizes {
    fn add(&mut self, answer: Translation) {
        self.0[usize::from(answer.attributes().size) % SIZES] += 1;
    }
}

impl RunOfHits<'_> {
    /// The number of the next cycle.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// Evaluates a cycle with a fetch from this address, and another access. Returns the answers, for
    /// a port without a request any, if each came at once, and nothing else happened.
    #[inline(always)]
    pub(crate) fn cycle(
        &mut self,
        fetch: Option<u64>,
        data: Option<(u64, Access)>,
    ) -> Option<PerPort<Translation>> {
        let hart = &mut *self.hart;
        let request = |va, access| Request { va, access, bytes: 8, context: Context::USER };
        hart.inputs.requests[Port::Fetch] = fetch.map(|va| request(va, Access::Fetch));
        hart.inputs.requests[Port::Data] = data.map(|(va, access)| request(va, access));
        let answers = hart.mmu.cycle_of_requests(&hart.inputs, &mut hart.outputs);
        self.shown = answers.is_none();
        answers
    }

    /// Whether the checker confirms this answer to the request of a port, which has one. It would do
    /// so again as long as memory has the same version.
    pub(crate) fn confirms(&self, port: Port, answer: Translation) -> bool {
        self.hart.is_right(port, answer, self.memory)
    }

    /// The same without what the checker remembers.
    pub(crate) fn walks_to(&self, port: Port, answer: Translation) -> bool {
        let Hart { inputs, checker, satp, adue, .. } = &*self.hart;
        let walks = |request| checker.walks_to(*satp, *adue, request, answer, self.memory);
        inputs.requests[port].as_ref().is_some_and(walks)
    }

    /// The cycle contained a hit with its answer on each port that is said, and nothing else.
    #[inline(always)]
    pub(crate) fn passed(&mut self, hit: PerPort<bool>, answers: &PerPort<Translation>) {
        self.hits[Port::Fetch] += u64::from(hit[Port::Fetch]);
        self.hits[Port::Data] += u64::from(hit[Port::Data]);
        if self.hart.traced {
            let hits = hit.iter().filter(|(_, hit)| **hit);
            hits.for_each(|(port, _)| self.sizes.add(answers[port]));
        }
        self.now += 1;
    }

    /// The cycle contained more than hits: after the end of this run, [`Board::finish`] does the
    /// rest of it.
    #[cold]
    pub(crate) fn refused(&mut self) {
        self.show();
        self.hart.tracker.present(self.hart.inputs.requests, self.now);
    }

    /// A cycle without requests.
    #[inline]
    pub(crate) fn rest(&mut self) {
        self.now += 1;
    }

    fn show(&mut self) {
        if !self.shown {
            self.hart.mmu.show_outputs(&mut self.hart.outputs);
            self.shown = true;
        }
    }

    /// What happened.
    pub(crate) fn end(mut self) -> Ran {
        self.show();
        Ran { cycles: self.now - self.began, hits: self.hits, sizes: self.sizes }
    }
}

/// A cycle was evaluated, and contains more than hits: [`Board::finish`] does the rest of it.
pub(crate) struct Evaluated;

impl Board {
    /// The next cycle with these requests of the only hart, whose ports present nothing else. The
    /// answers, if it contains nothing but hits; `None` if it was not evaluated, for anything else
    /// may go on in it.
    #[inline(always)]
    pub(crate) fn only_hits(
        &mut self,
        hart: HartId,
        requests: &PerPort<Option<Request>>,
    ) -> Option<Result<PerPort<Translation>, Evaluated>> {
        let Board { harts, memory, meter, .. } = self;
        let [only] = &mut harts[..] else { return None };
        if !self.fast || !self.observers.is_empty() || !only.is_calm() || hart != 0 {
            return None;
        }
        if self.skipped_from.is_some() {
            self.skipped_from = None;
        }
        only.inputs.requests = *requests;
        let due = only.sampler.is_due();
        let Some(answers) = only.only_hits(memory, due) else {
            only.unshown = false;
            only.tracker.present(*requests, self.now);
            return Some(Err(Evaluated));
        };
        if only.traced {
            let mut sizes = Sizes::default();
            let asked = requests.iter().filter(|(_, request)| request.is_some());
            asked.for_each(|(port, _)| sizes.add(answers[port]));
            meter.traced_hits(&sizes.0);
        }
        only.unshown = true;
        only.count(requests.map(|request| u64::from(request.is_some())), meter, due);
        self.fast_cycles += 1;
        self.account(1);
        self.now += 1;
        Some(Ok(answers))
    }

    /// Begins a run of cycles of hits, if the next cycle may be one: there is no observer, and only
    /// requests can make it differ from an idle cycle.
    #[inline]
    pub(crate) fn run_of_hits(&mut self) -> Option<RunOfHits<'_>> {
        let (began, now) = (self.now, self.now);
        let alone = self.fast && self.observers.is_empty() && now < LAST_CYCLE;
        let [hart] = &mut self.harts[..] else { return None };
        if !alone || !hart.is_calm() {
            return None;
        }
        self.skipped_from = None;
        let (memory, hits) = (&self.memory, PerPort::default());
        let sizes = Sizes::default();
        Some(RunOfHits { sizes, hart, memory, began, now, hits, shown: true })
    }

    /// Adds up a run of hits.
    pub(crate) fn end_run(&mut self, Ran { cycles, hits, sizes }: Ran) {
        self.account(cycles);
        self.now += cycles;
        if hits != PerPort::default() {
            self.fast_cycles += cycles;
            self.harts[0].count(hits, &mut self.meter, true);
            self.meter.traced_hits(&sizes.0);
        }
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
