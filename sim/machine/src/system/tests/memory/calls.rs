//! exec, mmap, munmap, mprotect.

use super::*;

fn at(number: u64) -> u64 {
    page(number)
}

#[test]
fn unmapping_the_middle_splits_a_region_and_is_fenced() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(8)]);
    hand.switch(pid);
    (0..8).for_each(|n| hand.store(at(n)));
    let before = hand.free();
    assert!(hand.munmap(at(2)..at(5)));
    assert_eq!(hand.free() - before, 3);
    (0..2).chain(5..8).for_each(|n| hand.load(at(n)));
    assert!(hand.mmap(region(RegionKind::Mapped, at(3), 1)));
    hand.load(at(3));
    assert!(!hand.munmap(at(2) + 8..at(3)), "not whole pages");
    assert_eq!(hand.counters(pid).refused_calls, 1);
    assert_eq!(hand.access(isa::Access::Load, at(2)), Err("hole"));
}

#[test]
fn a_mapping_replaces_what_it_covers_and_nothing_else() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(8), file(RegionKind::Data, FAR, 4, "data")]);
    hand.switch(pid);
    (0..8).for_each(|n| hand.store(at(n)));
    (0..4).for_each(|n| hand.store(FAR + n * PAGE_BYTES));
    let free = hand.free();
    assert!(hand.mmap(region(RegionKind::Mapped, at(2), 3)));
    assert_eq!(hand.free() - free, 3, "the old pages are gone at once");
    (0..8).for_each(|n| hand.load(at(n)));
    assert_eq!(hand.counters(pid).demand_zero, 8 + 3, "the new ones are zero");
    // Over the end of one region, a hole, and the beginning of the next.
    assert!(hand.mmap(region(RegionKind::Mapped, at(6), (FAR - at(6)) / PAGE_BYTES + 2)));
    [at(5), at(6), at(7), FAR, FAR + PAGE_BYTES].into_iter().for_each(|va| hand.load(va));
    hand.load(FAR + 2 * PAGE_BYTES);
    // A failed call leaves everything as it was.
    assert!(!hand.mmap(region(RegionKind::Library, at(0), 4)));
    hand.load(at(0));
    assert_eq!(hand.counters(pid).refused_calls, 1);
}

#[test]
fn a_mapping_over_a_superpage_a_device_or_shared_pages_leaves_no_translation() {
    let mut config = strict(Mode::Sv39);
    config.thp = kernel::Thp::Always;
    let mut hand = Hand::new(config);
    let device = RegionSpec { device: Some(0x1000_0000), ..region(RegionKind::Device, FAR, 1) };
    let shared = RegionSpec { shared: true, ..file(RegionKind::Mapped, FAR + 0x8000, 3, "base") };
    let large = region(RegionKind::Bss, 0x4000_0000, 512);
    let pid = hand.spawn("p", vec![large, device, shared]);
    hand.switch(pid);
    hand.store(0x4000_0000);
    assert_eq!(hand.counters(pid).thp_allocations, 1);
    hand.store(FAR + 0x8000);
    hand.load(FAR);
    assert!(hand.mmap(region(RegionKind::Mapped, 0x4000_5000, 2)));
    assert_eq!(hand.counters(pid).thp_splits, 1);
    assert!(hand.mmap(region(RegionKind::Mapped, FAR - 0x1000, 12)));
    for va in [0x4000_4000, 0x4000_5000, 0x4000_6000, FAR, FAR + 0x8000] {
        hand.load(va);
        hand.store(va);
    }
    assert_eq!(hand.counters(pid).file_writes, 1, "nobody maps the file any more");
}

#[test]
fn an_image_that_cannot_be_laid_out_leaves_its_caller_as_it_was() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("sh", vec![bss(4)]);
    hand.switch(pid);
    (0..4).for_each(|n| hand.store(at(n)));
    let free = hand.free();
    assert_eq!(
        hand.exec("bad", vec![bss(4), region(RegionKind::Mapped, at(1), 4)]),
        Execed::Refused
    );
    assert_eq!(hand.exec("worse", vec![region(RegionKind::Library, at(0), 1)]), Execed::Refused);
    assert_eq!(hand.free(), free);
    (0..4).for_each(|n| hand.load(at(n)));
    let counters = hand.counters(pid);
    assert_eq!((counters.refused_calls, counters.execs), (2, 0));
    assert_eq!(hand.exec("good", vec![bss(4)]), Execed::Done);
    hand.load(at(0));
}

#[test]
fn what_may_be_stored_to_may_be_loaded_from() {
    for word in ["-w-", "-wx"] {
        let mut hand = Hand::new(strict(Mode::Sv39));
        let mut write_only = region(RegionKind::Mapped, FAR, 2);
        write_only.permissions = kernel::Permissions::parse(word);
        let pid = hand.spawn("p", vec![bss(2), write_only]);
        hand.switch(pid);
        hand.store(at(0));
        assert!(hand.mprotect(at(0)..at(2), word));
        hand.load(FAR);
        hand.store(FAR + PAGE_BYTES);
        (0..2).for_each(|n| hand.load(at(n)));
        // Shared with a copy, the page loses W and can still be read.
        let child = hand.fork().unwrap();
        (0..2).for_each(|n| hand.load(at(n)));
        hand.store(at(0));
        hand.switch(child);
        (0..2).for_each(|n| hand.load(at(n)));
        let fetched = hand.access(isa::Access::Fetch, at(0));
        assert_eq!(fetched.is_ok(), word == "-wx");
    }
}

#[test]
fn a_stack_does_not_grow_into_a_mapping_nor_into_the_gap_above_it() {
    let stack = || RegionSpec { limit: Some(8), ..region(RegionKind::Stack, at(20), 1) };
    let mapping = |from| region(RegionKind::Mapped, at(from), 2);
    // The mapping is below the gap's end, in the room that the stack may grow into, or far away.
    for (gap, from, grows, dead) in [(1, 16, 1, 18), (0, 16, 2, 15), (3, 14, 1, 18), (3, 4, 7, 12)]
    {
        let mut config = strict(Mode::Sv39);
        config.stack_guard_gap = gap;
        let mut hand = Hand::new(config);
        let pid = hand.spawn("p", vec![mapping(from), stack()]);
        hand.switch(pid);
        hand.store(at(20));
        (1..=grows).for_each(|n| hand.store(at(20 - n)));
        hand.store(at(from + 1));
        assert_eq!(hand.access(isa::Access::Store, at(dead)), Err("guard_page"));
    }
    // A mapping that allows no access serves as a gap itself.
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![mapping(16), stack()]);
    hand.switch(pid);
    assert!(hand.mprotect(at(16)..at(18), "---"));
    hand.store(at(18));
    assert_eq!(hand.access(isa::Access::Load, at(17)), Err("read_denied"));
}

#[test]
fn a_heap_does_not_grow_into_a_mapping() {
    let heap = RegionSpec { limit: Some(8), ..region(RegionKind::Heap, at(0), 2) };
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![heap, region(RegionKind::Mapped, at(4), 2)]);
    hand.switch(pid);
    assert!(hand.sbrk(2) && !hand.sbrk(1), "the mapping is in the way");
    (0..6).for_each(|n| hand.store(at(n)));
    assert!(hand.munmap(at(4)..at(6)) && hand.sbrk(4) && !hand.sbrk(1));
    (0..4).for_each(|n| hand.load(at(n)));
    assert!(hand.sbrk(-8) && !hand.sbrk(-1));
    assert_eq!(hand.counters(pid).refused_calls, 3);
}

#[test]
fn parts_of_a_split_file_keep_their_places_in_it() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![region(RegionKind::Data, at(0), 8)]);
    hand.switch(pid);
    (0..4).for_each(|n| hand.load(at(n)));
    hand.store(at(7));
    assert!(hand.munmap(at(1)..at(3)) && hand.munmap(at(5)..at(6)));
    [0, 3, 4, 6, 7].into_iter().for_each(|n| hand.load(at(n)));
}

#[test]
fn a_revoked_right_is_gone_at_once() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(4)]);
    hand.switch(pid);
    (0..4).for_each(|n| hand.store(at(n)));
    assert!(hand.mprotect(at(1)..at(3), "r--"));
    (0..4).for_each(|n| hand.load(at(n)));
    hand.store(at(0));
    hand.store(at(3));
    assert!(hand.mprotect(at(2)..at(3), "rw-"));
    hand.store(at(2));
    assert!(!hand.mprotect(at(3)..at(5), "r--"), "page 4 is not mapped");
    assert_eq!(hand.access(isa::Access::Store, at(1)), Err("write_to_read_only"));
}

#[test]
fn no_right_at_all_keeps_the_page_for_later() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(4)]);
    hand.switch(pid);
    hand.store(at(1));
    assert!(hand.mprotect(at(1)..at(2), "---"));
    assert_eq!(hand.frame(at(1)), None);
    assert!(hand.mprotect(at(1)..at(2), "r-x"));
    hand.load(at(1));
    hand.fetch(at(1));
    assert_eq!(hand.counters(pid).demand_zero, 1);
    assert!(hand.mprotect(at(1)..at(2), "---"));
    assert_eq!(hand.access(isa::Access::Load, at(1)), Err("read_denied"));
}

#[test]
fn a_shared_page_made_writable_is_still_copied() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![file(RegionKind::Library, at(0), 2, "libc"), bss_far()]);
    hand.switch(pid);
    hand.load(at(0));
    hand.store(FAR);
    let child = hand.fork().unwrap();
    assert!(hand.mprotect(at(0)..at(2), "rw-") && hand.mprotect(FAR..FAR + PAGE_BYTES, "r--"));
    assert!(hand.mprotect(FAR..FAR + PAGE_BYTES, "rw-"));
    hand.store(at(0));
    hand.store(FAR);
    assert_eq!(hand.counters(pid).cow_copies, 2);
    hand.switch(child);
    hand.load(at(0));
    hand.load(FAR);
}

const FAR: u64 = 0x5000_0000;

fn bss_far() -> RegionSpec {
    region(RegionKind::Bss, FAR, 2)
}

#[test]
fn fork_and_exec_copy_nothing_and_share_the_image() {
    let image = || vec![region(RegionKind::Text, at(0), 2), bss_far()];
    let mut hand = Hand::new(strict(Mode::Sv39));
    let shell = hand.spawn("sh", vec![bss(16)]);
    hand.switch(shell);
    (0..16).for_each(|n| hand.store(at(n)));
    let free = hand.free();
    let mut majors = Vec::new();
    for _ in 0..2 {
        let child = hand.fork().unwrap();
        hand.switch(child);
        assert_eq!(hand.exec("ls", image()), Execed::Done);
        hand.fetch(at(0));
        hand.fetch(at(1));
        hand.store(FAR);
        majors.push(hand.counters(child).major_faults);
        hand.exit();
        hand.switch(shell);
    }
    assert_eq!(majors, [2, 0], "the second finds the image in the page cache");
    assert_eq!(free - hand.free(), 2, "where it stays");
    (0..16).for_each(|n| hand.store(at(n)));
    let counters = hand.counters(shell);
    assert_eq!((counters.cow_copies, counters.cow_reuses, counters.forks), (0, 16, 2));
}

#[test]
fn reserved_memory_is_never_handed_out() {
    let mut config = strict(Mode::Sv32);
    config.reserved = vec![[66, 3]];
    let mut hand = Hand::with_frames(config, 10);
    let pid = hand.spawn("p", vec![bss(20)]);
    hand.switch(pid);
    let mut frames = std::collections::BTreeSet::new();
    for n in 0..20 {
        hand.store(at(n));
        frames.extend(hand.frame(at(n)));
    }
    assert_eq!(frames.len(), 5);
    assert!((0x80042..0x80045).all(|frame| !frames.contains(&frame)), "{frames:x?}");
}

#[test]
fn regions_that_cannot_be_backed_are_refused() {
    use kernel::{Ground, Image, Objects, lay_out};
    let device = |pa| RegionSpec { device: Some(pa), ..region(RegionKind::Device, at(0), 1) };
    let mut objects = Objects::new(1);
    let own = kernel::FileId(1);
    let image = Image { file: own, object: objects.image(own) };
    let ground = Ground { mode: Mode::Sv39, ram: 0x8000_0000..0x8100_0000 };
    for (spec, problem) in [
        (region(RegionKind::Device, at(0), 1), "lacks `device`"),
        (device(0x8000_0000), "is RAM"),
        (device(0x1001), "not a page of"),
        (device(u64::MAX - 4095), "not a page of"),
        (RegionSpec { device: Some(0x1000), ..bss(1) }, "only a region of kind device"),
        (region(RegionKind::Library, at(0), 1), "names no `file`"),
        (file(RegionKind::Bss, at(0), 1, "f"), "maps no file"),
        (RegionSpec { shared: true, ..region(RegionKind::Heap, at(0), 1) }, "is not shared"),
        (
            RegionSpec {
                offset: Some(u64::MAX),
                shared: true,
                ..file(RegionKind::Bss, at(0), 1, "g")
            },
            "beyond every file",
        ),
    ] {
        let error = lay_out(&ground, "p", image, &[spec], &mut objects).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}
