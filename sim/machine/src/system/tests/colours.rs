//! The model of a cache behind the buses, and frames chosen by colour.

use super::*;
use crate::board::{Cycle, Observer};
use kernel::FrameChoice;
use model::bus::Request;
use model::cache::CacheSpec;
use model::mmu::Port;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// 4 colours.
const CACHE: CacheSpec = CacheSpec { bytes: 32768, ways: 2, line: 32 };

/// The physical addresses that the ports' buses carried, in their order.
#[derive(Default)]
struct Carried(Vec<u64>);

impl Observer for Carried {
    fn on_cycle(&mut self, cycle: &Cycle<'_>) {
        for port in Port::ALL {
            if let Some(Request::Read { pa, .. } | Request::Write { pa, .. }) =
                cycle.world.requests[port]
            {
                self.0.push(pa);
            }
        }
    }
}

/// Runs one process; the addresses that it reached.
fn carried(config: MachineConfig, spec: ProcessSpec) -> (Outcome, Vec<u64>) {
    let carried = Rc::new(RefCell::new(Carried::default()));
    let mut machine = Machine::new(Box::new(IdealMmu::new(xlen(config.mode))), config).unwrap();
    machine.observe(Box::new(Rc::clone(&carried)));
    machine.spawn(spec).unwrap();
    let outcome = machine.run(&AtomicBool::new(false));
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    let all = carried.borrow().0.clone();
    (outcome, all)
}

/// Loads and stores in 24 pages, some often.
fn scattered() -> ProcessSpec {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let ops: Vec<_> = (0..4_000)
        .map(|_| {
            let most = if random.random() { 24 } else { 3 };
            let va =
                BSS + random.random_range(0..most) * PAGE_BYTES + random.random_range(0..512) * 8;
            if random.random_range(0..3) == 0 { store(va) } else { load(va) }
        })
        .collect();
    process("scattered", vec![region(RegionKind::Bss, BSS, 24)], ops)
}

#[test]
fn a_cache_counts_what_the_buses_carry_and_changes_nothing() {
    for (window, frames) in [(1, 4096), (8, 4096), (8, 80)] {
        let plain = MachineConfig { window, frames, ..strict(Mode::Sv39) };
        let without = run(plain.clone(), [scattered()]).report;
        let config = MachineConfig { cache: Some(CACHE), ..plain };
        let mut with = run(config.clone(), [scattered()]).report;
        let cache = with.cache.take().expect("there is a cache");
        assert_eq!(with, without);
        // By the definition, from the addresses alone.
        let (outcome, all) = carried(config, scattered());
        assert_eq!(outcome.report.cache.as_ref(), Some(&cache));
        let lines: Vec<u64> = all.iter().map(|pa| pa / CACHE.line).collect();
        let misses = (0..lines.len()).filter(|&at| {
            let mut since = BTreeSet::new();
            for &other in lines[..at].iter().rev() {
                if other == lines[at] {
                    return since.len() as u64 >= CACHE.ways;
                }
                if other % CACHE.sets() == lines[at] % CACHE.sets() {
                    since.insert(other);
                }
            }
            true
        });
        assert_eq!(cache.counts.misses, misses.count() as u64);
        assert_eq!(cache.counts.accesses, lines.len() as u64);
        assert_eq!(cache.counts.accesses, with.total.accesses.bus_transfers);
    }
}

#[test]
fn frames_are_of_the_colour_that_was_chosen() {
    // The offset of each access says which page it is.
    let ops = |pages: &[u64]| -> Vec<Op> {
        pages.iter().map(|page| store(BSS + page * PAGE_BYTES + page * 8)).collect()
    };
    let order = [3, 0, 9, 1, 7, 2, 5, 11];
    let colours = |frame_choice, seed| -> Vec<(u64, u64)> {
        let config = MachineConfig { frame_choice, cache: Some(CACHE), seed, ..strict(Mode::Sv39) };
        let spec = process("p", vec![region(RegionKind::Bss, BSS, 12)], ops(&order));
        let (_, all) = carried(config, spec);
        all.iter().map(|pa| (pa % PAGE_BYTES / 8, pa / PAGE_BYTES % 4)).collect()
    };
    let first = BSS / PAGE_BYTES;
    let expected: Vec<_> = order.map(|page| (page, (first + page) % 4)).into();
    assert_eq!(colours(FrameChoice::Coloured, 1), expected);
    let expected: Vec<_> = order.iter().zip(0..).map(|(page, turn)| (*page, turn % 4)).collect();
    assert_eq!(colours(FrameChoice::BinHopping, 1), expected);
    let random: BTreeSet<_> = (1..5).map(|seed| colours(FrameChoice::Random, seed)).collect();
    assert!(random.len() > 1, "a seed decides");
    assert_eq!(colours(FrameChoice::Random, 3), colours(FrameChoice::Random, 3));
}

#[test]
fn a_copy_and_a_page_from_swap_get_their_colour() {
    // 8 frames for 12 pages: all that come back do so where they belong, if there is a frame.
    let config = MachineConfig {
        frame_choice: FrameChoice::Coloured,
        cache: Some(CACHE),
        ..strict(Mode::Sv39)
    };
    let mut spec = process(
        "p",
        vec![region(RegionKind::Bss, BSS, 12)],
        (0..3).flat_map(|_| (0..12).map(|page| store(BSS + page * PAGE_BYTES + page * 8))),
    );
    spec.frames = Some(8);
    let (outcome, all) = carried(config, spec);
    assert!(outcome.report.total.faults.swap_ins > 0);
    let first = BSS / PAGE_BYTES;
    for pa in all {
        assert_eq!(pa / PAGE_BYTES % 4, (first + pa % PAGE_BYTES / 8) % 4, "{pa:#x}");
    }
}
