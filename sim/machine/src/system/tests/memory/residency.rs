//! mlock, munlock, madvise, msync.

use super::*;
use kernel::{DiskErrors, Thp};

const FAR: u64 = 0x5000_0000;

fn at(number: u64) -> u64 {
    page(number)
}

#[test]
fn locked_pages_come_at_once_and_stay_until_they_are_unlocked() {
    let mut hand = Hand::new(MachineConfig { swap: 64, ..strict(Mode::Sv39) });
    let pid = hand.spawn_limited("p", vec![bss(20), region(RegionKind::Text, FAR, 2)], Some(6));
    hand.switch(pid);
    hand.store(at(1));
    assert!(hand.mlock(at(0)..at(3)) && hand.mlock(FAR..FAR + PAGE_BYTES));
    assert_eq!((hand.resident(pid), hand.counters(pid).prefaulted), (4, 3));
    let frames: Vec<_> = (0..3).map(|n| hand.frame(at(n))).collect();
    (3..20).for_each(|n| hand.store(at(n)));
    (3..20).for_each(|n| hand.load(at(n)));
    assert_eq!((0..3).map(|n| hand.frame(at(n))).collect::<Vec<_>>(), frames);
    assert!(hand.frame(FAR).is_some() && hand.counters(pid).evictions > 20);
    assert!(hand.munlock(at(0)..at(2)));
    (3..20).for_each(|n| hand.load(at(n)));
    assert_eq!((hand.frame(at(0)), hand.frame(at(1)), hand.frame(at(2))), (None, None, frames[2]));
    (0..3).for_each(|n| hand.load(at(n)));
}

#[test]
fn what_cannot_stay_is_not_locked() {
    let mut hand = Hand::with_frames(strict(Mode::Sv39), 24);
    let pid = hand.spawn_limited("p", vec![bss(30)], Some(8));
    let free = hand.spawn("q", vec![bss(30)]);
    hand.switch(pid);
    assert!(!hand.mlock(at(0)..at(9)), "beyond the process's limit");
    assert!(!hand.mlock(at(29)..at(31)), "a hole");
    assert!(!hand.munlock(at(29)..at(31)));
    assert!(hand.mprotect(at(3)..at(4), "---") && !hand.mlock(at(2)..at(5)));
    assert_eq!((hand.resident(pid), hand.counters(pid).refused_calls), (0, 4));
    assert!(hand.mlock(at(4)..at(8)) && hand.mlock(at(4)..at(8)), "locks do not add up");
    hand.switch(free);
    assert!(!hand.mlock(at(0)..at(30)), "more than there is");
    assert!(hand.mlock(at(0)..at(4)));
    assert!(!hand.madvise(at(3)..at(5)), "what is locked is not dropped");
    // A fork copies the pages and not the locks; a shared page is locked while one process locks
    // it.
    let child = hand.fork().unwrap();
    hand.exit();
    hand.switch(child);
    assert!(hand.madvise(at(0)..at(5)));
    hand.load(at(0));
}

#[test]
fn locked_superpages_stay_and_are_split_where_the_lock_ends() {
    let mut config = MachineConfig { swap: 2000, ..strict(Mode::Sv39) };
    config.thp = Thp::Always;
    let mut hand = Hand::with_frames(config, 1100);
    let large = region(RegionKind::Bss, 0x4000_0000, 512);
    let pid = hand.spawn("p", vec![large, region(RegionKind::Data, FAR, 900)]);
    hand.switch(pid);
    hand.store(0x4000_0000);
    assert!(hand.mlock(0x4000_0000..0x4020_0000));
    assert_eq!(hand.counters(pid).thp_splits, 0);
    (0..700).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
    assert_eq!((hand.counters(pid).thp_splits, hand.counters(pid).demand_zero), (0, 512));
    assert!(hand.counters(pid).evictions > 100);
    assert!(hand.munlock(0x4000_0000..0x4020_0000) && hand.mlock(0x4000_0000..0x4000_8000));
    assert_eq!(hand.counters(pid).thp_splits, 1);
    (0..900).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
    assert!((0..8).all(|n| hand.frame(0x4000_0000 + n * PAGE_BYTES).is_some()));
    assert!((8..512).any(|n| hand.frame(0x4000_0000 + n * PAGE_BYTES).is_none()));
}

#[test]
fn a_locked_heap_brings_in_what_it_grows_by() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let heap = RegionSpec { limit: Some(9), ..region(RegionKind::Heap, at(0), 2) };
    let pid = hand.spawn("p", vec![heap]);
    hand.switch(pid);
    assert!(hand.mlock(at(0)..at(2)) && hand.sbrk(3));
    assert_eq!(hand.resident(pid), 5);
    assert!(hand.mremap(at(0)..at(5), 8, None).is_some());
    assert_eq!(hand.resident(pid), 8);
    assert!(hand.sbrk(-6));
    assert_eq!(hand.resident(pid), 2);
}

#[test]
fn dropped_pages_come_back_as_zeroes_or_from_their_file() {
    let mut config = MachineConfig { swap: 64, ..strict(Mode::Sv39) };
    config.thp = Thp::Always;
    let mut hand = Hand::new(config);
    let shm = RegionSpec { shared: true, ..file(RegionKind::Bss, FAR + 0x8000, 2, "board") };
    let log = RegionSpec { shared: true, ..file(RegionKind::Mapped, FAR + 0x10000, 2, "log") };
    let large = region(RegionKind::Bss, 0x4000_0000, 512);
    let data = file(RegionKind::Data, FAR, 2, "data");
    let pid = hand.spawn("p", vec![bss(4), data, shm, log, large]);
    hand.switch(pid);
    let starts = [at(0), FAR, FAR + 0x8000, FAR + 0x10000, 0x4000_0000];
    starts.into_iter().for_each(|va| hand.store(va));
    let used = hand.resident(pid);
    assert!(hand.madvise(at(0)..at(4)) && hand.madvise(0x4000_0000..0x4000_4000));
    for start in [FAR, FAR + 0x8000, FAR + 0x10000] {
        assert!(hand.madvise(start..start + 2 * PAGE_BYTES));
    }
    assert_eq!((used, hand.resident(pid), hand.counters(pid).madvises), (516, 508, 5));
    starts.into_iter().for_each(|va| hand.load(va));
    assert!(!hand.madvise(at(3)..at(5)) && !hand.madvise(at(0) + 1..at(1)));
    // Over several regions at once, holes excluded.
    starts.into_iter().for_each(|va| hand.store(va));
    assert!(hand.mprotect(at(1)..at(2), "r--") && hand.madvise(at(0)..at(4)));
    hand.load(at(0));
    hand.load(at(1));
}

#[test]
fn a_page_dropped_by_one_stays_with_its_copy() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let parent = hand.spawn("p", vec![bss(2)]);
    hand.switch(parent);
    (0..2).for_each(|n| hand.store(at(n)));
    let child = hand.fork().unwrap();
    assert!(hand.madvise(at(0)..at(2)));
    (0..2).for_each(|n| hand.load(at(n)));
    hand.switch(child);
    (0..2).for_each(|n| hand.load(at(n)));
    hand.store(at(0));
    assert_eq!(hand.counters(child).cow_reuses, 1);
}

#[test]
fn what_is_stored_to_a_file_is_written_when_asked_and_once() {
    let mut config = strict(Mode::Sv39);
    config.disk_errors = DiskErrors { reads: vec![], writes: vec![5] };
    let mut hand = Hand::new(config);
    let log = || RegionSpec { shared: true, ..file(RegionKind::Mapped, FAR, 8, "log") };
    let pid = hand.spawn("p", vec![bss(2), log()]);
    let other = hand.spawn("q", vec![RegionSpec { start: at(0), ..log() }]);
    hand.switch(other);
    hand.store(at(7));
    hand.switch(pid);
    hand.store(at(0));
    (0..4).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
    let all = FAR..FAR + 8 * PAGE_BYTES;
    assert!(hand.msync(FAR + PAGE_BYTES..FAR + 3 * PAGE_BYTES));
    assert_eq!(hand.counters(pid).file_writes, 2);
    assert!(hand.msync(FAR..FAR + 4 * PAGE_BYTES));
    assert_eq!(hand.counters(pid).file_writes, 4);
    // The disk refuses the fifth write: the page is still dirty.
    assert!(!hand.msync(all.clone()));
    assert!(hand.msync(all.clone()) && hand.msync(all.clone()));
    assert_eq!(hand.counters(pid).file_writes + hand.counters(other).file_writes, 5);
    // A later store makes it dirty again: after the fence, D is set again.
    hand.store(FAR);
    assert!(hand.msync(all) && hand.msync(at(0)..at(2)));
    assert_eq!(hand.counters(pid).file_writes + hand.counters(other).file_writes, 6);
    assert!(!hand.msync(FAR..FAR + 9 * PAGE_BYTES));
    assert_eq!((hand.counters(pid).refused_calls, hand.counters(pid).msyncs), (2, 7));
}
