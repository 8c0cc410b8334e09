//! A hart as memory sees it: an MMU on its walker's bus, its checker, and its tracker.

use super::checks::{Checks, Sampler};
use super::error::StepError;
use super::initiator::{Idle, Initiator};
use super::observer::{Cycle, Observer, WorldState};
use super::tracker::{Judges, Tracker};
use crate::stats::Meter;
use model::bus::{self, Channel, SharedMemory};
use model::golden::Checker;
use model::isa::Xlen;
use model::mmu::{CsrPort, Inputs, MemoryRequest, MemoryResponse, Mmu, Outputs, Port};
use std::collections::VecDeque;

/// The number of a hart on its board, from 0.
pub type HartId = usize;

/// One hart. Its requests come from outside, from an [`Initiator`].
pub struct Hart {
    id: HartId,
    pub(super) mmu: Box<dyn Mmu>,
    walker: Box<dyn Channel>,
    /// The walker's bus is ready in every cycle.
    pub(super) prompt: bool,
    pub(super) checker: Checker,
    pub(super) sampler: Sampler,
    pub(super) tracker: Tracker,
    /// The `satp` register.
    pub satp: u64,
    /// `menvcfg.ADUE`.
    pub adue: bool,
    /// `menvcfg.PBMTE`.
    pub pbmte: bool,
    /// What is written to the second-level TLB gets wrong parity.
    pub l2_inject: bool,
    pub(super) inputs: Inputs,
    pub(super) outputs: Outputs,
    /// The walker's requests that memory has not answered.
    pub(super) walks: u32,
    /// The MMU keeps lines of memory.
    fills: bool,
    /// If it does: the lines that come with their responses, in order.
    lines: VecDeque<Option<[u64; 8]>>,
    /// State of the last cycle: see [`Hart::is_calm`].
    pub(super) calm: bool,
    /// The outputs are those of an older cycle: since then there were only hits.
    pub(super) unshown: bool,
    /// The MMU has trace pins.
    pub(super) traced: bool,
    /// The cycles from a request to its answer without a walk.
    delay: u64,
    /// Whether the MMU's signals were sampled in the last cycle.
    watched: bool,
    /// Whether the walker's bus is ready in a cycle, if that was queried ahead of time.
    ready: Option<(u64, bool)>,
}

/// What the harts of a board share while one of them is simulated.
pub(super) struct Shared<'a> {
    pub(super) memory: &'a SharedMemory,
    pub(super) meter: &'a mut Meter,
    pub(super) observers: &'a mut [Box<dyn Observer>],
    pub(super) world: &'a WorldState,
}

/// A page-table word that a walker is about to change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update {
    pub(super) pa: u64,
    pub(super) old: u64,
}

impl Hart {
    /// A hart whose PMP allows everything, as firmware leaves it; no cycle of the board has passed.
    pub(super) fn new(id: HartId, mmu: Box<dyn Mmu>, walker: Box<dyn Channel>) -> Hart {
        let xlen = mmu.xlen();
        let checker = Checker::of(xlen, mmu.extensions(), mmu.physical());
        let checker = checker.sized(mmu.organisation().sizes);
        let traced = mmu.organisation().trace;
        let prompt = walker.is_always_ready();
        let fills = mmu.organisation().line_fill > 0;
        let delay = mmu.organisation().delay();
        let mut hart = Hart {
            id,
            mmu,
            walker,
            prompt,
            checker,
            sampler: Sampler::default(),
            tracker: Tracker::new(xlen),
            satp: 0,
            adue: false,
            pbmte: false,
            l2_inject: false,
            inputs: Inputs::default(),
            outputs: Outputs::default(),
            walks: 0,
            fills,
            lines: VecDeque::new(),
            calm: false,
            unshown: false,
            traced,
            delay,
            watched: false,
            ready: None,
        };
        hart.open_memory();
        hart
    }

    /// Firmware lets PMP allow everything. Nothing may be in flight; no cycle of the board passes.
    pub(super) fn open_memory(&mut self) {
        for (number, value) in self.checker.pmp().open() {
            let csr = CsrPort { number, write: Some(value) };
            self.inputs = Inputs { csr, ..Inputs::default() };
            self.outputs = self.mmu.cycle(&self.inputs);
            self.checker.csr_written(number, value);
        }
        self.calm = false;
    }

    /// The first part of a cycle, after its requests were taken: inputs settle, outputs are
    /// sampled, the clock rises.
    #[inline]
    pub(super) fn settle<I: Initiator + ?Sized>(&mut self, now: u64, initiator: &mut I) {
        let memory_ready = self.is_ready(now);
        let memory = if self.walks > 0 { self.answer(now) } else { None };
        self.inputs = Inputs {
            reset: initiator.resets(),
            satp: self.satp,
            adue: self.adue,
            pbmte: self.pbmte,
            l2_inject: self.l2_inject,
            csr: initiator.csr(now),
            requests: self.tracker.requests(),
            fence: self.tracker.fence(),
            memory_ready,
            memory,
            fault_ready: initiator.takes_fault(),
        };
        self.outputs = self.mmu.cycle(&self.inputs);
        self.unshown = false;
    }

    /// The outputs become those of the last cycle.
    #[inline]
    pub(super) fn show_outputs(&mut self) {
        if std::mem::take(&mut self.unshown) {
            self.mmu.show_outputs(&mut self.outputs);
        }
    }

    /// Turns on sampling of the MMU's signals for the coming cycle if an observer wants them.
    pub(super) fn watch(&mut self, now: u64, observers: &[Box<dyn Observer>]) {
        if !observers.is_empty() {
            self.watched = self.is_watched(now, observers);
            self.mmu.watch(self.watched);
        }
    }

    /// The second part of a cycle: memory, tracker and observers. Returns the word that the walker
    /// changes in memory, for the other harts' checkers.
    #[inline]
    pub(super) fn follow<I: Initiator + ?Sized>(
        &mut self,
        now: u64,
        initiator: &mut I,
        shared: &mut Shared<'_>,
    ) -> Result<Option<Update>, (StepError, Option<Update>)> {
        let mut update = None;
        if let Some(request) = self.outputs.memory.filter(|_| self.inputs.memory_ready) {
            update = self.walk(now, request, shared.memory);
        }
        let verdict = if self.inputs.reset {
            self.tracker.reset(&mut self.checker);
            Ok(())
        } else {
            let judges = Judges {
                delay: self.delay,
                checks: self.sampler.checks != Checks::Off,
                memory: shared.memory,
                checker: &mut self.checker,
                meter: &mut *shared.meter,
            };
            if self.traced {
                judges.meter.traced(&self.outputs);
            }
            self.tracker.cycle(now, &self.inputs, &self.outputs, judges, initiator)
        };
        self.calm = self.calms();
        for observer in &mut *shared.observers {
            self.show(now, observer.as_mut(), shared.world);
        }
        match verdict {
            Ok(()) => Ok(update),
            Err(error) => Err((error, update)),
        }
    }

    /// Shows an observer the last cycle again, as that of cycle `now`.
    fn show(&self, now: u64, observer: &mut dyn Observer, world: &WorldState) {
        observer.on_cycle(&Cycle {
            number: now,
            hart: self.id,
            inputs: &self.inputs,
            outputs: &self.outputs,
            unit: self.mmu.as_ref(),
            world,
        });
    }

    /// A cycle in which nothing is asked, after the end of a run: for observers that want it.
    pub(super) fn rest(
        &mut self,
        now: u64,
        observers: &mut [Box<dyn Observer>],
        world: &WorldState,
    ) {
        self.mmu.watch(true);
        self.settle(now, &mut Idle);
        let (inputs, outputs) = (&self.inputs, &self.outputs);
        let (hart, unit) = (self.id, self.mmu.as_ref());
        let cycle = Cycle { number: now, hart, inputs, outputs, unit, world };
        let wanting = observers.iter_mut().filter(|observer| observer.wants_rest());
        wanting.for_each(|observer| observer.on_rest(&cycle));
    }

    fn is_watched(&self, now: u64, observers: &[Box<dyn Observer>]) -> bool {
        observers.iter().any(|observer| observer.wants_signals(now))
    }

    /// Memory's answer to the walker in this cycle.
    fn answer(&mut self, now: u64) -> Option<MemoryResponse> {
        let bus::Response { value, error, swapped } = self.walker.poll(now)?;
        self.walks -= 1;
        if error {
            self.checker.bus_failed();
        }
        let line = self.lines.pop_front().flatten();
        Some(MemoryResponse { data: value, error, swapped, line })
    }

    /// Passes the walker's request to memory.
    fn walk(&mut self, now: u64, asked: MemoryRequest, memory: &SharedMemory) -> Option<Update> {
        let bytes = match self.mmu.xlen() {
            Xlen::Rv32 => 4,
            Xlen::Rv64 => 8,
        };
        let (request, update) = match asked {
            MemoryRequest::Read { pa } => (bus::Request::Read { pa, bytes }, None),
            MemoryRequest::CompareSwap { pa, expected, desired } => {
                let swaps = memory.peek(pa, bytes) == Ok(expected);
                let request = bus::Request::CompareSwap { pa, bytes, expected, desired };
                (request, swaps.then_some(Update { pa, old: expected }))
            }
        };
        if let Some(Update { pa, old }) = update {
            self.checker.hardware_updated(pa, old);
        }
        self.walks += 1;
        self.walker.submit(now, request);
        if self.fills {
            // A line holds what its words were when memory took the request.
            self.lines.push_back(match asked {
                MemoryRequest::Read { pa } => self.walker.line(pa),
                MemoryRequest::CompareSwap { .. } => None,
            });
        }
        update
    }

    /// Whether the walker's bus is ready; queried once per cycle.
    fn is_ready(&mut self, cycle: u64) -> bool {
        match self.ready {
            Some((asked, ready)) if asked == cycle => ready,
            _ => self.walker.ready(cycle),
        }
    }

    /// The number of this hart.
    pub fn id(&self) -> HartId {
        self.id
    }

    /// The input pins of the last cycle, as the MMU saw them.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The output pins of the last cycle.
    pub fn outputs(&self) -> &Outputs {
        debug_assert!(!self.unshown, "who runs cycles of hits shows the last one");
        &self.outputs
    }

    /// The MMU.
    pub fn mmu(&self) -> &dyn Mmu {
        self.mmu.as_ref()
    }

    /// The MMU, to turn sampling of its signals on.
    pub fn mmu_mut(&mut self) -> &mut dyn Mmu {
        self.mmu.as_mut()
    }

    /// The checker, for its counts.
    pub fn checker(&self) -> &Checker {
        &self.checker
    }

    /// Whether the MMU changes without new requests, or something is presented to it.
    pub fn is_busy(&self) -> bool {
        !self.unshown && self.outputs.busy || self.tracker.asks()
    }
}

/// Time skip: cycles that cannot differ from the last one are counted, not simulated.
///
/// While the hardware is quiescent and its inputs stay the same, each cycle repeats the last one,
/// until memory answers or something else is presented. Nothing in such a cycle is lost: no request
/// is accepted, nothing is answered, no event is counted, so checker and counters only have to
/// advance the time; observers see each cycle.
impl Hart {
    /// Cycles from `now` on that cannot differ from the last one, at most `limit`.
    pub(super) fn rests(&self, now: u64, limit: u64) -> u64 {
        if !self.mmu.is_quiescent() || !self.is_at_rest() {
            return 0;
        }
        let due = self.walker.next_response().map_or(limit, |due| due.saturating_sub(now));
        limit.min(due).min(self.tracker.patience(now))
    }

    /// Whether the walker's bus is ready in every cycle, as it was in the last one.
    pub(super) fn has_prompt_bus(&self) -> bool {
        self.prompt && self.inputs.memory_ready
    }

    /// Whether the last cycle was one of pure waiting, and the next one has the same inputs.
    fn is_at_rest(&self) -> bool {
        let (inputs, outputs) = (&self.inputs, &self.outputs);
        let same = Inputs {
            reset: false,
            satp: self.satp,
            adue: self.adue,
            pbmte: self.pbmte,
            l2_inject: self.l2_inject,
            csr: CsrPort::default(),
            requests: self.tracker.requests(),
            fence: self.tracker.fence(),
            memory_ready: inputs.memory_ready,
            memory: None,
            fault_ready: false,
        } == *inputs;
        let taken = Port::ALL.iter().any(|&port| inputs.accepted(port, outputs).is_some())
            || inputs.accepted_fence(outputs).is_some();
        let Outputs { responses, memory, .. } = outputs;
        let silent = responses.values().all(Option::is_none) && memory.is_none();
        same && !taken && silent && outputs.events.is_empty()
    }

    /// Whether everything around the pins is the same in this cycle as in the last one.
    pub(super) fn repeats_at(&mut self, cycle: u64, observers: &[Box<dyn Observer>]) -> bool {
        let observed = observers.is_empty() || self.is_watched(cycle, observers) == self.watched;
        if !observed {
            return false;
        }
        let ready = self.is_ready(cycle);
        self.ready = Some((cycle, ready));
        ready == self.inputs.memory_ready
    }

    /// Shows observers the last cycle as that of cycle `now`.
    pub(super) fn show_again(
        &self,
        now: u64,
        observers: &mut [Box<dyn Observer>],
        world: &WorldState,
    ) {
        observers.iter_mut().for_each(|observer| self.show(now, observer.as_mut(), world));
    }
}
