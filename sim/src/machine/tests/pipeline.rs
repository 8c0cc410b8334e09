//! The pipeline's pace, precise faults, and fences that were forgotten.

use super::caching::{CachingMmu, Late};
use super::*;
use crate::isa::Access::Fetch;
use crate::machine::{LatencySpec, RunError};

fn cached(config: MachineConfig, forgets: u32, specs: Vec<ProcessSpec>) -> Outcome {
    let late = Late::default();
    let mut machine =
        Machine::new(Box::new(CachingMmu::new(late.clone(), forgets)), config).unwrap();
    *late.borrow_mut() = Some(machine.hardware().drive.memory().clone());
    for spec in specs {
        machine.spawn(spec).unwrap();
    }
    machine.run(&AtomicBool::new(false))
}

fn text_and_bss() -> Vec<RegionSpec> {
    vec![region(RegionKind::Text, 0x1_0000, 2), region(RegionKind::Bss, BSS, 64)]
}

#[test]
fn hits_sustain_one_translation_a_cycle_and_port() {
    // Each instruction fetches and loads; after the first touch everything hits.
    let ops =
        (0..1000).flat_map(|n| [op(Fetch, 0x1_0000 + n % 64 * 8), load(page(0) + n % 64 * 8)]);
    for latency in [1, 5] {
        let config = MachineConfig {
            data_latency: LatencySpec::Fixed(latency),
            window: 32,
            ..strict(Mode::Sv39)
        };
        let spec = process("p", text_and_bss(), ops.clone());
        let outcome = cached(config, 0, vec![spec]);
        assert!(outcome.error.is_none(), "{:?}", outcome.error);
        let total = outcome.report.total;
        assert_eq!(total.accesses.total(), 2000);
        let issue = total.cycles.issue;
        assert!((1000..1000 + 40).contains(&issue), "latency {latency}: {issue} cycles");
        assert_eq!(total.cycles.walk_stall, 0);
    }
}

#[test]
fn a_data_fault_squashes_the_younger_fetch_and_the_order_stays() {
    // The load's page and the next fetch's page are both missing: the older one faults first.
    let ops = [op(Fetch, 0x1_0000), load(page(0)), op(Fetch, 0x1_1000), store(page(1))];
    let outcome = run(strict(Mode::Sv39), [process("p", text_and_bss(), ops)]);
    let total = outcome.report.total;
    assert_eq!(total.faults.minor_faults + total.faults.major_faults, 4);
    assert_eq!((total.accesses.instructions, total.accesses.total()), (2, 4));
    assert!(total.mmu.fetch_requests > 2, "the squashed fetch is asked for again");
    assert_eq!(total.cycles_total, total.cycles.total());
}

#[test]
fn a_squashed_fetch_of_forbidden_memory_kills_only_when_its_turn_comes() {
    let ops = [op(Fetch, 0x1_0000), store(page(0)), load(page(1)), op(Fetch, 0x7000)];
    let outcome = run(strict(Mode::Sv39), [process("p", text_and_bss(), ops)]);
    assert_eq!(fate(&outcome, 0), "hole");
    assert_eq!(outcome.report.total.accesses.total(), 3);
}

#[test]
fn page_crossing_accesses_are_two() {
    let crossing = Op::Access(Access { kind: Store, va: page(1) - 3, bytes: 8 });
    let back = Op::Access(Access { kind: Load, va: page(1) - 3, bytes: 8 });
    let outcome = run(strict(Mode::Sv39), [process("p", text_and_bss(), [crossing, back])]);
    let total = outcome.report.total;
    assert_eq!((total.accesses.stores, total.accesses.loads), (2, 2));
    assert_eq!((total.accesses.page_crossings, total.faults.minor_faults), (2, 2));
}

fn pressure() -> Vec<ProcessSpec> {
    let ops = |salt: u64| {
        (0..600).map(move |n| {
            let number = (n * 7 + salt) % 13;
            let at = page(number) + n % 32 * 8;
            if number.is_multiple_of(2) { store(at) } else { load(at) }
        })
    };
    (0..2).map(|n| process(&format!("p{n}"), text_and_bss(), ops(n))).collect()
}

#[test]
fn every_fence_is_needed() {
    let mut config = MachineConfig { quantum: 50, ..strict(Mode::Sv39) };
    config.memory.frames = 64 + 6 + 8;
    let good = cached(config.clone(), 0, pressure());
    assert!(good.error.is_none(), "{}", good.error.unwrap());
    assert_eq!(good.report.responses_stale, 0, "nothing rested on tables that no fence covered");
    // The hardware loses every fifth fence: the kernel's evictions become visible.
    let error = cached(config, 5, pressure()).error;
    assert!(matches!(error, Some(RunError::Step(_))), "{error:?}");
}
