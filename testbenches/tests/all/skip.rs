//! Time skip changes nothing but the time of a run: reports and waves are the same with and without
//! it, on every engine.

use engine::{Engine, find};
use kernel::{Layout, RegionKind, RegionSpec};
use machine::cpu::{Fit, Fitted, Lackey, Listed, Program, decompress};
use machine::system::{LatencySpec, Machine, MachineConfig, Master, Outcome, ProcessSpec};
use machine::wave::mmu::{Recorder, Subject};
use machine::wave::{Ending, Recording};
use model::bus::BackPressure;
use model::isa::{Access, Mode};
use std::cell::RefCell;
use std::fs::File;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use waves::Window;

/// One run, and its waveform.
struct Run {
    report: String,
    wave: Vec<u8>,
    /// Cycles that were simulated, not only counted.
    made: u64,
}

/// A run's configuration and processes.
struct Plan {
    config: MachineConfig,
    pressure: bool,
    window: Window,
}

fn run(plan: &Plan, engine: Engine, skips: bool, programs: Vec<Box<dyn Program>>) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("run.vcd");
    let mmu = find("rv64_tiny").unwrap().mmu(engine);
    let recording = Recording {
        title: "skip".into(),
        window: plan.window,
        signals: mmu.signals(),
        ..Recording::default()
    };
    let subject = Subject {
        xlen: mmu.xlen(),
        extensions: mmu.extensions(),
        harts: 1,
        processes: vec!["one".into(), "two".into()],
        computer: None,
    };
    let recorder = Rc::new(RefCell::new(Recorder::create(&dump, recording, subject).unwrap()));
    let pressure = plan.pressure;
    let mut machine =
        Machine::with_buses(mmu, plan.config.clone(), &mut |master, channel| match master {
            Master::Walker if pressure => Box::new(BackPressure::new(channel, 0.3, 7)),
            _ => channel,
        })
        .unwrap();
    machine.hardware_mut().board.skips = skips;
    machine.observe(Box::new(recorder.clone()));
    for program in programs {
        let heap = RegionSpec::new(RegionKind::Bss, 0x10000, 40);
        let layout = if program.position().contains("sort") {
            Layout::OnDemand(Vec::new())
        } else {
            Layout::Regions(vec![heap])
        };
        let name = "process".into();
        machine.spawn(ProcessSpec { name, layout, program, frames: None }).unwrap();
    }
    let Outcome { report, error, .. } = machine.run(&AtomicBool::new(false));
    assert!(error.is_none(), "{error:?}");
    recorder.borrow_mut().finish().unwrap();
    let skipped = machine.hardware().board.skipped();
    Run {
        made: report.cycles - skipped,
        report: report.to_string(),
        wave: std::fs::read(&dump).unwrap(),
    }
}

/// Loads and stores all over forty pages, too many for four lines.
fn wandering(step: u64) -> Box<dyn Program> {
    let pages = (0..1200_u64).map(move |at| 0x10000 + (at * step % 40) * 4096 + at % 500 * 8);
    Box::new(Listed::accesses(
        if step.is_multiple_of(2) { Access::Load } else { Access::Store },
        8,
        pages,
    ))
}

fn same(plan: &Plan, programs: impl Fn() -> Vec<Box<dyn Program>>) {
    let [plain, skipping] =
        [false, true].map(|skips| run(plan, Engine::Compiled, skips, programs()));
    assert_eq!(plain.report, skipping.report);
    assert!(plain.wave == skipping.wave, "the waves differ");
    assert!(skipping.made < plain.made, "nothing was skipped of {} cycles", plain.made);
}

fn world() -> MachineConfig {
    MachineConfig { quantum: 100, ..MachineConfig::default() }
}

#[test]
fn waiting_for_memory_can_be_skipped() {
    let config = MachineConfig { latency: LatencySpec::Fixed(40), ..world() };
    let plan = Plan { config, pressure: false, window: Window::default() };
    same(&plan, || vec![wandering(7), wandering(6)]);
}

#[test]
fn waiting_for_memory_of_random_latency_can_be_skipped() {
    let latency = LatencySpec::Range([1, 60]);
    let config = MachineConfig { latency, data_latency: latency, adue: false, ..world() };
    let plan = Plan { config, pressure: false, window: Window { from: 3000, cycles: Some(9000) } };
    same(&plan, || vec![wandering(3)]);
}

#[test]
fn waiting_for_a_bus_that_is_seldom_ready_and_for_the_disk_can_be_skipped() {
    let config = MachineConfig { mode: Mode::Sv48, frames: 90, ..world() };
    let plan = Plan { config, pressure: true, window: Window { from: 100, cycles: Some(50_000) } };
    same(&plan, || vec![wandering(7), wandering(9)]);
}

#[test]
fn a_real_program_can_be_skipped_through() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/traces/sort.lackey.zst");
    let window = Window { from: 30_000, cycles: Some(30_000) };
    let plan = Plan { config: MachineConfig::default(), pressure: false, window };
    same(&plan, || {
        let text = decompress(File::open(&path).unwrap()).unwrap();
        vec![Box::new(Fitted::new(Lackey::new("sort", text), Mode::Sv39, Fit::Refuse))]
    });
}

#[test]
fn every_engine_makes_the_same_waves() {
    let config = MachineConfig { latency: LatencySpec::Fixed(9), ..world() };
    // The window opens and closes during the run.
    for window in [Window { from: 2000, cycles: Some(1500) }, Window { from: 0, cycles: Some(900) }]
    {
        let plan = Plan { config: config.clone(), pressure: false, window };
        let runs = [Engine::Compiled, Engine::Interpreter, Engine::RustHdl].map(|engine| {
            let few = |step: u64| -> Box<dyn Program> {
                let pages = (0..60_u64).map(move |at| 0x10000 + at * step % 40 * 4096);
                Box::new(Listed::accesses(Access::Store, 8, pages))
            };
            run(&plan, engine, true, vec![few(7), few(11)])
        });
        for other in &runs[1..] {
            assert_eq!(runs[0].report, other.report);
            assert!(runs[0].wave == other.wave, "the waves differ");
        }
    }
}
