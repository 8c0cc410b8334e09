//! Fork, copy on write, the zero page.

use super::*;

#[test]
fn a_fork_copies_tables_and_no_page() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let parent = hand.spawn("p", vec![bss(16)]);
    hand.switch(parent);
    (0..10).for_each(|n| hand.store(page(n)));
    let before = hand.free();
    let child = hand.fork().unwrap();
    assert_eq!(before - hand.free(), 3, "the child's three tables");
    let frames: Vec<_> = (0..10).map(|n| hand.frame(page(n))).collect();
    hand.switch(child);
    assert_eq!((0..10).map(|n| hand.frame(page(n))).collect::<Vec<_>>(), frames);
    (0..10).for_each(|n| hand.load(page(n)));
    let counters = hand.counters(child);
    assert_eq!((counters.minor_faults, counters.cow_faults), (0, 0));
    assert_eq!(hand.counters(parent).fork_shared_pages, 10);
}

#[test]
fn written_pages_are_copied_once_and_the_last_owner_copies_nothing() {
    for adue in [false, true] {
        let mut hand = Hand::new(MachineConfig { adue, ..strict(Mode::Sv39) });
        let parent = hand.spawn("p", vec![bss(16)]);
        hand.switch(parent);
        (0..10).for_each(|n| hand.store(page(n)));
        let child = hand.fork().unwrap();
        let before = hand.free();
        // The parent's translations were writable a moment ago; that of page 3 is cached again.
        hand.load(page(3));
        (0..4).for_each(|n| hand.store(page(n)));
        assert_eq!((hand.counters(parent).cow_copies, before - hand.free()), (4, 4));
        hand.switch(child);
        (0..10).for_each(|n| hand.load(page(n)));
        (0..4).for_each(|n| hand.store(page(n)));
        let counters = hand.counters(child);
        assert_eq!((counters.cow_faults, counters.cow_copies, counters.cow_reuses), (4, 0, 4));
        hand.store(page(9));
        assert_eq!(hand.counters(child).cow_copies, 1);
        hand.exit();
        hand.switch(parent);
        let before = hand.free();
        (0..10).for_each(|n| hand.load(page(n)));
        (4..10).for_each(|n| hand.store(page(n)));
        let counters = hand.counters(parent);
        assert_eq!((counters.cow_copies, counters.cow_reuses), (4, 6));
        // A missing fence after a copy would show when the store is repeated.
        assert_eq!(counters.spurious_faults, 0);
        assert_eq!(hand.free(), before);
    }
}

#[test]
fn a_copy_that_was_not_stored_to_yet_is_not_dropped() {
    // Hardware sets D, so the copy's entry is clean until the store is repeated.
    let config = MachineConfig { swap: 64, adue: true, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 6 + 4);
    let parent = hand.spawn("p", vec![bss(16)]);
    hand.switch(parent);
    hand.store(page(0));
    let child = hand.fork().unwrap();
    hand.switch(child);
    let fault = hand.translate(isa::Access::Store, page(0)).unwrap_err();
    let Machine { os, hardware, .. } = &mut hand.machine;
    hardware.take_fault().unwrap();
    assert_eq!(os.fault(hardware, isa::Access::Store, fault).unwrap(), Verdict::Resume);
    assert_eq!(hand.counters(child).cow_copies, 1);
    hand.switch(parent);
    (1..16).for_each(|n| hand.store(page(n)));
    hand.switch(child);
    hand.load(page(0));
    assert_eq!(hand.counters(child).swap_ins, 1);
}

#[test]
fn grandchildren_share_and_swap_keeps_what_each_wrote() {
    let config = MachineConfig { swap: 64, asids: 2, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 9 + 8);
    let parent = hand.spawn("p", vec![bss(8)]);
    hand.switch(parent);
    (0..8).for_each(|n| hand.store(page(n)));
    let child = hand.fork().unwrap();
    hand.switch(child);
    (0..3).for_each(|n| hand.store(page(n)));
    let grandchild = hand.fork().unwrap();
    for round in 0..3 {
        for pid in [parent, child, grandchild] {
            hand.switch(pid);
            (0..8).for_each(|n| hand.load(page(n)));
            hand.store(page(round + u64::from(pid)));
        }
    }
    let all = [parent, child, grandchild].map(|pid| hand.counters(pid));
    assert!(all.iter().map(|counters| counters.swap_ins).sum::<u64>() > 10);
    for pid in [child, parent, grandchild] {
        hand.switch(pid);
        hand.exit();
    }
    assert_eq!((hand.free(), hand.machine.os.swap().used()), (17, 0));
}

#[test]
fn a_fork_without_memory_for_tables_fails_and_changes_nothing() {
    let config = MachineConfig { swap: 0, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 3 + 6 + 2);
    let parent = hand.spawn("p", vec![bss(6)]);
    hand.switch(parent);
    (0..6).for_each(|n| hand.store(page(n)));
    assert_eq!(hand.fork(), None);
    assert_eq!((hand.free(), hand.counters(parent).forks), (2, 0));
    (0..6).for_each(|n| hand.store(page(n)));
    assert_eq!(hand.counters(parent).cow_copies, 0);
}

#[test]
fn a_fork_of_more_than_half_of_memory_succeeds() {
    let config = MachineConfig { swap: 0, ..strict(Mode::Sv32) };
    let mut hand = Hand::with_frames(config, 40);
    let parent = hand.spawn("simple", vec![bss(30)]);
    hand.switch(parent);
    (0..30).for_each(|n| hand.store(page(n)));
    let child = hand.fork().unwrap();
    hand.switch(child);
    (0..30).for_each(|n| hand.load(page(n)));
    hand.exit();
    hand.switch(parent);
    (0..30).for_each(|n| hand.store(page(n)));
    assert_eq!(hand.counters(parent).cow_reuses, 30);
}

#[test]
fn untouched_memory_reads_as_the_one_zero_page() {
    let mut hand = Hand::new(MachineConfig { zero_page: true, ..strict(Mode::Sv39) });
    let first = hand.spawn("p", vec![bss(32)]);
    let second = hand.spawn("q", vec![bss(32)]);
    hand.switch(second);
    hand.load(page(0));
    hand.switch(first);
    let before = hand.free();
    (0..20).for_each(|n| hand.load(page(n)));
    assert_eq!((before - hand.free(), hand.resident(first)), (2, 0), "two tables");
    let zero = hand.frame(page(0));
    assert_eq!(hand.frame(page(19)), zero);
    (0..5).for_each(|n| hand.store(page(n)));
    (0..20).for_each(|n| hand.load(page(n)));
    let counters = hand.counters(first);
    assert_eq!((counters.zero_page_maps, counters.demand_zero), (20, 5));
    assert_eq!((counters.cow_faults, counters.cow_copies), (5, 0));
    assert_eq!(hand.resident(first), 5);
    hand.store(page(31));
    assert_eq!(hand.counters(first).cow_faults, 5, "an untouched page that is stored to is new");
    hand.switch(second);
    assert_eq!(hand.frame(page(0)), zero);
}

#[test]
fn the_zero_page_survives_pressure_and_limits() {
    let mut hand =
        Hand::with_frames(MachineConfig { zero_page: true, ..strict(Mode::Sv39) }, 3 + 1 + 4);
    let pid = hand.spawn_limited("p", vec![bss(40)], Some(3));
    hand.switch(pid);
    for round in 0..3 {
        (0..30).for_each(|n| hand.load(page(n)));
        (0..30).step_by(3 + round).for_each(|n| hand.store(page(n)));
        assert!(hand.resident(pid) <= 3);
    }
    assert_eq!(hand.fate(pid), "lives");
}
