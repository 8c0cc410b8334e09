//! Forks that copy pages at once.

use super::*;
use kernel::{ForkKind, PolicyKind, Thp};

fn copying(mode: Mode) -> MachineConfig {
    MachineConfig { fork: ForkKind::Copy, ..strict(mode) }
}

#[test]
fn each_has_frames_of_its_own_and_neither_faults() {
    for adue in [false, true] {
        let mut hand = Hand::new(MachineConfig { adue, ..copying(Mode::Sv39) });
        let parent = hand.spawn("p", vec![bss(16)]);
        hand.switch(parent);
        (0..10).for_each(|n| hand.store(page(n)));
        let before = hand.free();
        let child = hand.fork().unwrap();
        assert_eq!(before - hand.free(), 3 + 10, "three tables and ten pages");
        let frames: Vec<_> = (0..10).map(|n| hand.frame(page(n))).collect();
        (0..10).for_each(|n| hand.store(page(n)));
        hand.switch(child);
        (0..10).for_each(|n| assert_ne!(hand.frame(page(n)), frames[n as usize]));
        (0..10).for_each(|n| hand.load(page(n)));
        (0..12).for_each(|n| hand.store(page(n)));
        hand.exit();
        hand.switch(parent);
        (0..10).for_each(|n| hand.load(page(n)));
        let (old, new) = (hand.counters(parent), hand.counters(child));
        assert_eq!((old.fork_copied_pages, old.fork_shared_pages), (10, 0));
        assert_eq!((old.minor_faults, old.cow_faults), (10, 0));
        assert_eq!((new.minor_faults, new.cow_faults, new.demand_zero), (2, 0, 2));
        assert_eq!(hand.free(), before);
    }
}

#[test]
fn shared_memory_files_and_zeroes_stay_shared() {
    let mut config = copying(Mode::Sv39);
    config.zero_page = true;
    let shared = |spec| RegionSpec { shared: true, ..spec };
    let mut hand = Hand::new(config);
    let parent = hand.spawn(
        "p",
        vec![
            bss(8),
            file(RegionKind::Data, 0x40_0000, 4, "data"),
            shared(region(RegionKind::Bss, 0x80_0000, 4)),
        ],
    );
    hand.switch(parent);
    (0..4).for_each(|n| hand.load(page(n)));
    hand.store(page(4));
    (0..4).for_each(|n| hand.load(0x40_0000 + n * PAGE_BYTES));
    hand.store(0x40_0000);
    (0..4).for_each(|n| hand.store(0x80_0000 + n * PAGE_BYTES));
    let child = hand.fork().unwrap();
    let counters = hand.counters(parent);
    // Copied: a page of bss and a private copy of the file's. Shared: four zeroes, the file's
    // other three pages, and four of shared memory.
    assert_eq!((counters.fork_copied_pages, counters.fork_shared_pages), (2, 11));
    hand.switch(child);
    (0..5).for_each(|n| hand.store(page(n)));
    (0..4).for_each(|n| hand.store(0x40_0000 + n * PAGE_BYTES));
    hand.store(0x80_0000);
    let counters = hand.counters(child);
    assert_eq!((counters.cow_faults, counters.cow_copies), (4 + 3, 3));
    hand.switch(parent);
    (0..5).for_each(|n| hand.load(page(n)));
    (0..4).for_each(|n| hand.load(0x40_0000 + n * PAGE_BYTES));
    hand.load(0x80_0000);
}

#[test]
fn pages_in_swap_are_copied_by_the_first_store() {
    let policy = PolicyKind::Fifo;
    let config = MachineConfig { swap: 64, policy, ..copying(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 100);
    let parent = hand.spawn_limited("p", vec![bss(16)], Some(8));
    hand.switch(parent);
    (0..16).for_each(|n| hand.store(page(n)));
    // Pages 0 to 7 are brought back, clean: the original has slots for them, the copies have none.
    (0..8).for_each(|n| hand.load(page(n)));
    let child = hand.fork().unwrap();
    let counters = hand.counters(parent);
    assert_eq!((counters.fork_copied_pages, counters.fork_shared_pages), (8, 8));
    for pid in [child, parent, child] {
        hand.switch(pid);
        (0..16).for_each(|n| hand.load(page(n)));
        (0..16).step_by(3).for_each(|n| hand.store(page(n)));
    }
    assert_eq!(hand.counters(child).cow_copies, 3, "pages 9, 12 and 15 were one in swap");
    [child, parent].into_iter().for_each(|pid| {
        hand.switch(pid);
        hand.exit();
    });
    assert_eq!((hand.free(), hand.machine.os.swap().used()), (100, 0));
}

#[test]
fn a_copy_finds_its_frames_by_eviction_or_not_at_all() {
    for (swap_slots, forks) in [(0, false), (40, true)] {
        let config = MachineConfig { swap: swap_slots, ..copying(Mode::Sv39) };
        let mut hand = Hand::with_frames(config, 40);
        let parent = hand.spawn("p", vec![bss(30)]);
        hand.switch(parent);
        (0..30).for_each(|n| hand.store(page(n)));
        let child = hand.fork();
        assert_eq!(child.is_some(), forks);
        let counters = hand.counters(parent);
        assert_eq!(counters.forks, u64::from(forks));
        if let Some(child) = child {
            assert!(counters.fork_copied_pages > 0 && counters.swap_outs > 20);
            hand.switch(child);
            (0..30).for_each(|n| hand.load(page(n)));
            (0..30).for_each(|n| hand.store(page(n)));
            hand.switch(parent);
        } else {
            assert_eq!((hand.free(), counters.fork_copied_pages), (40 - 33, 0));
        }
        (0..30).for_each(|n| hand.load(page(n)));
        (0..30).for_each(|n| hand.store(page(n)));
    }
}

#[test]
fn a_superpage_stays_with_the_parent_and_comes_as_pages() {
    const START: u64 = 0x40_0000;
    let mut config = copying(Mode::Sv39);
    config.thp = Thp::Always;
    let mut hand = Hand::with_frames(config, 4096);
    let parent = hand.spawn("p", vec![region(RegionKind::Bss, START, 512)]);
    hand.switch(parent);
    (0..512).step_by(5).for_each(|n| hand.store(START + n * PAGE_BYTES));
    let child = hand.fork().unwrap();
    assert_eq!((hand.counters(parent).thp_splits, hand.resident(child)), (0, 512));
    (0..512).step_by(3).for_each(|n| hand.store(START + n * PAGE_BYTES));
    hand.switch(child);
    (0..512).for_each(|n| hand.load(START + n * PAGE_BYTES));
    (0..512).step_by(4).for_each(|n| hand.store(START + n * PAGE_BYTES));
    hand.switch(parent);
    (0..512).for_each(|n| hand.load(START + n * PAGE_BYTES));
}
