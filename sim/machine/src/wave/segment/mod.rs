//! What is recorded of a segmentation unit, its memory bus and an operating system without pages.
//!
//! A [`crate::contiguous::World`] tells it everything when it is attached as its observer. What
//! is recorded, by scope:
//!
//! | scope | what | file |
//! |---|---|---|
//! | `run` | the clock, which stands still while the unit is idle | |
//! | `request`, `load`, `fault`, `bus` | the unit's ports: accesses, register writes, the held fault; transfers | `ports` |
//! | `register` | what each segment register says, by the name of its segment | `registers` |
//! | `os` | what the operating system does; instants as events | `system` |
//! | `memory` | free units, longest hole, holes, fragmentation, and a map of who is where | `memory`, `map` |
//! | `unit` | the hardware's own signals, as [`crate::contiguous::SegmentUnit::signals`] names them | |
//!
//! `observer` attaches the recorder to a world.

mod map;
mod memory;
mod observer;
mod ports;
mod registers;
mod system;

use std::ops::Range;
use std::path::Path;

use waves::Error;

use super::recorder::{Recording, Scene};
use super::table::Declare;
use super::view::{Choice, Opening};
use crate::contiguous::Shape;
use memory::Memory;
use ports::Ports;
use registers::Registers;
use system::System;

/// Cycles in sight before and after the first fault.
const BEFORE: u64 = 30;
const AFTER: u64 = 8;

/// Whose run is recorded.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The unit's.
    pub shape: Shape,
    /// The rule by which segments are placed.
    pub fit: String,
    /// Units of physical memory.
    pub units: u64,
    /// What can stand in memory: [`crate::contiguous::ProcessSpec::labels`] of every process.
    pub labels: Vec<String>,
}

/// A segmentation unit and a world without pages, as they are in the current cycle.
#[derive(Debug)]
pub struct Unit {
    ports: Ports,
    registers: Registers,
    system: System,
    memory: Memory,
    /// The unit made the current cycle, and is idle after it.
    ran: bool,
    /// Until when the transfer on the bus lasts.
    transfer: Option<u64>,
    /// The first fault.
    fault: Option<u64>,
}

/// The recorder of such a unit.
pub type Recorder = super::recorder::Recorder<Unit>;

impl Scene for Unit {
    const HARDWARE: &'static str = "unit";

    fn pins(&self, declare: &mut Declare<'_, Unit>) -> Result<(), Error> {
        ports::declare(declare, self.ports.shape)?;
        registers::declare(declare, self.ports.shape.segments)
    }

    fn system(&self, declare: &mut Declare<'_, Unit>) -> Result<(), Error> {
        system::declare(declare)?;
        memory::declare(declare)?;
        map::declare(declare, &self.memory.map)
    }

    fn groups(&self, choice: Choice) -> Vec<(&'static str, bool)> {
        let (accesses, memory) = match choice {
            Choice::Os => (false, true),
            Choice::Hardware => (true, false),
            Choice::All => (true, true),
        };
        let used = |name, open, used: bool| used.then_some((name, open));
        let ports = [
            used(ports::REQUEST, accesses, self.ports.used),
            used(registers::GROUP, accesses, self.registers.used),
        ];
        let map = used(map::GROUP, memory, self.system.placed);
        let system = Some((system::GROUP, true));
        let (room, bus) = (Some((memory::GROUP, memory)), Some((ports::BUS, true)));
        // What the view opens on stands first, and the rest is folded.
        let all = match choice {
            Choice::Hardware => vec![system, ports[0], ports[1], bus, room, map],
            Choice::Os | Choice::All => vec![system, room, map, bus, ports[0], ports[1]],
        };
        all.into_iter().flatten().collect()
    }

    fn opening(&self) -> Opening {
        Opening {
            // Without a fault it is a story of loads, holes and moves.
            story: self.fault.is_none(),
            moment: self.fault,
            before: BEFORE,
            after: AFTER,
            until: None,
        }
    }
}

impl Recorder {
    /// Opens the dump; the path's extension is usually that of the format.
    ///
    /// # Errors
    /// When the file cannot be made, or a signal's name is none.
    pub fn create(path: &Path, recording: Recording, subject: Subject) -> Result<Recorder, Error> {
        let Subject { shape, fit, units, labels } = subject;
        let scene = Unit {
            ports: Ports::new(shape),
            registers: Registers::new(shape.segments),
            system: System::new(fit),
            memory: Memory::new(units, labels),
            ran: false,
            transfer: None,
            fault: None,
        };
        Recorder::open(path, recording, scene)
    }

    /// Makes `cycle` the current one unless it has come. What ended before it ends in its time:
    /// the unit's pulses one cycle after they began, a transfer with its answer.
    fn at(&mut self, cycle: u64) -> Result<(), Error> {
        let Some(now) = self.line.now else {
            self.line.go(cycle, false)?;
            return self.show_pins();
        };
        if cycle <= now {
            return Ok(());
        }
        if std::mem::take(&mut self.scene.ran) {
            self.instant(now + 1)?;
            self.scene.ports.rest();
            self.scene.registers.settle();
            self.show_pins()?;
        }
        if let Some(until) = self.scene.transfer.take_if(|until| *until <= cycle) {
            self.instant(until)?;
            self.scene.ports.transfer = None;
            self.show_pins()?;
        }
        self.instant(cycle)
    }

    /// Makes `cycle` the current one unless it has come; the clock stands still.
    fn instant(&mut self, cycle: u64) -> Result<(), Error> {
        if self.line.has_come(cycle) { Ok(()) } else { self.line.go(cycle, false) }
    }

    /// The transfer on the bus lasts for these cycles; it is reported when it is over.
    fn transfer(&mut self, cycles: Range<u64>, request: model::bus::Request) -> Result<(), Error> {
        self.at(cycles.start)?;
        self.scene.transfer = Some(cycles.end);
        self.scene.ports.transfer = Some(request);
        self.show_pins()
    }
}
