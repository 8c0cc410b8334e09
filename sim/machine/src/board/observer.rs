//! Observation of a run: for waves, tests, reports.

use super::HartId;
use crate::stats::Meter;
use hart::{Op, Trap};
use kernel::{Activity, Event, Os, Pid};
use model::bus::{self, SharedMemory};
use model::isa::Privilege;
use model::mmu::{Inputs, Mmu, Outputs, PerPort};
use std::cell::RefCell;
use std::rc::Rc;

/// A kind of machine, by what its observers see.
pub trait Observed {
    /// The hardware that is simulated.
    type Unit: ?Sized;
    /// Its input pins in one cycle.
    type Inputs;
    /// Its output pins in the same cycle.
    type Outputs;
    /// The state of everything around it meanwhile.
    type World;
    /// The events.
    type Event;
    /// What cycles are spent on.
    type Activity;
    /// What can be read while software is at rest.
    type Pause<'a>;
}

/// Harts with MMUs, and a kernel with pages.
#[derive(Clone, Copy, Debug)]
pub enum Paged {}

impl Observed for Paged {
    type Unit = dyn Mmu;
    type Inputs = Inputs;
    type Outputs = Outputs;
    type World = WorldState;
    type Event = Event;
    type Activity = Activity;
    type Pause<'a> = Pause<'a>;
}

/// A moment at which software has done something whole: memory and accounts agree.
#[derive(Clone, Copy)]
pub struct Pause<'a> {
    /// Physical memory.
    pub memory: &'a SharedMemory,
    /// Everything counted so far.
    pub meter: &'a Meter,
    /// The software.
    pub software: Software<'a>,
}

/// The software of a [`Pause`].
#[derive(Clone, Copy)]
pub enum Software<'a> {
    /// The kernel, which returns to a process or looks for one.
    Kernel(&'a Os),
    /// A scenario without one: the step in this line of its file begins; 0 is none.
    Step(usize),
}

/// The state of everything around the MMU in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct WorldState {
    /// The process that runs.
    pub pid: Option<Pid>,
    /// The activity to which the cycle is charged.
    pub activity: Activity,
    /// The program's access that the kernel handles or handled last, counted from 1 in program
    /// order; `None` if the access was the kernel's own.
    pub access: Option<u64>,
    /// The transfers passed to the ports' buses *in the cycle before*: they follow translation.
    pub requests: PerPort<Option<bus::Request>>,
    /// What the ports' buses answer in this cycle.
    pub responses: PerPort<Option<bus::Response>>,
    /// Free frames.
    pub free_frames: u64,
    /// What the hart of a computer does.
    pub executing: Option<Executing>,
}

/// What a hart does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Executing {
    /// The address of its instruction.
    pub pc: u64,
    /// The mode it is in.
    pub privilege: Privilege,
    /// The instruction, once it is fetched.
    pub op: Option<Op>,
    /// The last trap that was taken.
    pub trap: Option<Trap>,
}

/// One cycle of a piece of hardware, as it settled.
pub struct Cycle<'a, M: Observed = Paged> {
    /// Its number.
    pub number: u64,
    /// The hart; 0 where there are none.
    pub hart: HartId,
    /// The input pins.
    pub inputs: &'a M::Inputs,
    /// The output pins.
    pub outputs: &'a M::Outputs,
    /// The hardware, for its signals.
    pub unit: &'a M::Unit,
    /// The state of everything around it.
    pub world: &'a M::World,
}

/// An observer. By default, every method does nothing.
pub trait Observer<M: Observed = Paged> {
    /// Whether cycles are of interest, or only events; called once, when it is attached. A run with
    /// observers of events only is as fast as one that is not observed.
    fn sees_cycles(&self) -> bool {
        true
    }

    /// Whether the hardware's internal signals are needed in the coming cycle; sampling them costs
    /// time.
    fn wants_signals(&self, cycle: u64) -> bool {
        let _ = cycle;
        false
    }

    /// A cycle that was evaluated.
    fn on_cycle(&mut self, cycle: &Cycle<'_, M>) {
        let _ = cycle;
    }

    /// Something happened; `cycle` is the one that comes next.
    fn on_event(&mut self, cycle: u64, event: &M::Event, world: &M::World) {
        let _ = (cycle, event, world);
    }

    /// The cycles `from..to` passed without change: no request was made of an idle MMU. `activity`
    /// is what they were spent on.
    fn on_skip(&mut self, from: u64, to: u64, activity: M::Activity) {
        let _ = (from, to, activity);
    }

    /// Whether it is to be shown cycles in which nothing is asked of an idle MMU as well, one by one,
    /// while transfers after translation wait for memory; if not, they may be skipped.
    fn sees_idle_cycles(&self) -> bool {
        true
    }

    /// Whether it needs no more cycles; asked after each that it was shown. Then it only hears of
    /// events, and the run goes on as fast as if it was not observed.
    fn has_seen_enough(&self) -> bool {
        false
    }

    /// Software is at rest; `cycle` is the one that comes next.
    fn on_pause(&mut self, cycle: u64, pause: &M::Pause<'_>) {
        let _ = (cycle, pause);
    }

    /// The run is over; `cycle` is the first that was not simulated.
    fn on_end(&mut self, cycle: u64) {
        let _ = cycle;
    }

    /// Whether, after the end, the hardware is to be shown at rest: what the last cycle has changed is
    /// seen in the one that would follow. Asked again after each cycle, a few times at most.
    fn wants_rest(&self) -> bool {
        false
    }

    /// A cycle after the end, with the MMU's signals: nothing is asked in it, and it counts nowhere.
    fn on_rest(&mut self, cycle: &Cycle<'_, M>) {
        let _ = cycle;
    }
}

/// What was observed can be read through the other handle.
impl<M: Observed, T: Observer<M>> Observer<M> for Rc<RefCell<T>> {
    fn sees_cycles(&self) -> bool {
        self.borrow().sees_cycles()
    }

    fn wants_signals(&self, cycle: u64) -> bool {
        self.borrow().wants_signals(cycle)
    }

    fn on_cycle(&mut self, cycle: &Cycle<'_, M>) {
        self.borrow_mut().on_cycle(cycle);
    }

    fn on_event(&mut self, cycle: u64, event: &M::Event, world: &M::World) {
        self.borrow_mut().on_event(cycle, event, world);
    }

    fn on_skip(&mut self, from: u64, to: u64, activity: M::Activity) {
        self.borrow_mut().on_skip(from, to, activity);
    }

    fn sees_idle_cycles(&self) -> bool {
        self.borrow().sees_idle_cycles()
    }

    fn has_seen_enough(&self) -> bool {
        self.borrow().has_seen_enough()
    }

    fn on_pause(&mut self, cycle: u64, pause: &M::Pause<'_>) {
        self.borrow_mut().on_pause(cycle, pause);
    }

    fn on_end(&mut self, cycle: u64) {
        self.borrow_mut().on_end(cycle);
    }

    fn wants_rest(&self) -> bool {
        self.borrow().wants_rest()
    }

    fn on_rest(&mut self, cycle: &Cycle<'_, M>) {
        self.borrow_mut().on_rest(cycle);
    }
}
