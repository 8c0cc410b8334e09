//! A page-reference string.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::{anyhow, ensure};
use machine::show::{Budget, Document, Recorder, Subject};

use super::{MOST_RUNS, Shown};
use crate::cli::policy::{Runs, StringArgs, runs};
use crate::cli::trace::traced;
use crate::cli::{Status, interrupt};
use crate::policy::{places, run};
use engine::{Engine, find};

/// The policy that is shown if none is named: a page shows two runs at most.
const DEFAULT: &str = "clock";
/// Characters of a string that is quoted as a whole.
const LONGEST_IDEA: usize = 200;

/// Runs the string, recorded: under one policy with one frame limit, or in two such runs.
pub(super) fn show(arguments: &StringArgs, engine: Engine) -> anyhow::Result<Shown> {
    let Runs { steps, setups, config } = runs(arguments, DEFAULT, engine)?;
    ensure!(
        setups.len() <= MOST_RUNS,
        "{} runs were requested, and a page shows {MOST_RUNS} side by side: name two policies, as \
         in --policy fifo,lru, or two frame limits, as in --frames 3,4",
        setups.len()
    );
    let StringArgs { string, frames, policy, .. } = arguments;
    let policy = policy.as_deref().unwrap_or(DEFAULT);
    let command =
        format!("pagewalk show policy --string {string} --frames {frames} --policy {policy}");
    let policies: BTreeSet<_> = setups.iter().map(|setup| setup.policy.name()).collect();
    let limits: BTreeSet<_> = setups.iter().map(|setup| setup.frames.to_string()).collect();
    let [policies, limits] =
        [policies.into_iter().collect(), limits.iter().map(String::as_str).collect()]
            .map(|names: Vec<&str>| names.join(" and "));
    let title = format!("Page replacement: {policies} with {limits} frames");
    let idea = match string.chars().count() {
        0..=LONGEST_IDEA => format!("References to the pages {string}."),
        _ => format!("{} references to pages.", steps.len()),
    };
    let mut document = Document::new(title, idea, command);
    // The string's process is the first, and the only one.
    let name = |(vpn, page): (u64, u64)| (format!("1:{vpn:#x}"), page.to_string());
    let labels: BTreeMap<_, _> = places(&steps)?.into_iter().map(name).collect();
    let stop = interrupt::stop_flag()?;
    let count = setups.len();
    for setup in setups {
        let with_pins = traced(find(&config)?).map_err(|why| anyhow!("show: {why}"))?;
        let mmu = with_pins.mmu(engine);
        let subject = Subject {
            name: format!("{}, {} frames", setup.policy.name(), setup.frames),
            config: config.clone(),
            mode: setup.mode,
            harts: 1,
            lines: Vec::new(),
            budget: Budget::for_runs(count),
        };
        let recorder = Rc::new(RefCell::new(Recorder::new(subject, &*mmu)));
        let observer = Box::new(Rc::clone(&recorder));
        let outcome = run(mmu, &setup, &steps, Some(observer), stop)?;
        let report = serde_json::to_value(&outcome)?;
        let mut run = recorder.borrow_mut().finish(report, None);
        run.labels.clone_from(&labels);
        document.runs.push(run);
    }
    Ok(Shown { document, stem: "policy".to_owned(), status: Status::Fine })
}
