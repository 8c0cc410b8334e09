//! `pagewalk compare`

use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use engine::{Engine, find};
use model::isa::{Mode, Xlen};
use scenario::files;
use scenario::observe::{observe, variants};
use scenario::variant::Variant;
use serde_json::Value;

use super::output::{self, print, print_json};
use super::run::known;
use super::trace::{Job, environment, status};
use super::{RecordedArgs, Status, interrupt, subject};
use crate::difference::{Difference, Side};

/// Larger reports are not read.
const LONGEST: u64 = 1 << 30;
/// Figures of a table, unless all are wanted.
const MOST: usize = 24;

/// `pagewalk compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A report, as `--json` of trace, run or explore prints it; with --on a configuration.
    pub first: String,
    /// Another one.
    pub second: String,
    /// Run two configurations on this trace or scenario, and compare what they report.
    #[arg(long, value_name = "TRACE|SCENARIO")]
    pub on: Option<String>,
    /// Set a key of `os` of a trace, as policy=lru or frames=192, in both runs.
    #[arg(long, value_name = "KEY=VALUE", requires = "on")]
    pub os: Vec<String>,
    /// Show every figure that differs, those of single processes included.
    #[arg(long)]
    pub all: bool,
    /// Print JSON: a record for each figure that differs.
    #[arg(long)]
    pub json: bool,
}

/// Compares two runs.
pub(super) fn compare(arguments: &CompareArgs, engine: Option<Engine>) -> anyhow::Result<Status> {
    let CompareArgs { first, second, on, all, json, .. } = arguments;
    let sides = match on {
        Some(subject) => {
            ensure!(first != second, "{first} is named twice: there is nothing to compare");
            run(arguments, subject, engine.unwrap_or_default())?
        }
        None => {
            ensure!(engine.is_none(), "--engine has no effect on reports: they have been run");
            Ok([read(first)?, read(second)?])
        }
    };
    let [first, second] = match sides {
        Ok(sides) => sides,
        Err(status) => return Ok(status),
    };
    let difference = Difference::of(&first, &second, *all || *json);
    if *json {
        print_json(&difference.json())?;
    } else {
        print(&difference.text(if *all { usize::MAX } else { MOST }))?;
    }
    Ok(Status::Fine)
}

/// A report from a file.
fn read(name: &str) -> anyhow::Result<Side> {
    ensure!(
        Path::new(name).exists() || find(name).is_err(),
        "{name} is a configuration; say what to run it on, as --on FILE.trace"
    );
    let text = files::text(Path::new(name), LONGEST).with_context(|| name.to_owned())?;
    let report: Value = serde_json::from_str(&text).map_err(|error| {
        anyhow!(
            "{name}: this is no report in JSON: {error}; two reports are compared, as `pagewalk \
                 trace --json` prints them, or two configurations on one trace: `pagewalk compare \
                 rv64_linux rv64_large --on {name}`"
        )
    })?;
    let report = match report {
        // `trace` with one configuration, `run` with one machine.
        Value::Array(mut list) if list.len() == 1 => list.remove(0),
        Value::Array(list) => {
            bail!("{name} has {} reports; a comparison is of one and one", list.len())
        }
        other => other,
    };
    ensure!(report.is_object(), "{name}: this is no report: it has no figures");
    Ok(Side { name: name.to_owned(), report })
}

/// Runs both configurations; the status if one of them fails.
fn run(
    arguments: &CompareArgs,
    subject: &str,
    engine: Engine,
) -> anyhow::Result<Result<[Side; 2], Status>> {
    let names = [&arguments.first, &arguments.second];
    names.iter().try_for_each(|name| known(Some(name.as_str())))?;
    let is_trace = !subject::is_scenario(subject);
    ensure!(
        is_trace || arguments.os.is_empty(),
        "--os has no effect on a scenario: its file says how the system is set up"
    );
    let reports = match is_trace {
        true => of_trace(arguments, subject, names, engine)?,
        false => of_scenario(subject, names, engine)?,
    };
    let side = |(name, report)| Side { name: format!("{name} on {subject}"), report };
    Ok(reports.map(|[first, second]| [(names[0], first), (names[1], second)].map(side)))
}

/// The reports of both configurations; the status if one of them fails.
type Reports = Result<[Value; 2], Status>;

fn of_trace(
    arguments: &CompareArgs,
    subject: &str,
    names: [&String; 2],
    engine: Engine,
) -> anyhow::Result<Reports> {
    ensure!(
        subject != "-" && Path::new(subject).is_file(),
        "--on {subject}: it is read for each configuration, which only a file can be"
    );
    let as_trace = RecordedArgs { os: arguments.os.clone(), ..RecordedArgs::plain(subject) };
    let job = Job::new(&as_trace)?;
    let one = |name: &String| {
        let config = find(name)?;
        let environment = environment(&as_trace, config)?;
        let progress = job.progress(&None);
        progress.say(name);
        let machine = job.machine(config.mmu(engine), &environment, &progress);
        let outcome = machine.with_context(|| name.clone())?.run(job.stop);
        progress.clear();
        job.has_run(&outcome)?;
        anyhow::Ok(match status(&outcome, &format!("{name}: ")) {
            Status::Fine => Ok(serde_json::to_value(&outcome.report)?),
            failed => Err(failed),
        })
    };
    let first = match one(names[0])? {
        Ok(report) => report,
        Err(status) => return Ok(Err(status)),
    };
    let second = one(names[1])?;
    job.warn();
    Ok(second.map(|second| [first, second]))
}

fn of_scenario(subject: &str, names: [&String; 2], engine: Engine) -> anyhow::Result<Reports> {
    let scenario = subject::scenario(subject)?;
    let variants = variants(&scenario)?;
    ensure!(
        !variants.is_empty(),
        "{subject} runs on no MMU: there is nothing in it that depends on a configuration"
    );
    let stop = interrupt::stop_flag()?;
    let one = |name: &String| {
        let config = find(name)?;
        let fits = |variant: &&Variant| {
            let xlen = if variant.mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 };
            xlen == config.xlen && config.organisation.sizes.has(variant.mode)
        };
        let variant = variants.iter().find(fits);
        let variant = variant.ok_or_else(|| {
            let mut schemes: Vec<_> = variants.iter().map(|variant| variant.mode.name()).collect();
            schemes.dedup();
            anyhow!("{subject} runs with {}, which `{name}` does not have", schemes.join(", "))
        })?;
        let variant = Variant { config, ..*variant };
        let mut report = observe(&scenario, &variant, engine, None, None, stop)?.report;
        report["machine"] = variant.to_string().into();
        anyhow::Ok(report)
    };
    let reports = [one(names[0])?, one(names[1])?];
    if stop.load(Relaxed) {
        output::note("interrupted: the runs were not complete");
        return Ok(Err(Status::Interrupted));
    }
    Ok(Ok(reports))
}
