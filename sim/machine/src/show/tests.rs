//! What a record holds, and where it ends.

use super::tables::Tables;
use super::{Budget, Hex, Recorder, Subject, What};
use crate::board::{Board, Observer};
use crate::cpu::Listed;
use crate::system::{Machine, MachineConfig, ProcessSpec};
use kernel::{Layout, RegionKind, RegionSpec};
use model::bus::SharedMemory;
use model::golden::IdealMmu;
use model::isa::{Access, Mode, PAGE_BYTES, Xlen, pte};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

const ROOT: u64 = 0x8_0000;

/// The words that are told.
fn told(tables: &mut Tables, mode: Mode, memory: &SharedMemory) -> Vec<(u64, u64)> {
    let mut words = Vec::new();
    tables.look([(mode, ROOT)].into_iter(), memory, "kernel", |what| match what {
        What::Pte { pa, value, .. } => words.push((pa.0, value.0)),
        other => panic!("{other:?}"),
    });
    words
}

#[test]
fn words_of_tables_are_told_once() {
    let memory = SharedMemory::with_ram(ROOT * PAGE_BYTES..(ROOT + 8) * PAGE_BYTES).unwrap();
    let at = |table: u64, index: u64| (ROOT + table) * PAGE_BYTES + 8 * index;
    let pointer = pte::entry(ROOT + 1, pte::VALID);
    let leaf = pte::entry(0x1234, pte::VALID | pte::READ);
    memory.write(at(0, 5), 8, pointer).unwrap();
    memory.write(at(1, 7), 8, leaf).unwrap();
    let mut tables = Tables::default();
    assert_eq!(told(&mut tables, Mode::Sv39, &memory), [(at(0, 5), pointer), (at(1, 7), leaf)]);
    assert_eq!(told(&mut tables, Mode::Sv39, &memory), []);
    memory.write(at(1, 7), 8, leaf | pte::ACCESSED).unwrap();
    tables.told(Mode::Sv39, at(1, 7), leaf | pte::ACCESSED);
    assert_eq!(told(&mut tables, Mode::Sv39, &memory), []);
    // What a table that is not linked holds is not told; after it is linked again, it is.
    memory.write(at(0, 5), 8, 0).unwrap();
    memory.write(at(1, 7), 8, 0).unwrap();
    assert_eq!(told(&mut tables, Mode::Sv39, &memory), [(at(0, 5), 0)]);
    memory.write(at(0, 5), 8, pointer).unwrap();
    assert_eq!(told(&mut tables, Mode::Sv39, &memory), [(at(0, 5), pointer), (at(1, 7), 0)]);
}

#[test]
fn entries_of_sv32_are_halves_of_words() {
    let memory = SharedMemory::with_ram(ROOT * PAGE_BYTES..(ROOT + 8) * PAGE_BYTES).unwrap();
    let at = |index: u64| ROOT * PAGE_BYTES + 4 * index;
    let leaf = pte::entry(0x400, pte::VALID | pte::READ);
    memory.write(at(2), 4, leaf).unwrap();
    memory.write(at(3), 4, leaf).unwrap();
    let mut tables = Tables::default();
    assert_eq!(told(&mut tables, Mode::Sv32, &memory), [(at(2), leaf), (at(3), leaf)]);
    memory.write(at(3), 4, leaf | pte::DIRTY).unwrap();
    tables.told(Mode::Sv32, at(3), leaf | pte::DIRTY);
    assert_eq!(told(&mut tables, Mode::Sv32, &memory), []);
}

/// A table that points to itself has no end of levels.
#[test]
fn tables_in_a_circle_end() {
    let memory = SharedMemory::with_ram(ROOT * PAGE_BYTES..(ROOT + 8) * PAGE_BYTES).unwrap();
    memory.write(ROOT * PAGE_BYTES, 8, pte::entry(ROOT, pte::VALID)).unwrap();
    assert_eq!(told(&mut Tables::default(), Mode::Sv57, &memory).len(), 1);
}

/// Runs a process that stores to so many pages, recorded with this budget.
fn run(pages: u64, budget: Budget) -> super::Run {
    let mmu = Box::new(IdealMmu::new(Xlen::Rv64));
    let subject = Subject {
        name: "a run".into(),
        config: "ideal".into(),
        mode: Mode::Sv39,
        harts: 1,
        lines: Vec::new(),
        budget,
    };
    let recorder = Rc::new(RefCell::new(Recorder::new(subject, &*mmu)));
    let mut machine = Machine::new(mmu, MachineConfig::default()).unwrap();
    let addresses: Vec<_> = (0..pages).map(|page| 0x10000 + page * PAGE_BYTES).collect();
    machine
        .spawn(ProcessSpec {
            name: "one".into(),
            layout: Layout::Regions(vec![RegionSpec::new(RegionKind::Bss, 0x10000, pages)]),
            program: Box::new(Listed::accesses(Access::Store, 8, addresses)),
            frames: None,
        })
        .unwrap();
    machine.observe(Box::new(Rc::clone(&recorder)));
    assert!(machine.run(&AtomicBool::new(false)).error.is_none());
    recorder.borrow_mut().finish(serde_json::Value::Null, None)
}

#[test]
fn a_story_has_its_process_region_frames_and_faults() {
    let run = run(4, Budget::default());
    let count = |is: &dyn Fn(&What) -> bool| run.records.iter().filter(|r| is(&r.what)).count();
    assert_eq!(count(&|what| matches!(what, What::Process { pid: 1, .. })), 1);
    assert_eq!(count(&|what| matches!(what, What::Region { kind: "bss", gone: false, .. })), 1);
    assert_eq!(count(&|what| matches!(what, What::Event { event: "page_fault", .. })), 4);
    let page = |what: &What| matches!(what, What::Frame { purpose: "page", what: Some("bss"), .. });
    assert_eq!(count(&page), 4);
    // They are freed at the end.
    assert!(count(&|what| matches!(what, What::Frame { purpose: "free", .. })) >= 4);
    assert!(run.window.whole && run.cut.is_none());
    let first = run.machine.frames.map(|frames| frames.first);
    assert_eq!(first, Some(Hex(MachineConfig::default().base / PAGE_BYTES)));
}

#[test]
fn a_record_that_grows_too_long_says_where_it_ends() {
    let whole = run(64, Budget::default());
    let few = Budget { cycles: 100, ..Budget::default() };
    let window = run(64, few).window;
    assert!(!window.whole && window.to < whole.cycles && window.why.is_some(), "{window:?}");
    let short = run(64, Budget { others: 40, ..Budget::default() });
    let cut = short.cut.expect("it is cut");
    assert!(cut.at < whole.cycles && cut.why.ends_with('.'), "{cut:?}");
    assert_eq!(short.cycles, whole.cycles);
}

/// What an observer wants to see after the end is not counted, and it need not see all of it.
#[test]
fn a_board_at_rest_is_shown_after_the_end() {
    struct Rest(u64, Vec<u64>);
    impl Observer for Rest {
        fn wants_rest(&self) -> bool {
            self.0 > 0
        }

        fn on_rest(&mut self, cycle: &crate::board::Cycle<'_>) {
            self.0 -= 1;
            self.1.push(cycle.number);
        }
    }
    for (wants, sees) in [(0, 0), (2, 2), (u64::MAX, 8)] {
        let memory = SharedMemory::with_ram(ROOT * PAGE_BYTES..(ROOT + 8) * PAGE_BYTES).unwrap();
        let mut board = Board::new(memory.clone());
        let walker = Box::new(model::bus::FixedLatency::new(memory, 3));
        let hart = board.add(Box::new(IdealMmu::new(Xlen::Rv64)), walker);
        let rest = Rc::new(RefCell::new(Rest(wants, Vec::new())));
        board.attach(Box::new(Rc::clone(&rest)));
        board.cycle_of(hart, &mut crate::board::Idle).unwrap();
        board.end();
        assert_eq!(rest.borrow().1, vec![1; sees]);
        assert_eq!((board.now(), board.meter.total().cycles.total()), (1, 1));
    }
}

/// An observer that needs two cycles.
#[derive(Default)]
struct Two {
    cycles: u64,
    ended: bool,
}

impl Observer for Two {
    fn has_seen_enough(&self) -> bool {
        self.cycles >= 2
    }

    fn on_cycle(&mut self, _cycle: &crate::board::Cycle<'_>) {
        self.cycles += 1;
    }

    fn on_end(&mut self, _cycle: u64) {
        self.ended = true;
    }
}

#[test]
fn an_observer_that_has_seen_enough_only_hears_of_events() {
    let memory = SharedMemory::with_ram(ROOT * PAGE_BYTES..(ROOT + 8) * PAGE_BYTES).unwrap();
    let mut board = Board::new(memory.clone());
    let walker = Box::new(model::bus::FixedLatency::new(memory, 3));
    let hart = board.add(Box::new(IdealMmu::new(Xlen::Rv64)), walker);
    let two = Rc::new(RefCell::new(Two::default()));
    board.attach(Box::new(Rc::clone(&two)));
    for _ in 0..5 {
        board.cycle_of(hart, &mut crate::board::Idle).unwrap();
    }
    assert!(!board.is_observed() && board.is_heard());
    board.end();
    assert_eq!((two.borrow().cycles, two.borrow().ended), (2, true));
}
