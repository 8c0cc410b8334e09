//! The pipeline's pace, and precise faults.

use super::caching::cached;
use super::*;
use crate::system::LatencySpec;
use model::isa::Access::Fetch;

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

#[test]
fn data_of_an_instruction_waits_for_its_own_fetch() {
    let ops = [op(Fetch, 0x7000), load(page(0))];
    let outcome = run(strict(Mode::Sv39), [process("p", text_and_bss(), ops)]);
    assert_eq!(fate(&outcome, 0), "hole");
    assert_eq!(outcome.report.total.mmu.data_requests, 0);
}
