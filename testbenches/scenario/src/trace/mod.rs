//! Recorded programs as processes: what is known about a recording before it runs, and the machine
//! that runs it.
//!
//! | part | what it is |
//! |---|---|
//! | [`Recording`] | the source of a recording, and the part of it to run |
//! | [`Recording::process`] | the recorded program as a process |
//! | [`Recording::machine`] | a machine with the recorded program as its only process |
//! | [`Traced`] (`file`) | a trace that a process of a scenario runs |
//! | [`Environment`] | its configuration, as scenarios state it |
//!
//! A recording that can be read again is read twice: first to classify its pages
//! ([`machine::cpu::Shape`]) and, if the policy looks ahead, to learn its future. A pipe is read
//! once: pages are classified by their first accesses.

mod config;
mod file;

pub use config::Environment;
pub(super) use config::long;
pub use file::Traced;

use std::io::{self, BufRead};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use kernel::{Layout, PolicyKind, RegionKind, RegionSpec, Thp, VirtualPage};
use machine::cpu::{Fit, Fitted, Format, Op, Program, ProgramError, Shape, Trace, each_page};
use machine::system::{ElfImage, Machine, MachineConfig, ProcessSpec, RunError};
use model::isa::{Mode, PAGE_BYTES};
use model::mmu::Mmu;

/// Accesses that are passed to an oracle of the future at a time.
const TOLD: usize = 1 << 16;

/// A recorded program, read from its source.
pub type Recorded = Fitted<Trace>;

/// The source of a recording, and the part of it to run.
pub struct Recording<'a> {
    /// Its name in messages.
    pub file: String,
    /// Opens it, at its beginning.
    pub open: Box<dyn Fn() -> io::Result<Box<dyn BufRead>> + 'a>,
    /// It can be opened again, with the same contents.
    pub again: bool,
    /// How to handle addresses that the scheme does not have.
    pub fit: Fit,
    /// Only the accesses of this process of the log.
    pub only: Option<u32>,
    /// Program files whose regions are known.
    pub images: Vec<ElfImage>,
}

/// Why a recording cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// An option needs the whole recording before it runs.
    #[error("{file}: {what} needs to read the trace twice, which a pipe cannot be; give a file")]
    Once {
        /// The file.
        file: String,
        /// The option.
        what: &'static str,
    },
    /// One process of a log was chosen, and the format has no processes.
    #[error("{file}: a trace in the format {format} does not say which process made an access")]
    Alone {
        /// The file.
        file: String,
        /// The format.
        format: &'static str,
    },
    /// A program file that is not the recorded program's.
    #[error(
        "--elf {image}: {file} fetches nothing from its text, {start:#x}..{end:#x}; say where it \
         was loaded, as {image}@0x108000"
    )]
    Elsewhere {
        /// The program file.
        image: String,
        /// The recording.
        file: String,
        /// The first address of its text.
        start: u64,
        /// The address after it.
        end: u64,
    },
    /// The machine cannot be built.
    #[error(transparent)]
    Machine(#[from] RunError),
    /// The recording itself has an error.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

impl Recording<'_> {
    /// The recorded program, from its beginning.
    fn read(&self, mode: Mode) -> Result<Recorded, TraceError> {
        let source = (self.open)().map_err(|source| {
            let file = self.file.clone();
            TraceError::Unreadable { file, source }
        })?;
        let mut trace = Trace::new(&self.file, source);
        if !trace.only(self.only) {
            let file = self.file.clone();
            let format = trace.format().map_or("", Format::name);
            return Err(TraceError::Alone { file, format });
        }
        Ok(Fitted::new(trace, mode, self.fit))
    }

    /// Reads the recording alone: `page` is called with the number of each page that is accessed, in
    /// order, twice for an access that crosses a page, until it says `false`. `around` wraps the
    /// program that is read.
    ///
    /// # Errors
    /// [`TraceError`].
    pub fn references(
        &self,
        mode: Mode,
        around: impl Fn(Recorded) -> Box<dyn Program>,
        mut page: impl FnMut(u64) -> bool,
    ) -> Result<(), TraceError> {
        let mut program = around(self.read(mode)?);
        let mut ahead = Vec::new();
        loop {
            ahead.clear();
            program.accesses(u64::MAX, &mut ahead);
            if ahead.is_empty() {
                match program.next() {
                    Some(Ok(Op::Access(access))) => ahead.push(access),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => return Ok(()),
                }
            }
            if !ahead.iter().flat_map(|access| access.pages()).all(&mut page) {
                return Ok(());
            }
        }
    }

    /// A process called `name` that runs the recording, with its limit of frames. `around` wraps
    /// the program that is read; `stop` ends the reading before the run.
    ///
    /// # Errors
    /// [`TraceError`]; an error in the recording itself is found by the run.
    pub fn process(
        &self,
        name: &str,
        config: &MachineConfig,
        frames: Option<u64>,
        around: &dyn Fn(Recorded) -> Box<dyn Program>,
        stop: &AtomicBool,
    ) -> Result<ProcessSpec, TraceError> {
        let mut regions: Vec<RegionSpec> =
            self.images.iter().flat_map(|image| image.regions.clone()).collect();
        if self.again {
            let mut program = around(self.read(config.mode)?);
            let shape = Shape::of(&mut *program, || !stop.load(Relaxed));
            if !stop.load(Relaxed) {
                self.images.iter().try_for_each(|image| self.matches(image, &shape))?;
            }
            regions.extend(shape.regions(&regions));
        }
        let (name, layout) = (name.to_owned(), Layout::OnDemand(regions));
        Ok(ProcessSpec { name, layout, program: around(self.read(config.mode)?), frames })
    }

    /// A machine whose only process, called `name`, runs the recording. `around` wraps the program
    /// that is read; `stop` ends the reading before the run.
    ///
    /// # Errors
    /// [`TraceError`]; an error in the recording itself is found by the run.
    pub fn machine(
        &self,
        name: &str,
        mmu: Box<dyn Mmu>,
        environment: &Environment,
        around: impl Fn(Recorded) -> Box<dyn Program>,
        stop: &AtomicBool,
    ) -> Result<Machine, TraceError> {
        let Environment { config, frames } = environment;
        let looks_ahead = config.policy == PolicyKind::Opt;
        let needs_all = match (looks_ahead, config.thp != Thp::Never) {
            (true, _) => Some("the policy opt"),
            // Without the whole recording, regions grow page by page: none contains a whole run.
            (_, true) if self.images.is_empty() => Some("os.thp"),
            _ => None,
        };
        if let Some(what) = needs_all.filter(|_| !self.again) {
            return Err(TraceError::Once { file: self.file.clone(), what });
        }
        let process = self.process(name, config, *frames, &around, stop)?;
        let mut machine = Machine::new(mmu, config.clone())?;
        self.images.iter().try_for_each(|image| machine.provide(image))?;
        let pid = machine.spawn(process)?;
        if looks_ahead {
            let mut program = around(self.read(config.mode)?);
            let mut future = Vec::with_capacity(TOLD);
            each_page(&mut *program, |vpn| {
                future.push(VirtualPage { pid, vpn });
                if future.len() == TOLD {
                    machine.foresee(&future);
                    future.clear();
                }
                !stop.load(Relaxed)
            });
            machine.foresee(&future);
        }
        Ok(machine)
    }

    /// The recording must run a program file at the file's addresses.
    fn matches(&self, image: &ElfImage, shape: &Shape) -> Result<(), TraceError> {
        let text = image.regions.iter().filter(|region| region.kind == RegionKind::Text);
        let places: Vec<_> =
            text.map(|text| text.start..text.start + text.pages * PAGE_BYTES).collect();
        if places.iter().any(|place| shape.is_fetched(place)) {
            return Ok(());
        }
        let (image, file) = (image.file.clone(), self.file.clone());
        let start = places.first().map_or(0, |place| place.start);
        let end = places.last().map_or(0, |place| place.end);
        Err(TraceError::Elsewhere { image, file, start, end })
    }
}

#[cfg(test)]
mod tests;
