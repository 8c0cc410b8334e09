//! Looking on: waves, tests, progress.

use super::HartId;
use kernel::{Activity, Event, Pid};
use model::bus;
use model::mmu::{Inputs, Mmu, Outputs, PerPort};
use std::cell::RefCell;
use std::rc::Rc;

/// What goes on around the MMU in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct WorldState {
    /// The process that runs.
    pub pid: Option<Pid>,
    /// On whose account the cycle passes.
    pub activity: Activity,
    /// The transfers handed to the ports' buses *in the cycle before*: they follow translation.
    pub requests: PerPort<Option<bus::Request>>,
    /// What the ports' buses answer in this cycle.
    pub responses: PerPort<Option<bus::Response>>,
    /// Free frames.
    pub free_frames: u64,
}

/// Someone who looks on. Every method does nothing unless said otherwise.
pub trait Observer {
    /// Whether the MMU's own signals are looked at in the coming cycle; sampling them costs time.
    fn wants_signals(&self, cycle: u64) -> bool {
        let _ = cycle;
        false
    }

    /// A cycle that was evaluated. `mmu` shows its signals as they settled.
    fn on_cycle(
        &mut self,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mmu: &dyn Mmu,
        world: &WorldState,
    ) {
        let _ = (cycle, inputs, outputs, mmu, world);
    }

    /// As [`Observer::on_cycle`], of any hart; unless said otherwise, only the first is looked at.
    fn on_hart_cycle(
        &mut self,
        hart: HartId,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mmu: &dyn Mmu,
        world: &WorldState,
    ) {
        if hart == 0 {
            self.on_cycle(cycle, inputs, outputs, mmu, world);
        }
    }

    /// Something happened; `cycle` is the one that comes next.
    fn on_event(&mut self, cycle: u64, event: &Event) {
        let _ = (cycle, event);
    }

    /// The cycles `from..to` passed without change: nobody asked anything of an idle MMU.
    /// `activity` is what they were spent on.
    fn on_skip(&mut self, from: u64, to: u64, activity: Activity) {
        let _ = (from, to, activity);
    }

    /// The run is over; `cycle` is the first that was not simulated.
    fn on_end(&mut self, cycle: u64) {
        let _ = cycle;
    }
}

/// Lets whoever keeps the other handle read what was observed.
impl<T: Observer> Observer for Rc<RefCell<T>> {
    fn wants_signals(&self, cycle: u64) -> bool {
        self.borrow().wants_signals(cycle)
    }

    fn on_cycle(
        &mut self,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mmu: &dyn Mmu,
        world: &WorldState,
    ) {
        self.borrow_mut().on_cycle(cycle, inputs, outputs, mmu, world);
    }

    fn on_hart_cycle(
        &mut self,
        hart: HartId,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mmu: &dyn Mmu,
        world: &WorldState,
    ) {
        self.borrow_mut().on_hart_cycle(hart, cycle, inputs, outputs, mmu, world);
    }

    fn on_event(&mut self, cycle: u64, event: &Event) {
        self.borrow_mut().on_event(cycle, event);
    }

    fn on_skip(&mut self, from: u64, to: u64, activity: Activity) {
        self.borrow_mut().on_skip(from, to, activity);
    }

    fn on_end(&mut self, cycle: u64) {
        self.borrow_mut().on_end(cycle);
    }
}
