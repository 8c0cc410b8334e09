//! Promotion of mapped pages to superpages: when, when not, and with every byte preserved.

use super::*;
use kernel::{PolicyKind, Thp};

const START: u64 = 0x40_0000;

fn at(number: u64) -> u64 {
    START + number * PAGE_BYTES
}

fn config(mode: Mode, thp_promote: u64) -> MachineConfig {
    MachineConfig { thp_promote, ..strict(mode) }
}

fn hand_of(config: MachineConfig, pages: u64) -> (Hand, Pid) {
    let mut hand = Hand::with_frames(config, 4096);
    let pid = hand.spawn("p", vec![region(RegionKind::Bss, START, pages)]);
    hand.switch(pid);
    (hand, pid)
}

#[test]
fn enough_pages_of_a_run_become_a_superpage_with_all_their_bytes() {
    for (mode, run) in [(Mode::Sv32, 1024), (Mode::Sv39, 512), (Mode::Sv48, 512)] {
        for adue in [false, true] {
            let config = MachineConfig { adue, ..config(mode, 20) };
            let (mut hand, pid) = hand_of(config, 1500);
            (0..19).for_each(|n| hand.store(at(n * 7)));
            hand.tick();
            assert_eq!(hand.counters(pid).thp_promotions, 0);
            hand.store(at(run - 1));
            let (free, first) = (hand.free(), hand.frame(at(0)));
            hand.tick();
            let counters = hand.counters(pid);
            assert_eq!((counters.thp_promotions, counters.thp_promotion_copies), (1, 20));
            // 20 frames are freed, and the table of pages is kept for a split.
            assert_eq!((free - hand.free(), hand.resident(pid)), (run - 20, run));
            assert_ne!(hand.frame(at(0)), first);
            let faults = hand.counters(pid).minor_faults;
            (0..run).step_by(7).for_each(|n| hand.load(at(n)));
            (0..run).step_by(50).for_each(|n| hand.store(at(n)));
            (0..run).step_by(25).for_each(|n| hand.load(at(n)));
            assert_eq!(hand.counters(pid).minor_faults, faults);
            hand.tick();
            assert_eq!(hand.counters(pid).thp_promotions, 1);
            hand.exit();
            assert_eq!(hand.free(), 4096);
        }
    }
}

#[test]
fn stores_after_the_tick_go_where_loads_find_them() {
    // The MMU forgets only what is fenced, and FIFO does not fence at ticks.
    let config = MachineConfig { policy: PolicyKind::Fifo, ..config(Mode::Sv39, 300) };
    let (mut hand, pid) = hand_of(config, 512);
    (0..300).for_each(|n| hand.store(at(n)));
    hand.tick();
    (100..300).for_each(|n| hand.store(at(n)));
    (0..512).for_each(|n| hand.load(at(n)));
    assert_eq!(hand.counters(pid).thp_promotions, 1);
    assert!(hand.munmap(at(7)..at(8)));
    assert_eq!(hand.counters(pid).thp_splits, 1);
    (8..512).for_each(|n| hand.load(at(n)));
    hand.store(at(8));
    hand.load(at(8));
    // The hole keeps the run from being gathered again.
    hand.tick();
    assert_eq!(hand.counters(pid).thp_promotions, 1);
}

#[test]
fn a_page_that_was_dirty_before_is_written_after() {
    for adue in [false, true] {
        let policy = PolicyKind::Fifo;
        let config = MachineConfig { adue, policy, swap: 600, ..config(Mode::Sv39, 40) };
        let mut hand = Hand::with_frames(config, 4096);
        let pid = hand.spawn_limited("p", vec![bss_of(512), bss_far(600)], Some(512));
        hand.switch(pid);
        (0..40).for_each(|n| hand.store(at(n)));
        hand.tick();
        (0..512).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
        let counters = hand.counters(pid);
        assert_eq!((counters.thp_promotions, counters.thp_splits), (1, 1));
        assert_eq!((counters.swap_outs, counters.write_backs_saved), (40, 472));
        (0..512).step_by(8).for_each(|n| hand.load(at(n)));
    }
}

const FAR: u64 = 0x5000_1000;

fn bss_of(pages: u64) -> RegionSpec {
    region(RegionKind::Bss, START, pages)
}

fn bss_far(pages: u64) -> RegionSpec {
    region(RegionKind::Bss, FAR, pages)
}

#[test]
fn what_is_shared_limited_or_of_many_kinds_stays_pages() {
    let swap_slots = 100;
    let shared = RegionSpec { shared: true, ..bss_of(512) };
    let data = region(RegionKind::Data, START, 512);
    for (spec, frames, what) in [
        (bss_of(511), None, "a region that ends within the run"),
        (shared, None, "shared memory"),
        (data, None, "a file"),
        (bss_of(512), Some(511), "a limit below a run"),
    ] {
        let mut hand = Hand::with_frames(config(Mode::Sv39, 1), 4096);
        let pid = hand.spawn_limited("p", vec![spec], frames);
        hand.switch(pid);
        (0..30).for_each(|n| hand.store(at(n)));
        hand.tick();
        assert_eq!(hand.counters(pid).thp_promotions, 0, "{what}");
    }
    // A page in swap prevents promotion; so does a page with permissions of its own.
    let config = MachineConfig { swap: swap_slots, ..config(Mode::Sv39, 1) };
    let mut hand = Hand::with_frames(config, 4096);
    let pid = hand.spawn_limited("p", vec![bss_of(1024), bss_far(9)], Some(520));
    hand.switch(pid);
    (0..520).for_each(|n| hand.store(at(n)));
    hand.store(FAR);
    assert_eq!(hand.counters(pid).swap_outs, 1);
    hand.tick();
    assert_eq!(hand.counters(pid).thp_promotions, 0);
    let (mut hand, pid) = hand_of(self::config(Mode::Sv39, 1), 512);
    (0..30).for_each(|n| hand.store(at(n)));
    assert!(hand.mprotect(at(3)..at(4), "r--"));
    hand.tick();
    assert_eq!(hand.counters(pid).thp_promotions, 0);
    assert!(hand.mprotect(at(0)..at(512), "---"));
    hand.tick();
    assert_eq!(hand.counters(pid).thp_promotions, 0);
}

#[test]
fn a_copy_of_the_process_keeps_its_pages_from_being_gathered() {
    let (mut hand, parent) = hand_of(config(Mode::Sv39, 1), 512);
    (0..30).for_each(|n| hand.store(at(n)));
    let child = hand.fork().unwrap();
    hand.tick();
    hand.switch(child);
    hand.store(at(3));
    hand.tick();
    hand.exit();
    hand.switch(parent);
    assert_eq!(hand.counters(parent).thp_promotions + hand.counters(child).thp_promotions, 0);
    hand.tick();
    assert_eq!(hand.counters(parent).thp_promotions, 1);
    (0..60).for_each(|n| hand.store(at(n)));
    (0..512).for_each(|n| hand.load(at(n)));
    assert_eq!(hand.counters(parent).cow_faults, 0);
}

#[test]
fn zero_pages_count_as_missing_and_become_memory() {
    let (mut hand, pid) =
        hand_of(MachineConfig { zero_page: true, thp_promote: 3, ..strict(Mode::Sv39) }, 512);
    (0..100).for_each(|n| hand.load(at(n)));
    (0..2).for_each(|n| hand.store(at(n)));
    hand.tick();
    assert_eq!((hand.counters(pid).thp_promotions, hand.resident(pid)), (0, 2));
    hand.store(at(2));
    hand.tick();
    let counters = hand.counters(pid);
    assert_eq!((counters.thp_promotions, counters.thp_promotion_copies), (1, 3));
    assert_eq!(hand.resident(pid), 512);
    (0..512).for_each(|n| hand.store(at(n)));
    assert_eq!(hand.counters(pid).cow_faults, counters.cow_faults);
}

#[test]
fn a_tick_looks_at_eight_runs_and_stops_where_no_frames_stand_together() {
    let mut config = config(Mode::Sv39, 1);
    config.frames = 9 * 512 + 64 + 512;
    config.reserved = vec![[64, 400]];
    let mut hand = Hand::new(config);
    let pid = hand.spawn("p", vec![bss_of(10 * 512)]);
    hand.switch(pid);
    (0..10).for_each(|n| hand.store(at(512 * n)));
    let promotions = |hand: &Hand| {
        let counters = hand.counters(pid);
        (counters.thp_promotions, counters.thp_promotion_fallbacks)
    };
    hand.tick();
    assert_eq!(promotions(&hand), (8, 0));
    // The ninth takes the last run, the tenth finds none; then the first is examined again.
    hand.tick();
    assert_eq!(promotions(&hand), (9, 1));
    hand.tick();
    assert_eq!(promotions(&hand), (9, 1), "eight that are superpages already");
    hand.tick();
    assert_eq!(promotions(&hand), (9, 2));
    (0..10).for_each(|n| hand.load(at(512 * n)));
}

#[test]
fn the_first_touch_and_the_tick_work_together() {
    let (mut hand, pid) =
        hand_of(MachineConfig { thp: Thp::Always, thp_promote: 1, ..strict(Mode::Sv39) }, 1024);
    hand.store(at(0));
    assert!(hand.mprotect(at(9)..at(10), "r--") && hand.mprotect(at(9)..at(10), "rw-"));
    hand.tick();
    // Split for a page that has the same permissions as the others now, but a region of its own.
    assert_eq!((hand.counters(pid).thp_splits, hand.counters(pid).thp_promotions), (1, 0));
    hand.store(at(512));
    hand.tick();
    assert_eq!(hand.counters(pid).thp_promotions, 0);
}
