//! A whole machine, recorded by an observer.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use kernel::{Layout, RegionKind, RegionSpec};
use machine::cpu::Listed;
use machine::system::{Machine, MachineConfig, ProcessSpec};
use machine::wave::mmu::{Recorder, Subject};
use machine::wave::{Ending, Recording};
use model::golden::IdealMmu;
use model::isa::{Access, Extensions, Xlen};
use model::mmu::Mmu;
use waves::{Error, Window};

use crate::reader::Dump;

fn machine(names: &[&str]) -> Machine {
    let config = MachineConfig { quantum: 3, ..MachineConfig::default() };
    let mmu = IdealMmu::new(Xlen::Rv64);
    let mut machine = Machine::new(Box::new(mmu), config).expect("a machine");
    machine.hardware_mut().board.hart_mut(0).mmu_mut().watch(true);
    for name in names {
        let bss = RegionSpec::new(RegionKind::Bss, 0x10000, 4);
        let stores = [0x10000, 0x11008, 0x12010, 0x10018, 0x11020, 0xdead_0000];
        let spec = ProcessSpec {
            name: (*name).to_owned(),
            layout: Layout::Regions(vec![bss]),
            program: Box::new(Listed::accesses(Access::Store, 8, stores)),
            frames: None,
        };
        machine.spawn(spec).expect("a process");
    }
    machine
}

fn record(path: &Path, window: Window) -> Result<(), Error> {
    let names = ["first", "second"];
    let recording = Recording {
        title: "two processes".to_owned(),
        window,
        signals: IdealMmu::new(Xlen::Rv64).signals(),
        ..Recording::default()
    };
    let subject = Subject {
        xlen: Xlen::Rv64,
        extensions: Extensions::NONE,
        harts: 1,
        processes: names.map(str::to_owned).to_vec(),
        computer: None,
    };
    let recorder = Rc::new(RefCell::new(Recorder::create(path, recording, subject)?));
    let mut machine = machine(&names);
    machine.observe(Box::new(Rc::clone(&recorder)));
    let outcome = machine.run(&AtomicBool::new(false));
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    recorder.borrow_mut().finish().map(|_| ())
}

#[test]
fn machine_tells_its_recorder_everything() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("machine.vcd");
    record(&path, Window::default())?;
    let dump = Dump::open(&path);
    let told = |path: &str| -> Vec<String> {
        dump.changes(path).into_iter().map(|(_, value)| value).filter(|v| !v.is_empty()).collect()
    };
    let kinds = told("os.fault_name");
    assert_eq!(kinds.iter().filter(|kind| *kind == "minor").count(), 6, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "protection").count(), 2, "{kinds:?}");
    assert_eq!(told("os.process")[..3], ["first", "second", "first"]);
    assert_eq!(dump.changes("os.page_fault").len(), 8);
    assert_eq!(dump.changes("os.kill").len(), 2);
    let faults = told("data.cause_name");
    assert!(faults.len() >= 8 && faults.iter().all(|cause| cause == "store_page_fault"));
    assert!(told("os.text").iter().any(|text| text == "minor:store:11008"));
    Ok(())
}

#[test]
fn window_of_a_machine_shows_the_same_as_the_whole() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, part) = (folder.path().join("whole.vcd"), folder.path().join("part.vcd"));
    record(&whole, Window::default())?;
    let whole = Dump::open(&whole);
    let (start, end) = whole.times();
    // Some of these windows lie within skipped cycles.
    for from in (start / 10..end / 10).step_by(1499) {
        let window = Window { from, cycles: Some(200) };
        record(&part, window)?;
        let part = Dump::open(&part);
        for path in ["satp.mode", "data.asked", "data.va", "memory.pte", "os.process", "os.fault"] {
            for time in (from * 10..(from + 200) * 10).step_by(490) {
                assert_eq!(part.at(path, time), whole.at(path, time), "{path} at {time}");
            }
        }
    }
    Ok(())
}
