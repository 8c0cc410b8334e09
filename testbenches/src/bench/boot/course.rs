//! One boot of one entrant.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use engine::{Engine, find};
use hart::Misaligned;
use machine::computer::{Computer, Stop};
use model::isa::Privilege;
use platform::Ending;

use super::super::BenchError;
use super::super::clock::CpuClock;
use super::replay::Model;
use super::{BootBenchError, BootOptions, Entrant, Length};
use crate::boot::{Boot, Extensions, Kernel, Machine};
use crate::linux::{self, Header, Kind, Packages, in_qemu};

/// Bytes of RAM.
const MEMORY: u64 = 96 << 20;
/// Steps between two looks whether to go on.
const STRETCH: u64 = 1 << 20;
/// Steps between two looks whether the kernel has begun.
const STEP: u64 = 64;
/// More steps than any boot has.
const MOST: u64 = 20_000_000_000;
/// Real time that QEMU may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// CPU time, without what is done before the first instruction.
    pub(super) seconds: f64,
    /// Instructions completed.
    pub(super) instructions: Option<u64>,
    /// Cycles, or of Verilator those in which it was evaluated.
    pub(super) cycles: Option<u64>,
}

/// What all entrants boot.
pub(super) struct Course<'a> {
    packages: &'a Packages,
    boot: Boot,
    part: u64,
    model: Option<Model>,
}

/// What a computer prints, kept.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn last(&self) -> String {
        let text = String::from_utf8_lossy(&self.0.borrow()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

type GoOn<'g> = dyn FnMut() -> Result<(), BenchError> + 'g;

impl<'a> Course<'a> {
    pub(super) fn new(
        options: &BootOptions,
        packages: &'a Packages,
    ) -> Result<Course<'a>, BenchError> {
        let read = |path: &Path| {
            fs::read(path).map_err(|error| BootBenchError::File(path.display().to_string(), error))
        };
        let bytes = read(&packages.image)?;
        let name = packages.image.display().to_string();
        let header = Header::read(&name, &bytes);
        let header = header.map_err(|error| BootBenchError::Image(name, error))?;
        let (offset, size) = (header.text_offset, header.image_size);
        let busybox = read(&packages.busybox)?;
        let initrd = linux::initramfs(Kind::Tour, &busybox, &[]).map_err(BootBenchError::from)?;
        let arguments = match options.length {
            Length::Lean => linux::LEAN,
            Length::Default => linux::DEFAULT,
        };
        let boot = Boot {
            kernel: Kernel::Image { bytes, offset, size },
            firmware: Some(read(&packages.firmware)?),
            initrd: Some(initrd),
            arguments: arguments.to_owned(),
            disk: None,
            machine: Machine {
                config: find(Entrant::Emulator.config().unwrap_or_default())?,
                engine: Engine::Compiled,
                memory: MEMORY,
                latency: 10,
                data_latency: 1,
                misaligned: Misaligned::Split,
                extensions: Extensions { svadu: true, ..Extensions::default() },
                seed: 1,
            },
        };
        Ok(Course { packages, boot, part: options.part, model: None })
    }

    /// Boots once.
    pub(super) fn run(
        &mut self,
        entrant: Entrant,
        go_on: &mut GoOn<'_>,
    ) -> Result<Run, BenchError> {
        if let Some(name) = entrant.config() {
            self.boot.machine.config = find(name)?;
        }
        match entrant {
            Entrant::Qemu => {
                let boot = in_qemu(&self.boot, self.packages, PATIENCE);
                let boot = boot.map_err(BootBenchError::from)?;
                let seconds = boot.cpu.as_secs_f64();
                Ok(Run { seconds, instructions: None, cycles: None })
            }
            Entrant::Hardware(_) | Entrant::Parts => self.whole(entrant, go_on),
            Entrant::Emulator => self.emulator(go_on),
            Entrant::Part => {
                let (mut computer, paper) = self.computer(entrant)?;
                to_the_kernel(&mut computer, &paper, entrant)?;
                self.part_of(&mut computer, &paper, entrant, go_on)
            }
            Entrant::Verilator => self.verilator(go_on),
        }
    }

    fn computer(&self, entrant: Entrant) -> Result<(Computer, Paper), BenchError> {
        let paper = Paper::default();
        let computer = self.boot.computer(Box::new(paper.clone()), true);
        let mut computer = computer.map_err(BootBenchError::from)?;
        computer.board_mut().set_checks(entrant.checks());
        Ok((computer, paper))
    }

    fn whole(&self, entrant: Entrant, go_on: &mut GoOn<'_>) -> Result<Run, BenchError> {
        let (mut computer, paper) = self.computer(entrant)?;
        let clock = CpuClock::start();
        let stop = to_the_end(&mut |steps| computer.run(steps), go_on)?;
        let seconds = clock.seconds();
        must_be_off(entrant, &stop, &paper)?;
        let (instructions, cycles) = (computer.hart().retired(), computer.cycles());
        Ok(Run { seconds, instructions: Some(instructions), cycles: Some(cycles) })
    }

    fn emulator(&self, go_on: &mut GoOn<'_>) -> Result<Run, BenchError> {
        let paper = Paper::default();
        let emulator = self.boot.emulator(Box::new(paper.clone()));
        let mut emulator = emulator.map_err(BootBenchError::from)?;
        let clock = CpuClock::start();
        let stop = to_the_end(&mut |steps| emulator.run(steps), go_on)?;
        let seconds = clock.seconds();
        must_be_off(Entrant::Emulator, &stop, &paper)?;
        Ok(Run { seconds, instructions: Some(emulator.hart().retired()), cycles: None })
    }

    /// The part, of a computer whose kernel has just begun.
    fn part_of(
        &self,
        computer: &mut Computer,
        paper: &Paper,
        entrant: Entrant,
        go_on: &mut GoOn<'_>,
    ) -> Result<Run, BenchError> {
        let (instructions, cycles) = (computer.hart().retired(), computer.cycles());
        let clock = CpuClock::start();
        let mut left = self.part;
        while left > 0 {
            let before = computer.steps();
            let stop = computer.run(left.min(STRETCH));
            if !matches!(stop, Stop::Limit) {
                return Err(ended(entrant, &stop, paper));
            }
            left = left.saturating_sub(computer.steps() - before);
            go_on()?;
        }
        let seconds = clock.seconds();
        Ok(Run {
            seconds,
            instructions: Some(computer.hart().retired() - instructions),
            cycles: Some(computer.cycles() - cycles),
        })
    }

    /// The part with a model beside it; the model's time.
    fn verilator(&mut self, go_on: &mut GoOn<'_>) -> Result<Run, BenchError> {
        let config = self.boot.machine.config;
        let model = match self.model.take() {
            Some(model) => model,
            None => Model::build(config)?,
        };
        let model = self.model.insert(model);
        let (mmu, running) = model.start()?;
        let paper = Paper::default();
        let computer = self.boot.computer_around(mmu, Box::new(paper.clone()), true);
        let mut computer = computer.map_err(BootBenchError::from)?;
        computer.board_mut().set_checks(Entrant::Verilator.checks());
        to_the_kernel(&mut computer, &paper, Entrant::Verilator)?;
        running.begin();
        let run = self.part_of(&mut computer, &paper, Entrant::Verilator, go_on)?;
        let replayed = running.finish(config)?;
        Ok(Run { seconds: replayed.seconds, cycles: Some(replayed.cycles), ..run })
    }
}

/// Runs until the firmware has entered the kernel.
fn to_the_kernel(
    computer: &mut Computer,
    paper: &Paper,
    entrant: Entrant,
) -> Result<(), BenchError> {
    while computer.hart().privilege() == Privilege::Machine {
        let stop = computer.run(STEP);
        if !matches!(stop, Stop::Limit) || computer.steps() > MOST {
            return Err(ended(entrant, &stop, paper));
        }
    }
    Ok(())
}

/// Runs to the end, in stretches.
fn to_the_end(run: &mut dyn FnMut(u64) -> Stop, go_on: &mut GoOn<'_>) -> Result<Stop, BenchError> {
    for _ in 0..MOST / STRETCH {
        let stop = run(STRETCH);
        if !matches!(stop, Stop::Limit) {
            return Ok(stop);
        }
        go_on()?;
    }
    Ok(Stop::Limit)
}

fn must_be_off(entrant: Entrant, stop: &Stop, paper: &Paper) -> Result<(), BenchError> {
    match stop {
        Stop::Ended(Ending::PowerOff) => Ok(()),
        stop => Err(ended(entrant, stop, paper)),
    }
}

fn ended(entrant: Entrant, stop: &Stop, paper: &Paper) -> BenchError {
    let how = match stop {
        Stop::Limit => format!("it had not ended after {MOST} steps"),
        Stop::Ended(ending) => format!("it ended by {ending:?}"),
        Stop::Hardware(error) => error.to_string(),
        Stop::Asleep => "it waits for an interrupt that never comes".to_owned(),
        other => format!("it stopped by {other:?}"),
    };
    BootBenchError::Ended { what: entrant.name(), how, last: paper.last() }.into()
}
