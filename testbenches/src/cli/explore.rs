//! `pagewalk explore`
//!
//! | file | does |
//! |---|---|
//! | `traces` | a study of traces |

mod traces;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::{Status, interrupt, plot};
use crate::explore::ExploreError;
use crate::explore::base::Base;
use crate::explore::findings::Findings;
use crate::explore::study::{self, Measure, Study, Sweep};
use crate::explore::sweep::{self, Failed, Outcome, Plan};
use crate::explore::values::Values;
use engine::Engine;
use scenario::library;

/// `pagewalk explore`
#[derive(Debug, Args)]
pub struct ExploreArgs {
    /// A study, or a scenario by name or file; the studies are listed if absent.
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
    #[arg(long, conflicts_with_all = ["subject", "sweep", "measure", "figures"])]
    pub all: bool,
    /// A parameter and its values, as os.frames=32..256:32 or os.policy=fifo,lru; the first runs
    /// along x, each further one makes curves.
    #[arg(long, value_name = "PATH=VALUES", requires = "subject")]
    pub sweep: Vec<String>,
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
    /// Print JSON.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV, one line for each run.
    #[arg(long)]
    pub csv: bool,
}

/// Lists studies, runs one, or runs a sweep of a scenario.
pub(super) fn explore(arguments: &ExploreArgs, engine: Engine) -> anyhow::Result<Status> {
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

/// A study by name, or one made from a scenario, without sweeps.
fn find(name: &str) -> anyhow::Result<Study> {
    if let Some(study) = study::all()?.into_iter().find(|study| study.name == name) {
        return Ok(study);
    }
    let found = match library::find(name) {
        Ok(found) => found,
        Err(library::FindError::Unknown { .. }) => {
            let studies = study::files().iter().map(|(name, _)| *name);
            let names = studies.chain(library::files().iter().map(|(name, _)| *name));
            match &library::similar(name, names)[..] {
                [] => bail!(
                    "there is no study or scenario `{name}`; `pagewalk explore` lists the studies"
                ),
                like => bail!(
                    "there is no study or scenario `{name}`; did you mean {}?",
                    like.join(" or ")
                ),
            }
        }
        Err(error) => return Err(error.into()),
    };
    let [scenario] = &found[..] else {
        let names: Vec<_> = found.iter().map(|scenario| scenario.name.as_str()).collect();
        bail!("`{name}` matches {} scenarios; choose one: {}", found.len(), names.join(", "));
    };
    Ok(Study {
        name: scenario.name.clone(),
        title: scenario.name.clone(),
        idea: scenario.idea.clone(),
        y: None,
        source: None,
        scenario: None,
        base: Some(scenario.text.parse()?),
        sweep: Vec::new(),
        measure: Vec::new(),
        remark: Vec::new(),
    })
}

/// A study with the parameters of the command line instead of its own.
fn varied(mut study: Study, arguments: &ExploreArgs) -> anyhow::Result<Study> {
    for text in &arguments.sweep {
        let (set, values) = text.split_once('=').with_context(|| {
            format!("--sweep {text}: write PATH=VALUES, as os.frames=32..256:32")
        })?;
        let set = set.trim();
        let values =
            Values::parse(values).map_err(|message| anyhow::anyhow!("--sweep {set}: {message}"))?;
        match study.sweep.iter_mut().find(|sweep| sweep.set == set) {
            Some(sweep) => sweep.values = values,
            None => {
                let (set, name) = (set.to_owned(), Some(set.to_owned()));
                let unit = Default::default();
                study.sweep.push(Sweep {
                    set,
                    name,
                    values,
                    axis: None,
                    at: None,
                    unit,
                    log: false,
                });
            }
        }
        study.remark.clear();
    }
    if !arguments.measure.is_empty() {
        let measure = |of: &String| Measure {
            of: of.clone(),
            name: None,
            unit: Default::default(),
            log: false,
        };
        study.measure = arguments.measure.iter().map(measure).collect();
        study.remark.clear();
    }
    if study.measure.is_empty() {
        let of = "cycles".to_owned();
        study.measure.push(Measure { of, name: None, unit: Default::default(), log: false });
    }
    ensure!(
        !study.sweep.is_empty() || arguments.figures,
        "nothing is swept; say what, as --sweep os.frames=32..256:32"
    );
    Ok(study)
}

/// Runs a study, and prints and draws the results.
fn one(
    name: &str,
    study: Study,
    arguments: &ExploreArgs,
    engine: Engine,
    stop: &AtomicBool,
) -> anyhow::Result<Status> {
    let base = match (&study.scenario, study.base) {
        (_, Some(table)) => Base { name: study.name.clone(), table },
        (Some(scenario), None) => {
            let found = library::find(scenario)?;
            let first = found.first().context("a study is about one scenario")?;
            Base { name: first.name.clone(), table: first.text.parse()? }
        }
        (None, None) => bail!("`{name}` has no scenario"),
    };
    let mut plan = Plan { base, sweeps: study.sweep, measures: study.measure };
    if arguments.figures {
        // The scenario as it is; of a study, the first value of every sweep.
        plan.sweeps.iter_mut().for_each(|sweep| sweep.values.0.truncate(1));
    }
    let progress = Progress::runs(sweep::count(&plan)? as u64, name);
    let runs = sweep::run(&plan, engine, stop, &|| progress.one_more());
    progress.clear();
    let Outcome { runs, failed } = runs.with_context(|| name.to_owned())?;
    if runs.is_empty() && !stop.load(Relaxed) {
        return nothing(name, failed);
    }
    if arguments.figures {
        return figures(&runs, arguments.json);
    }
    let (title, idea, y, remarks) = (study.title, study.idea, study.y, study.remark);
    let findings = Findings { title, idea, y, plan, runs, failed, remarks };
    if arguments.json {
        print_json(&findings.json())?;
    } else if arguments.csv {
        print(&findings.csv()?)?;
    } else {
        print(&format!("{}\n", findings.table()))?;
    }
    if stop.load(Relaxed) {
        output::note("interrupted: the table covers the runs that were complete");
        return Ok(Status::Interrupted);
    }
    for path in &arguments.plot {
        plot(&findings, name, path)?;
    }
    for failed in &findings.failed {
        output::note(&format!("error: {name}: {}", failed.error));
    }
    Ok(if findings.failed.is_empty() { Status::Fine } else { Status::Differs })
}

/// No run has ended: reports the error of the first one.
fn nothing(name: &str, failed: Vec<Failed>) -> anyhow::Result<Status> {
    let count = failed.len();
    let mut failed = failed.into_iter().map(|failed| failed.error);
    let Some(first) = failed.next() else { bail!("{name}: there is nothing to run") };
    let others = if count > 1 { format!(" ({count} runs failed)") } else { String::new() };
    if let ExploreError::Broke { .. } = first {
        output::note(&format!("error: {name}: {first}{others}"));
        return Ok(Status::Differs);
    }
    Err(anyhow::Error::from(first).context(format!("{name}{others}")))
}

fn figures(runs: &[sweep::Run], json: bool) -> anyhow::Result<Status> {
    let Some(run) = runs.first() else { return Ok(Status::Interrupted) };
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
