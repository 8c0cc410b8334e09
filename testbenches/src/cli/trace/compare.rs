//! Several configurations on one trace.

use anyhow::{Context, bail};
use engine::Engine;

use super::{Chosen, Job, status};
use crate::cli::output::{self, print, print_json};
use crate::cli::progress::Progress;
use crate::cli::watched::Watched;
use crate::cli::{Status, TraceArgs, plot};
use crate::comparison::{Comparison, Run};

/// Runs the trace on each configuration in turn, and compares them. A run that fails is reported,
/// and left out of the comparison.
pub(super) fn several(
    arguments: &TraceArgs,
    all: &[Chosen<'_>],
    engine: Engine,
) -> anyhow::Result<Status> {
    let count = all.len();
    if arguments.wave.place()?.is_some() {
        bail!("--wave records one configuration, not {count}");
    }
    if arguments.walks.is_some() {
        bail!("--walks logs one configuration, not {count}");
    }
    if arguments.every.is_some() {
        bail!("--every is for one configuration, not {count}");
    }
    arguments.plot.iter().try_for_each(|path| plot::check(path))?;
    let job = Job::new(&arguments.run)?;
    let Some(size) = job.source.size else {
        bail!(
            "{}: {count} configurations read the trace {count} times, which a pipe cannot be; \
             give a file",
            job.name
        );
    };
    let (watched, viewer) = Watched::start(arguments.watch, job.stop)?;
    let mut comparison = Comparison { trace: job.process().to_owned(), runs: Vec::new() };
    let mut worst = Status::Fine;
    for (Chosen { name, config, environment }, number) in all.iter().zip(1..) {
        let progress = if viewer.is_some() { Progress::hidden() } else { Progress::bytes(size) };
        progress.say(&format!("{name} ({number} of {count})"));
        let machine = job.machine(config.mmu(engine), environment, &progress);
        let mut machine = machine.with_context(|| (*name).to_owned())?;
        let title = format!("trace {} on {name} ({number} of {count})", job.process());
        job.show(&mut machine, viewer.clone(), title);
        let outcome = machine.run(job.stop);
        progress.clear();
        job.has_run(&outcome)?;
        if outcome.stopped && outcome.error.is_none() {
            worst = Status::Interrupted;
            break;
        }
        match status(&outcome, &format!("{name}: ")) {
            Status::Fine => {
                let name = (*name).to_owned();
                comparison.runs.push(Run { name, config, report: outcome.report });
            }
            // A file that cannot be read says less about the hardware than a wrong answer does.
            Status::Failed if worst == Status::Differs => {}
            failed => worst = failed,
        }
    }
    drop(watched);
    let has_runs = !comparison.runs.is_empty();
    if has_runs && arguments.json {
        print_json(&comparison.reports())?;
    } else if has_runs {
        print(&comparison.table())?;
    }
    job.warn();
    if worst == Status::Interrupted {
        output::note("interrupted: what is shown are the configurations that were complete");
        return Ok(worst);
    }
    for path in arguments.plot.iter().filter(|_| has_runs) {
        let stem = format!("{}-organisations", job.process());
        plot::write(&comparison.picture(), &stem, path)?;
    }
    Ok(worst)
}
