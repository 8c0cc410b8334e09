//! Pages that allow no access stay where they are: in their frames, in the accounts, in swap.

use super::*;
use kernel::{ForkKind, OomKind};

fn at(number: u64) -> u64 {
    page(number)
}

#[test]
fn no_right_at_all_takes_no_page_out_of_the_accounts() {
    let mut hand = Hand::new(strict(Mode::Sv39));
    let pid = hand.spawn("p", vec![bss(6)]);
    hand.switch(pid);
    (0..6).for_each(|n| hand.store(at(n)));
    let free = hand.free();
    assert!(hand.mprotect(at(0)..at(4), "---"));
    assert_eq!((hand.resident(pid), hand.free()), (6, free));
    assert_eq!(hand.machine.os.resident_pages(pid).len(), 6);
    let minor = hand.counters(pid).minor_faults;
    assert!(hand.mprotect(at(0)..at(4), "rw-"));
    (0..6).for_each(|n| hand.load(at(n)));
    assert_eq!(hand.counters(pid).minor_faults, minor, "they never left");
    assert!(hand.mprotect(at(0)..at(2), "---") && hand.munmap(at(1)..at(3)));
    assert_eq!((hand.resident(pid), hand.free()), (4, free + 2));
    hand.exit();
}

#[test]
fn a_limit_counts_them_and_they_are_evicted_like_others() {
    let mut hand = Hand::new(MachineConfig { swap: 64, ..strict(Mode::Sv39) });
    let pid = hand.spawn_limited("p", vec![bss(12)], Some(4));
    hand.switch(pid);
    (0..4).for_each(|n| hand.store(at(n)));
    assert!(hand.mprotect(at(0)..at(3), "---"));
    (4..7).for_each(|n| hand.store(at(n)));
    let counters = hand.counters(pid);
    assert_eq!((counters.evictions, counters.swap_outs, hand.resident(pid)), (3, 3, 4));
    assert!(hand.mprotect(at(0)..at(3), "rw-"));
    (0..7).for_each(|n| hand.load(at(n)));
    assert!(hand.counters(pid).swap_ins >= 3);
}

#[test]
fn the_largest_process_is_killed_though_it_may_not_touch_its_pages() {
    let mut config = MachineConfig { swap: 0, ..strict(Mode::Sv39) };
    config.oom = OomKind::Largest;
    let mut hand = Hand::with_frames(config, 40);
    let hog = hand.spawn("hog", vec![bss(24)]);
    let small = hand.spawn("small", vec![bss(12)]);
    hand.switch(hog);
    (0..24).for_each(|n| hand.store(at(n)));
    assert!(hand.mprotect(at(0)..at(24), "---"));
    hand.switch(small);
    (0..12).for_each(|n| hand.store(at(n)));
    assert_eq!((hand.fate(hog), hand.fate(small)), ("out_of_memory", "lives"));
}

#[test]
fn a_fork_inherits_them_and_either_may_have_them_back() {
    for kind in [ForkKind::CopyOnWrite, ForkKind::Copy] {
        let mut config = strict(Mode::Sv39);
        config.fork = kind;
        let mut hand = Hand::new(config);
        let parent = hand.spawn("p", vec![bss(4), file(RegionKind::Data, 0x4000_0000, 2, "f")]);
        hand.switch(parent);
        (0..4).for_each(|n| hand.store(at(n)));
        hand.load(0x4000_0000);
        assert!(hand.mprotect(at(0)..at(3), "---"));
        assert!(hand.mprotect(0x4000_0000..0x4000_2000, "---"));
        let child = hand.fork().unwrap();
        assert_eq!(hand.resident(child), hand.resident(parent));
        assert!(hand.mprotect(at(0)..at(3), "rw-"));
        (0..3).for_each(|n| hand.store(at(n)));
        hand.switch(child);
        assert!(hand.mprotect(0x4000_0000..0x4000_2000, "r--"));
        hand.load(0x4000_0000);
        assert!(hand.mprotect(at(1)..at(2), "rw-"));
        hand.load(at(1));
        hand.store(at(1));
        assert_eq!(hand.access(isa::Access::Load, at(2)), Err("read_denied"));
    }
}

#[test]
fn part_of_a_superpage_and_shared_memory_stay_too() {
    let mut config = strict(Mode::Sv39);
    config.thp = kernel::Thp::Always;
    let mut hand = Hand::new(config);
    let large = region(RegionKind::Bss, 0x4000_0000, 512);
    let shared = RegionSpec { shared: true, ..bss(3) };
    let pid = hand.spawn("p", vec![large, shared]);
    hand.switch(pid);
    hand.store(0x4000_0000);
    (0..3).for_each(|n| hand.store(at(n)));
    assert!(hand.mprotect(0x4000_1000..0x4000_3000, "---") && hand.mprotect(at(0)..at(3), "---"));
    assert_eq!((hand.resident(pid), hand.counters(pid).thp_splits), (515, 1));
    let child = hand.fork().unwrap();
    hand.switch(child);
    assert!(hand.mprotect(at(0)..at(3), "rw-"));
    hand.store(at(1));
    hand.switch(pid);
    assert!(hand.mprotect(at(0)..at(3), "r--"));
    (0..3).for_each(|n| hand.load(at(n)));
    assert!(hand.mprotect(0x4000_0000..0x4020_0000, "---"));
    assert_eq!(hand.resident(pid), 515);
}

#[test]
fn an_emulated_instruction_of_a_page_without_any_right_is_a_bad_address() {
    use kernel::{Call, Refusal, UserAccess};
    use model::isa::{Cause, Fault};
    let mut config = strict(Mode::Sv39);
    config.mxr = false;
    let mut hand = Hand::new(config);
    let pid = hand.spawn("p", vec![bss(1)]);
    hand.switch(pid);
    hand.store(at(0));
    assert!(hand.mprotect(at(0)..at(1), "---"));
    let Machine { os, hardware, .. } = &mut hand.machine;
    let asked = UserAccess { call: Call::Emulate, va: at(0), bytes: 4 };
    assert!(os.begin_user_access(hardware, asked).unwrap());
    let fault = Fault { cause: Cause::LoadPageFault, tval: at(0) };
    let verdict = os.fault(hardware, isa::Access::Load, fault).unwrap();
    assert_eq!(verdict, kernel::Verdict::Refused(Refusal::BadAddress));
}
