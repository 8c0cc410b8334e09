//! The fast path of cycles of hits changes nothing but the time of a run: reports and waves are the
//! same with and without it, on the real hardware.

use engine::{Engine, find};
use kernel::{Layout, PolicyKind, RegionKind, RegionSpec};
use machine::board::{Cycle, Observer};
use machine::cpu::{self, Fit, Fitted, Lackey, Listed, Op, Program, decompress};
use machine::system::{Machine, MachineConfig, Outcome, ProcessSpec};
use model::isa::{Access, Mode, Xlen};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::fs::File;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// Everything shown to an observer.
#[derive(Default)]
struct Shown(Vec<String>);

impl Observer for Shown {
    fn on_cycle(&mut self, cycle: &Cycle<'_>) {
        let &Cycle { number, inputs, outputs, world, .. } = cycle;
        self.0.push(format!("{number} {inputs:?} {outputs:?} {world:?}"));
    }
}

/// Accesses of every kind, size and alignment in a few pages, as clustered as those of programs.
fn random(seed: u64) -> Box<dyn Program> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut at = 0;
    let ops = (0..4000).map(|_| {
        if random.random_bool(0.05) {
            at = random.random_range(0..30 * 4096);
        }
        let bytes = [1, 2, 3, 4, 4, 5, 8, 8, 16, 40][random.random_range(0..10)];
        at = (at + random.random_range(0..24)).min(31 * 4096);
        let (kind, start) = match random.random_range(0..4) {
            0 | 1 => (Access::Fetch, 0x10000),
            2 => (Access::Load, 0x4_0000),
            _ => (Access::Store, 0x4_0000),
        };
        match random.random_range(0..400) {
            0 => Op::Think(random.random_range(0..50)),
            _ => Op::Access(cpu::Access { kind, va: start + at, bytes }),
        }
    });
    Box::new(Listed::new(ops))
}

fn spec(program: Box<dyn Program>, regions: Vec<RegionSpec>) -> ProcessSpec {
    let layout =
        if regions.is_empty() { Layout::OnDemand(regions) } else { Layout::Regions(regions) };
    ProcessSpec { name: "process".into(), layout, program, frames: None }
}

/// A run; with an observer, also what it was shown.
fn run(name: &str, config: &MachineConfig, fast: bool, seen: bool, specs: Vec<ProcessSpec>) -> Run {
    let mmu = find(name).unwrap().mmu(Engine::Compiled);
    let mut machine = Machine::new(mmu, config.clone()).unwrap();
    machine.hardware_mut().board.fast = fast;
    let shown = Rc::new(RefCell::new(Shown::default()));
    if seen {
        machine.observe(Box::new(shown.clone()));
    }
    for spec in specs {
        machine.spawn(spec).unwrap();
    }
    let Outcome { report, error, .. } = machine.run(&AtomicBool::new(false));
    assert!(error.is_none(), "{error:?}");
    let shown = shown.take().0;
    Run { report: report.to_string(), shown, fast: machine.hardware().board.fast_cycles() }
}

struct Run {
    report: String,
    shown: Vec<String>,
    /// Cycles that took the fast path.
    fast: u64,
}

fn alike(name: &str, config: &MachineConfig, specs: impl Fn() -> Vec<ProcessSpec>) {
    let usual = run(name, config, false, false, specs());
    let fast = run(name, config, true, false, specs());
    assert_eq!(fast.report, usual.report);
    assert_eq!(usual.fast, 0);
    assert!(fast.fast > 1000, "only {} cycles went the fast way", fast.fast);
}

#[test]
fn random_programs_run_alike() {
    let names = ["rv64_tiny", "rv32_small", "rv64_linux", "rv32_tiny+trace=1"];
    for (seed, name) in names.into_iter().enumerate() {
        for policy in [PolicyKind::Fifo, PolicyKind::Clock, PolicyKind::Lru] {
            let xlen = find(name).unwrap().xlen;
            let mode = if xlen == Xlen::Rv32 { Mode::Sv32 } else { Mode::Sv39 };
            let config = MachineConfig {
                mode,
                frames: 64 + 50,
                policy,
                quantum: 700,
                adue: seed != 1,
                ..MachineConfig::default()
            };
            alike(name, &config, || {
                let regions = || {
                    vec![
                        RegionSpec::new(RegionKind::Text, 0x1_0000, 33),
                        RegionSpec::new(RegionKind::Bss, 0x4_0000, 33),
                    ]
                };
                let program = |at| spec(random(10 * seed as u64 + at), regions());
                vec![program(0), program(1)]
            });
        }
    }
}

#[test]
fn a_real_program_runs_alike() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/traces/sort.lackey.zst");
    let config = MachineConfig::default();
    for name in ["rv64_linux", "rv64_linux+trace=1"] {
        alike(name, &config, || {
            let text = decompress(File::open(&path).unwrap()).unwrap();
            let program = Fitted::new(Lackey::new("sort", text), Mode::Sv39, Fit::Refuse);
            vec![spec(Box::new(program), Vec::new())]
        });
    }
}

#[test]
fn observers_are_shown_the_same() {
    let config = MachineConfig { quantum: 500, ..MachineConfig::default() };
    let specs = || {
        let region = RegionSpec::new(RegionKind::Bss, 0x4_0000, 33);
        let pages = (0..900_u64).map(|at| 0x4_0000 + at / 60 * 4096 + at % 60 * 12);
        vec![spec(Box::new(Listed::accesses(Access::Store, 4, pages)), vec![region])]
    };
    let [usual, fast] = [false, true].map(|fast| run("rv64_tiny", &config, fast, true, specs()));
    assert_eq!(fast.report, usual.report);
    assert!(usual.shown.len() > 1000 && fast.shown == usual.shown);
    let unseen = run("rv64_tiny", &config, true, false, specs());
    assert_eq!(unseen.report, usual.report);
    assert!(unseen.fast > 500 && fast.fast == 0, "{} {}", unseen.fast, fast.fast);
}
