//! What is recorded of an MMU, its memory and its operating system.
//!
//! Attach the recorder to a [`crate::system::Machine`] as its observer; without a machine call
//! [`Recorder::cycle`] for each clock cycle, and the other methods when something happens. What is
//! recorded, by scope:
//!
//! | scope | what | file |
//! |---|---|---|
//! | `satp`, `run` | mode, ASID and root page number of the context; clock, reset | `pins` |
//! | `fetch`, `data` | the two translation ports: request, answer | `port` |
//! | `events`, `fence`, `fault` | counter events, the fence port, the held fault | `pins` |
//! | `memory` | the walker's port to memory, with the page-table entry decoded | `memory`, `pte` |
//! | `os` | what the operating system does; instants as events | `system` |
//! | `hart` | what the hart of a computer executes | `processor` |
//! | `hart1`, … | all of these but `os`, of each further hart | `pins` |
//! | `mmu` | the first hart's own signals, as [`model::mmu::Mmu::signals`] names them | |
//!
//! Each signal is declared in one of these files, once: its place, its value and its row. `words`
//! has the names of values.

mod memory;
mod pins;
mod port;
mod processor;
mod pte;
mod system;
mod words;

use std::path::Path;

use waves::save::Trace;
use waves::{Error, SignalId, Writer};

use super::recorder::{Recording, Scene, hart_group};
use super::story::GROUP;
use super::table::Declare;
use super::timeline::Timeline;
use super::view::{Choice, Opening};
use crate::board::{HartId, Paged, WorldState};
use kernel::{Activity, Event, Pid};
use model::isa::{Extensions, Xlen};
use model::mmu::{Inputs, Mmu, Outputs, Port, Pulse, Signal};
use model::record::Mark;
use pins::{Built, Pins};
pub use processor::Names;
use processor::Processor;
use system::System;

/// Cycles in view before and after the moment on which the view opens.
const BEFORE: u64 = 20;
const AFTER: u64 = 36;

/// Maximum number of cycles until the kernel has classified the fault, for which the view
/// continues.
const PATIENCE: u64 = 240;

/// The level of the entry that is read, and of the next one.
const LEVELS: [&str; 2] = ["at_level", "next_level"];

/// Describes the machine that is recorded.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The machine's width.
    pub xlen: Xlen,
    /// The extensions that its MMUs implement.
    pub extensions: Extensions,
    /// How many harts there are.
    pub harts: usize,
    /// Names of processes, that of process 1 first.
    pub processes: Vec<String>,
    /// For recordings of a computer: names of addresses.
    pub computer: Option<Names>,
}

/// An MMU, its memory and its operating system, as they are in the current cycle.
#[derive(Debug)]
pub struct Machine {
    /// The pins of each hart.
    pins: Vec<Pins>,
    system: System,
    processor: Option<Processor>,
    /// The first fault, and when the kernel classified it.
    fault: Option<u64>,
    understood: Option<u64>,
    /// The first miss, for runs without a fault.
    miss: Option<u64>,
}

/// The recorder of such a machine.
pub type Recorder = super::recorder::Recorder<Machine>;

impl Scene for Machine {
    type Machine = Paged;
    type Pins = Pins;

    const HARDWARE: &'static str = "mmu";
    const CLOCK_RUNS: bool = true;

    fn pins(&self) -> &[Pins] {
        &self.pins
    }

    fn has_begun(&self) -> bool {
        self.pins.iter().all(|pins| pins.begun)
    }

    fn declare_pins(pins: &Pins, declare: &mut Declare<'_, Pins>) -> Result<(), Error> {
        pins::declare(declare, pins.xlen, pins.built)
    }

    fn declare_system(&self, declare: &mut Declare<'_, Machine>) -> Result<(), Error> {
        if self.processor.is_some() {
            processor::declare(declare)?;
        }
        system::declare(declare)
    }

    fn groups(&self, choice: Choice) -> Vec<(String, bool)> {
        let ports = ["Request", "TLB", "Walker", "Memory bus", "Fault"].map(str::to_owned);
        let others = (1..self.pins.len()).map(hart_group);
        let protection = self.pins.first().filter(|pins| pins.built.protected);
        let protection = protection.map(|_| pins::PROTECTION.to_owned());
        let ports = ports.into_iter().chain(protection).chain(others);
        let ports = ports.map(|name| (name, choice != Choice::Os));
        let system = Some((GROUP.to_owned(), true)).filter(|_| self.system.is_there());
        let hart = self.processor.as_ref().map(|_| (processor::GROUP.to_owned(), true));
        let ports = hart.into_iter().chain(ports);
        match choice {
            Choice::Hardware => ports.chain(system).collect(),
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

    fn pending(&self, now: u64, to: u64, cycle: bool) -> [Option<u64>; 2] {
        // Ports are idle in cycles that are left out.
        let next = now.saturating_add(1);
        [Some(next).filter(|next| *next < to || !cycle), None]
    }

    fn ends(&mut self, _at: u64) {
        self.pins.iter_mut().for_each(Pins::rest);
    }

    fn cycle(
        &mut self,
        line: &mut Timeline,
        hart: HartId,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> bool {
        if line.wave.past_window() {
            return false;
        }
        self.pins[hart].cycle(inputs, outputs);
        let visible = line.now.filter(|now| line.window.contains(*now));
        for answer in outputs.responses.values() {
            if let (Some(Err(fault)), Some(now)) = (answer, line.now) {
                let name = words::CAUSES[words::cause(fault.cause)];
                line.first_of(name, now, name);
                self.fault = self.fault.or(visible);
            }
        }
        let missed = Port::ALL.iter().any(|port| outputs.events.has(Pulse::miss(*port)));
        self.miss = self.miss.or(visible.filter(|_| missed));
        true
    }

    fn sample(mmu: &dyn Mmu, all: bool, tell: &mut dyn FnMut(usize, u128)) {
        if !all {
            return mmu.changes(tell);
        }
        let mut values = Vec::new();
        mmu.values(&mut values);
        values.into_iter().enumerate().for_each(|(at, value)| tell(at, value));
    }

    fn around(&mut self, world: &WorldState) -> bool {
        let executes = self.processor.as_mut().is_some_and(|hart| hart.executes(world.executing));
        if world.pid.is_none() && !self.system.is_there() {
            // No operating system of the simulation, so far.
            return executes;
        }
        let doing = self.system.activity(world.activity);
        let running = self.system.process(world.pid);
        self.system.free_frames(world.free_frames) || doing || running || executes
    }

    fn mark(&self, event: &Event) -> Option<(&'static str, Mark)> {
        event.kind().zip(event.mark(&self.system.names))
    }

    fn event(&mut self, cycle: u64, event: &Event, visible: bool) -> bool {
        if visible && matches!(event, Event::PageFault { .. }) {
            self.understood.get_or_insert(cycle);
        }
        self.system.event(event);
        false
    }

    fn happened(&mut self) {
        self.system.story.happened();
    }

    fn spends(&mut self, activity: Activity) -> Option<bool> {
        self.system.is_there().then(|| self.system.activity(activity))
    }
}

/// The states and levels of the walkers; everything else is below, folded.
fn walker(signals: &[(Signal, SignalId)], wave: &Writer) -> Vec<Trace> {
    // Its own, not its children's: `walker.at_level`, not `walker.held.leaf.level`.
    let is_own = |signal: &Signal| {
        signal.path.rsplit('.').nth(1).is_some_and(|scope| scope.contains("walker"))
    };
    let own = || signals.iter().filter(|(signal, _)| is_own(signal));
    let states = own().filter(|(signal, _)| !signal.names.is_empty());
    let named = |signal: &Signal, name: &&str| signal.path.ends_with(&format!(".{name}"));
    let levels = LEVELS.iter().flat_map(|name| own().filter(move |(of, _)| named(of, name)));
    let alias = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    let row = |(signal, id): &(Signal, SignalId)| Trace::of(wave, *id).alias(&alias(&signal.path));
    states.chain(levels).map(row).collect()
}

impl Recorder {
    /// Opens the dump; the path's extension is usually that of the format.
    ///
    /// # Errors
    /// When the file cannot be created, or a signal's name is invalid.
    pub fn create(path: &Path, recording: Recording, subject: Subject) -> Result<Recorder, Error> {
        let Subject { xlen, extensions, harts, processes, computer } = subject;
        // The blocks of a part are there, or they are not.
        let has = |block: &str| recording.signals.iter().any(|of| of.path.starts_with(block));
        let built = Built { protected: has("protection"), traced: has("data_trace") };
        let pins = (0..harts.max(1)).map(|_| Pins::new(xlen, extensions, built)).collect();
        let system = System::new(processes);
        let processor = computer.map(|names| Processor::new(xlen, names));
        let scene = Machine { pins, system, processor, fault: None, understood: None, miss: None };
        Recorder::open(path, recording, scene)
    }

    /// One cycle of a hart; `values` are those of [`model::mmu::Mmu::values`] of the first hart,
    /// and may be empty in a cycle that is not [wanted](Recorder::wants).
    ///
    /// Cycle numbers increase; those left out are shown with idle ports.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn cycle(
        &mut self,
        cycle: u64,
        hart: HartId,
        inputs: &Inputs,
        outputs: &Outputs,
        values: &[u128],
    ) -> Result<(), Error> {
        self.pins_of(cycle, hart, inputs, outputs)?;
        if self.line.wave.past_window() { Ok(()) } else { self.show_values(values) }
    }

    /// Something happened in the operating system.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn event(&mut self, cycle: u64, event: &Event) -> Result<(), Error> {
        self.happens(cycle, event)
    }

    /// The processor's activity from this cycle on.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn activity(&mut self, cycle: u64, activity: Activity) -> Result<(), Error> {
        self.change(cycle, |scene| scene.system.activity(activity))
    }

    /// The running process, or none, from this cycle on.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn process(&mut self, cycle: u64, pid: Option<Pid>) -> Result<(), Error> {
        self.change(cycle, |scene| scene.system.process(pid))
    }

    /// The number of free frames of physical memory from this cycle on.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn free_frames(&mut self, cycle: u64, frames: u64) -> Result<(), Error> {
        self.change(cycle, |scene| scene.system.free_frames(frames))
    }
}
