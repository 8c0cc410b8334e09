//! TLBs of every size, behind the ports of a run.

use std::sync::atomic::Ordering::Relaxed;

use anyhow::{anyhow, bail, ensure};
use engine::{Config, Engine, find};
use model::mmu::{Mmu, Organisation, PerPort, Port, Replacement};
use scenario::load::Body;
use scenario::observe::{observe_on, variants};
use serde_json::Value;

use super::pages::sizes;
use super::shown::Shown;
use super::{CurveArgs, as_trace};
use crate::cli::progress::Progress;
use crate::cli::run::known;
use crate::cli::trace::{Job, environment, process_name, status};
use crate::cli::{Status, interrupt, output, subject};
use crate::curve::sheet::Sheet;
use crate::curve::tap::Tap;
use crate::curve::tlb::Translations;

/// The largest number of sets, as a power of two.
pub(super) const MOST_SETS: u32 = 8;
/// What is shown: a table, the answer to a goal, the name of pictures, the exit status.
pub(super) type Curves = (Option<Sheet>, Option<Value>, String, Status);

/// The most ways of a set.
const MOST_WAYS: usize = 64;

/// What was seen at the ports.
pub(super) struct Seen {
    pub(super) name: String,
    /// The machine, in words.
    pub(super) machine: String,
    pub(super) config: &'static Config,
    pub(super) one_port: bool,
    /// Its file says in which cycles requests come.
    timed: bool,
    pub(super) tlbs: PerPort<Translations>,
    pub(super) instructions: u64,
    /// The command that runs the same on other configurations, but for their names. A scenario's file
    /// says on which it runs.
    pub(super) command: Option<String>,
}

/// The curves of a trace or a scenario.
pub(super) fn tlbs(arguments: &CurveArgs, engine: Engine) -> anyhow::Result<Curves> {
    let ways = match &arguments.ways[..] {
        [] => vec![0],
        ways => ways.to_vec(),
    };
    for (at, one) in ways.iter().enumerate() {
        ensure!(*one <= MOST_WAYS, "--ways {one}: at most {MOST_WAYS}; 0 is fully associative");
        ensure!(!ways[..at].contains(one), "--ways: {one} is named twice");
    }
    let sizes = sizes(arguments)?;
    let sets = if ways == [0] { 0 } else { MOST_SETS };
    let (seen, status) = if subject::is_scenario(arguments.subject()) {
        (scenario_of(arguments, sets, engine)?, Status::Fine)
    } else {
        trace_of(arguments, sets, engine)?
    };
    let Some(seen) = seen else { return Ok((None, None, String::new(), status)) };
    let stem = format!("{}-tlb", seen.name.replace('/', "-"));
    let (sheet, goal) = Shown::new(&seen, arguments, &ways, sizes)?.sheet();
    Ok((Some(sheet), goal, stem, status))
}

/// An error if a configuration has parts that no curve depends on.
fn check(config: &Config) -> anyhow::Result<()> {
    let Organisation { one_port, sizes, replacement, ways, .. } = config.organisation;
    let name = config.name;
    ensure!(
        matches!(replacement, Replacement::Fifo | Replacement::Lru),
        "{name}: a curve is of TLBs under LRU, and {replacement} has no order of pages that gives the \
         misses of every size; count them size by size, with `pagewalk trace --config`"
    );
    ensure!(
        ways == 0,
        "{name}: the sets of a curve are chosen by `--ways {ways}`, whatever the MMU has; leave them \
         out here"
    );
    // LRU is what the curves are about.
    let plain = Organisation { one_port, sizes, replacement, ..Organisation::NONE };
    ensure!(
        config.organisation == plain,
        "{name}: a curve is of first-level TLBs of every size under LRU; registered answers, a second \
         level, and what shortens walks have no effect on it. Leave them out"
    );
    Ok(())
}

/// A command that runs a trace as it was run for the curves, without its configuration.
fn command(arguments: &CurveArgs) -> String {
    let mut words = vec!["pagewalk trace".to_owned(), quoted(arguments.subject())];
    if let Some(mode) = arguments.mode {
        words.push(format!("--mode {}", mode.name().to_lowercase()));
    }
    words.extend(arguments.os.iter().map(|os| format!("--os {}", quoted(os))));
    words.extend(arguments.fold.then(|| "--fold".to_owned()));
    words.extend(arguments.pid.map(|pid| format!("--pid {pid}")));
    words.join(" ")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=,:+@".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

fn trace_of(
    arguments: &CurveArgs,
    sets: u32,
    engine: Engine,
) -> anyhow::Result<(Option<Seen>, Status)> {
    let name = arguments.config.as_deref().unwrap_or("rv64_linux");
    known(Some(name))?;
    let config = find(name)?;
    check(config)?;
    let as_trace = as_trace(arguments);
    let environment = environment(&as_trace, config)?;
    let job = Job::new(&as_trace)?;
    let progress = job.progress(&None);
    let (tap, tapped) = Tap::new(config.mmu(engine), sets);
    let mut machine = job.machine(Box::new(tap), &environment, &progress)?;
    let outcome = machine.run(job.stop);
    progress.clear();
    job.has_run(&outcome)?;
    job.warn();
    let status = status(&outcome, "");
    if outcome.stopped || outcome.error.is_some() {
        return Ok((None, status));
    }
    let report = &outcome.report;
    let tlbs = tapped.borrow().clone();
    let seen = Seen {
        name: process_name(arguments.subject()).to_owned(),
        machine: format!("{} {}", report.mmu, report.mode),
        config,
        one_port: config.organisation.one_port,
        timed: false,
        tlbs,
        instructions: report.total.accesses.instructions,
        command: Some(command(arguments)),
    };
    Ok((Some(seen), status))
}

fn scenario_of(arguments: &CurveArgs, sets: u32, engine: Engine) -> anyhow::Result<Option<Seen>> {
    let of_traces = [
        (arguments.config.is_some(), "--config"),
        (arguments.mode.is_some(), "--mode"),
        (!arguments.os.is_empty(), "--os"),
        (arguments.fold, "--fold"),
        (arguments.pid.is_some(), "--pid"),
    ];
    if let Some((_, option)) = of_traces.iter().find(|(stated, _)| *stated) {
        bail!("{option} has no effect on a scenario: its file says on which machine it runs");
    }
    let subject = arguments.subject();
    let scenario = subject::scenario(subject)?;
    let variants = variants(&scenario)?;
    let variant = variants
        .first()
        .ok_or_else(|| anyhow!("{subject} runs on no MMU: there is no TLB to draw a curve of"))?;
    check(variant.config)?;
    let stop = interrupt::stop_flag()?;
    let progress = Progress::counting("cycles");
    let (tap, tapped) = Tap::new(variant.config.mmu(engine), sets);
    let mut mmus: Vec<Box<dyn Mmu>> = vec![Box::new(tap)];
    for _ in 1..scenario.harts() {
        mmus.push(variant.config.mmu(engine));
    }
    let observed = observe_on(&scenario, variant, mmus, None, None, stop);
    progress.clear();
    let observed = observed?;
    if stop.load(Relaxed) {
        output::note("interrupted: the scenario did not run to its end");
        return Ok(None);
    }
    observed.notes.iter().for_each(|note| output::note(note));
    let instructions = observed.report["total"]["accesses"]["instructions"].as_u64();
    let tlbs = tapped.borrow().clone();
    Ok(Some(Seen {
        name: scenario.name.trim_end_matches(".toml").to_owned(),
        machine: variant.to_string(),
        config: variant.config,
        one_port: variant.config.organisation.one_port,
        timed: matches!(scenario.body, Body::Ports(..)),
        tlbs,
        instructions: instructions.unwrap_or(0),
        command: None,
    }))
}

impl Seen {
    /// What may be inexact about the curves.
    pub(super) fn doubts(&self, ways: &[usize]) -> Vec<String> {
        let mut notes = Vec::new();
        let doubts: u64 = Port::ALL.iter().map(|port| self.tlbs[*port].doubts()).sum();
        if doubts > 0 {
            notes.push(format!(
                "{doubts} translations used a line after it had refused an access, without a fence \
                 between; where sizes differ in that, their misses may differ from these"
            ));
        }
        if self.one_port && self.timed {
            notes.push(
                "fetches and data that wait at the same time take turns on one port, and when they \
                 wait depends on the TLB that was observed: for others the misses are estimates"
                    .to_owned(),
            );
        }
        let large = Port::ALL.iter().any(|port| self.tlbs[*port].has_large());
        if large && ways.iter().any(|ways| *ways > 0) {
            notes.push(
                "there were superpages: the set of one is chosen by the address that missed, which \
                 depends on the size; in sets the misses are estimates"
                    .to_owned(),
            );
        }
        notes
    }
}
