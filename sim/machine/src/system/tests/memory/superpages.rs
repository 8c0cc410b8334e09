//! Transparent superpages: at the first touch, split, freed, or unavailable.

use super::*;
use kernel::Thp;

const START: u64 = 0x40_0000;

fn at(number: u64) -> u64 {
    START + number * PAGE_BYTES
}

fn large(pages: u64) -> Vec<RegionSpec> {
    vec![region(RegionKind::Bss, START, pages)]
}

fn config(mode: Mode) -> MachineConfig {
    MachineConfig { thp: Thp::Always, ..strict(mode) }
}

fn hand(mode: Mode, frames: u64, pages: u64) -> (Hand, Pid) {
    let mut hand = Hand::with_frames(config(mode), frames);
    let pid = hand.spawn("p", large(pages));
    hand.switch(pid);
    (hand, pid)
}

#[test]
fn one_fault_brings_a_whole_superpage() {
    for (mode, run) in [(Mode::Sv32, 1024), (Mode::Sv39, 512), (Mode::Sv48, 512)] {
        let (mut hand, pid) = hand(mode, 4096, 1500);
        let before = hand.free();
        hand.store(at(5));
        (0..run).step_by(50).for_each(|n| hand.load(at(n)));
        let tables = u64::from(mode.levels()) - 2 + 1;
        assert_eq!((before - hand.free(), hand.resident(pid)), (run + tables, run));
        let counters = hand.counters(pid);
        assert_eq!((counters.minor_faults, counters.thp_allocations), (1, 1));
        // Beyond the last whole run there are only pages.
        hand.store(at(1499));
        assert_eq!(hand.counters(pid).thp_allocations, 1);
        assert_eq!(hand.counters(pid).thp_fallbacks, 0);
        hand.exit();
        assert_eq!(hand.free(), 4096);
    }
}

#[test]
fn unmapping_a_part_splits_and_unmapping_all_does_not() {
    let (mut hand, pid) = hand(Mode::Sv39, 4096, 1024);
    hand.store(at(0));
    hand.store(at(100));
    hand.store(at(511));
    hand.store(at(600));
    let before = hand.free();
    assert!(hand.munmap(at(100)..at(101)));
    let counters = hand.counters(pid);
    assert_eq!((counters.thp_splits, hand.free() - before), (1, 1));
    hand.load(at(0));
    hand.load(at(99));
    hand.load(at(511));
    assert!(hand.munmap(at(512)..at(1024)));
    assert_eq!((hand.counters(pid).thp_splits, hand.free() - before), (1, 514));
    assert_eq!(hand.access(isa::Access::Load, at(600)), Err("hole"));
}

#[test]
fn a_part_that_is_protected_or_shared_is_split_off() {
    let (mut hand, pid) = hand(Mode::Sv39, 4096, 1024);
    hand.store(at(0));
    hand.store(at(513));
    assert!(hand.mprotect(at(3)..at(5), "r--"));
    assert_eq!(hand.counters(pid).thp_splits, 1);
    hand.load(at(3));
    hand.store(at(5));
    let child = hand.fork().unwrap();
    assert_eq!(hand.counters(pid).thp_splits, 2);
    hand.store(at(513));
    hand.store(at(0));
    assert_eq!(hand.counters(pid).cow_copies, 2);
    hand.switch(child);
    [0, 3, 5, 513].into_iter().for_each(|n| hand.load(at(n)));
    assert_eq!(hand.access(isa::Access::Store, at(4)), Err("write_to_read_only"));
}

#[test]
fn pressure_splits_and_swaps_page_by_page() {
    let (mut hand, pid) = hand(Mode::Sv39, 960 + 50, 1500);
    (0..512).step_by(16).for_each(|n| hand.store(at(n)));
    (512..1200).for_each(|n| hand.store(at(n)));
    let counters = hand.counters(pid);
    assert_eq!((counters.thp_allocations, counters.thp_splits), (1, 1));
    assert!(counters.thp_fallbacks > 0 && counters.swap_outs > 50, "{counters:?}");
    (0..512).step_by(16).for_each(|n| hand.load(at(n)));
}

#[test]
fn without_a_run_of_free_frames_there_are_pages() {
    let (mut hand, pid) = hand(Mode::Sv32, 1000, 1024);
    (0..8).for_each(|n| hand.store(at(n)));
    let counters = hand.counters(pid);
    assert_eq!((counters.thp_allocations, counters.minor_faults), (0, 8));
    // Once there is a table for its pages, the run is not requested again.
    assert_eq!(counters.thp_fallbacks, 1);
}

#[test]
fn software_sets_dirty_once_for_a_superpage() {
    let mut config = MachineConfig { adue: false, ..config(Mode::Sv39) };
    config.frames = 4096;
    let mut hand = Hand::new(config);
    let pid = hand.spawn("p", large(512));
    hand.switch(pid);
    (0..512).step_by(64).for_each(|n| hand.load(at(n)));
    (0..512).step_by(64).for_each(|n| hand.store(at(n)));
    let counters = hand.counters(pid);
    assert_eq!((counters.minor_faults, counters.ad_faults), (1, 1));
}

#[test]
fn pages_of_a_split_superpage_are_replaced_like_any() {
    let policy = kernel::PolicyKind::Fifo;
    let mut hand = Hand::with_frames(MachineConfig { policy, ..config(Mode::Sv39) }, 4096);
    let pid = hand.spawn_limited("p", large(1000), Some(512));
    hand.switch(pid);
    hand.store(at(0));
    (512..540).for_each(|n| hand.store(at(n)));
    let left = (0..512).filter(|&n| hand.frame(at(n)).is_some()).count();
    assert_eq!((hand.counters(pid).thp_splits, left), (1, 512 - 28));
}
