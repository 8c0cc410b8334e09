//! Runs processes under the operating system.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use kernel::{Layout, OsError, Pid, PolicyKind, RegionSpec};
use machine::cpu::{Program, ProgramError};
use machine::system::{
    Chronicle, Life, Machine, Observer, Outcome, ProcessSpec, RunError, Template,
};
use model::bus::Console;
use model::golden::IdealMmu;
use model::mmu::Mmu;

use super::devices;
use super::expect;
use super::mismatch::Mismatch;
use super::place::Place;
use super::ports::Stop;
use super::program::{Line, Script};
use super::system::{ProcessText, System};
use super::trace;
use super::variant::Variant;
use super::verdict::judge;

/// The results of a run.
pub(super) struct Results {
    pub(super) cycles: u64,
    pub(super) counts: BTreeMap<String, u64>,
    /// What the model of a cache counted, line by line; empty without one.
    pub(super) told: Vec<String>,
    pub(super) result: Result<(), Stop>,
}

/// A finished run, to be checked.
pub(super) struct Played {
    pub(super) outcome: Outcome,
    /// The pids of each `[[process]]`.
    pub(super) pids: Vec<Vec<Pid>>,
    /// The history of each, if the file has expectations about it.
    pub(super) lives: BTreeMap<Pid, Life>,
    /// The console on the bus, if there is one.
    console: Option<Console>,
}

/// Runs all processes to their ends.
pub(super) fn run(
    system: &System,
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    observer: Option<Box<dyn Observer>>,
    stop: &AtomicBool,
) -> Results {
    match play(system, variant, mmu, observer, stop) {
        Ok(played) => {
            let report = &played.outcome.report;
            let mut figures = expect::of_run(report);
            if let Some(console) = &played.console {
                devices::figures(console, &mut figures);
            }
            let whole = figures.iter().filter(|(_, value)| value.fract() == 0.0);
            let counts = whole.map(|(name, value)| (name.clone(), *value as u64)).collect();
            let cycles = report.cycles;
            let told = report.cache.as_ref().map_or_else(Vec::new, |cache| {
                [vec![format!("cache: {}", cache.about())], cache.table()].concat()
            });
            Results { cycles, counts, told, result: judge(system, variant, &played, &figures) }
        }
        Err(stop) => {
            Results { cycles: 0, counts: BTreeMap::new(), told: Vec::new(), result: Err(stop) }
        }
    }
}

pub(super) fn play(
    system: &System,
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    observer: Option<Box<dyn Observer>>,
    stop: &AtomicBool,
) -> Result<Played, Stop> {
    let (mut machine, mut pids, console) = prepared(system, variant, mmu, stop)?;
    if machine.config().policy == PolicyKind::Opt {
        // It needs what an equal machine recorded in an earlier run.
        let ideal = Box::new(IdealMmu::new(variant.xlen()));
        let (mut before, ..) = prepared(system, variant, ideal, stop)?;
        before.run(stop);
        machine.foresee(before.os().policy().heard());
    }
    if let Some(observer) = observer {
        machine.observe(observer);
    }
    let chronicle = Rc::new(RefCell::new(Chronicle::default()));
    if system.process.iter().any(ProcessText::expects_pages) {
        machine.observe(Box::new(Rc::clone(&chronicle)));
    }
    let outcome = machine.run(stop);
    if let Some(RunError::Program(error)) = &outcome.error {
        if let ProgramError::Step { problem } = error {
            let place = step(system, problem);
            return Err(place.wrong(error.to_string()).into());
        }
        // Of all other programs only traces come from files.
        let is_source = |process: &ProcessText| {
            process.traced.as_ref().is_some_and(|traced| traced.is_source_of(error))
        };
        let number = system.process.iter().position(is_source);
        let place = Place::file().key("process").item(number.unwrap_or_default()).key("trace");
        return Err(place.wrong(error.to_string()).into());
    }
    for (process, pids) in system.process.iter().zip(&mut pids).filter(|(p, _)| p.forked) {
        let origin = |pid: &Pid| machine.origin(*pid) == Some(process.name.as_str());
        pids.extend(outcome.states.iter().map(|(pid, _)| *pid).filter(origin));
    }
    let lives = pids.iter().flatten().map(|&pid| (pid, chronicle.borrow().life(pid))).collect();
    Ok(Played { outcome, pids, lives, console })
}

/// The line of a program that could not go on: a problem begins with it.
fn step(system: &System, problem: &str) -> Place {
    let root = Place::file().key("process");
    for (number, process) in system.process.iter().enumerate() {
        let is_it = |line: &Line| problem.starts_with(&format!("`{line}`: "));
        if let Some(line) = process.lines().iter().position(is_it) {
            return root.item(number).key("program").item(line);
        }
    }
    root
}

/// The machine, its processes by `[[process]]`, and its console.
type Prepared = (Machine, Vec<Vec<Pid>>, Option<Console>);

fn prepared(
    system: &System,
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    stop: &AtomicBool,
) -> Result<Prepared, Stop> {
    let mut config = system.os.config(system.machine.adue, variant);
    if system.process.iter().any(|process| process.trace.is_some()) {
        trace::long(&system.os, &mut config);
    }
    let broken = |error| broken(system, error);
    let mut machine = Machine::new(mmu, config).map_err(broken)?;
    for image in system.process.iter().filter_map(|process| process.loaded.as_ref()) {
        machine.provide(image).map_err(broken)?;
    }
    let console = system.os.config.console.as_ref();
    let console = console.map(|console| devices::connect(console, &mut machine)).transpose()?;
    let mut limits = system.limits()?.into_iter();
    let mut pids = Vec::new();
    for (number, process) in system.process.iter().enumerate() {
        if let Some(traced) = &process.traced {
            let (frames, image) = (limits.next().flatten(), process.loaded.as_ref());
            let spec = traced.process(&process.name, machine.config(), frames, image, stop);
            let spec = spec.map_err(|error| {
                let place = Place::file().key("process").item(number).key("trace");
                place.wrong(error.to_string())
            })?;
            pids.push(vec![machine.spawn(spec).map_err(broken)?]);
            continue;
        }
        let regions = system.regions(process);
        let script = Script::new(process.lines(), &regions, &variant.variables());
        let script = script.map_err(|(line, message)| {
            let program = Place::file().key("process").item(number).key("program");
            program.item(line).wrong(message)
        })?;
        let layout = Layout::Regions(at_the_start(&process.regions));
        if process.forked || process.executed {
            let program = Box::new(move || Box::new(script.restarted()) as Box<dyn Program>);
            machine.template(&process.name, Template { layout, program });
            pids.push(Vec::new());
            continue;
        }
        let (name, program) = (process.name.clone(), Box::new(script));
        let frames = limits.next().flatten();
        let spec = ProcessSpec { name, layout, program, frames };
        pids.push(vec![machine.spawn(spec).map_err(broken)?]);
    }
    Ok((machine, pids, console))
}

/// The regions that exist before the program maps any.
fn at_the_start(regions: &[RegionSpec]) -> Vec<RegionSpec> {
    regions.iter().filter(|region| region.mapped != Some(false)).cloned().collect()
}

/// A machine that cannot be built is an error in the file; one that fails while running is a
/// finding.
pub(super) fn broken(system: &System, error: RunError) -> Stop {
    let os = Place::file().key("os");
    match error {
        RunError::Config(message) => os.wrong(message).into(),
        RunError::Os(error @ OsError::MemoryTooSmall { .. }) => {
            let key = if system.os.states("kernel") { "kernel" } else { "frames" };
            os.key(key).wrong(error.to_string()).into()
        }
        RunError::Os(error @ OsError::Mode { .. }) => {
            Place::file().key("machine").key("modes").wrong(error.to_string()).into()
        }
        RunError::Os(OsError::Region { process, region, problem }) => {
            let place = system.region_place(&process, &region);
            place.wrong(format!("region `{region}` of `{process}`: {problem}")).into()
        }
        other => {
            Stop::Mismatch(Box::new(Mismatch::new(0, 0, "the run", "to go on", &other.to_string())))
        }
    }
}
