//! The page cache: shared libraries, mapped files, shared memory, devices.

use super::*;
use kernel::DiskErrors;
use model::bus::Console;

const LIBRARY: u64 = 0x4000_0000;

#[test]
fn one_library_at_two_addresses_is_one_set_of_frames() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let first = hand.spawn("p", vec![file(RegionKind::Library, LIBRARY, 4, "libc")]);
    let second = hand.spawn("q", vec![file(RegionKind::Library, 2 * LIBRARY, 4, "libc")]);
    hand.switch(first);
    (0..4).for_each(|n| hand.fetch(LIBRARY + n * PAGE_BYTES));
    let frames: Vec<_> = (0..4).map(|n| hand.frame(LIBRARY + n * PAGE_BYTES)).collect();
    assert_eq!(hand.counters(first).major_faults, 4);
    hand.switch(second);
    let before = hand.free();
    (0..4).for_each(|n| hand.fetch(2 * LIBRARY + n * PAGE_BYTES));
    let again: Vec<_> = (0..4).map(|n| hand.frame(2 * LIBRARY + n * PAGE_BYTES)).collect();
    assert_eq!(frames, again);
    let counters = hand.counters(second);
    assert_eq!((counters.major_faults, counters.minor_faults), (0, 4));
    assert_eq!((counters.page_cache_hits, before - hand.free()), (4, 2), "two tables");
}

#[test]
fn private_data_of_a_library_is_copied_on_write() {
    let data = |start| file(RegionKind::Data, start, 2, "libc.data");
    let mut hand = Hand::new(strict(Mode::Sv39));
    let first = hand.spawn("p", vec![data(LIBRARY)]);
    let second = hand.spawn("q", vec![data(LIBRARY)]);
    hand.switch(first);
    hand.load(LIBRARY);
    hand.store(LIBRARY);
    hand.store(LIBRARY + PAGE_BYTES);
    let counters = hand.counters(first);
    assert_eq!((counters.major_faults, counters.minor_faults, counters.cow_copies), (2, 1, 2));
    hand.switch(second);
    hand.load(LIBRARY);
    hand.load(LIBRARY + PAGE_BYTES);
    assert_eq!(hand.counters(second).page_cache_hits, 2);
}

#[test]
fn a_shared_file_is_written_once_when_it_is_no_longer_mapped() {
    let map = |start| RegionSpec { shared: true, ..file(RegionKind::Mapped, start, 4, "log") };
    let mut hand = Hand::new(strict(Mode::Sv39));
    let first = hand.spawn("p", vec![map(LIBRARY)]);
    let second = hand.spawn("q", vec![map(2 * LIBRARY)]);
    hand.switch(first);
    (0..3).for_each(|n| hand.store(LIBRARY + n * PAGE_BYTES));
    hand.switch(second);
    (0..4).for_each(|n| hand.load(2 * LIBRARY + n * PAGE_BYTES));
    hand.store(2 * LIBRARY + 8);
    hand.switch(first);
    hand.load(LIBRARY + 8);
    hand.exit();
    assert_eq!(hand.counters(first).file_writes, 0);
    hand.switch(second);
    hand.exit();
    assert_eq!(hand.counters(second).file_writes, 3);
    // The page cache still has it, and the file keeps it.
    let third = hand.spawn("r", vec![map(LIBRARY)]);
    hand.switch(third);
    (0..4).for_each(|n| hand.load(LIBRARY + n * PAGE_BYTES));
    assert_eq!(hand.counters(third).major_faults, 0);
}

#[test]
fn a_file_larger_than_memory_goes_back_and_forth_without_swap() {
    let map = RegionSpec { shared: true, ..file(RegionKind::Mapped, LIBRARY, 40, "base") };
    let config = MachineConfig { swap: 0, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 3 + 8);
    let pid = hand.spawn("p", vec![map]);
    hand.switch(pid);
    for round in 0..3 {
        for n in 0..40 {
            let va = LIBRARY + n * PAGE_BYTES;
            if n % 3 == round { hand.store(va) } else { hand.load(va) }
        }
    }
    let counters = hand.counters(pid);
    assert_eq!((counters.swap_outs, counters.file_writes), (0, counters.write_backs));
    assert!(counters.file_writes > 20 && counters.write_backs_saved > 20, "{counters:?}");
}

#[test]
fn beyond_the_end_of_a_file_is_a_bus_error() {
    let map = RegionSpec {
        file_pages: Some(3),
        offset: Some(1),
        ..file(RegionKind::Mapped, LIBRARY, 4, "short")
    };
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![map]);
    hand.switch(pid);
    hand.load(LIBRARY + PAGE_BYTES);
    assert_eq!(hand.access(isa::Access::Load, LIBRARY + 2 * PAGE_BYTES), Err("beyond_file"));
}

#[test]
fn shared_memory_is_seen_by_relatives_and_by_name() {
    let shm = |start| RegionSpec { shared: true, ..file(RegionKind::Bss, start, 3, "board") };
    let anonymous = RegionSpec { shared: true, ..bss(3) };
    let config = MachineConfig { swap: 32, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 26);
    let first = hand.spawn("p", vec![shm(LIBRARY), anonymous]);
    let second = hand.spawn("q", vec![shm(2 * LIBRARY), bss(24)]);
    hand.switch(first);
    hand.store(LIBRARY);
    hand.store(page(0));
    let child = hand.fork().unwrap();
    hand.switch(child);
    hand.load(page(0));
    hand.store(page(0));
    hand.store(page(1));
    hand.switch(second);
    hand.load(2 * LIBRARY);
    hand.store(2 * LIBRARY + 8);
    // Everything shared is swapped out, once, and is swapped in for all.
    (0..24).for_each(|n| hand.store(page(n)));
    hand.switch(first);
    hand.load(page(0));
    hand.load(page(1));
    hand.load(LIBRARY + 8);
    let counters = hand.counters(first);
    assert_eq!((counters.cow_faults, counters.swap_ins), (0, 3));
    for pid in [first, child, second] {
        hand.switch(pid);
        hand.exit();
    }
    assert_eq!((hand.free(), hand.machine.os.swap().used()), (26, 0));
}

#[test]
fn neighbours_are_mapped_around_and_read_ahead() {
    let mut hand =
        Hand::new(MachineConfig { fault_around: 4, read_ahead: 8, ..strict(Mode::Sv39) });
    let pid = hand.spawn("p", vec![file(RegionKind::Library, LIBRARY, 10, "libc")]);
    hand.switch(pid);
    (0..10).for_each(|n| hand.fetch(LIBRARY + n * PAGE_BYTES));
    let counters = hand.counters(pid);
    assert_eq!((counters.major_faults, counters.read_ahead_pages), (2, 8));
    assert_eq!((counters.minor_faults, counters.fault_around_maps), (1, 7));
}

#[test]
fn prefaulted_regions_take_no_fault() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let wanted = RegionSpec { prefault: true, ..bss(6) };
    let pid = hand.spawn("p", vec![wanted]);
    hand.switch(pid);
    (0..6).for_each(|n| hand.store(page(n)));
    let counters = hand.counters(pid);
    assert_eq!((counters.minor_faults, counters.prefaulted), (0, 6));
}

#[test]
fn a_device_is_one_processes_and_never_leaves() {
    let device = RegionSpec { device: Some(0x1000_0000), ..region(RegionKind::Device, LIBRARY, 1) };
    let config = MachineConfig { swap: 8, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 3 + 2 + 3 + 3);
    let console = Console::new();
    let memory = hand.machine.hardware.board.memory().clone();
    memory.map_device(0x1000_0000..0x1000_0018, Box::new(console)).unwrap();
    let pid = hand.spawn("p", vec![device.clone(), bss(8)]);
    hand.switch(pid);
    hand.store(LIBRARY);
    (0..8).for_each(|n| hand.store(page(n)));
    assert_eq!(hand.frame(LIBRARY), Some(0x1_0000));
    let other = hand.spawn("q", vec![bss(1)]);
    hand.switch(other);
    assert!(!hand.mmap(device.clone()), "it is the first process's");
    hand.switch(pid);
    let child = hand.fork().unwrap();
    hand.switch(child);
    assert_eq!(hand.access(isa::Access::Load, LIBRARY), Err("hole"));
    hand.switch(pid);
    assert!(hand.munmap(LIBRARY..LIBRARY + PAGE_BYTES));
    hand.switch(other);
    assert!(hand.mmap(device));
    hand.load(LIBRARY);
}

#[test]
fn a_disk_that_fails_kills_the_reader_and_loses_nothing_of_the_writer() {
    let disk_errors = DiskErrors { reads: vec![2], writes: vec![1, 3] };
    let config = MachineConfig { disk_errors, swap: 64, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 3 + 3 + 6);
    let victim = hand.spawn("p", vec![region(RegionKind::Text, LIBRARY, 3)]);
    let other = hand.spawn("q", vec![bss(12)]);
    hand.switch(victim);
    hand.fetch(LIBRARY);
    assert_eq!(hand.access(isa::Access::Fetch, LIBRARY + PAGE_BYTES), Err("disk_error"));
    hand.switch(other);
    (0..12).for_each(|n| hand.store(page(n)));
    (0..12).for_each(|n| hand.load(page(n)));
    assert_eq!(hand.counters(other).disk_errors, 2);
}
