//! MMUs that are used again: machine code is made once a thread and configuration, not once a
//! run.

use super::{HardwareMmu, Native};
use model::isa::Xlen;
use model::mmu::{Inputs, Mmu, Outputs, Signal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::thread;

/// Idle ones that are kept of each configuration.
const KEPT: usize = 2;

/// An MMU of machine code.
type Made = HardwareMmu<Native>;

thread_local! {
    static IDLE: RefCell<BTreeMap<&'static str, Vec<Made>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// How many MMUs wait in this thread's pool.
pub fn kept() -> usize {
    IDLE.with_borrow(|idle| idle.values().map(Vec::len).sum())
}

/// An MMU that goes back to its thread's pool in the end.
pub(super) struct Lent {
    config: &'static str,
    /// There until the end.
    mmu: Option<Made>,
}

impl Lent {
    /// An MMU as it is out of reset: one that was given back, or one that is made.
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
        // A panic may have left it in the middle of something.
        if thread::panicking() || !mmu.begin_anew() {
            return;
        }
        // A thread that ends has no pool any more.
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

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        self.mmu_mut().cycle(inputs)
    }

    fn cycle_of_requests(&mut self, inputs: &Inputs, outputs: &mut Outputs) -> bool {
        self.mmu_mut().cycle_of_requests(inputs, outputs)
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

    fn is_quiescent(&self) -> bool {
        self.mmu().is_quiescent()
    }

    fn watch(&mut self, on: bool) {
        self.mmu_mut().watch(on);
    }
}
