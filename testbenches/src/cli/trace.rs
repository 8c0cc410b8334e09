//! `pagewalk trace`

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, anyhow, ensure};
use kernel::State;
use machine::cpu::{Access, Fit, Op, Program, ProgramError, decompress};
use machine::system::{ElfImage, Outcome, RunError};
use model::isa::{Mode, Xlen};
use toml::{Table, Value};
use waves::Window;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::run::known;
use super::values::ElfArg;
use super::wave::Recording;
use super::{Status, TraceArgs, interrupt};
use crate::explore::path::set;
use crate::explore::values::single;
use engine::{Engine, build};
use scenario::files;
use scenario::os_text::OsText;
use scenario::trace::{self, Environment, Recorded};

/// Larger program files are not read.
const LARGEST_ELF: u64 = 1 << 30;
/// The load address of position-independent programs under Valgrind.
const VALGRINDS: u64 = 0x10_8000;
/// Cycles recorded by default: a trace runs for millions.
const WAVE_CYCLES: u64 = 20_000;
/// Steps between two updates of the progress bar.
const STEPS: u64 = 4096;

/// Runs a recorded program as a process, and reports.
pub(super) fn trace(arguments: &TraceArgs, engine: Engine) -> anyhow::Result<Status> {
    known(Some(&arguments.config))?;
    let mmu = build(&arguments.config, engine)?;
    let environment = environment(arguments, mmu.xlen())?;
    let file = arguments.file.display().to_string();
    let name = if file == "-" { "standard input" } else { &file };
    let source = Source::new(&arguments.file).with_context(|| name.to_owned())?;
    let progress = match source.size {
        Some(size) => Progress::bytes(size),
        None => Progress::counting("steps"),
    };
    let recording = match arguments.wave.place()? {
        None => None,
        Some(place) => {
            let Window { from, cycles } = arguments.wave.shape.window();
            let window = Window { from, cycles: cycles.or(Some(WAVE_CYCLES)) };
            let process = process_name(name);
            let title = format!("trace {process} on {}", arguments.config);
            let names = vec![process.to_owned()];
            Some(Recording::mmu(&place, 0, &title, window, 1, names, &*mmu)?)
        }
    };
    let stop = interrupt::stop_flag()?;
    let writers = Rc::new(RefCell::new(Vec::new()));
    let around = |program| -> Box<dyn Program> {
        let (progress, read, size) = (progress.clone(), source.read.clone(), source.size);
        let writers = writers.clone();
        Box::new(Watched { program, progress, read, size, steps: 0, writers })
    };
    let recorded = trace::Recording {
        file: name.to_owned(),
        open: Box::new(|| source.open()),
        again: source.size.is_some(),
        fit: if arguments.fold { Fit::Fold } else { Fit::Refuse },
        only: arguments.pid,
        images: arguments.elf.iter().map(image).collect::<anyhow::Result<_>>()?,
    };
    let machine = recorded.machine(process_name(name), mmu, &environment, around, stop);
    let mut machine = machine.inspect_err(|_| progress.clear())?;
    let recording = recording.map(|(recording, observer)| {
        machine.observe(observer);
        recording
    });
    let outcome = machine.run(stop);
    progress.clear();
    let is_empty = outcome.report.total.accesses.total() == 0;
    if is_empty && outcome.error.is_none() && !outcome.stopped {
        let whose = arguments.pid.map_or_else(String::new, |pid| format!(" of process {pid}"));
        anyhow::bail!("{name}: there is no access{whose} in it: nothing was run");
    }
    if arguments.json {
        print_json(&outcome.report)?;
    } else {
        print(&outcome.report.to_string())?;
    }
    if arguments.pid.is_none()
        && let [_, _, ..] = writers.borrow()[..]
    {
        output::note(&several(name, &writers.borrow()));
    }
    let status = status(&outcome);
    let Some(recording) = recording else { return Ok(status) };
    let failure = outcome.error.as_ref().map(|error| (outcome.report.cycles, error.to_string()));
    let recorded = recording.finish(failure.as_ref());
    if let Some(view) = &recorded.view {
        output::note(&format!("wave: {}", view.display()));
    }
    Ok(recorded.status(status))
}

/// A warning about a log that several processes wrote.
fn several(name: &str, writers: &[u32]) -> String {
    let writers: Vec<_> = writers.iter().map(u32::to_string).collect();
    format!(
        "warning: {name}: processes {} wrote this log; their accesses were run as those of one \
         program. --pid N takes only what follows the lines of process N; valgrind \
         --log-file=NAME.%p gives each process a log of its own",
        writers.join(", ")
    )
}

/// The configuration of the run: `os` of a scenario, built from the options.
fn environment(arguments: &TraceArgs, xlen: Xlen) -> anyhow::Result<Environment> {
    let mode = match (arguments.mode, xlen) {
        (Some(mode), _) => mode,
        (None, Xlen::Rv32) => Mode::Sv32,
        (None, Xlen::Rv64) => Mode::Sv39,
    };
    let fits = (mode == Mode::Sv32) == (xlen == Xlen::Rv32);
    ensure!(fits, "configuration `{}` does not support {}", arguments.config, mode.name());
    let integer = |value: u64| i64::try_from(value).map(Value::Integer);
    let mut table = Table::new();
    for (name, key, value) in [
        ("--frames", "frames", arguments.frames),
        ("--tick", "tick_every", arguments.tick),
        ("--swap", "swap", arguments.swap.map(u64::from)),
        ("--seed", "seed", arguments.seed),
    ] {
        if let Some(value) = value {
            let value = integer(value).with_context(|| format!("{name} {value} is too large"))?;
            table.insert(key.to_owned(), value);
        }
    }
    if let Some(policy) = arguments.policy {
        table.insert("policy".to_owned(), Value::String(policy.name().to_owned()));
    }
    for text in &arguments.os {
        let (key, value) = text
            .split_once('=')
            .with_context(|| format!("--os {text}: write KEY=VALUE, as quantum=5000"))?;
        let key = key.trim();
        ensure!(
            !table.contains_key(key),
            "--os {text}: `{key}` is set twice, or has an option of its own"
        );
        let value = single(value.trim()).map_err(|error| anyhow!("--os {text}: {error}"))?;
        set(&mut table, key, value).map_err(|error| anyhow!("--os {text}: {error}"))?;
    }
    let os = Value::Table(table).try_into::<OsText>();
    let os = os.map_err(|error| anyhow!("--os: {}", error.message()))?;
    let environment = Environment::new(&os, mode, arguments.latency.0, !arguments.svade);
    environment.map_err(anyhow::Error::msg)
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

/// The name of the traced process: the file's name up to its first dot.
fn process_name(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.split('.').next() {
        Some(first) if !first.is_empty() => first,
        _ => file,
    }
}

/// Reports what ended the run on standard error; returns the exit status.
fn status(outcome: &Outcome) -> Status {
    if let Some(error) = &outcome.error {
        output::note(&format!("error: {error}"));
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
            output::note(&format!("process {pid} was killed: {death}"));
            return Status::Differs;
        }
    }
    Status::Fine
}

/// The trace's file: how much of it was read, and its size if it can be read again.
struct Source {
    path: PathBuf,
    read: Rc<Cell<u64>>,
    size: Option<u64>,
}

impl Source {
    fn new(path: &Path) -> io::Result<Source> {
        let mut size = None;
        if path != Path::new("-") {
            let metadata = fs::metadata(path)?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            size = metadata.is_file().then_some(metadata.len());
        }
        Ok(Source { path: path.to_owned(), read: Rc::default(), size })
    }

    fn open(&self) -> io::Result<Box<dyn BufRead>> {
        if self.path == Path::new("-") {
            return decompress(io::stdin());
        }
        self.read.set(0);
        decompress(Counting { file: File::open(&self.path)?, read: self.read.clone() })
    }
}

/// Counts the bytes read from a file.
struct Counting {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read(buffer)?;
        self.read.set(self.read.get() + bytes as u64);
        Ok(bytes)
    }
}

/// A program with a progress bar.
struct Watched {
    program: Recorded,
    progress: Progress,
    read: Rc<Cell<u64>>,
    size: Option<u64>,
    steps: u64,
    /// The processes that wrote the log.
    writers: Rc<RefCell<Vec<u32>>>,
}

impl Watched {
    fn show(&self) {
        self.progress.set(if self.size.is_some() { self.read.get() } else { self.steps });
    }
}

impl Program for Watched {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) {
            self.show();
        }
        let next = self.program.next();
        if next.is_none() {
            self.writers.replace(self.program.inner().processes().to_vec());
        }
        next
    }

    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        let before = ahead.len();
        self.program.accesses(end, ahead);
        let steps = self.steps + (ahead.len() - before) as u64;
        if steps / STEPS > self.steps / STEPS {
            self.show();
        }
        self.steps = steps;
    }

    fn touched(&mut self, end: u64, touched: &mut Vec<Access>) {
        self.program.touched(end, touched);
        self.show();
    }

    fn position(&self) -> String {
        self.program.position()
    }
}
