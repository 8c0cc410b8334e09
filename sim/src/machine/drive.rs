//! The MMU on its walker's bus, judged in every cycle: the layer of single cycles.

mod repeat;

use super::chronicle::Chronicle;
use super::error::{LAST_CYCLE, StepError};
use super::observer::{Observer, WorldState};
use super::watch::{Judges, Watch};
use crate::bus::{self, Channel, SharedMemory};
use crate::golden::Checker;
use crate::isa::Xlen;
use crate::mmu::{Fence, Inputs, MemoryRequest, MemoryResponse, Mmu, Outputs, PerPort, Request};
use crate::os::{Activity, Event};
use crate::stats::Meter;

/// What is presented in one cycle. Rule 1 of the ports is the caller's: what was not accepted is
/// presented again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Pins {
    /// Synchronous reset: what was under way is forgotten.
    pub reset: bool,
    /// On the translation ports.
    pub requests: PerPort<Option<Request>>,
    /// On the fence port.
    pub fence: Option<Fence>,
    /// The held fault is taken.
    pub fault_ready: bool,
}

/// An MMU with memory behind its walker, a checker beside it, and observers around it.
pub struct Drive {
    mmu: Box<dyn Mmu>,
    memory: SharedMemory,
    walker: Box<dyn Channel>,
    checker: Checker,
    watch: Watch,
    observers: Vec<Box<dyn Observer>>,
    /// Told to observers; whoever knows more writes it.
    pub world: WorldState,
    /// Everything counted.
    pub meter: Meter,
    /// What happened to each process, if anybody wants to know.
    pub chronicle: Option<Chronicle>,
    /// The `satp` register.
    pub satp: u64,
    /// `menvcfg.ADUE`.
    pub adue: bool,
    /// Whether cycles that can only be as the last one are counted instead of made
    /// ([`Drive::repeat`]); nothing else depends on it. True at first.
    pub skips: bool,
    /// The walker's requests that memory has not answered.
    walks: u32,
    now: u64,
    busy: bool,
    skipped_from: Option<u64>,
    last_inputs: Inputs,
    last_outputs: Outputs,
    /// Cycles that were counted instead of made.
    repeated: u64,
    /// Whether the MMU's signals were looked at in the last cycle.
    watched: bool,
    /// Whether the walker's bus is ready in a cycle, where that was asked ahead of its time.
    ready: Option<(u64, bool)>,
}

impl Drive {
    /// Connects an MMU. `walker` must lead to `memory`, by which answers are judged.
    pub fn new(mmu: Box<dyn Mmu>, memory: SharedMemory, walker: Box<dyn Channel>) -> Drive {
        Drive {
            checker: Checker::new(mmu.xlen()),
            watch: Watch::default(),
            mmu,
            memory,
            walker,
            observers: Vec::new(),
            world: WorldState::default(),
            meter: Meter::default(),
            chronicle: None,
            satp: 0,
            adue: false,
            skips: true,
            walks: 0,
            now: 0,
            busy: false,
            skipped_from: None,
            last_inputs: Inputs::default(),
            last_outputs: Outputs::default(),
            repeated: 0,
            watched: false,
            ready: None,
        }
    }

    /// Lets someone look on from now.
    pub fn attach(&mut self, observer: Box<dyn Observer>) {
        self.observers.push(observer);
    }

    /// Whether someone looks on.
    pub fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// One cycle.
    ///
    /// # Errors
    /// [`StepError`] when the MMU breaks a rule; the cycle has passed nevertheless.
    pub fn step(&mut self, pins: &Pins) -> Result<Outputs, StepError> {
        self.tell_skip();
        let now = self.now;
        let memory_ready = self.is_ready(now);
        let memory = if self.walks > 0 { self.walker.poll(now) } else { None };
        self.walks -= u32::from(memory.is_some());
        if memory.is_some_and(|response| response.error) {
            self.checker.bus_failed();
        }
        let inputs = Inputs {
            reset: pins.reset,
            satp: self.satp,
            adue: self.adue,
            requests: pins.requests,
            fence: pins.fence,
            memory_ready,
            memory: memory.map(|r| MemoryResponse {
                data: r.value,
                error: r.error,
                swapped: r.swapped,
            }),
            fault_ready: pins.fault_ready,
        };
        if !self.observers.is_empty() {
            let wanted = self.observers.iter().any(|observer| observer.wants_signals(now));
            self.mmu.watch(wanted);
            self.watched = wanted;
        }
        let outputs = self.mmu.cycle(&inputs);
        if let Some(request) = outputs.memory.filter(|_| memory_ready) {
            self.walk(request);
        }
        let judges = Judges {
            xlen: self.mmu.xlen(),
            memory: &self.memory,
            checker: &mut self.checker,
            meter: &mut self.meter,
        };
        let verdict = self.watch.cycle(now, &inputs, &outputs, judges);
        self.account(1);
        for observer in &mut self.observers {
            observer.on_cycle(now, &inputs, &outputs, self.mmu.as_ref(), &self.world);
        }
        self.last_inputs = inputs;
        self.last_outputs = outputs;
        self.busy = outputs.busy;
        self.now += 1;
        verdict.map(|()| outputs)
    }

    fn walk(&mut self, request: MemoryRequest) {
        let bytes = match self.mmu.xlen() {
            Xlen::Rv32 => 4,
            Xlen::Rv64 => 8,
        };
        let request = match request {
            MemoryRequest::Read { pa } => bus::Request::Read { pa, bytes },
            MemoryRequest::CompareSwap { pa, expected, desired } => {
                if self.memory.peek(pa, bytes) == Ok(expected) {
                    self.checker.hardware_updated(pa, expected);
                }
                bus::Request::CompareSwap { pa, bytes, expected, desired }
            }
        };
        self.walks += 1;
        self.walker.submit(self.now, request);
    }

    /// Lets cycles pass in which nothing is presented: jumping if the MMU is idle, else one by
    /// one until it is.
    ///
    /// # Errors
    /// As [`Drive::step`].
    pub fn pass(&mut self, cycles: u64) -> Result<(), StepError> {
        let (cycle, end) = (self.now, self.now.saturating_add(cycles));
        if end > LAST_CYCLE {
            return Err(StepError::Clock { cycle, cycles });
        }
        while self.busy && self.now < end {
            if self.repeat(&Pins::default(), end - self.now) == 0 {
                self.step(&Pins::default())?;
            }
        }
        if self.now < end {
            self.skipped_from.get_or_insert(self.now);
            self.account(end - self.now);
            self.now = end;
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

    /// Tells observers of cycles that were jumped over, as one stretch.
    fn tell_skip(&mut self) {
        if let Some(from) = self.skipped_from.take() {
            for observer in &mut self.observers {
                observer.on_skip(from, self.now, self.world.activity);
            }
        }
    }

    /// Software has written, or is about to write, a page-table word that held `old`. Without
    /// this the checker takes answers by the older value for wrong.
    pub fn software_wrote(&mut self, pa: u64, old: u64) {
        self.checker.software_wrote(pa, old);
    }

    /// Charges coming cycles to another account, and tells observers apart what was skipped
    /// until now.
    pub fn charge(&mut self, activity: Activity) -> Activity {
        if self.world.activity != activity {
            self.tell_skip();
        }
        std::mem::replace(&mut self.world.activity, activity)
    }

    /// Tells observers what happened.
    pub fn event(&mut self, event: &Event) {
        self.tell_skip();
        if let Some(chronicle) = &mut self.chronicle {
            chronicle.event(event);
        }
        for observer in &mut self.observers {
            observer.on_event(self.now, event);
        }
    }

    /// Tells observers that it is over.
    pub fn end(&mut self) {
        self.tell_skip();
        for observer in &mut self.observers {
            observer.on_end(self.now);
        }
    }

    /// The number of the next cycle.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Whether the MMU changes without new inputs.
    pub fn busy(&self) -> bool {
        self.busy
    }

    /// The inputs of the last cycle, as the MMU saw them.
    pub fn last_inputs(&self) -> &Inputs {
        &self.last_inputs
    }

    /// The MMU.
    pub fn mmu(&self) -> &dyn Mmu {
        self.mmu.as_ref()
    }

    /// The MMU, to turn its signals on.
    pub fn mmu_mut(&mut self) -> &mut dyn Mmu {
        self.mmu.as_mut()
    }

    /// The checker, for its counts.
    pub fn checker(&self) -> &Checker {
        &self.checker
    }

    /// Physical memory.
    pub fn memory(&self) -> &SharedMemory {
        &self.memory
    }
}
