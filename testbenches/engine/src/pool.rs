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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, find};
    use model::isa::{Access, Context, Privilege};
    use model::mmu::{Fence, MemoryResponse, PerPort, Request};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// What an MMU does in response to what is drawn from a seed, sensible or not.
    fn life(mmu: &mut dyn Mmu, seed: u64, watched: bool) -> Vec<(Outputs, Vec<u128>)> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        mmu.watch(watched);
        let mut lived = Vec::new();
        for _ in 0..3000 {
            let mut request = |accesses: &[Access]| {
                random.random::<bool>().then(|| Request {
                    va: u64::from(random.random::<u16>()) << 8,
                    access: accesses[random.random_range(0..accesses.len())],
                    context: Context {
                        privilege: Privilege::User,
                        sum: false,
                        mxr: random.random(),
                    },
                })
            };
            let fetch = request(&[Access::Fetch]);
            let data = request(&[Access::Load, Access::Store]);
            let inputs = Inputs {
                satp: 8 << 60 | random.random_range(0..4) << 44,
                adue: random.random(),
                requests: PerPort([fetch, data]),
                fence: (random.random_range(0..50) == 0).then_some(Fence { va: None, asid: None }),
                memory_ready: random.random(),
                memory: random.random::<bool>().then(|| MemoryResponse {
                    data: u64::from(random.random::<u32>()),
                    error: random.random_range(0..20) == 0,
                    swapped: random.random(),
                }),
                fault_ready: random.random(),
                ..Inputs::default()
            };
            let outputs = mmu.cycle(&inputs);
            let mut values = Vec::new();
            mmu.values(&mut values);
            lived.push((outputs, values));
        }
        lived
    }

    #[test]
    fn one_that_is_used_again_is_as_a_new_one() {
        let config = find("rv64_tiny").unwrap();
        drop(config.mmu(Engine::Compiled));
        let idle = || IDLE.with_borrow(|idle| idle.values().map(Vec::len).sum::<usize>());
        assert_eq!(idle(), 1);
        for watched in [false, true, false] {
            let new = HardwareMmu::new(
                config.simulator(Engine::Compiled),
                config.name,
                config.xlen,
                config.entries,
            );
            let mut new: Box<dyn Mmu> = Box::new(new);
            let expected = life(new.as_mut(), 1, watched);
            let mut again = config.mmu(Engine::Compiled);
            assert_eq!(idle(), 0, "it was taken from the pool");
            assert!(life(again.as_mut(), 1, watched) == expected);
            life(again.as_mut(), 2, !watched);
        }
        drop(config.mmu(Engine::RustHdl));
        assert_eq!(idle(), 1, "what cannot begin anew is not kept");
    }
}
