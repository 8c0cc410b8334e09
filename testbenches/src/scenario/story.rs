//! Running processes under the operating system, and holding what came of it against the file.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use serde::Serialize;
use sim::cpu::Listed;
use sim::machine::{LatencySpec, Machine, MachineConfig, Observer, Outcome, ProcessSpec, RunError};
use sim::mmu::Mmu;
use sim::os::{Layout, State};

use super::mismatch::Mismatch;
use super::number::{Number, Variables};
use super::ports::Stop;
use super::system::{OsText, ProcessText, System};
use super::variant::Variant;

/// Numbers of a report by name.
type Numbers = BTreeMap<String, u64>;

/// What a run leaves behind.
pub(super) struct Told {
    pub(super) cycles: u64,
    pub(super) counts: Numbers,
    pub(super) result: Result<(), Stop>,
}

/// Runs all processes to their ends.
pub(super) fn run(
    system: &System,
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    observer: Option<Box<dyn Observer>>,
    stop: &AtomicBool,
) -> Told {
    match play(system, variant, mmu, observer, stop) {
        Ok(outcome) => {
            let report = &outcome.report;
            let mut counts = numbers(&report.total.faults);
            counts.append(&mut numbers(&report.total.accesses));
            counts.append(&mut numbers(&report.total.mmu));
            counts.append(&mut numbers(&report.memory));
            let result = judge(system, variant, &outcome, &counts);
            Told { cycles: report.cycles, counts, result }
        }
        Err(stop) => Told { cycles: 0, counts: Numbers::new(), result: Err(stop) },
    }
}

pub(super) fn play(
    system: &System,
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    observer: Option<Box<dyn Observer>>,
    stop: &AtomicBool,
) -> Result<Outcome, Stop> {
    let config = config(&system.os, system.machine.adue, variant);
    let mut machine = Machine::new(mmu, config).map_err(broken)?;
    if let Some(observer) = observer {
        machine.observe(observer);
    }
    for process in &system.process {
        machine.spawn(spec(process, &variant.variables())?).map_err(broken)?;
    }
    Ok(machine.run(stop))
}

/// What cannot be run is the file's mistake; what breaks while running is a finding.
pub(super) fn broken(error: RunError) -> Stop {
    match error {
        RunError::Config(message) => Stop::Nonsense(1, message),
        other => Stop::Mismatch(Box::new(finding(0, "the run", "to go on", &other.to_string()))),
    }
}

pub(super) fn finding(cycle: u64, what: &str, expected: &str, got: &str) -> Mismatch {
    let (what, expected, got) = (what.to_owned(), expected.to_owned(), got.to_owned());
    Mismatch { cycle, line: 0, what, expected, got, rule: None }
}

pub(super) fn config(os: &OsText, adue: bool, variant: &Variant) -> MachineConfig {
    let default = MachineConfig::default();
    let mut memory = default.memory;
    memory.frames = os.frames.unwrap_or(memory.frames);
    memory.kernel = os.kernel.unwrap_or(memory.kernel);
    MachineConfig {
        mode: variant.mode,
        adue,
        memory,
        latency: LatencySpec::Fixed(variant.latency),
        swap_slots: os.swap.unwrap_or(default.swap_slots),
        policy: os.policy.unwrap_or(default.policy),
        asids: os.asids.unwrap_or(default.asids),
        quantum: os.quantum.unwrap_or(default.quantum),
        window: os.window.unwrap_or(default.window),
        costs: os.costs.unwrap_or(default.costs),
        seed: os.seed.unwrap_or(default.seed),
        paranoid: true,
        ..default
    }
}

fn spec(process: &ProcessText, variables: &Variables) -> Result<ProcessSpec, Stop> {
    let mut ops = Vec::new();
    for line in &process.program {
        line.expand(&process.regions, variables, &mut ops)
            .map_err(|message| Stop::Nonsense(1, message))?;
    }
    Ok(ProcessSpec {
        name: process.name.clone(),
        layout: Layout::Regions(process.regions.clone()),
        program: Box::new(Listed::new(ops)),
        frames: process.frames,
    })
}

fn judge(
    system: &System,
    variant: &Variant,
    outcome: &Outcome,
    counts: &Numbers,
) -> Result<(), Stop> {
    let cycle = outcome.report.cycles;
    let differs = |what: &str, expected: &str, got: &str| {
        Err(Stop::Mismatch(Box::new(finding(cycle, what, expected, got))))
    };
    if let Some(error) = &outcome.error {
        return differs("the run", "to end by itself", &error.to_string());
    }
    if outcome.stopped {
        return differs("the run", "to end by itself", "it was interrupted");
    }
    for (process, report) in system.process.iter().zip(&outcome.report.processes) {
        let what = format!("end of process `{}`", process.name);
        let (got, shown) = match &report.state {
            State::Killed { death } => (death.name(), death.to_string()),
            State::Exited => ("exited", "exited".to_owned()),
            State::Runnable => ("runnable", "not ended".to_owned()),
        };
        if got != process.ends {
            return differs(&what, &process.ends, &format!("{got}: {shown}"));
        }
        if let Some(at) = &process.at {
            let at = value(at, variant)?;
            if !shown.contains(&format!("{at:#x}")) {
                return differs(&what, &format!("because of {at:#x}"), &shown);
            }
        }
        let mut own = numbers(&report.counts.faults);
        own.append(&mut numbers(&report.counts.accesses));
        own.append(&mut numbers(&report.counts.mmu));
        own.insert("peak_resident_frames".to_owned(), report.peak_resident_frames);
        own.insert("page_table_bytes".to_owned(), report.page_table_bytes);
        compare(&process.expect, &own, variant, cycle, &format!(" of `{}`", process.name))?;
    }
    compare(&system.expect, counts, variant, cycle, "")
}

fn compare(
    wanted: &BTreeMap<String, Number>,
    counts: &Numbers,
    variant: &Variant,
    cycle: u64,
    whose: &str,
) -> Result<(), Stop> {
    for (name, number) in wanted {
        let wanted = value(number, variant)?;
        let Some(got) = counts.get(name) else {
            let names: Vec<_> = counts.keys().map(String::as_str).collect();
            let message = format!("nothing is counted as `{name}`; there are {}", names.join(", "));
            return Err(Stop::Nonsense(1, message));
        };
        if *got != wanted {
            let what = format!("count of {name}{whose}");
            let mismatch = finding(cycle, &what, &wanted.to_string(), &got.to_string());
            return Err(Stop::Mismatch(Box::new(mismatch)));
        }
    }
    Ok(())
}

fn value(number: &Number, variant: &Variant) -> Result<u64, Stop> {
    number.value(&variant.variables()).map_err(|message| Stop::Nonsense(1, message))
}

/// The numbers among the fields of a report.
fn numbers(part: &impl Serialize) -> Numbers {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(part) else {
        return Numbers::new();
    };
    fields.into_iter().filter_map(|(name, value)| Some((name, value.as_u64()?))).collect()
}
