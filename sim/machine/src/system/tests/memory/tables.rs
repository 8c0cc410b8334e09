//! Page tables freed before their process ends.

use super::*;
use kernel::Thp;

/// Two places 4 MiB apart, and one in another GiB.
const HERE: u64 = 0x40_0000;
const BESIDE: u64 = 0x80_0000;
const FAR: u64 = 0x8000_0000;

fn tables(hand: &Hand, pid: Pid) -> usize {
    hand.machine.os.process(pid).unwrap().space.as_ref().unwrap().table.tables().len()
}

fn one(start: u64) -> RegionSpec {
    region(RegionKind::Mapped, start, 1)
}

#[test]
fn tables_go_with_the_last_region_that_they_serve() {
    for mode in [Mode::Sv39, Mode::Sv48] {
        let mut hand = Hand::new(strict(mode));
        let pid = hand.spawn("p", vec![bss(1), one(HERE), one(HERE + PAGE_BYTES), one(FAR)]);
        hand.switch(pid);
        let free = hand.free();
        hand.store(page(0));
        let base = tables(&hand, pid);
        [HERE, FAR].into_iter().for_each(|va| hand.store(va));
        assert_eq!(tables(&hand, pid), base + 3, "one here, two far away");
        assert!(hand.munmap(HERE..HERE + PAGE_BYTES));
        // The other region is in the same table, though none of its pages is in memory.
        assert_eq!((tables(&hand, pid), hand.counters(pid).tables_freed), (base + 3, 0));
        assert!(hand.munmap(HERE..HERE + 2 * PAGE_BYTES));
        assert_eq!((tables(&hand, pid), hand.counters(pid).tables_freed), (base + 2, 1));
        assert!(hand.munmap(FAR - PAGE_BYTES..FAR + 0x1000_0000));
        assert_eq!((tables(&hand, pid), hand.counters(pid).tables_freed), (base, 3));
        assert!(hand.munmap(FAR..FAR + PAGE_BYTES), "nothing is there");
        hand.store(page(0));
        assert!(hand.mmap(one(FAR)));
        hand.store(FAR);
        assert_eq!(tables(&hand, pid), base + 2);
        hand.exit();
        assert_eq!(hand.free(), free + 1, "all and the root");
    }
}

#[test]
fn a_table_that_became_anothers_is_not_walked_through() {
    // The MMU keeps pointers until their whole address space is fenced, and ASIDs separate spaces.
    let mut hand = Hand::new(MachineConfig { asids: 4, ..strict(Mode::Sv39) });
    let other = hand.spawn("q", vec![bss(1), one(HERE)]);
    let pid = hand.spawn("p", vec![bss(1), one(HERE)]);
    hand.switch(other);
    hand.store(page(0));
    hand.switch(pid);
    hand.store(page(0));
    hand.store(HERE);
    let last = |hand: &Hand, pid| {
        let space = hand.machine.os.process(pid).unwrap().space.as_ref().unwrap();
        *space.table.tables().last().unwrap()
    };
    let freed = last(&hand, pid);
    assert!(hand.munmap(HERE..HERE + PAGE_BYTES));
    hand.switch(other);
    hand.store(HERE);
    assert_eq!(last(&hand, other), freed, "it shows the other's page in the same place");
    hand.switch(pid);
    assert_eq!(hand.access(isa::Access::Load, HERE), Err("hole"));
}

#[test]
fn a_heap_that_shrinks_gives_its_tables_back() {
    let mut hand = Hand::new(strict(Mode::Sv32));
    let heap = RegionSpec { limit: Some(2048), ..region(RegionKind::Heap, HERE, 1) };
    let pid = hand.spawn("p", vec![heap]);
    hand.switch(pid);
    let Machine { os, hardware, .. } = &mut hand.machine;
    assert!(os.sbrk(hardware, 1024).unwrap().is_some());
    hand.store(HERE);
    hand.store(BESIDE);
    assert_eq!(tables(&hand, pid), 3);
    let Machine { os, hardware, .. } = &mut hand.machine;
    assert!(os.sbrk(hardware, -1).unwrap().is_some());
    hand.check();
    assert_eq!((tables(&hand, pid), hand.counters(pid).tables_freed), (2, 1));
    hand.load(HERE);
    let Machine { os, hardware, .. } = &mut hand.machine;
    assert!(os.sbrk(hardware, -1024).unwrap().is_some());
    assert_eq!((tables(&hand, pid), hand.counters(pid).tables_freed), (1, 2));
}

#[test]
fn what_is_put_aside_for_a_superpage_goes_with_it_and_no_sooner() {
    const SECOND: u64 = HERE + 512 * PAGE_BYTES;
    let mut hand = Hand::with_frames(
        MachineConfig { thp: Thp::Always, thp_promote: 2, ..strict(Mode::Sv39) },
        4096,
    );
    let pid = hand.spawn("p", vec![bss(1), region(RegionKind::Bss, HERE, 1024)]);
    hand.switch(pid);
    hand.store(page(0));
    let base = tables(&hand, pid);
    hand.store(HERE);
    hand.store(SECOND);
    // Half of the first is unmapped; the spare table serves the other half.
    assert!(hand.munmap(HERE..HERE + 256 * PAGE_BYTES));
    assert_eq!((hand.counters(pid).tables_freed, tables(&hand, pid)), (0, base + 2));
    assert!(hand.munmap(HERE + 256 * PAGE_BYTES..SECOND));
    assert_eq!((hand.counters(pid).tables_freed, tables(&hand, pid)), (1, base + 1));
    // The second is unmapped as a whole, and its table is freed.
    assert!(hand.munmap(SECOND..SECOND + 512 * PAGE_BYTES));
    assert_eq!((hand.counters(pid).tables_freed, tables(&hand, pid)), (1, base));
}
