//! A pool of MMUs: machine code is compiled once per thread and configuration, not once per run.

use super::{HardwareMmu, Native};
use model::isa::{Extensions, Physical, Translation, Xlen};
use model::mmu::{Inputs, Mmu, MmuState, Organisation, OtherMmu, Outputs, PerPort, Signal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::thread;

/// The number of idle ones that are kept for each configuration.
const KEPT: usize = 2;

/// An MMU in machine code.
type Made = HardwareMmu<Native>;

thread_local! {
    static IDLE: RefCell<BTreeMap<&'static str, Vec<Made>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// How many MMUs are in this thread's pool.
pub fn kept() -> usize {
    IDLE.with_borrow(|idle| idle.values().map(Vec::len).sum())
}

/// An MMU that returns to its thread's pool when dropped.
pub(super) struct Lent {
    config: &'static str,
    /// Present until it is dropped.
    mmu: Option<Made>,
}

impl Lent {
    /// An MMU in its state after reset: one from the pool, or a new one.
    pub(super) fn new<E>(
        config: &'static str,
        make: impl FnOnce() -> Result<Made, E>,
    ) -> Result<Lent, E> {
        let idle = IDLE.with_borrow_mut(|idle| idle.get_mut(config)?.pop());
        let mmu = Some(idle.map_or_else(make, Ok)?);
        Ok(Lent { config, mmu })
    }

    fn mmu(&self) -> &Made {
        self.mmu.as_ref().expect("it is taken only when dropped")
    }

    fn mmu_mut(&mut self) -> &mut Made {
        self.mmu.as_mut().expect("it is taken only when dropped")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut mmu) = self.mmu.take() else { return };
        // After a panic its state is undefined.
        if thread::panicking() || !mmu.begin_anew() {
            return;
        }
        // A thread that is ending has no pool any more.
        let _ = IDLE.try_with(|idle| {
            let mut idle = idle.borrow_mut();
            let idle = idle.entry(self.config).or_default();
            if idle.len() < KEPT {
                idle.push(mmu);
            }
        });
    }
}

impl Mmu for Lent {
    fn xlen(&self) -> Xlen {
        self.mmu().xlen()
    }

    fn name(&self) -> &str {
        self.mmu().name()
    }

    fn entries(&self) -> usize {
        self.mmu().entries()
    }

    fn extensions(&self) -> Extensions {
        self.mmu().extensions()
    }

    fn organisation(&self) -> Organisation {
        self.mmu().organisation()
    }

    fn physical(&self) -> Physical {
        self.mmu().physical()
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        self.mmu_mut().cycle(inputs)
    }

    fn cycle_of_requests(
        &mut self,
        inputs: &Inputs,
        outputs: &mut Outputs,
    ) -> Option<PerPort<Translation>> {
        self.mmu_mut().cycle_of_requests(inputs, outputs)
    }

    fn show_outputs(&mut self, outputs: &mut Outputs) {
        self.mmu_mut().show_outputs(outputs);
    }

    fn signals(&self) -> Vec<Signal> {
        self.mmu().signals()
    }

    fn values(&self, values: &mut Vec<u128>) {
        self.mmu().values(values);
    }

    fn changes(&self, tell: &mut dyn FnMut(usize, u128)) {
        self.mmu().changes(tell);
    }

    fn state(&mut self) -> Option<MmuState> {
        self.mmu_mut().state()
    }

    fn restore(&mut self, state: &MmuState) -> Result<(), OtherMmu> {
        self.mmu_mut().restore(state)
    }

    fn is_quiescent(&self) -> bool {
        self.mmu().is_quiescent()
    }

    fn watch(&mut self, on: bool) {
        self.mmu_mut().watch(on);
    }
}
