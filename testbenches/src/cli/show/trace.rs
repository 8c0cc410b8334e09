//! A recorded program.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{anyhow, bail, ensure};
use machine::show::{Budget, Document, Recorder, Subject};

use super::{MOST_RUNS, Shown};
use crate::cli::trace::{Job, chosen, status, traced};
use crate::cli::{RecordedArgs, Status};
use engine::Engine;

/// Runs the program on one configuration or two, recorded.
pub(super) fn show(arguments: &RecordedArgs, engine: Engine) -> anyhow::Result<Shown> {
    let chosen = chosen(arguments)?;
    ensure!(
        chosen.len() <= MOST_RUNS,
        "--config: a page shows {MOST_RUNS} runs side by side, not {}",
        chosen.len()
    );
    let job = Job::new(arguments)?;
    ensure!(
        chosen.len() == 1 || job.can_run_again(),
        "--config: two runs read the trace twice, which only a file can be"
    );
    let process = job.process().to_owned();
    let title = format!("{process}, a recorded program");
    let configs: Vec<_> = chosen.iter().map(|chosen| chosen.name).collect();
    let command =
        format!("pagewalk show trace {} --config {}", arguments.file.display(), configs.join(","));
    let mut document = Document::new(title, String::new(), command);
    let mut worst = Status::Fine;
    for one in &chosen {
        let config = traced(one.config).map_err(|why| anyhow!("show: {why}"))?;
        let mmu = config.mmu(engine);
        let (name, mode) = (one.name.to_owned(), one.environment.config.mode);
        let label = format!("{name}, {}", mode.name());
        let budget = Budget::for_runs(chosen.len());
        let (harts, lines) = (1, Vec::new());
        let subject = Subject { name: label, config: name, mode, harts, lines, budget };
        let recorder = Rc::new(RefCell::new(Recorder::new(subject, &*mmu)));
        let progress = job.progress(&None);
        let mut machine = job.machine(mmu, &one.environment, &progress)?;
        machine.observe(Box::new(Rc::clone(&recorder)));
        let outcome = machine.run(job.stop);
        progress.clear();
        job.has_run(&outcome)?;
        let is_empty = outcome.report.total.accesses.total() == 0;
        if let Some(error) = outcome.error.as_ref().filter(|_| is_empty) {
            bail!("{error}");
        }
        let failure = outcome.error.as_ref().map(ToString::to_string);
        let report = serde_json::to_value(&outcome.report)?;
        document.runs.push(recorder.borrow_mut().finish(report, failure));
        let own = status(&outcome, "");
        if own != Status::Fine {
            worst = own;
        }
        if own == Status::Interrupted {
            break;
        }
    }
    job.warn();
    Ok(Shown { document, stem: process, status: worst })
}
