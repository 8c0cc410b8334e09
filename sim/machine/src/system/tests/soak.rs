//! Random programs under memory pressure, with every invariant checked.

use super::*;
use crate::cpu::{Access, Program, ProgramError};
use crate::system::{LatencySpec, Master};
use kernel::PolicyKind;
use model::bus::{BackPressure, FaultInjection, FaultPlan};
use model::isa::Access::Fetch;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Accesses of every kind and size, all allowed, clustered like those of programs.
struct Random {
    random: ChaCha8Rng,
    left: u32,
}

impl Program for Random {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        self.left = self.left.checked_sub(1)?;
        let random = &mut self.random;
        let bytes = [1, 2, 3, 4, 5, 8, 16, 40][random.random_range(0..8)];
        let (kind, start, pages) = match random.random_range(0..8) {
            0..3 => (Fetch, 0x1_0000, 6),
            3 => (Load, 0x1_0000, 6),
            4 | 5 => (Load, BSS, 24),
            _ => (Store, BSS, 24),
        };
        let near = random.random_range(0..pages as u64 * PAGE_BYTES);
        let far = if random.random_bool(0.8) { near % (3 * PAGE_BYTES) } else { near };
        let va = start + far.min(pages as u64 * PAGE_BYTES - u64::from(bytes));
        if random.random_bool(0.02) {
            return Some(Ok(Op::Sbrk(random.random_range(-2..3))));
        }
        Some(Ok(Op::Access(Access { kind, va, bytes })))
    }
}

pub(super) fn spec(seed: u64, left: u32) -> ProcessSpec {
    ProcessSpec {
        name: format!("random{seed}"),
        layout: Layout::Regions(vec![
            region(RegionKind::Text, 0x1_0000, 6),
            region(RegionKind::Bss, BSS, 24),
            RegionSpec { limit: Some(4), ..region(RegionKind::Heap, 0x40_0000, 0) },
        ]),
        program: Box::new(Random { random: ChaCha8Rng::seed_from_u64(seed), left }),
        frames: None,
    }
}

fn soak(mode: Mode, seed: u64, adue: bool, policy: PolicyKind) -> Outcome {
    let mut config = MachineConfig {
        policy,
        adue,
        seed,
        quantum: 37,
        asids: 2,
        swap: 80,
        latency: LatencySpec::Range([1, 7]),
        data_latency: LatencySpec::Range([1, 4]),
        ..strict(mode)
    };
    config.frames = 64 + 4 * 5 + 10;
    let mmu = Box::new(IdealMmu::new(xlen(mode)));
    let mut machine = Machine::with_buses(mmu, config, &mut |master, channel| {
        Box::new(BackPressure::new(channel, 0.2, seed + master as u64))
    })
    .unwrap();
    for process in 0..3 {
        machine.spawn(spec(seed * 10 + process, 500)).unwrap();
    }
    machine.run(&AtomicBool::new(false))
}

#[test]
fn random_programs_keep_every_invariant() {
    let policies = [PolicyKind::Fifo, PolicyKind::Lru, PolicyKind::Clock];
    for (seed, mode) in [Mode::Sv32, Mode::Sv39, Mode::Sv48, Mode::Sv57].into_iter().enumerate() {
        for adue in [false, true] {
            let outcome = soak(mode, seed as u64, adue, policies[seed % 3]);
            assert!(outcome.error.is_none(), "{mode:?} seed {seed}: {}", outcome.error.unwrap());
            assert!((0..3).all(|at| fate(&outcome, at) == "exited"), "{:?}", outcome.states);
            let total = outcome.report.total;
            assert!(total.accesses.total() > 1400 && total.faults.swap_ins > 10, "{total:?}");
            assert_eq!(total.cycles.total(), outcome.report.cycles);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || soak(Mode::Sv39, 5, true, PolicyKind::Clock).report;
    assert_eq!(run(), run());
}

#[test]
fn memory_that_refuses_kills_the_process_that_asked() {
    for (master, reason) in [(Master::Walker, "access_fault"), (Master::Data, "bus_error")] {
        let config = strict(Mode::Sv39);
        let mmu = Box::new(IdealMmu::new(Xlen::Rv64));
        let mut machine = Machine::with_buses(mmu, config, &mut |whose, channel| {
            if whose != master {
                return channel;
            }
            Box::new(FaultInjection::new(
                channel,
                FaultPlan { requests: [20].into(), ..FaultPlan::default() },
            ))
        })
        .unwrap();
        for name in ["first", "second"] {
            let ops = (0..30).map(|n| store(page(n)));
            machine.spawn(process(name, vec![region(RegionKind::Bss, BSS, 30)], ops)).unwrap();
        }
        let outcome = machine.run(&AtomicBool::new(false));
        assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
        assert_eq!((fate(&outcome, 0), fate(&outcome, 1)), (reason, "exited"));
    }
}
