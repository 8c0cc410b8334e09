//! `pagewalk trace`

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context;
use sim::cpu::{Fit, Fitted, Lackey, Op, Program, ProgramError, decompress};
use sim::isa::{Mode, Xlen};
use sim::machine::{Machine, MachineConfig, Outcome, ProcessSpec, RunError};
use sim::os::{Layout, Memory, State};
use sim::wave::Window;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::run::known;
use super::wave::Recording;
use super::{Status, TraceArgs, interrupt};
use crate::engine::{Engine, build};

/// Cycles recorded unless said otherwise: a trace runs for millions.
const WAVE_CYCLES: u64 = 20_000;
/// Steps between two looks at the clock.
const STEPS: u64 = 4096;

/// Runs a recorded program as a process, and reports.
pub(super) fn trace(arguments: &TraceArgs, engine: Engine) -> anyhow::Result<Status> {
    known(Some(&arguments.config))?;
    let mmu = build(&arguments.config, engine)?;
    let config = config(arguments, mmu.xlen())?;
    let file = arguments.file.display().to_string();
    let name = if file == "-" { "standard input" } else { &file };
    let (source, read, size) = open(&arguments.file).with_context(|| name.to_owned())?;
    let progress = match size {
        Some(size) => Progress::bytes(size),
        None => Progress::counting("steps"),
    };
    let recording = match &arguments.wave.wave {
        None => None,
        Some(directory) => {
            let Window { from, cycles } = arguments.wave.window();
            let window = Window { from, cycles: cycles.or(Some(WAVE_CYCLES)) };
            let process = process_name(name);
            let title = format!("trace {process} on {}", arguments.config);
            let names = vec![process.to_owned()];
            Some(Recording::mmu(directory, &title, window, names, &*mmu)?)
        }
    };
    let stop = interrupt::stop_flag()?;
    let fit = if arguments.fold { Fit::Fold } else { Fit::Refuse };
    let program = Fitted::new(Lackey::new(name, source), config.mode, fit);
    let watched = Watched { program, progress: progress.clone(), read, size, steps: 0 };
    let mut machine = Machine::new(mmu, config)?;
    let recording = recording.map(|(recording, observer)| {
        machine.observe(observer);
        recording
    });
    machine.spawn(ProcessSpec {
        name: process_name(name).to_owned(),
        layout: Layout::OnDemand,
        program: Box::new(watched),
        frames: None,
    })?;
    let outcome = machine.run(stop);
    progress.clear();
    if arguments.json {
        print_json(&outcome.report)?;
    } else {
        print(&outcome.report.to_string())?;
    }
    if let Some(recording) = recording {
        output::note(&format!("wave: {}", recording.finish()?.display()));
    }
    Ok(status(&outcome))
}

fn config(arguments: &TraceArgs, xlen: Xlen) -> anyhow::Result<MachineConfig> {
    let mode = match (arguments.mode.map(Mode::from), xlen) {
        (Some(mode), _) => mode,
        (None, Xlen::Rv32) => Mode::Sv32,
        (None, Xlen::Rv64) => Mode::Sv39,
    };
    let fits = (mode == Mode::Sv32) == (xlen == Xlen::Rv32);
    anyhow::ensure!(fits, "configuration `{}` does not know {}", arguments.config, mode.name());
    Ok(MachineConfig {
        mode,
        adue: !arguments.svade,
        memory: Memory { frames: arguments.frames, ..Memory::default() },
        latency: arguments.latency.0,
        swap_slots: arguments.swap,
        policy: arguments.policy,
        seed: arguments.seed,
        ..MachineConfig::default()
    })
}

/// What the traced process is called: the file's name up to its first dot.
fn process_name(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.split('.').next() {
        Some(first) if !first.is_empty() => first,
        _ => file,
    }
}

/// What ended the run, said on standard error, as an exit status.
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

type Source = (Box<dyn BufRead>, Rc<Cell<u64>>, Option<u64>);

/// The trace's text, how much of the file was read, and the file's size.
fn open(path: &Path) -> io::Result<Source> {
    let read = Rc::new(Cell::new(0));
    if path == Path::new("-") {
        return Ok((decompress(io::stdin())?, read, None));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let size = metadata.is_file().then_some(metadata.len());
    Ok((decompress(Counting { file, read: read.clone() })?, read, size))
}

/// Counts what is read of a file.
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

/// A program whose progress is shown.
struct Watched<P> {
    program: P,
    progress: Progress,
    read: Rc<Cell<u64>>,
    size: Option<u64>,
    steps: u64,
}

impl<P: Program> Program for Watched<P> {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) {
            self.progress.set(if self.size.is_some() { self.read.get() } else { self.steps });
        }
        self.program.next()
    }

    fn position(&self) -> String {
        self.program.position()
    }
}
