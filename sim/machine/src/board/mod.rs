//! The board: one clock, one memory, one or more harts, and observers.
//!
//! | part | what it is |
//! |---|---|
//! | [`Board`] | the clock; cycles, and jumps over those in which nothing happens |
//! | [`Hart`] | an MMU on its walker's bus, its checker, its tracker of requests |
//! | `tracker` | each request and fence from its presentation to its answer |
//! | [`Checks`] (`checks`) | which answers the golden model checks |
//! | `fast` | a hart's cycles in which nothing happens but hits |
//! | [`BoardState`] (`state`) | all that a board remembers, to go on from later |
//! | `single` | one request, one fence, one reset, without an initiator of one's own |
//! | [`Initiator`], [`Transaction`] | sources of requests: scenarios, programs, kernels; answers |
//! | [`Observer`], [`Chronicle`] | what observes a run |
//! | [`StepError`] (`error`) | the rules that an MMU may break |
//!
//! A cycle of a hart: its initiator names the next requests, the inputs settle in the MMU, the
//! outputs are sampled, the walker's request goes to memory, the golden model checks every answer,
//! and answers go back to the initiator. Here is one that loads twice:
//!
//! ```
//! use machine::board::{Board, Initiator, Transaction};
//! use model::bus::{FixedLatency, SharedMemory};
//! use model::golden::IdealMmu;
//! use model::isa::{Access, Context, Xlen};
//! use model::mmu::{Port, Request};
//!
//! struct Two(Vec<u64>, Vec<Transaction>);
//!
//! impl Initiator for Two {
//!     fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
//!         let va = if port == Port::Data { self.0.pop() } else { None };
//!         va.map(|va| Request { va, access: Access::Load, bytes: 8, context: Context::USER })
//!     }
//!
//!     fn answered(&mut self, transaction: &Transaction) {
//!         self.1.push(*transaction);
//!     }
//! }
//!
//! let memory = SharedMemory::with_ram(0x8000_0000..0x8001_0000)?;
//! let mut board = Board::new(memory.clone());
//! let walker = Box::new(FixedLatency::new(memory, 3));
//! let hart = board.add(Box::new(IdealMmu::new(Xlen::Rv64)), walker);
//! let mut two = Two(vec![0x8000_0008, 0x8000_0000], Vec::new());
//! for _ in 0..4 {
//!     board.cycle_of(hart, &mut two)?;
//! }
//! // Bare: nothing is translated.
//! let answers: Vec<_> = two.1.iter().map(|done| (done.response, done.answered)).collect();
//! assert_eq!(answers, [(Ok(0x8000_0000), 0), (Ok(0x8000_0008), 1)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checks;
mod chronicle;
mod error;
mod fast;
mod hart;
mod initiator;
mod observer;
mod single;
mod state;
mod tracker;

pub use checks::Checks;
pub use chronicle::{Chronicle, Life};
pub(crate) use error::PATIENCE;
pub use error::{StepError, Waiting};
pub(crate) use fast::{Evaluated, RunOfHits};
pub use hart::{Hart, HartId};
pub use initiator::{Idle, Initiator, Transaction};
pub use observer::{Cycle, Executing, Observed, Observer, Paged, Pause, Software, WorldState};

pub use state::{BoardState, OtherBoard};

use crate::stats::Meter;
use error::LAST_CYCLE;
use hart::{Shared, Update};
use kernel::{Activity, Event};
use model::bus::{Channel, SharedMemory};
use model::mmu::Mmu;

/// The most cycles after the end of a run that are shown.
const MOST_REST: usize = 8;

/// Harts on one memory under one clock. In each cycle the harts take turns in the order of their
/// numbers, so memory sees requests of the same cycle in that order.
pub struct Board {
    memory: SharedMemory,
    harts: Vec<Hart>,
    /// Observers of cycles, and observers of events only.
    observers: Vec<Box<dyn Observer>>,
    listeners: Vec<Box<dyn Observer>>,
    /// What observers see besides the pins; filled in by the machine.
    pub world: WorldState,
    /// Everything counted.
    pub meter: Meter,
    /// Whether cycles that cannot differ from the last one are counted instead of simulated
    /// ([`Board::repeat`]); affects nothing but speed. True at first.
    pub skips: bool,
    /// Whether cycles of hits take the fast path; affects nothing but speed. True at first.
    pub fast: bool,
    now: u64,
    skipped_from: Option<u64>,
    /// Cycles that were counted instead of simulated.
    repeated: u64,
    /// Cycles of one hart that took the fast path.
    fast_cycles: u64,
}

impl Board {
    /// A board without harts.
    pub fn new(memory: SharedMemory) -> Board {
        Board {
            memory,
            harts: Vec::new(),
            observers: Vec::new(),
            listeners: Vec::new(),
            world: WorldState::default(),
            meter: Meter::default(),
            skips: true,
            fast: true,
            now: 0,
            skipped_from: None,
            repeated: 0,
            fast_cycles: 0,
        }
    }

    /// Which answers the golden model checks from now on, of every hart; all at first.
    pub fn set_checks(&mut self, checks: Checks) {
        self.harts.iter_mut().for_each(|hart| hart.sampler.checks = checks);
    }

    /// Adds a hart. `walker` must lead to the board's memory, against which answers are checked.
    pub fn add(&mut self, mmu: Box<dyn Mmu>, walker: Box<dyn Channel>) -> HartId {
        let id = self.harts.len();
        self.harts.push(Hart::new(id, mmu, walker));
        id
    }

    /// Attaches an observer, from now on.
    pub fn attach(&mut self, observer: Box<dyn Observer>) {
        match observer.sees_cycles() {
            true => self.observers.push(observer),
            false => self.listeners.push(observer),
        }
    }

    /// Lets all observers go: the run goes on as if it was not observed.
    pub fn detach(&mut self) {
        self.observers.clear();
        self.listeners.clear();
        self.harts.iter_mut().for_each(|hart| hart.mmu.watch(false));
    }

    /// Whether cycles are observed.
    pub fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Whether an observer is to be shown idle cycles one by one.
    pub fn shows_idle_cycles(&self) -> bool {
        self.observers.iter().any(|observer| observer.sees_idle_cycles())
    }

    /// Whether events are observed.
    pub fn is_heard(&self) -> bool {
        self.is_observed() || !self.listeners.is_empty()
    }

    /// All observers.
    fn all_observers(&mut self) -> impl Iterator<Item = &mut Box<dyn Observer>> {
        self.observers.iter_mut().chain(&mut self.listeners)
    }

    /// One cycle; each hart has its initiator.
    ///
    /// # Errors
    /// [`StepError`] when an MMU breaks a rule; the cycle has passed nevertheless.
    ///
    /// # Panics
    /// If there are more initiators than harts.
    pub fn cycle<I: Initiator>(&mut self, initiators: &mut [I]) -> Result<(), StepError> {
        self.tell_skip();
        let mut verdict = Ok(());
        let mut initiators = initiators.iter_mut();
        for id in 0..self.harts.len() {
            let done = match initiators.next() {
                Some(initiator) => self.turn(id, initiator),
                None => self.turn(id, &mut Idle),
            };
            verdict = verdict.and(done);
        }
        assert!(initiators.next().is_none(), "each initiator needs a hart");
        self.account(1);
        self.now += 1;
        verdict
    }

    /// One cycle in which only one hart has an initiator.
    ///
    /// # Errors
    /// As [`Board::cycle`].
    #[inline]
    pub fn cycle_of<I: Initiator>(
        &mut self,
        hart: HartId,
        initiator: &mut I,
    ) -> Result<(), StepError> {
        self.tell_skip();
        let mut verdict = Ok(());
        for id in 0..self.harts.len() {
            let done = if id == hart { self.turn(id, initiator) } else { self.turn(id, &mut Idle) };
            verdict = verdict.and(done);
        }
        self.account(1);
        self.now += 1;
        verdict
    }

    /// A hart's part of a cycle.
    #[inline]
    fn turn<I: Initiator>(&mut self, id: HartId, initiator: &mut I) -> Result<(), StepError> {
        let hart = &mut self.harts[id];
        hart.unshown = false;
        if self.fast && self.observers.is_empty() && hart.is_calm() {
            if hart.hits(self.now, initiator, &self.memory, &mut self.meter) {
                self.fast_cycles += 1;
                return Ok(());
            }
        } else {
            hart.tracker.take(self.now, initiator);
            hart.watch(self.now, &self.observers);
            hart.settle(self.now, initiator);
        }
        self.follow(id, initiator)
    }

    /// The rest of a hart's part, after its MMU.
    #[inline]
    fn follow<I: Initiator>(&mut self, id: HartId, initiator: &mut I) -> Result<(), StepError> {
        let hart = &mut self.harts[id];
        let mut shared = Shared {
            memory: &self.memory,
            meter: &mut self.meter,
            observers: &mut self.observers,
            world: &self.world,
        };
        let (verdict, update) = match hart.follow(self.now, initiator, &mut shared) {
            Ok(update) => (Ok(()), update),
            Err((error, update)) => (Err(error), update),
        };
        if let Some(Update { pa, old }) = update {
            let others = self.harts.iter_mut().filter(|hart| hart.id() != id);
            others.for_each(|hart| hart.checker.hardware_updated(pa, old));
        }
        if !self.observers.is_empty() {
            self.dismiss();
        }
        verdict
    }

    /// Observers that need no more cycles only hear of events from now on.
    fn dismiss(&mut self) {
        let done = self.observers.extract_if(.., |observer| observer.has_seen_enough());
        self.listeners.extend(done);
    }

    /// Lets up to `limit` cycles pass, as long as none can differ from the last one; returns how
    /// many passed. Everything that takes part in these cycles besides the harts and their memory
    /// must be the same as in the last one; the caller ensures that. The initiator is that of one
    /// hart.
    pub fn repeat<I: Initiator>(&mut self, hart: HartId, initiator: &mut I, limit: u64) -> u64 {
        if !self.skips || initiator.resets() || initiator.takes_fault() {
            return 0;
        }
        if !self.harts.iter().all(|hart| hart.mmu.is_quiescent()) {
            return 0;
        }
        let now = self.now;
        self.show_outputs();
        self.harts[hart].tracker.take(now, initiator);
        let limit = self.harts.iter().fold(limit, |limit, hart| hart.rests(now, limit));
        let mut passed = 0;
        // Without observers, only a bus that is not always ready can end it earlier.
        if self.observers.is_empty() && self.harts.iter().all(Hart::has_prompt_bus) {
            passed = limit;
        }
        while passed < limit && self.repeats_at(now + passed) {
            passed += 1;
        }
        self.account(passed);
        self.now += passed;
        self.repeated += passed;
        passed
    }

    /// Whether a cycle is the same as the last one; if so, observers are shown it.
    fn repeats_at(&mut self, cycle: u64) -> bool {
        let repeats = self.harts.iter_mut().all(|hart| hart.repeats_at(cycle, &self.observers));
        if repeats {
            for hart in &self.harts {
                hart.show_again(cycle, &mut self.observers, &self.world);
            }
        }
        repeats
    }

    /// Cycles of one hart so far that took the fast path.
    pub fn fast_cycles(&self) -> u64 {
        self.fast_cycles
    }

    /// Cycles so far that were counted instead of simulated.
    pub fn skipped(&self) -> u64 {
        self.repeated
    }

    /// The outputs of every hart become those of its last cycle: after cycles of hits, before anybody
    /// looks at them.
    pub(crate) fn show_outputs(&mut self) {
        self.harts.iter_mut().for_each(Hart::show_outputs);
    }

    /// Lets cycles pass without requests: skipping ahead if the MMUs are idle, else one by one
    /// until they are.
    ///
    /// # Errors
    /// As [`Board::cycle`]; and [`StepError::Clock`] if the clock would overflow.
    #[inline]
    pub fn pass(&mut self, cycles: u64) -> Result<(), StepError> {
        let (cycle, end) = (self.now, self.now.saturating_add(cycles));
        if end > LAST_CYCLE {
            return Err(StepError::Clock { cycle, cycles });
        }
        if self.busy() {
            self.come_to_rest(end)?;
        }
        if self.now < end {
            self.skipped_from.get_or_insert(self.now);
            self.account(end - self.now);
            self.now = end;
        }
        Ok(())
    }

    /// Lets cycles pass one by one until the MMUs are idle, at most until `end`.
    #[cold]
    fn come_to_rest(&mut self, end: u64) -> Result<(), StepError> {
        while self.busy() && self.now < end {
            if self.repeat(0, &mut Idle, end - self.now) == 0 {
                self.cycle_of(0, &mut Idle)?;
            }
        }
        Ok(())
    }

    fn account(&mut self, cycles: u64) {
        let accounts = &mut self.meter.current().cycles;
        *match self.world.activity {
            Activity::Process => &mut accounts.issue,
            Activity::Handler => &mut accounts.handler,
            Activity::UserCopy => &mut accounts.user_copy,
            Activity::Disk => &mut accounts.disk,
            Activity::Switch => &mut accounts.switch,
            Activity::Idle => &mut accounts.idle,
        } += cycles;
    }

    /// Reports cycles that were skipped to observers, as one stretch.
    fn tell_skip(&mut self) {
        if let Some(from) = self.skipped_from.take() {
            let (now, activity) = (self.now, self.world.activity);
            self.all_observers().for_each(|observer| observer.on_skip(from, now, activity));
        }
    }

    /// Software has written, or is about to write, a page-table word that held `old`. Without this
    /// call the checkers of all harts reject answers that use the older value.
    pub fn software_wrote(&mut self, pa: u64, old: u64) {
        self.harts.iter_mut().for_each(|hart| hart.checker.software_wrote(pa, old));
    }

    /// Charges coming cycles to another activity, and reports what was skipped until now to
    /// observers separately.
    pub fn charge(&mut self, activity: Activity) -> Activity {
        if self.world.activity != activity {
            self.tell_skip();
        }
        std::mem::replace(&mut self.world.activity, activity)
    }

    /// Reports an event to observers.
    pub fn event(&mut self, event: &Event) {
        self.tell_skip();
        let (now, world) = (self.now, self.world);
        self.all_observers().for_each(|observer| observer.on_event(now, event, &world));
    }

    /// Reports to observers that software is at rest.
    pub fn pause(&mut self, software: Software<'_>) {
        if !self.is_heard() {
            return;
        }
        self.tell_skip();
        let (now, memory) = (self.now, &self.memory);
        let pause = Pause { memory, meter: &self.meter, software };
        let observers = self.observers.iter_mut().chain(&mut self.listeners);
        observers.for_each(|observer| observer.on_pause(now, &pause));
    }

    /// Reports the end of the run to observers.
    pub fn end(&mut self) {
        self.tell_skip();
        let now = self.now;
        self.all_observers().for_each(|observer| observer.on_end(now));
        // Where something is under way, the run has failed: there is no rest to be seen.
        for _ in 0..MOST_REST {
            if self.busy() || !self.observers.iter().any(|observer| observer.wants_rest()) {
                break;
            }
            for hart in &mut self.harts {
                hart.rest(self.now, &mut self.observers, &self.world);
            }
        }
    }

    /// The number of the next cycle.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Whether an MMU changes without new requests, or something is presented to one.
    pub fn busy(&self) -> bool {
        self.harts.iter().any(Hart::is_busy)
    }

    /// The harts, in the order of their numbers.
    pub fn harts(&self) -> &[Hart] {
        &self.harts
    }

    /// A hart.
    ///
    /// # Panics
    /// If there is none of this number.
    pub fn hart(&self, id: HartId) -> &Hart {
        &self.harts[id]
    }

    /// A hart, for its registers.
    ///
    /// # Panics
    /// If there is none of this number.
    pub fn hart_mut(&mut self, id: HartId) -> &mut Hart {
        &mut self.harts[id]
    }

    /// Physical memory.
    pub fn memory(&self) -> &SharedMemory {
        &self.memory
    }
}

#[cfg(test)]
mod tests;
