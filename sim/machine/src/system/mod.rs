//! A board with an operating system and a processor: [`Machine`] runs processes to their end.
//!
//! ```
//! use machine::cpu::Listed;
//! use model::golden::IdealMmu;
//! use model::isa::{Access, Xlen};
//! use machine::system::{Machine, MachineConfig, ProcessSpec};
//! use kernel::{Layout, RegionKind, RegionSpec};
//! use std::sync::atomic::AtomicBool;
//!
//! let bss = RegionSpec::new(RegionKind::Bss, 0x10000, 4);
//! let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), MachineConfig::default())?;
//! machine.spawn(ProcessSpec {
//!     name: "one".into(),
//!     layout: Layout::Regions(vec![bss]),
//!     program: Box::new(Listed::accesses(Access::Store, 8, [0x10000, 0x11000])),
//!     frames: None,
//! })?;
//! let outcome = machine.run(&AtomicBool::new(false));
//! assert!(outcome.error.is_none());
//! assert_eq!(outcome.report.total.faults.minor_faults, 2);
//! # Ok::<(), machine::system::RunError>(())
//! ```
//!
//! While the MMU is idle and every process waits (for the disk, for the kernel's own work), cycles
//! are skipped: they would change nothing.
//!
//! | file | does |
//! |---|---|
//! | `build`, `image` | construction of a machine from its configuration; programs from ELF files |
//! | `hardware`, `walks` | the board with the buses of the processor and of the kernel; its walks |
//! | `run`, `step`, `job` | processes in turn; one cycle of the running one; its work in progress |
//! | `stride`, `known` | consecutive cycles in which every request hits; pages whose place is known |
//! | `calls`, `user_access` | system calls; the kernel's accesses to a process's memory |
//! | `report`, `error` | the result of a run, and what ends it early |
//! | `series`, `look` | samples of the counters during a run; looks from outside |

mod build;
mod calls;
mod error;
mod hardware;
mod image;
mod job;
mod known;
mod look;
mod report;
mod run;
mod series;
mod step;
mod stride;
mod user_access;
mod walks;

pub use crate::board::{Chronicle, Cycle, Life, Observer, StepError, WorldState};
pub use build::{Master, Wrap};
pub use error::RunError;
pub use hardware::Hardware;
pub use image::{ElfImage, ImageError};
pub use kernel::MachineConfig;
pub use look::Look;
pub use model::bus::LatencySpec;
pub use series::{Every, Sample};

use crate::board::HartId;
use crate::cpu::{Common, Core, Format, Program, Shadow};
use crate::stats::Report;
use job::{Job, Jobs};
use kernel::{Layout, Os, Pid, State, VirtualPage};
use model::cache::Cache;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The hart that the kernel and the processes run on.
const HART: HartId = 0;

/// A process to be created.
pub struct ProcessSpec {
    /// Its name in reports.
    pub name: String,
    /// Its regions.
    pub layout: Layout,
    /// Its program.
    pub program: Box<dyn Program>,
    /// The limit of frames for its pages: with a limit it replaces only its own pages.
    pub frames: Option<u64>,
}

/// The target of a `fork` or `exec`.
pub struct Template {
    /// The regions of the new image; `fork` takes those of the parent.
    pub layout: Layout,
    /// Makes its program, a new one each time.
    pub program: Box<dyn Fn() -> Box<dyn Program>>,
}

/// The outcome of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Everything counted until the end, successful or not.
    pub report: Report,
    /// The state of each process, by number; [`State::Runnable`] means that it was not finished.
    pub states: Vec<(Pid, State)>,
    /// What ended the run early.
    pub error: Option<RunError>,
    /// It was stopped on request.
    pub stopped: bool,
}

/// A whole machine.
pub struct Machine {
    hardware: Hardware,
    os: Os,
    core: Core,
    jobs: Jobs,
    templates: BTreeMap<String, Template>,
    /// The template of each forked process.
    origins: BTreeMap<Pid, String>,
    /// The format of the trace of each process that runs one.
    formats: BTreeMap<Pid, Format>,
    /// Files and shared memory, with their expected contents.
    common: Rc<Common>,
    config: MachineConfig,
    /// The model of a cache, which counts what the ports' buses carry.
    cache: Option<Rc<RefCell<Cache>>>,
    /// Cycles in a row in which nothing moved.
    quiet: u64,
    /// Turns in a row in which no process completed a step.
    fruitless: u64,
    /// How often the kernel was entered.
    entries: u64,
    /// The samples, if any are taken.
    series: Option<series::Series>,
    /// Who looks at it during a run.
    looks: Option<look::Looks>,
}

impl Machine {
    /// Creates a process; [`Machine::run`] will run it.
    ///
    /// # Errors
    /// When its layout is invalid, or the hardware fails.
    pub fn spawn(&mut self, spec: ProcessSpec) -> Result<Pid, RunError> {
        let pid = self.os.spawn(&mut self.hardware, &spec.name, &spec.layout, spec.frames)?;
        let shadow = Shadow::new(self.common.clone());
        self.formats.extend(spec.program.format().map(|format| (pid, format)));
        self.jobs.insert(pid, Job::new(spec.program, shadow));
        Ok(pid)
    }

    /// Registers a target of `fork` and `exec`.
    pub fn template(&mut self, name: &str, template: Template) {
        self.templates.insert(name.to_owned(), template);
    }

    /// Puts a program's file on the disk, so that regions can map it.
    ///
    /// # Errors
    /// [`RunError::Config`] if shared memory has the file's name.
    pub fn provide(&mut self, image: &ElfImage) -> Result<(), RunError> {
        let length = image.pages.len() as u64;
        let file = self.os.provide(&image.file, length).map_err(RunError::Config)?;
        for (page, data) in (0..).zip(&image.pages) {
            self.os.write_file(file, page, data);
            self.common.provide(file, page, data.clone());
        }
        Ok(())
    }

    /// Tells an oracle of the future ([`kernel::PolicyKind::Opt`]) every access to come, in order,
    /// at once or in parts. What it recorded in another run of the same programs can be used:
    /// [`kernel::replace::Policy::heard`].
    pub fn foresee(&mut self, future: &[VirtualPage]) {
        self.os.foresee(future);
    }

    /// Attaches an observer, from now on.
    pub fn observe(&mut self, observer: Box<dyn Observer>) {
        self.hardware.board.attach(observer);
    }

    /// The template of a forked process; `None` if it was not forked.
    pub fn origin(&self, pid: Pid) -> Option<&str> {
        self.origins.get(&pid).map(String::as_str)
    }

    /// The hardware, read-only.
    pub fn hardware(&self) -> &Hardware {
        &self.hardware
    }

    /// The hardware, to configure it before the run.
    pub fn hardware_mut(&mut self) -> &mut Hardware {
        &mut self.hardware
    }

    /// The operating system, read-only.
    pub fn os(&self) -> &Os {
        &self.os
    }

    /// The configuration.
    pub fn config(&self) -> &MachineConfig {
        &self.config
    }
}

#[cfg(test)]
mod tests;
