//! `pagewalk explore`
//!
//! | file | does |
//! |---|---|
//! | `choose` | the study: by name, from a file, with the command line's parameters |
//! | `traces` | a study of traces |
//! | `live` | results as they come |
//! | `merge` | parts of a sweep, written and merged |

mod choose;
mod live;
mod merge;
mod traces;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::watched::{Sums, Watched};
use super::{Status, interrupt, plot};
use crate::explore::base::Base;
use crate::explore::findings::Findings;
use crate::explore::part::{Part, PartFile};
use crate::explore::study::{self, Study};
use crate::explore::sweep::{self, Failed, Plan, Point, Told};
use crate::explore::values::Choice;
use choose::{find, fixed, varied};
use engine::Engine;
use live::Live;
use scenario::library;

/// `pagewalk explore`
#[derive(Debug, Args)]
pub struct ExploreArgs {
    /// A study or a scenario, by name or file; the studies are listed if absent.
    #[arg(group = "subject")]
    pub name: Option<String>,
    /// Sweep over a trace instead, as `pagewalk trace` reads it; several are processes that run at
    /// the same time.
    #[arg(long, value_name = "FILE", group = "subject")]
    pub trace: Vec<PathBuf>,
    /// Fold a trace's addresses outside the scheme's range into it.
    #[arg(long)]
    pub fold: bool,
    /// Every study.
    #[arg(long, conflicts_with_all = ["subject", "sweep", "set", "measure", "figures"])]
    pub all: bool,
    /// A parameter and its values, as os.frames=32..256:32 or os.policy=fifo,lru; the first runs
    /// along x, each further one makes curves.
    #[arg(long, value_name = "PATH=VALUES", requires = "subject")]
    pub sweep: Vec<String>,
    /// A parameter that is set in every run, as machine.size=large.
    #[arg(long, value_name = "PATH=VALUE", requires = "subject")]
    pub set: Vec<String>,
    /// The measure: a figure of the report, or a formula over figures, as "1000 * data_misses /
    /// cycles".
    #[arg(long, value_name = "FORMULA", requires = "subject")]
    pub measure: Vec<String>,
    /// List the figures that can be measured, with their values in the scenario as it is.
    #[arg(long, requires = "subject", conflicts_with_all = ["sweep", "measure", "plot", "csv"])]
    pub figures: bool,
    /// Draw into a file ending in .svg or .png, or both into a folder.
    #[arg(long, value_name = "FILE|DIR")]
    pub plot: Vec<PathBuf>,
    /// Run one part of the points, as 2/4 for the second of four, and print it as a file for
    /// --merge.
    #[arg(long, value_name = "K/N", requires = "subject",
          conflicts_with_all = ["plot", "json", "csv", "figures"])]
    pub shard: Option<Part>,
    /// Merge the files of all parts, and print what one process would have printed.
    #[arg(long, value_name = "FILE", num_args = 1..,
          conflicts_with_all = ["subject", "all", "shard"])]
    pub merge: Vec<PathBuf>,
    /// Print JSON: a record for each point, and the curves.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV, one line for each point, as soon as it is known.
    #[arg(long)]
    pub csv: bool,
    /// Show the sweep on a dashboard in the terminal: what runs, the results as they come.
    #[arg(long, conflicts_with = "merge")]
    pub watch: bool,
}

/// Lists studies, runs one, or runs a sweep of a scenario.
pub(super) fn explore(arguments: &ExploreArgs, engine: Engine) -> anyhow::Result<Status> {
    arguments.plot.iter().try_for_each(|path| plot::check(path))?;
    if !arguments.merge.is_empty() {
        return merge::merge(arguments);
    }
    let stop = interrupt::stop_flag()?;
    if arguments.all {
        let mut status = Status::Fine;
        for study in study::all()? {
            match one(&study.name.clone(), study, arguments, engine, stop)? {
                Status::Fine => {}
                // A failure of one study does not stop the others.
                Status::Differs => status = Status::Differs,
                ended => return Ok(ended),
            }
        }
        return Ok(status);
    }
    ensure!(
        !arguments.fold || !arguments.trace.is_empty(),
        "--fold has no effect here: it is about the addresses of a --trace"
    );
    if !arguments.trace.is_empty() {
        let study = traces::study(&arguments.trace, arguments.fold)?;
        return one(&study.name.clone(), varied(study, arguments)?, arguments, engine, stop);
    }
    let Some(name) = &arguments.name else {
        ensure!(!arguments.watch, "--watch has no effect here: the studies are listed");
        ensure!(!arguments.csv, "--csv has no effect here: the studies are listed");
        ensure!(arguments.plot.is_empty(), "--plot has no effect here: name what is to be drawn");
        return list(arguments.json);
    };
    let study = find(name)?;
    one(name, varied(study, arguments)?, arguments, engine, stop)
}

fn list(json: bool) -> anyhow::Result<Status> {
    let studies = study::all()?;
    if json {
        let entry =
            |s: &Study| serde_json::json!({ "name": s.name, "title": s.title, "idea": s.idea });
        print_json(&studies.iter().map(entry).collect::<Vec<_>>())?;
        return Ok(Status::Fine);
    }
    let widest = studies.iter().map(|study| study.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for study in &studies {
        text += &format!("{:widest$}  {}\n", study.name, study.title);
    }
    text += "\nA scenario can be swept by any of its parameters:\n  \
        pagewalk explore belady-with-3-frames --sweep process.belady.frames=1..6 \
        --measure minor_faults\n";
    print(&text)?;
    Ok(Status::Fine)
}

/// The scenario of a study.
fn base(name: &str, study: &Study) -> anyhow::Result<Base> {
    match (&study.scenario, &study.base) {
        (_, Some(table)) => Ok(Base { name: study.name.clone(), table: table.clone() }),
        (Some(scenario), None) => {
            let found = library::find(scenario)?;
            let first = found.first().context("a study is about one scenario")?;
            Ok(Base { name: first.name.clone(), table: first.text.parse()? })
        }
        (None, None) => bail!("`{name}` has no scenario"),
    }
}

/// Runs a study, and prints and draws the results.
fn one(
    name: &str,
    study: Study,
    arguments: &ExploreArgs,
    engine: Engine,
    stop: &'static AtomicBool,
) -> anyhow::Result<Status> {
    let base = base(name, &study)?;
    let set = fixed(arguments, &study)?;
    let mut plan = Plan { base, set, sweeps: study.sweep, measures: study.measure };
    if arguments.figures {
        // The scenario as it is; of a study, the first value of every sweep.
        plan.sweeps.iter_mut().for_each(|sweep| sweep.values.0.truncate(1));
    }
    let part = arguments.shard.unwrap_or(Part::ALL);
    let count = part.count(sweep::count(&plan)?);
    let (watched, viewer) = Watched::start(arguments.watch, stop)?;
    let progress = match viewer {
        Some(_) => Progress::hidden(),
        None => Progress::runs(count as u64, name),
    };
    let sums =
        viewer.map(|viewer| Sums::new(viewer, format!("explore {name}"), (count as u64, "runs")));
    let (title, idea, y, remarks) = (study.title, study.idea, study.y, study.remark);
    let mut live = Live::new(arguments, &plan, &title, &idea);
    let mut tell = |point: &Point| -> anyhow::Result<()> {
        let text = live.tell(&plan, point)?;
        sums.iter().for_each(|sums| sums.tell(&line(&plan, point)));
        if text.is_empty() { Ok(()) } else { Ok(progress.aside(|| print(&text))?) }
    };
    let begins = |choices: &[Choice]| sums.iter().for_each(|sums| sums.begin(&named(choices)));
    let ends = |point: &Point| {
        progress.one_more();
        let figure = |name: &str| point.run()?.figures.get(name).ok().map(|value| value as u64);
        if let Some(sums) = &sums {
            sums.end(&named(&point.choices));
            sums.add(1, figure);
        }
    };
    let told = Told { begins: &begins, ends: &ends, point: &mut tell };
    let points = sweep::run(&plan, part, engine, stop, told);
    progress.clear();
    drop(watched);
    let points = points.with_context(|| name.to_owned())?;
    let nothing_ran = points.iter().all(|point| point.outcome.is_err());
    if count > 0 && nothing_ran && arguments.shard.is_none() && !stop.load(Relaxed) {
        return nothing(name, &points);
    }
    if arguments.figures {
        return figures(&points, arguments.json);
    }
    let findings = Findings { title, idea, y, plan, points, remarks };
    if arguments.shard.is_some() {
        print_json(&PartFile::new(part, name, engine.name(), &findings))?;
        return Ok(ended(name, &findings, stop));
    }
    match live {
        Live::Off => print_whole(&findings, arguments)?,
        live => print(&live.end(&findings)?)?,
    }
    if !stop.load(Relaxed) {
        draw(&findings, name, arguments)?;
    }
    Ok(ended(name, &findings, stop))
}

/// The choices of a run, as `32 lru`.
fn named(choices: &[Choice]) -> String {
    let labels: Vec<_> = choices.iter().map(|choice| choice.label.as_str()).collect();
    labels.join(" ")
}

/// A result in a line: the choices, and each measure.
fn line(plan: &Plan, point: &Point) -> String {
    let measures = plan.measures.iter().enumerate().map(|(at, measure)| {
        let value = point.run().and_then(|run| run.measured[at]);
        format!("{} {}", measure.title(), plan.cell(at, value))
    });
    let measures: Vec<_> = measures.collect();
    format!("{}: {}", named(&point.choices), measures.join(", "))
}

/// Prints all results at once.
fn print_whole(findings: &Findings, arguments: &ExploreArgs) -> anyhow::Result<()> {
    if arguments.json {
        return print_json(&findings.json());
    }
    let text = if arguments.csv { findings.csv()? } else { format!("{}\n", findings.table()) };
    Ok(print(&text)?)
}

/// Draws the pictures, by the name of the study or of the scenario's file.
fn draw(findings: &Findings, name: &str, arguments: &ExploreArgs) -> anyhow::Result<()> {
    arguments.plot.iter().try_for_each(|path| plot(findings, name, path))
}

/// Says what failed; returns the exit status.
fn ended(name: &str, findings: &Findings, stop: &AtomicBool) -> Status {
    let mut status = Status::Fine;
    for failed in findings.failed() {
        output::note(&format!("error: {name}: {}", failed.error));
        status = Status::Differs;
    }
    if stop.load(Relaxed) {
        output::note("interrupted: the results are those of the runs that were complete");
        return Status::Interrupted;
    }
    status
}

/// No run has ended: reports the error of the first one.
fn nothing(name: &str, points: &[Point]) -> anyhow::Result<Status> {
    let Some(Failed { error, broke }) = points.iter().find_map(Point::failed) else {
        bail!("{name}: there is nothing to run")
    };
    let count = points.len();
    let others = if count > 1 { format!(" ({count} runs failed)") } else { String::new() };
    if *broke {
        output::note(&format!("error: {name}: {error}{others}"));
        return Ok(Status::Differs);
    }
    bail!("{name}{others}: {error}")
}

fn figures(points: &[Point], json: bool) -> anyhow::Result<Status> {
    let Some(run) = points.first().and_then(Point::run) else { return Ok(Status::Interrupted) };
    if json {
        let figures = run.figures.iter().map(|(name, value)| (name.to_owned(), value.into()));
        print_json(&figures.collect::<serde_json::Map<_, _>>())?;
        return Ok(Status::Fine);
    }
    let widest = run.figures.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value)| format!("{name:widest$}  {value}\n");
    print(&run.figures.iter().map(line).collect::<String>())?;
    Ok(Status::Fine)
}

/// Writes the picture; into a folder by the name of the study or of the scenario's file.
fn plot(findings: &Findings, name: &str, path: &Path) -> anyhow::Result<()> {
    let picture = findings.picture().map_err(anyhow::Error::msg)?;
    let file = Path::new(name).file_stem().filter(|_| name.ends_with(".toml"));
    let stem = file.map_or_else(|| name.replace('/', "-"), |f| f.display().to_string());
    plot::write(&picture, &stem, path)
}
