//! Every policy through real page faults, against textbook programs and known properties.

use super::reference::{Counted, simulate, stack_faults};
use super::*;
use crate::system::{Observer, WorldState};
use kernel::{Event, PolicyKind, VirtualPage};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

const SILBERSCHATZ: &[u64] = &[7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
const BELADY: &[u64] = &[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
const STALLINGS: &[u64] = &[2, 3, 2, 1, 5, 2, 4, 5, 3, 2, 5, 2];

#[derive(Default)]
struct Victims(Vec<u64>);

impl Observer for Victims {
    fn on_event(&mut self, _cycle: u64, event: &Event, _world: &WorldState) {
        if let Event::Eviction { va, .. } = event {
            self.0.push((va - BSS) / PAGE_BYTES);
        }
    }
}

/// Runs a string of (page, is a store) on the machine, with a tick where the page is `None`.
fn play(kind: PolicyKind, frames: u64, steps: &[Option<(u64, bool)>]) -> Counted {
    let config = MachineConfig { policy: kind, tau: 2, ..strict(Mode::Sv39) };
    let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config).unwrap();
    let op = |&(n, is_store): &(u64, bool)| if is_store { store(page(n)) } else { load(page(n)) };
    let ops = steps.iter().map(|step| step.as_ref().map_or(Op::Tick, op));
    let pages = steps.iter().flatten().map(|(n, _)| n + 1).max().unwrap_or(1);
    let spec = process("string", vec![region(RegionKind::Bss, BSS, pages)], ops);
    let pid = machine.spawn(ProcessSpec { frames: Some(frames), ..spec }).unwrap();
    let vpn = |n: u64| page(n) / PAGE_BYTES;
    let future: Vec<_> =
        steps.iter().flatten().map(|(n, _)| VirtualPage { pid, vpn: vpn(*n) }).collect();
    machine.foresee(&future);
    let victims = Rc::new(RefCell::new(Victims::default()));
    machine.observe(Box::new(victims.clone()));
    let outcome = machine.run(&AtomicBool::new(false));
    assert!(outcome.error.is_none(), "{kind}: {}", outcome.error.unwrap());
    assert_eq!(fate(&outcome, 0), "exited");
    let counts = outcome.report.total.faults;
    Counted {
        faults: counts.minor_faults + counts.major_faults,
        writes: counts.swap_outs,
        victims: victims.take().0,
    }
}

fn loads(string: &[u64]) -> Vec<(u64, bool)> {
    string.iter().map(|&page| (page, false)).collect()
}

fn machine(kind: PolicyKind, frames: u64, string: &[(u64, bool)]) -> Counted {
    play(kind, frames, &string.iter().copied().map(Some).collect::<Vec<_>>())
}

fn faults(kind: PolicyKind, frames: u64, string: &[u64]) -> u64 {
    machine(kind, frames, &loads(string)).faults
}

/// The policies that textbooks define completely.
const DEFINED: [PolicyKind; 9] = [
    PolicyKind::Fifo,
    PolicyKind::Lru,
    PolicyKind::Opt,
    PolicyKind::Clock,
    PolicyKind::Clock0,
    PolicyKind::SecondChance,
    PolicyKind::EnhancedSecondChance,
    PolicyKind::Lfu,
    PolicyKind::Mru,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_machine_chooses_as_the_textbook_programs_do(
        frames in 1_u64..6,
        string in prop::collection::vec((0_u64..8, any::<bool>()), 1..60),
    ) {
        for kind in DEFINED {
            let expected = simulate(kind, frames as usize, &string);
            prop_assert_eq!(machine(kind, frames, &string), expected, "{} {}", kind, frames);
        }
    }

    #[test]
    fn nothing_beats_the_optimum_and_every_policy_keeps_its_books(
        frames in 1_u64..6,
        string in prop::collection::vec(prop::option::weighted(0.8, (0_u64..8, any::<bool>())), 1..60),
    ) {
        let best = play(PolicyKind::Opt, frames, &string).faults;
        for &kind in PolicyKind::ALL {
            let counted = play(kind, frames, &string);
            prop_assert!(counted.faults >= best, "{kind}: {} of {best}", counted.faults);
            let left = counted.victims.len() as u64;
            prop_assert!(counted.faults - left <= frames, "{kind}");
        }
    }

    #[test]
    fn lru_is_a_stack_algorithm(string in prop::collection::vec(0_u64..8, 1..60)) {
        let counted: Vec<u64> =
            (1..8).map(|frames| faults(PolicyKind::Lru, frames, &string)).collect();
        let expected: Vec<u64> = (1..8).map(|frames| stack_faults(&string, frames)).collect();
        prop_assert_eq!(&counted, &expected);
        prop_assert!(counted.is_sorted_by(|few, more| few >= more));
    }
}

#[test]
fn textbook_strings_fault_as_printed_under_the_oracles() {
    for (string, frames, opt) in
        [(SILBERSCHATZ, 3, 9), (SILBERSCHATZ, 4, 8), (BELADY, 3, 7), (BELADY, 2, 9)]
    {
        assert_eq!(faults(PolicyKind::Opt, frames, string), opt);
    }
    assert_eq!(faults(PolicyKind::Lfu, 3, SILBERSCHATZ), 13);
    // If pages are loaded with use = 0, the clock counts differently, and Belady's anomaly is gone.
    for (string, frames, clock0) in
        [(STALLINGS, 3, 6), (SILBERSCHATZ, 3, 11), (BELADY, 3, 10), (BELADY, 4, 8)]
    {
        assert_eq!(faults(PolicyKind::Clock0, frames, string), clock0);
    }
    let looped: Vec<u64> = (0..50).cycle().take(10_000).collect();
    assert_eq!(simulate(PolicyKind::Mru, 49, &loads(&looped)).faults, 253);
}

/// Tanenbaum's table of four frames: loaded at 126, 230, 140, 110; used at 280, 265, 270, 285;
/// R and M 10, 01, 00, 11.
#[test]
fn the_page_that_goes_is_the_one_that_tanenbaum_names() {
    let (load, store) = (|page| Some((page, false)), |page| Some((page, true)));
    let table = [
        store(3),
        load(0),
        load(2),
        store(1), // loaded in this order, two of them stored to
        load(1),
        load(2),
        None, // the clock interrupt clears R
        load(0),
        load(3),
        load(4), // which is a fault
    ];
    for (kind, victim) in [
        (PolicyKind::Nru, 2),
        (PolicyKind::Fifo, 3),
        (PolicyKind::Lru, 1),
        (PolicyKind::SecondChance, 2),
        (PolicyKind::Clock, 2),
    ] {
        assert_eq!(play(kind, 4, &table).victims, [victim], "{kind}");
    }
}

/// Tanenbaum's aging figure: R bits 101011, 110010, 110101, 100010, 011000 of six pages in five
/// ticks leave the counters 01111000, 10110000, 10001000, 00100000, 01011000, 00101000.
#[test]
fn aging_keeps_the_history_that_tanenbaum_draws() {
    let load = |page| Some((page, false));
    let mut steps: Vec<_> = (0..6).map(load).collect();
    // Nine idle ticks forget that the pages were loaded.
    steps.extend([None; 9]);
    for used in ["101011", "110010", "110101", "100010", "011000"] {
        steps.extend((0..6).zip(used.bytes()).filter(|(_, r)| *r == b'1').map(|(n, _)| load(n)));
        steps.push(None);
    }
    // The smallest is evicted first: 3, 5, 0 by the figure's counters, then 4 (01011000 <
    // 01111000).
    steps.extend((6..10).map(load));
    assert_eq!(play(PolicyKind::Aging, 6, &steps).victims, [3, 5, 4, 0]);
    // By counts alone page 3 is evicted too, and then each new page: counts that never decay keep
    // the old pages.
    assert_eq!(play(PolicyKind::Nfu, 6, &steps).victims, [3, 6, 7, 8]);
}

/// A tick has the same effect on both clocks: no page is in use until it is used again.
#[test]
fn a_tick_clears_the_use_bits_of_either_clock() {
    let load = |page| Some((page, false));
    // 0 is loaded, then 1; both are used again. After the tick only 0 is, so 1 is evicted.
    let steps = [load(0), load(1), load(0), load(1), None, load(0), load(2)];
    for kind in [PolicyKind::Clock, PolicyKind::Clock0, PolicyKind::EnhancedSecondChance] {
        assert_eq!(play(kind, 2, &steps).victims, [1], "{kind}");
    }
}

#[test]
fn enhanced_second_chance_takes_the_lowest_class_that_a_hand_meets_first() {
    let (load, store) = (|page| Some((page, false)), |page| Some((page, true)));
    // (0,1), (0,0), (1,0) after the tick: the clean unused page is evicted, though the hand points
    // to another.
    let steps = [store(0), load(1), load(2), None, load(2), load(3)];
    assert_eq!(play(PolicyKind::EnhancedSecondChance, 3, &steps).victims, [1]);
    // Then 2 at the hand is (1,0), 0 is (0,1), 3 is (1,0): 0 is written back and evicted; 2, which
    // the hand passed, loses its A and is evicted next.
    let more = [load(4), load(5)];
    let counted = play(PolicyKind::EnhancedSecondChance, 3, &[&steps[..], &more].concat());
    assert_eq!((counted.victims, counted.writes), (vec![1, 0, 2], 1));
    // NRU evicts the same page first, and the oldest of the used ones.
    assert_eq!(play(PolicyKind::Nru, 3, &steps).victims, [1]);
}

#[test]
fn wsclock_spares_the_working_set_and_writes_ahead() {
    let (load, store) = (|page| Some((page, false)), |page| Some((page, true)));
    // Pages 0 and 1 get old, 0 dirty; 2 is used in every tick.
    let mut steps = vec![store(0), load(1), load(2)];
    for _ in 0..4 {
        steps.extend([None, load(2)]);
    }
    steps.push(load(3));
    let counted = play(PolicyKind::WsClock, 3, &steps);
    assert_eq!(counted.victims, [1], "the old clean page");
    assert_eq!(counted.writes, 1, "the old dirty page was written and stayed");
    steps.push(load(4));
    assert_eq!(play(PolicyKind::WsClock, 3, &steps).victims, [1, 0]);
}

#[test]
fn lists_and_generations_survive_a_scan() {
    // Two busy pages, and a scan through ten others that are used once each.
    let load = |page| Some((page, false));
    let mut steps = Vec::new();
    for other in 2..12 {
        steps.extend([load(0), load(1), None, load(0), load(1), load(other)]);
    }
    for kind in [PolicyKind::TwoList, PolicyKind::Generations, PolicyKind::Aging] {
        let victims = play(kind, 4, &steps).victims;
        assert!(victims.iter().skip(2).all(|&page| page > 1), "{kind}: {victims:?}");
    }
}

#[test]
fn one_process_cannot_be_robbed_under_local_allocation_but_under_global() {
    for (frames, robbed) in [(Some(4), false), (None, true)] {
        let mut config =
            MachineConfig { policy: PolicyKind::Lru, quantum: 20, ..strict(Mode::Sv39) };
        // Room for the tables of both and eight pages.
        config.frames = config.kernel + 6 + 8;
        let busy = (0..4).cycle().take(80).map(|n| load(page(n)));
        let greedy = (0..40).map(|n| load(page(n)));
        let specs = [
            process("busy", vec![region(RegionKind::Bss, BSS, 64)], busy),
            process("greedy", vec![region(RegionKind::Bss, BSS, 64)], greedy),
        ];
        let outcome = run(config, specs.map(|spec| ProcessSpec { frames, ..spec }));
        let evicted = outcome.report.processes[0].counts.faults.evictions;
        assert_eq!(evicted > 0, robbed, "{frames:?}: {evicted} evictions");
    }
}

#[test]
fn a_state_in_words_names_the_pages() {
    let load = |page| Some((page, false));
    struct Last(String);
    impl Observer for Last {
        fn on_event(&mut self, _cycle: u64, event: &Event, _world: &WorldState) {
            if let Event::Policy { state } = event {
                self.0 = state.to_string();
            }
        }
    }
    let steps = [load(0), load(1), load(0), None, load(2)];
    for &kind in PolicyKind::ALL {
        let config = MachineConfig { policy: kind, ..strict(Mode::Sv39) };
        let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config).unwrap();
        let ops = steps.iter().map(|step| step.map_or(Op::Tick, |(n, _)| super::load(page(n))));
        machine.spawn(process("p", vec![region(RegionKind::Bss, BSS, 4)], ops)).unwrap();
        let last = Rc::new(RefCell::new(Last(String::new())));
        machine.observe(Box::new(last.clone()));
        machine.run(&AtomicBool::new(false));
        let state = &last.borrow().0;
        for vpn in ["1:100", "1:101", "1:102"] {
            assert!(state.contains(vpn), "{kind}: {state}");
        }
        assert!(!state.contains(' '), "{kind}: {state}");
    }
}
