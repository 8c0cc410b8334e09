//! Demand paging, swap, growth, and out of memory.

use super::*;
use crate::system::{Observer, WorldState};
use kernel::{Event, FaultKind, PolicyKind};
use model::isa::Access::Fetch;
use std::cell::RefCell;
use std::rc::Rc;

fn bss(pages: u64) -> Vec<RegionSpec> {
    vec![region(RegionKind::Bss, BSS, pages)]
}

#[test]
fn only_touched_pages_cost_frames() {
    let outcome =
        run(strict(Mode::Sv39), [process("p", bss(100), [load(page(3)), load(page(90))])]);
    let report = outcome.report;
    assert_eq!(report.total.faults.minor_faults, 2);
    assert_eq!(report.total.faults.demand_zero, 2);
    assert_eq!(report.processes[0].peak_resident_frames, 2);
    assert_eq!(report.processes[0].page_table_bytes, 3 * PAGE_BYTES);
}

#[test]
fn tables_of_a_sparse_space_take_what_the_exercise_says() {
    for (mode, kib) in [(Mode::Sv32, 16), (Mode::Sv39, 24), (Mode::Sv48, 28), (Mode::Sv57, 32)] {
        let top = (1 << 32) - PAGE_BYTES;
        let regions = vec![
            region(RegionKind::Text, 0, 2),
            region(RegionKind::Data, 0x40_0000, 2),
            region(RegionKind::Stack, top, 1),
        ];
        let touched = [0, 0x1000].map(|va| op(Fetch, va));
        let ops = touched.into_iter().chain([0x40_0000, 0x40_1000, top].map(load));
        let report = run(strict(mode), [process("gate", regions, ops)]).report;
        assert_eq!(report.processes[0].page_table_bytes, kib << 10, "{mode:?}");
        assert_eq!(report.total.faults.major_faults, 4);
        assert_eq!(report.total.faults.minor_faults, 1);
    }
}

#[test]
fn a_program_larger_than_memory_completes_with_its_data() {
    for policy in [PolicyKind::Fifo, PolicyKind::Lru, PolicyKind::Clock] {
        let mut config = MachineConfig { policy, ..strict(Mode::Sv39) };
        // Three tables and twelve pages, for a program of forty pages.
        config.frames = 64 + 3 + 12;
        let ops = (0..3).flat_map(|_| (0..40).flat_map(|n| [load(page(n)), store(page(n) + 16)]));
        let report = run(config, [process("large", bss(40), ops)]).report;
        let faults = report.total.faults;
        assert_eq!(report.memory.peak_frames, 15);
        assert!(faults.swap_ins > 40 && faults.swap_outs > 40, "{faults:?}");
        assert_eq!(faults.evictions, faults.write_backs + faults.write_backs_saved);
    }
}

#[test]
fn a_page_clean_since_swap_in_needs_no_second_write() {
    // Stored once, then only read while others evict it again and again.
    let rounds = (0..4).flat_map(|_| [load(page(0)), load(page(1)), load(page(2))]);
    let ops = [store(page(0))].into_iter().chain(rounds);
    let config = MachineConfig { policy: PolicyKind::Fifo, ..strict(Mode::Sv39) };
    let spec = ProcessSpec { frames: Some(2), ..process("p", bss(3), ops) };
    let report = run(config, [spec]).report;
    let faults = report.total.faults;
    assert_eq!((faults.swap_outs, faults.swap_ins), (1, 3));
    assert_eq!(report.memory.peak_swap_slots, 1);
}

#[test]
fn a_full_swap_lends_slots_of_pages_that_are_in_memory() {
    // Four dirty pages, three frames, two slots: no page can keep its own slot.
    let ops = (0..4).map(|n| store(page(n))).chain((0..40).map(|n| load(page(n % 4))));
    let config = MachineConfig { swap: 2, policy: PolicyKind::Fifo, ..strict(Mode::Sv39) };
    let outcome = run(config, [ProcessSpec { frames: Some(3), ..process("p", bss(4), ops) }]);
    assert_eq!(fate(&outcome, 0), "exited");
    let faults = outcome.report.total.faults;
    assert_eq!(faults.swap_outs, faults.write_backs);
    assert!(faults.slots_reclaimed > 20, "{faults:?}");
}

#[test]
fn a_heap_grows_when_asked_and_comes_back_new() {
    let heap = RegionSpec { limit: Some(4), ..region(RegionKind::Heap, 0x20_0000, 0) };
    let (first, second) = (0x20_0000, 0x20_1000);
    let ops = [
        Op::Sbrk(2),
        store(first),
        store(second),
        load(second),
        Op::Sbrk(-1),
        Op::Sbrk(9),
        Op::Sbrk(1),
        load(second),
        Op::Sbrk(-2),
        load(first),
    ];
    let outcome = run(strict(Mode::Sv39), [process("p", vec![heap], ops)]);
    assert_eq!(fate(&outcome, 0), "hole");
    let counts = outcome.report.processes[0].counts.clone();
    assert_eq!((counts.accesses.total(), counts.faults.minor_faults), (4, 3));
    assert_eq!(counts.faults.heap_changes, 5);
}

#[test]
fn a_stack_grows_to_its_limit() {
    let stack = RegionSpec { limit: Some(4), ..region(RegionKind::Stack, 0x30_0000, 1) };
    let ops = (0..4).map(|n| store(0x30_0000 - n * PAGE_BYTES));
    let outcome = run(strict(Mode::Sv32), [process("p", vec![stack], ops)]);
    assert_eq!(fate(&outcome, 0), "exited");
    assert_eq!(outcome.report.total.faults.stack_growths, 3);
}

#[test]
fn memory_and_swap_that_run_out_kill_the_largest() {
    for (swap_slots, reason) in [(0, "out_of_memory"), (2, "out_of_swap")] {
        let mut config = MachineConfig { swap: swap_slots, quantum: 3, ..strict(Mode::Sv39) };
        config.frames = 64 + 16;
        let large = (0..20).map(|n| store(page(n)));
        let small = (0..12).flat_map(|n| [store(page(n % 2)), load(page(n % 2))]);
        let specs = [process("large", bss(20), large), process("small", bss(2), small)];
        let outcome = run(config, specs);
        assert_eq!(fate(&outcome, 0), reason);
        assert_eq!(fate(&outcome, 1), "exited");
        assert_eq!(outcome.report.processes[1].counts.accesses.total(), 24);
    }
}

#[test]
fn a_process_without_a_frame_for_its_root_is_killed_at_once() {
    let mut config = MachineConfig { swap: 0, ..strict(Mode::Sv39) };
    config.frames = 64 + 4;
    let specs = (0..5).map(|n| process(&format!("p{n}"), bss(1), []));
    let outcome = run(config, specs);
    assert_eq!((fate(&outcome, 3), fate(&outcome, 4)), ("exited", "out_of_memory"));
}

#[test]
fn software_sets_dirty_on_the_extra_fault() {
    let config = MachineConfig { adue: false, ..strict(Mode::Sv39) };
    let ops = [load(page(0)), store(page(0)), store(page(1)), load(page(1)), store(page(0))];
    let faults = run(config, [process("p", bss(2), ops)]).report.total.faults;
    assert_eq!((faults.minor_faults, faults.ad_faults, faults.spurious_faults), (2, 1, 0));
}

#[derive(Default)]
struct Diary(Vec<String>);

impl Observer for Diary {
    fn on_event(&mut self, _cycle: u64, event: &Event, _world: &WorldState) {
        if matches!(event, Event::Policy { .. } | Event::Queues { .. }) {
            return;
        }
        self.0.push(match event {
            Event::PageFault { kind: FaultKind::Minor, va, .. } => format!("minor {va:x}"),
            Event::PageFault { kind: FaultKind::Major, va, .. } => format!("major {va:x}"),
            Event::Eviction { va, dirty, .. } => format!("evict {va:x} {dirty}"),
            Event::SwapOut { va, slot, .. } => format!("out {va:x} {slot}"),
            Event::SwapIn { va, slot, .. } => format!("in {va:x} {slot}"),
            Event::Fence { fence } => format!("fence {:x?} {:?}", fence.va, fence.asid),
            Event::Switch { to, asid, .. } => format!("switch {to} {asid}"),
            Event::Exit { pid, .. } => format!("exit {pid}"),
            other => format!("{other:?}"),
        });
    }
}

#[test]
fn events_and_fences_come_in_the_order_that_keeps_tables_and_tlbs_together() {
    let mmu = Box::new(IdealMmu::new(Xlen::Rv64));
    let config = MachineConfig { policy: PolicyKind::Fifo, ..strict(Mode::Sv39) };
    let mut machine = Machine::new(mmu, config).unwrap();
    let diary = Rc::new(RefCell::new(Diary::default()));
    machine.observe(Box::new(diary.clone()));
    let ops = [store(page(0)), load(page(1)), load(page(0))];
    let spec = process("p", bss(2), ops);
    machine.spawn(ProcessSpec { frames: Some(1), ..spec }).unwrap();
    assert!(machine.run(&AtomicBool::new(false)).error.is_none());
    assert_eq!(
        diary.borrow().0,
        [
            "switch 1 1",
            "minor 100000",
            "fence None Some(1)",
            "minor 101000",
            "fence Some(100000) Some(1)",
            "evict 100000 true",
            "out 100000 0",
            "fence Some(101000) Some(1)",
            "major 100000",
            "fence Some(101000) Some(1)",
            "evict 101000 false",
            "in 100000 0",
            "fence Some(100000) Some(1)",
            "exit 1",
            "fence None Some(1)",
        ]
    );
}
