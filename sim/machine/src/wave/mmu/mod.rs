//! What is recorded of an MMU, its memory and its operating system.
//!
//! A machine calls [`Recorder::cycle`] for each clock cycle that it makes, and the others when
//! they have something to tell; a [`crate::system::Machine`] does all that when the recorder is
//! attached as its observer. What is recorded, by scope:
//!
//! | scope | what | file |
//! |---|---|---|
//! | `satp`, `run` | mode, ASID and root page number of the context; clock, reset | `pins` |
//! | `fetch`, `data` | the two translation ports: request, answer | `port` |
//! | `events`, `fence`, `fault` | counter events, the fence port, the held fault | `pins` |
//! | `memory` | the walker's port to memory, with the page-table entry decoded | `memory`, `pte` |
//! | `os` | what the operating system does; instants as events | `system`, `told` |
//! | `mmu` | the engine's own signals, as [`model::mmu::Mmu::signals`] names them | |
//!
//! Each signal is declared in one of these files, once: its place, its value and its row.
//! `words` has the names of values, `observer` attaches the recorder to a machine.

mod memory;
mod observer;
mod pins;
mod port;
mod pte;
mod system;
mod told;
mod words;

use std::path::Path;

use waves::save::Trace;
use waves::{Error, SignalId, Writer};

use super::recorder::{Recording, Scene};
use super::table::Declare;
use super::view::{Choice, Opening};
use kernel::{Activity, Event, Pid};
use model::isa::Xlen;
use model::mmu::{Inputs, Outputs, Port, Pulse, Signal};
use pins::Pins;
use system::System;

/// Cycles in sight before and after the moment that the view opens on.
const BEFORE: u64 = 20;
const AFTER: u64 = 36;

/// Cycles for which the view goes on until the kernel has understood the fault, at most.
const PATIENCE: u64 = 240;

/// Engine signals of the walker, beside its states, that are shown unfolded.
const PLAIN_ROWS: usize = 3;

/// Whose run is recorded.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The machine's width.
    pub xlen: Xlen,
    /// Names of processes, that of process 1 first.
    pub processes: Vec<String>,
}

/// An MMU, its memory and its operating system, as they are in the current cycle.
#[derive(Debug)]
pub struct Machine {
    pins: Pins,
    system: System,
    /// The first fault, and when the kernel understood it.
    fault: Option<u64>,
    understood: Option<u64>,
    /// The first miss, for runs without a fault.
    miss: Option<u64>,
}

/// The recorder of such a machine.
pub type Recorder = super::recorder::Recorder<Machine>;

impl Scene for Machine {
    const HARDWARE: &'static str = "mmu";

    fn pins(&self, declare: &mut Declare<'_, Machine>) -> Result<(), Error> {
        pins::declare(declare, self.pins.xlen)
    }

    fn system(&self, declare: &mut Declare<'_, Machine>) -> Result<(), Error> {
        system::declare(declare)
    }

    fn groups(&self, choice: Choice) -> Vec<(&'static str, bool)> {
        let ports = ["Request", "TLB", "Walker", "Memory bus", "Fault"];
        let ports = ports.map(|name| (name, choice != Choice::Os));
        let system = Some((system::GROUP, true)).filter(|_| self.system.is_there());
        match choice {
            Choice::Hardware => ports.into_iter().chain(system).collect(),
            Choice::Os | Choice::All => system.into_iter().chain(ports).collect(),
        }
    }

    fn own_rows(group: &str, signals: &[(Signal, SignalId)], wave: &Writer) -> Vec<Trace> {
        if group == "Walker" { walker(signals, wave) } else { Vec::new() }
    }

    fn opening(&self) -> Opening {
        let moment = self.fault.or(self.miss);
        let soon = |cycle: &u64| {
            moment.is_some_and(|at| (at..=at.saturating_add(PATIENCE)).contains(cycle))
        };
        Opening {
            story: self.system.is_there(),
            moment,
            before: BEFORE,
            after: AFTER,
            until: self.understood.filter(soon),
        }
    }
}

/// The states of the walker and a few narrow registers; all the rest is below, folded.
fn walker(signals: &[(Signal, SignalId)], wave: &Writer) -> Vec<Trace> {
    let is_walker =
        |signal: &Signal| signal.path.split('.').next().is_some_and(|scope| scope.contains("walk"));
    let own = || signals.iter().filter(|(signal, _)| is_walker(signal));
    let states = own().filter(|(signal, _)| !signal.names.is_empty());
    let narrow = own()
        // Its own, not its children's: `walker.at_level`, not `walker.held.leaf.level`.
        .filter(|(signal, _)| signal.path.split('.').count() == 2)
        .filter(|(signal, _)| signal.names.is_empty() && (2..=8).contains(&signal.width))
        .take(PLAIN_ROWS);
    let alias = |path: &str| path.split_once('.').map_or(path, |(_, rest)| rest).replace('.', " ");
    let row = |(signal, id): &(Signal, SignalId)| Trace::of(wave, *id).alias(&alias(&signal.path));
    states.chain(narrow).map(row).collect()
}

impl Recorder {
    /// Opens the dump; the path's extension is usually that of the format.
    ///
    /// # Errors
    /// When the file cannot be made, or a signal's name is none.
    pub fn create(path: &Path, recording: Recording, subject: Subject) -> Result<Recorder, Error> {
        let Subject { xlen, processes } = subject;
        let (pins, system) = (Pins::new(xlen), System::new(processes));
        let scene = Machine { pins, system, fault: None, understood: None, miss: None };
        Recorder::open(path, recording, scene)
    }

    /// One cycle of the MMU; `values` are those of [`model::mmu::Mmu::values`], and may be empty
    /// in a cycle that is not [wanted](Recorder::wants).
    ///
    /// Cycles increase; those left out are shown with idle ports.
    ///
    /// # Errors
    /// What the file says.
    pub fn cycle(
        &mut self,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        values: &[u128],
    ) -> Result<(), Error> {
        self.ports(cycle, inputs, outputs)?;
        if self.line.wave.past_window() { Ok(()) } else { self.show_values(values) }
    }

    /// The pins of one cycle, without the engine's signals.
    fn ports(&mut self, cycle: u64, inputs: &Inputs, outputs: &Outputs) -> Result<(), Error> {
        self.begin(cycle)?;
        if self.line.wave.past_window() {
            return Ok(());
        }
        self.scene.pins.cycle(inputs, outputs);
        self.show_pins()?;
        let visible = self.line.window.contains(cycle);
        for answer in outputs.responses.values() {
            if let Some(Err(fault)) = answer {
                let name = words::CAUSES[words::cause(fault.cause)];
                self.line.first_of(name, cycle, name);
                self.scene.fault = self.scene.fault.or(Some(cycle).filter(|_| visible));
            }
        }
        let missed = Port::ALL.iter().any(|port| outputs.events.has(Pulse::miss(*port)));
        self.scene.miss = self.scene.miss.or(Some(cycle).filter(|_| missed && visible));
        Ok(())
    }

    /// Something happened in the operating system.
    ///
    /// # Errors
    /// What the file says.
    pub fn event(&mut self, cycle: u64, event: &Event) -> Result<(), Error> {
        self.at(cycle)?;
        let kind = system::kind(event);
        match event {
            Event::Kill { pid, .. } => {
                let name = format!("kill {}", self.scene.system.names.of(*pid));
                self.line.every(cycle, &name);
            }
            Event::PageFault { kind, .. } => {
                let name = format!("{} fault", kind.name());
                self.line.first_of(&name, cycle, &name);
            }
            _ if kind.is_empty() => {}
            _ => self.line.first_of(kind, cycle, &kind.replace('_', " ")),
        }
        if matches!(event, Event::PageFault { .. }) && self.line.window.contains(cycle) {
            self.scene.understood.get_or_insert(cycle);
        }
        self.scene.system.event(event);
        self.show_system()?;
        self.scene.system.happened();
        Ok(())
    }

    /// From this cycle on the processor does this.
    ///
    /// # Errors
    /// What the file says.
    pub fn activity(&mut self, cycle: u64, activity: Activity) -> Result<(), Error> {
        self.change(cycle, |system| system.activity(activity))
    }

    /// From this cycle on this process runs, or none.
    ///
    /// # Errors
    /// What the file says.
    pub fn process(&mut self, cycle: u64, pid: Option<Pid>) -> Result<(), Error> {
        self.change(cycle, |system| system.process(pid))
    }

    /// From this cycle on so many frames of physical memory are free.
    ///
    /// # Errors
    /// What the file says.
    pub fn free_frames(&mut self, cycle: u64, frames: u64) -> Result<(), Error> {
        self.change(cycle, |system| system.free_frames(frames))
    }

    /// What the operating system does may change, and is shown if it did.
    fn change(
        &mut self,
        cycle: u64,
        change: impl FnOnce(&mut System) -> bool,
    ) -> Result<(), Error> {
        self.at(cycle)?;
        if change(&mut self.scene.system) { self.show_system() } else { Ok(()) }
    }

    /// Makes `cycle` the current one, with idle ports unless it is already.
    fn at(&mut self, cycle: u64) -> Result<(), Error> {
        if self.line.has_come(cycle) {
            return Ok(());
        }
        self.begin(cycle)?;
        self.rest()
    }

    /// Makes `cycle` the current one; the ports are set by the caller. Where cycles are left out,
    /// the ports are idle through them.
    fn begin(&mut self, cycle: u64) -> Result<(), Error> {
        if self.line.now == Some(cycle) {
            return Ok(());
        }
        let next = self.line.now.map(|now| now.saturating_add(1));
        if let Some(next) = next.filter(|next| *next < cycle) {
            self.line.go(next, true)?;
            self.rest()?;
        }
        self.line.go(cycle, true)
    }

    /// Nothing is presented and nothing answered; what is state stays.
    fn rest(&mut self) -> Result<(), Error> {
        if self.scene.pins.rest() { self.show_pins() } else { Ok(()) }
    }
}
