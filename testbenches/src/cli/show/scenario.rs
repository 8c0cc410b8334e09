//! A scenario, on one machine or two.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{anyhow, ensure};
use machine::board::Observer;
use machine::show::{Budget, Document, Recorder, Source, Subject};
use model::mmu::Mmu;
use scenario::library;
use scenario::load::{Body, Scenario};
use scenario::run::{self, Report, Watch};
use scenario::variant::{Select, Variant};
use serde_json::json;

use super::{MOST_RUNS, ShowArgs, Shown};
use crate::cli::run::known;
use crate::cli::trace::traced;
use crate::cli::{Status, interrupt, output};
use engine::{Engine, build};

/// Runs the scenario, recorded.
pub(super) fn show(arguments: &ShowArgs, engine: Engine) -> anyhow::Result<Shown> {
    let scenario = named(arguments)?;
    let (document, status) = document(&scenario, arguments, engine, interrupt::stop_flag()?)?;
    Ok(Shown { stem: document.title.clone(), document, status })
}

/// The scenario that the arguments name.
pub(super) fn named(arguments: &ShowArgs) -> anyhow::Result<Scenario> {
    let name = arguments.name.as_deref().unwrap_or_default();
    let mut found = library::find(name)?;
    ensure!(found.len() == 1, "`{name}` matches {} scenarios: name one of them", found.len());
    Ok(found.remove(0))
}

/// Runs a scenario on the machines of the arguments, recorded.
pub(super) fn document(
    scenario: &Scenario,
    arguments: &ShowArgs,
    engine: Engine,
    stop: &AtomicBool,
) -> anyhow::Result<(Document, Status)> {
    let variants = variants(scenario, arguments)?;
    let mut document =
        Document::new(scenario.name.clone(), scenario.idea.clone(), command(arguments));
    document.spec.clone_from(&scenario.spec);
    let text = scenario.text.clone();
    document.source = Some(Source { name: scenario.file.clone(), text });
    let several = variants.len();
    let mut failed = false;
    for variant in variants {
        let budget = Budget::for_runs(several);
        let mut recording = Recording { scenario, variant, budget, made: None };
        let config = traced(variant.config).map_err(|why| anyhow!("show: {why}"))?;
        let traced = Variant { config, ..variant };
        let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(build(config, engine)?) };
        let report = run::run_one(scenario, &traced, &factory, &mut recording, stop)?;
        let Some(recorder) = recording.made else { continue };
        let failure = failure(&report);
        if let Some(failure) = report.failure() {
            output::note(&format!("FAIL  {failure}"));
        }
        failed |= failure.is_some();
        let counts = json!({ "cycles": report.cycles, "counts": report.counts });
        document.runs.push(recorder.borrow_mut().finish(counts, failure));
    }
    let status = match (stop.load(Relaxed), failed) {
        (true, _) => Status::Interrupted,
        (false, true) => Status::Differs,
        (false, false) => Status::Fine,
    };
    Ok((document, status))
}

/// What was not as the file expects.
fn failure(report: &Report) -> Option<String> {
    let mismatch = report.mismatch.as_ref()?;
    let line = report.step.as_ref().map(|step| format!("line {}: {step}\n", mismatch.line));
    Some(line.unwrap_or_default() + &mismatch.to_string())
}

/// The machines: one, or two for two configurations or policies.
fn variants(scenario: &Scenario, arguments: &ShowArgs) -> anyhow::Result<Vec<Variant>> {
    let ShowArgs { config, policy, mode, .. } = arguments;
    let runs = config.len().max(1) * policy.len().max(1);
    ensure!(
        runs <= MOST_RUNS,
        "{runs} runs were requested, and a page shows {MOST_RUNS} side by side: name two \
         configurations or two policies"
    );
    ensure!(
        policy.is_empty() || matches!(scenario.body, Body::System(_)),
        "--policy has no effect on `{}`: it has no operating system",
        scenario.name
    );
    let mut variants = Vec::new();
    let configs: Vec<_> = config.iter().map(|name| Some(name.trim())).collect();
    for config in if configs.is_empty() { vec![None] } else { configs } {
        known(config)?;
        let all = run::variants(scenario, Select { config, mode: *mode })?;
        let first = all.first().copied().into_iter();
        match &policy[..] {
            [] => variants.extend(first),
            several => variants.extend(first.flat_map(|first| {
                several.iter().map(move |&policy| Variant { policy: Some(policy), ..first })
            })),
        }
    }
    if let [one, other] = &variants[..] {
        ensure!(one != other, "both runs are the same: {one}");
    }
    Ok(variants)
}

/// The command that makes the page again.
fn command(arguments: &ShowArgs) -> String {
    let name = arguments.name.as_deref().unwrap_or_default();
    let mut text = format!("pagewalk show {name}");
    if !arguments.config.is_empty() {
        text += &format!(" --config {}", arguments.config.join(","));
    }
    if let Some(mode) = arguments.mode {
        text += &format!(" --mode {}", mode.name().to_lowercase());
    }
    if !arguments.policy.is_empty() {
        let names: Vec<_> = arguments.policy.iter().map(|policy| policy.name()).collect();
        text += &format!(" --policy {}", names.join(","));
    }
    text
}

/// The recording of one run.
struct Recording<'s> {
    scenario: &'s Scenario,
    /// The machine, as it was chosen.
    variant: Variant,
    budget: Budget,
    made: Option<Rc<RefCell<Recorder>>>,
}

impl Watch for Recording<'_> {
    fn mmu(
        &mut self,
        _variant: &Variant,
        mmu: &mut dyn Mmu,
    ) -> anyhow::Result<Option<Box<dyn Observer>>> {
        let (harts, quotes) = match &self.scenario.body {
            Body::Ports(head, _) => (head.machine.harts, true),
            Body::System(_) | Body::Segments(..) => (1, false),
        };
        let lines = self.scenario.text.lines().filter(|_| quotes).map(str::to_owned).collect();
        let subject = Subject {
            name: self.variant.to_string(),
            config: self.variant.config(),
            mode: self.variant.mode,
            harts,
            lines,
            budget: self.budget,
        };
        let recorder = Rc::new(RefCell::new(Recorder::new(subject, mmu)));
        self.made = Some(Rc::clone(&recorder));
        Ok(Some(Box::new(recorder)))
    }
}
