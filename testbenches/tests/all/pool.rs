//! Machine code returned by a run serves the next MMU, without any trace of the first run.

use engine::{Engine, HardwareMmu, find, kept};
use model::isa::{Access, Context, Privilege};
use model::mmu::{Fence, Inputs, MemoryResponse, Mmu, Outputs, PerPort, Request};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// An MMU's responses to inputs generated from a seed, valid or not.
fn life(mmu: &mut dyn Mmu, seed: u64, watched: bool) -> Vec<(Outputs, Vec<u128>)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    mmu.watch(watched);
    let mut lived = Vec::new();
    for _ in 0..3000 {
        let mut request = |accesses: &[Access]| {
            random.random::<bool>().then(|| Request {
                va: u64::from(random.random::<u16>()) << 8,
                access: accesses[random.random_range(0..accesses.len())],
                bytes: 1 << random.random_range(0..4),
                context: Context { privilege: Privilege::User, sum: false, mxr: random.random() },
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
                line: None,
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
    assert_eq!(kept(), 1);
    for watched in [false, true, false] {
        let new = HardwareMmu::new(config.simulator(Engine::Compiled), *config);
        let mut new: Box<dyn Mmu> = Box::new(new);
        let expected = life(new.as_mut(), 1, watched);
        let mut again = config.mmu(Engine::Compiled);
        assert_eq!(kept(), 0, "it was taken from the pool");
        assert!(life(again.as_mut(), 1, watched) == expected);
        life(again.as_mut(), 2, !watched);
    }
    drop(config.mmu(Engine::RustHdl));
    assert_eq!(kept(), 1, "what cannot begin anew is not kept");
}
