//! `pagewalk trace`
//!
//! | file | does |
//! |---|---|
//! | `environment` | the options, as the environment of a run |
//! | `source` | the trace's file, read with its progress shown |
//! | `compare` | several configurations on one trace |
//! | `walks` | the log of walks |
//! | `series` | the run over time |

mod compare;
mod environment;
mod series;
mod source;
mod walks;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow, bail, ensure};
use engine::{Config, Engine, Parts, find};
use kernel::State;
use machine::cpu::{Fit, Program};
use machine::system::{ElfImage, Every, Machine, Outcome, RunError, Sample};
use model::isa::Mode;
use model::mmu::Mmu;
use scenario::files;
use scenario::trace::{self, Environment};
use waves::Window;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::run::known;
use super::values::ElfArg;
use super::watched::Watched;
use super::wave::{Place, Recording};
use super::{RecordedArgs, Status, TraceArgs, interrupt, plot};
use crate::export::are_one;
use crate::watch::{self, Snapshot, Viewer, of_machine};
pub(super) use environment::environment;
pub(super) use series::EveryArg;
use source::Source;
use walks::WalkLog;

/// Larger program files are not read.
const LARGEST_ELF: u64 = 1 << 30;
/// The load address of position-independent programs under Valgrind.
const VALGRINDS: u64 = 0x10_8000;
/// Cycles recorded by default: a trace runs for millions.
const WAVE_CYCLES: u64 = 20_000;

/// Runs a recorded program as a process, and reports.
pub(super) fn trace(arguments: &TraceArgs, engine: Engine) -> anyhow::Result<Status> {
    match &chosen(&arguments.run)?[..] {
        [chosen] => one(arguments, chosen, engine),
        several => compare::several(arguments, several, engine),
    }
}

/// A configuration, and the environment of its run.
pub(super) struct Chosen<'a> {
    /// Its name on the command line.
    pub(super) name: &'a str,
    /// Itself.
    pub(super) config: &'static Config,
    /// The environment.
    pub(super) environment: Environment,
}

/// The configurations on the command line: one or more, all different.
pub(super) fn chosen(arguments: &RecordedArgs) -> anyhow::Result<Vec<Chosen<'_>>> {
    let names = || arguments.config.iter().map(|name| name.trim());
    names().try_for_each(|name| known(Some(name)))?;
    let mut all: Vec<Chosen<'_>> = Vec::new();
    for name in names() {
        let config = find(name)?;
        if let Some(same) = all.iter().find(|chosen| chosen.config.name == config.name) {
            ensure!(same.name != name, "--config: {name} is named twice");
            anyhow::bail!("--config: {} and {name} are the same configuration", same.name);
        }
        let environment = environment(arguments, config)?;
        all.push(Chosen { name, config, environment });
    }
    Ok(all)
}

/// Runs the trace on one configuration.
fn one(arguments: &TraceArgs, chosen: &Chosen<'_>, engine: Engine) -> anyhow::Result<Status> {
    ensure!(
        arguments.plot.is_empty() || arguments.every.is_some(),
        "--plot has no effect on one configuration without --every: it compares several, as in \
         --config rv64_small,rv64_linux, or draws one over time"
    );
    arguments.plot.iter().try_for_each(|path| plot::check(path))?;
    let place = arguments.wave.place()?;
    let waves = place.as_ref().map_or(Vec::new(), Place::files);
    keep_apart(&arguments.run.file, arguments.walks.iter().chain(&waves))?;
    let config = match arguments.walks {
        None => chosen.config,
        Some(_) => traced(chosen.config).map_err(|why| anyhow!("--walks: {why}"))?,
    };
    let log = arguments.walks.as_deref().map(WalkLog::create).transpose()?;
    let log = log.map(|log| Rc::new(RefCell::new(log)));
    let mmu = config.mmu(engine);
    let job = Job::new(&arguments.run)?;
    let (watched, viewer) = Watched::start(arguments.watch, job.stop)?;
    let progress = job.progress(&viewer);
    let recording = match place {
        None => None,
        Some(place) => {
            let Window { from, cycles } = arguments.wave.shape.window();
            let window = Window { from, cycles: cycles.or(Some(WAVE_CYCLES)) };
            let process = job.process();
            let title = format!("trace {process} on {}", chosen.name);
            let names = vec![process.to_owned()];
            Some(Recording::mmu(&place, 0, &title, window, 1, names, &*mmu)?)
        }
    };
    let mut machine = job.machine(mmu, &chosen.environment, &progress)?;
    let recording = recording.map(|(recording, observer)| {
        machine.observe(observer);
        recording
    });
    if let Some(log) = &log {
        machine.observe(Box::new(log.clone()));
    }
    if let Some(EveryArg(every)) = arguments.every {
        machine.sample(every);
    }
    job.show(&mut machine, viewer, format!("trace {} on {}", job.process(), chosen.name));
    let outcome = machine.run(job.stop);
    progress.clear();
    drop(watched);
    job.has_run(&outcome)?;
    let samples = machine.samples();
    // The machine holds the other handle.
    drop(machine);
    if let Some(log) = log.and_then(Rc::into_inner) {
        log.into_inner().finish()?;
    }
    // Of a file that is no trace there is nothing to report but that.
    let began = outcome.error.is_none() || outcome.report.total.accesses.total() > 0;
    match arguments.every {
        _ if !began => {}
        None if arguments.json => print_json(&outcome.report)?,
        None => print(&outcome.report.to_string())?,
        Some(EveryArg(every)) => over_time(arguments, job.process(), every, &samples, &outcome)?,
    }
    job.warn();
    let status = status(&outcome, "");
    let Some(recording) = recording else { return Ok(status) };
    let failure = outcome.error.as_ref().map(|error| (outcome.report.cycles, error.to_string()));
    let recorded = recording.finish(failure.as_ref());
    if let Some(view) = &recorded.view {
        output::note(&format!("wave: {}", view.display()));
    }
    Ok(recorded.status(status))
}

/// Prints and draws a run over time.
fn over_time(
    arguments: &TraceArgs,
    name: &str,
    every: Every,
    samples: &[Sample],
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let sheet = series::sheet(name, every, samples);
    if arguments.json {
        print_json(&series::joined(serde_json::to_value(&outcome.report)?, &sheet))?;
    } else if arguments.csv {
        print(&sheet.csv()?)?;
    } else {
        print(&format!("{}\n{}", outcome.report, sheet.text()))?;
    }
    if outcome.report.total.accesses.instructions == 0 && matches!(every, Every::Instructions(_)) {
        output::note(
            "warning: no instruction was fetched, so there is one stretch; --every 10000cycles has \
             stretches of cycles",
        );
    }
    for path in &arguments.plot {
        if !sheet.picture.curves.is_empty() {
            plot::write(&sheet.picture, &format!("{name}-over-time"), path)?;
        }
        if path.extension().is_none() {
            plot::write(&series::frames(name, every, samples), &format!("{name}-frames"), path)?;
        }
    }
    Ok(())
}

/// An error if a file would be written over the trace, or over another one of the same run.
fn keep_apart<'p>(trace: &Path, written: impl Iterator<Item = &'p PathBuf>) -> anyhow::Result<()> {
    let mut others: Vec<&Path> = Vec::new();
    for path in written {
        let shown = path.display();
        if are_one(trace, path) {
            bail!("{shown} is the trace itself");
        }
        if others.iter().any(|other| are_one(other, path)) {
            bail!("{shown} is written twice");
        }
        others.push(path);
    }
    Ok(())
}

/// A configuration with trace pins.
///
/// # Errors
/// A sentence: why it cannot have them.
pub(super) fn traced(config: &'static Config) -> Result<&'static Config, String> {
    Parts::read("trace=1").and_then(|trace| trace.put_into(config))
}

/// What the runs of a trace have in common.
pub(super) struct Job {
    /// The trace's name in messages.
    name: String,
    source: Source,
    recorded: trace::Recording<'static>,
    /// The processes that wrote the log.
    writers: Rc<RefCell<Vec<u32>>>,
    /// Ends the run early.
    pub(super) stop: &'static AtomicBool,
}

impl Job {
    pub(super) fn new(arguments: &RecordedArgs) -> anyhow::Result<Job> {
        let file = arguments.file.display().to_string();
        let name = if file == "-" { "standard input".to_owned() } else { file };
        let source = Source::new(&arguments.file).with_context(|| name.clone())?;
        let opened = source.clone();
        let recorded = trace::Recording {
            file: name.clone(),
            open: Box::new(move || opened.open()),
            again: source.size.is_some(),
            fit: if arguments.fold { Fit::Fold } else { Fit::Refuse },
            only: arguments.pid,
            images: arguments.elf.iter().map(image).collect::<anyhow::Result<_>>()?,
        };
        let stop = interrupt::stop_flag()?;
        Ok(Job { name, source, recorded, writers: Rc::default(), stop })
    }

    /// The name of the traced process.
    pub(super) fn process(&self) -> &str {
        process_name(&self.name)
    }

    /// Whether the trace can be read more than once.
    pub(super) fn can_run_again(&self) -> bool {
        self.source.size.is_some()
    }

    /// The progress of a run, unless a dashboard shows it.
    pub(super) fn progress(&self, viewer: &Option<Viewer>) -> Progress {
        match self.source.size {
            _ if viewer.is_some() => Progress::hidden(),
            Some(size) => Progress::bytes(size),
            None => Progress::counting("steps"),
        }
    }

    /// Shows a machine's run on the dashboard, if there is one.
    pub(super) fn show(&self, machine: &mut Machine, viewer: Option<Viewer>, title: String) {
        let Some(viewer) = viewer else { return };
        let (read, total) = (self.source.read.clone(), self.source.size);
        let title = format!("{title}, {}", machine.config().mode.name());
        machine.look(Box::new(move |machine| {
            viewer.look(|| {
                let seen = of_machine(machine);
                // Of a pipe nobody knows how much is to come; its accesses are counted instead.
                let accesses = || machine.hardware().board.meter.total().accesses.total();
                let progress = match total {
                    Some(_) => watch::Progress { done: read.get(), total, unit: "bytes" },
                    None => watch::Progress { done: accesses(), total, unit: "accesses" },
                };
                Snapshot { title: title.clone(), progress: Some(progress), ..seen }
            });
        }));
    }

    /// Reads the trace alone: calls `page` with each page that is accessed, in order, until it says
    /// `false`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn references(
        &self,
        mode: Mode,
        page: impl FnMut(u64) -> bool,
    ) -> anyhow::Result<()> {
        let progress = self.progress(&None);
        let around = |program| self.watched(program, &progress);
        let read = self.recorded.references(mode, around, page);
        progress.clear();
        Ok(read?)
    }

    /// The program that is read, with its progress shown.
    fn watched(&self, program: trace::Recorded, progress: &Progress) -> Box<dyn Program> {
        let (source, writers) = (self.source.clone(), self.writers.clone());
        Box::new(source::Watched::new(program, progress.clone(), source, writers))
    }

    /// A machine with the recorded program.
    pub(super) fn machine(
        &self,
        mmu: Box<dyn Mmu>,
        environment: &Environment,
        progress: &Progress,
    ) -> anyhow::Result<Machine> {
        let around = |program| self.watched(program, progress);
        let machine = self.recorded.machine(self.process(), mmu, environment, around, self.stop);
        Ok(machine.inspect_err(|_| progress.clear())?)
    }

    /// An error if a run has ended in which nothing happened.
    pub(super) fn has_run(&self, outcome: &Outcome) -> anyhow::Result<()> {
        let is_empty = outcome.report.total.accesses.total() == 0;
        if is_empty && outcome.error.is_none() && !outcome.stopped {
            let only = self.recorded.only;
            let whose = only.map_or_else(String::new, |pid| format!(" of process {pid}"));
            anyhow::bail!("{}: there is no access{whose} in it: nothing was run", self.name);
        }
        Ok(())
    }

    /// Warns about a log that several processes wrote, unless one of them was chosen.
    pub(super) fn warn(&self) {
        let writers = self.writers.borrow();
        if self.recorded.only.is_some() || writers.len() < 2 {
            return;
        }
        let writers: Vec<_> = writers.iter().map(u32::to_string).collect();
        output::note(&format!(
            "warning: {}: processes {} wrote this log; their accesses were run as those of one \
             program. --pid N takes only what follows the lines of process N; valgrind \
             --log-file=NAME.%p gives each process a log of its own",
            self.name,
            writers.join(", ")
        ));
    }
}

/// The name of a traced process: the file's name up to its first dot.
pub(super) fn process_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    match file.split('.').next() {
        Some(first) if !first.is_empty() => first,
        _ => file,
    }
}

/// A program file given with the trace.
fn image(elf: &ElfArg) -> anyhow::Result<ElfImage> {
    let shown = elf.path.display().to_string();
    let bytes = files::bytes(&elf.path, LARGEST_ELF).with_context(|| shown.clone())?;
    let place = |base| ElfImage::read_at(&shown, &bytes, base);
    Ok(match elf.base {
        // A file at fixed addresses cannot be moved, and need not be.
        None => place(Some(VALGRINDS)).or_else(|_| place(None))?,
        base => place(base)?,
    })
}

/// Reports what ended the run on standard error, after the words `of`; returns the exit status.
pub(super) fn status(outcome: &Outcome, of: &str) -> Status {
    if let Some(error) = &outcome.error {
        output::note(&format!("error: {of}{error}"));
        return match error {
            RunError::Step(_) | RunError::Data { .. } | RunError::Counters(_) => Status::Differs,
            _ => Status::Failed,
        };
    }
    if outcome.stopped {
        output::note("interrupted: the report covers what was simulated until then");
        return Status::Interrupted;
    }
    for (pid, state) in &outcome.states {
        if let State::Killed { death } = state {
            output::note(&format!("{of}process {pid} was killed: {death}"));
            return Status::Differs;
        }
    }
    Status::Fine
}
