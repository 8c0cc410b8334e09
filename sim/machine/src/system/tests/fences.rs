//! Fences: with an MMU that forgets nothing by itself, every fence that the kernel omits is
//! noticed.

use super::caching::cached;
use super::soak;
use super::*;
use crate::system::RunError;
use kernel::PolicyKind;

/// Two processes, 26 pages, stores and loads.
fn pressure() -> Vec<ProcessSpec> {
    let ops = |salt: u64| {
        (0..600).map(move |n| {
            let number = (n * 7 + salt) % 13;
            let at = page(number) + n % 32 * 8;
            if number.is_multiple_of(2) { store(at) } else { load(at) }
        })
    };
    let bss = || vec![region(RegionKind::Bss, BSS, 13)];
    (0..2).map(|n| process(&format!("p{n}"), bss(), ops(n))).collect()
}

fn small(policy: PolicyKind, asids: u16) -> MachineConfig {
    let mut config = MachineConfig { policy, asids, quantum: 50, ..strict(Mode::Sv39) };
    config.frames = 64 + 6 + 8;
    config
}

const POLICIES: [PolicyKind; 3] = [PolicyKind::Fifo, PolicyKind::Lru, PolicyKind::Clock];

#[test]
fn no_answer_rests_on_a_table_that_changed() {
    for &policy in PolicyKind::ALL {
        for asids in [0, 1, 511] {
            for adue in [false, true] {
                let config = MachineConfig { adue, tick_every: 23, ..small(policy, asids) };
                let outcome = cached(config, 0, pressure());
                assert!(outcome.error.is_none(), "{policy:?} {asids}: {}", outcome.error.unwrap());
                assert_eq!(outcome.report.responses_stale, 0);
                assert_eq!(outcome.report.total.faults.spurious_faults, 0);
                assert!((0..2).all(|at| fate(&outcome, at) == "exited"));
            }
        }
    }
}

#[test]
fn fences_that_hardware_loses_are_noticed() {
    for policy in POLICIES {
        let error = cached(small(policy, 511), 5, pressure()).error;
        assert!(matches!(error, Some(RunError::Step(_))), "{policy:?}: {error:?}");
    }
}

#[test]
fn clock_sees_accesses_that_hit_in_the_tlb() {
    // A hit does not set A: without the fence after clearing it these counts would differ.
    let string = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
    let config = MachineConfig { policy: PolicyKind::Clock, ..strict(Mode::Sv39) };
    let spec = process("p", vec![region(RegionKind::Bss, BSS, 8)], string.map(|n| load(page(n))));
    let outcome = cached(config, 0, vec![ProcessSpec { frames: Some(3), ..spec }]);
    let faults = outcome.report.total.faults;
    assert_eq!(faults.minor_faults + faults.major_faults, 14);
}

#[test]
fn what_a_heap_gives_up_is_out_of_reach_at_once() {
    let heap = RegionSpec { limit: Some(4), ..region(RegionKind::Heap, 0x20_0000, 2) };
    let ops = [store(0x20_1000), Op::Sbrk(-1), load(0x20_1000)];
    let outcome = cached(strict(Mode::Sv39), 0, vec![process("p", vec![heap], ops)]);
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    assert_eq!(fate(&outcome, 0), "hole");
}

#[test]
fn random_programs_run_on_an_mmu_that_forgets_nothing() {
    for (seed, &policy) in (0..).zip(PolicyKind::ALL) {
        let mut config = MachineConfig {
            policy,
            seed,
            tick_every: 11,
            tau: 2,
            quantum: 37,
            asids: 2,
            adue: seed % 2 == 0,
            ..strict(Mode::Sv39)
        };
        config.frames = 64 + 4 * 5 + 10;
        let specs = (0..3).map(|process| soak::spec(seed * 10 + process, 500)).collect();
        let outcome = cached(config, 0, specs);
        assert!(outcome.error.is_none(), "{policy}, seed {seed}: {}", outcome.error.unwrap());
        assert!((0..3).all(|at| fate(&outcome, at) == "exited"), "{:?}", outcome.states);
    }
}
