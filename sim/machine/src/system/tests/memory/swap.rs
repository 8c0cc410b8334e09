//! Swap that grows, runs out, and is shared; and which process is killed then.

use super::*;
use kernel::OomKind;

#[test]
fn a_swap_file_grows_on_demand_up_to_its_limit() {
    for (limit, end) in [(None, Ok(())), (Some(12), Ok(())), (Some(11), Err("out_of_swap"))] {
        let config =
            MachineConfig { swap_grow: 4, swap_limit: limit, swap: 2, ..strict(Mode::Sv39) };
        let mut hand = Hand::with_frames(config, 3 + 4);
        let pid = hand.spawn("p", vec![bss(16)]);
        hand.switch(pid);
        let all = (0..16).try_for_each(|n| hand.access(isa::Access::Store, page(n)));
        assert_eq!(all, end, "{limit:?}");
        let slots = hand.machine.os.swap().slots();
        assert_eq!(slots, limit.unwrap_or(14));
    }
}

#[test]
fn the_victim_of_the_end_of_memory_is_named_by_the_policy() {
    for (oom, victim) in [(OomKind::Largest, 1), (OomKind::Newest, 2), (OomKind::Oldest, 0)] {
        let config = MachineConfig { oom, swap: 0, ..strict(Mode::Sv39) };
        let mut hand = Hand::with_frames(config, 9 + 14);
        let pids = [2, 8, 3].map(|pages| {
            let pid = hand.spawn("p", vec![bss(32)]);
            hand.switch(pid);
            (0..pages).for_each(|n| hand.store(page(n)));
            pid
        });
        hand.switch(pids[1]);
        let outcome = (8..12).try_for_each(|n| hand.access(isa::Access::Store, page(n)));
        assert_eq!(outcome.is_err(), victim == 1);
        for (index, pid) in pids.into_iter().enumerate() {
            let expected = if index == victim { "out_of_memory" } else { "lives" };
            assert_eq!(hand.fate(pid), expected, "{oom:?}");
        }
        assert_eq!(hand.counters(pids[victim]).oom_kills, 1);
    }
}

#[test]
fn a_slot_is_shared_by_a_fork_and_read_once() {
    let config = MachineConfig { swap: 16, ..strict(Mode::Sv39) };
    let mut hand = Hand::with_frames(config, 6 + 4);
    let parent = hand.spawn("p", vec![bss(8)]);
    hand.switch(parent);
    (0..8).for_each(|n| hand.store(page(n)));
    let child = hand.fork().unwrap();
    let used = hand.machine.os.swap().used();
    hand.switch(child);
    hand.load(page(0));
    hand.switch(parent);
    let before = hand.counters(parent);
    hand.load(page(0));
    let after = hand.counters(parent);
    assert_eq!(after.swap_ins, before.swap_ins, "the child has read it");
    assert_eq!(after.swap_cache_hits - before.swap_cache_hits, 1);
    assert!(used >= 4 && hand.machine.os.swap().used() <= 8);
    hand.exit();
    hand.switch(child);
    (0..8).for_each(|n| hand.load(page(n)));
    hand.exit();
    assert_eq!((hand.free(), hand.machine.os.swap().used()), (10, 0));
}
