//! mremap: pages of every kind move with their mapping.

use super::*;
use kernel::Thp;

const FAR: u64 = 0x5000_0000;

fn at(number: u64) -> u64 {
    page(number)
}

#[test]
fn a_mapping_moves_with_its_pages_and_the_old_addresses_are_dead() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(4)]);
    hand.switch(pid);
    (0..4).for_each(|n| hand.store(at(n)));
    let (free, resident) = (hand.free(), hand.resident(pid));
    assert_eq!(hand.mremap(at(0)..at(4), 4, Some(FAR)), Some(FAR..FAR + 4 * PAGE_BYTES));
    assert_eq!(hand.resident(pid), resident);
    assert!(free - hand.free() <= 2, "tables at most: no page was copied");
    let minor = hand.counters(pid).minor_faults;
    (0..4).for_each(|n| hand.load(FAR + n * PAGE_BYTES));
    (0..4).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
    assert_eq!((hand.counters(pid).minor_faults, hand.counters(pid).mremaps), (minor, 1));
    assert_eq!(hand.access(isa::Access::Load, at(0)), Err("hole"));
}

#[test]
fn it_grows_where_there_is_room_and_moves_where_there_is_none() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(4), region(RegionKind::Mapped, at(6), 1)]);
    hand.switch(pid);
    (0..4).for_each(|n| hand.store(at(n)));
    assert_eq!(hand.mremap(at(0)..at(4), 6, None), Some(at(0)..at(6)));
    hand.store(at(5));
    let moved = hand.mremap(at(0)..at(6), 8, None).unwrap();
    assert_eq!(moved, at(7)..at(15), "above the mapping that was in the way");
    (7..15).for_each(|n| hand.load(at(n)));
    // Not if it must stay in place, nor onto itself, nor out of user addresses, nor over two
    // regions.
    let Machine { os, hardware, .. } = &mut hand.machine;
    let fixed = |to| Remap { old: at(7)..at(9), pages: 2, to, may_move: false };
    for asked in [
        Remap { pages: 9, ..fixed(None) },
        fixed(Some(at(8))),
        fixed(Some(at(3) + 8)),
        fixed(Some(1 << 38)),
        Remap { old: at(6)..at(8), ..fixed(Some(FAR)) },
        Remap { old: at(14)..at(16), ..fixed(Some(FAR)) },
        Remap { pages: 0, ..fixed(None) },
        Remap { pages: u64::MAX / PAGE_BYTES, may_move: true, ..fixed(None) },
    ] {
        assert_eq!(os.mremap(hardware, &asked).unwrap(), None, "{asked:x?}");
    }
    assert_eq!(hand.counters(pid).refused_calls, 8);
    hand.check();
    assert_eq!(hand.mremap(at(7)..at(15), 3, None), Some(at(7)..at(10)));
    (7..10).for_each(|n| hand.load(at(n)));
    assert_eq!(hand.access(isa::Access::Load, at(10)), Err("hole"));
}

#[test]
fn part_of_a_region_moves_over_another_mapping() {
    let mut hand = Hand::new(strict(Mode::Sv32));
    let pid = hand.spawn("p", vec![bss(6), region(RegionKind::Mapped, FAR, 6)]);
    hand.switch(pid);
    (0..6).for_each(|n| hand.store(at(n)));
    (0..6).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
    let to = FAR + 2 * PAGE_BYTES;
    assert!(hand.mremap(at(1)..at(3), 2, Some(to)).is_some());
    (0..6).for_each(|n| hand.load(FAR + n * PAGE_BYTES));
    [0, 3, 4, 5].into_iter().for_each(|n| hand.load(at(n)));
    assert_eq!(hand.access(isa::Access::Store, at(2)), Err("hole"));
}

#[test]
fn pages_in_swap_shared_with_a_copy_inaccessible_or_of_files_move_as_they_are() {
    let config = MachineConfig { swap: 64, ..strict(Mode::Sv39) };
    let mut hand = Hand::new(config);
    let data = file(RegionKind::Data, at(20), 3, "data");
    let log = RegionSpec { shared: true, ..file(RegionKind::Mapped, at(30), 3, "log") };
    let pid = hand.spawn_limited("p", vec![bss(12), data, log], Some(6));
    hand.switch(pid);
    (0..12).for_each(|n| hand.store(at(n)));
    (20..23).for_each(|n| hand.load(at(n)));
    hand.store(at(21));
    (30..32).for_each(|n| hand.store(at(n)));
    assert!(hand.mprotect(at(30)..at(31), "---"));
    let child = hand.fork().unwrap();
    for (from, pages, to) in [(0, 12, 0), (20, 3, 20), (31, 2, 31)] {
        let there = FAR + to * PAGE_BYTES;
        assert!(hand.mremap(at(from)..at(from + pages), pages, Some(there)).is_some());
    }
    assert!(hand.mremap(at(30)..at(31), 1, Some(FAR + 30 * PAGE_BYTES)).is_some());
    for n in (0..12).chain(20..23).chain(31..33) {
        hand.load(FAR + n * PAGE_BYTES);
        hand.store(FAR + n * PAGE_BYTES);
    }
    hand.switch(child);
    (0..12).chain(20..23).chain(31..33).for_each(|n| hand.load(at(n)));
    assert_eq!(hand.access(isa::Access::Load, at(30)), Err("read_denied"));
    hand.switch(pid);
    assert_eq!(hand.access(isa::Access::Load, FAR + 30 * PAGE_BYTES), Err("read_denied"));
}

#[test]
fn a_superpage_moves_by_the_page() {
    let mut config = strict(Mode::Sv39);
    config.thp = Thp::Always;
    let mut hand = Hand::new(config);
    let pid = hand.spawn("p", vec![region(RegionKind::Bss, 0x4000_0000, 512)]);
    hand.switch(pid);
    (0..512).for_each(|n| hand.store(0x4000_0000 + n * PAGE_BYTES));
    assert!(hand.mremap(0x4000_0000..0x4020_0000, 512, Some(FAR + 0x3000)).is_some());
    assert_eq!((hand.counters(pid).thp_splits, hand.counters(pid).demand_zero), (1, 512));
    (0..512).for_each(|n| hand.load(FAR + 0x3000 + n * PAGE_BYTES));
}

#[test]
fn a_device_stays_where_it_is() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let device = RegionSpec { device: Some(0x1000_0000), ..region(RegionKind::Device, FAR, 1) };
    let pid = hand.spawn("p", vec![device]);
    hand.switch(pid);
    assert_eq!(hand.mremap(FAR..FAR + PAGE_BYTES, 1, Some(at(0))), None);
}
