//! The signals of a segmentation unit, its memory bus and an operating system without pages.
//!
//! Attach the recorder to a [`crate::contiguous::World`] as its observer. What is recorded, by
//! scope:
//!
//! | scope | what | file |
//! |---|---|---|
//! | `run` | the clock, which stands still while the unit is idle | |
//! | `request`, `load`, `fault`, `bus` | the unit's ports: accesses, register writes, the held fault; transfers | `ports` |
//! | `register` | the contents of each segment register, by the name of its segment | `registers` |
//! | `os` | what the operating system does; instants as events | `system` |
//! | `memory` | free units, longest hole, holes, fragmentation, and a map | `memory`, `map` |
//! | `unit` | internal signals, named as in [`crate::contiguous::SegmentUnit::signals`] | |

mod map;
mod memory;
mod ports;
mod registers;
mod system;

use std::path::Path;

use waves::Error;

use super::recorder::{Recording, Scene};
use super::story::GROUP;
use super::table::Declare;
use super::timeline::Timeline;
use super::view::{Choice, Opening};
use crate::board::HartId;
use crate::contiguous::{Activity, Contiguous, Event, Inputs, Outputs, SegmentUnit, Shape};
use memory::Memory;
use model::record::Mark;
use ports::Ports;
use registers::Registers;
use system::System;

/// The dump continues after the run for this fraction of its length.
const MARGIN: u64 = 24;

/// Cycles in view before and after the first fault.
const BEFORE: u64 = 30;
const AFTER: u64 = 8;

/// Describes the machine that is recorded.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The unit's shape.
    pub shape: Shape,
    /// The rule by which segments are placed.
    pub fit: String,
    /// Units of physical memory.
    pub units: u64,
    /// The users of memory: [`crate::contiguous::ProcessSpec::labels`] of every process.
    pub labels: Vec<String>,
}

/// A segmentation unit and a world without pages, as they are in the current cycle.
#[derive(Debug)]
pub struct Unit {
    /// The pins of the only unit.
    pins: [Pins; 1],
    system: System,
    memory: Memory,
    /// The unit was simulated in the current cycle, and is idle after it.
    ran: bool,
    /// The end of the transfer on the bus.
    transfer: Option<u64>,
    /// The first fault.
    fault: Option<u64>,
}

/// The unit's ports, the memory bus, and the contents of the unit's registers.
#[derive(Debug)]
pub(super) struct Pins {
    ports: Ports,
    registers: Registers,
}

/// The recorder of such a unit.
pub type Recorder = super::recorder::Recorder<Unit>;

impl Scene for Unit {
    type Machine = Contiguous;
    type Pins = Pins;

    const HARDWARE: &'static str = "unit";
    const CLOCK_RUNS: bool = false;

    fn pins(&self) -> &[Pins] {
        &self.pins
    }

    fn has_begun(&self) -> bool {
        true
    }

    fn declare_pins(pins: &Pins, declare: &mut Declare<'_, Pins>) -> Result<(), Error> {
        ports::declare(declare, pins.ports.shape)?;
        registers::declare(declare, pins.ports.shape.segments)
    }

    fn declare_system(&self, declare: &mut Declare<'_, Unit>) -> Result<(), Error> {
        system::declare(declare)?;
        memory::declare(declare)?;
        map::declare(declare, &self.memory.map)
    }

    fn groups(&self, choice: Choice) -> Vec<(String, bool)> {
        let (accesses, memory) = match choice {
            Choice::Os => (false, true),
            Choice::Hardware => (true, false),
            Choice::All => (true, true),
        };
        let used = |name: &str, open, used: bool| used.then(|| (name.to_owned(), open));
        let always = |name, open| used(name, open, true);
        let [Pins { ports: asked, registers }] = &self.pins;
        let request = used(ports::REQUEST, accesses, asked.used);
        let registers = used(registers::GROUP, accesses, registers.used);
        let map = used(map::GROUP, memory, self.system.placed);
        let (system, bus) = (always(GROUP, true), always(ports::BUS, true));
        let room = always(memory::GROUP, memory);
        // The choice is first, and the rest is folded.
        let all = match choice {
            Choice::Hardware => [system, request, registers, bus, room, map],
            Choice::Os | Choice::All => [system, room, map, bus, request, registers],
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

    fn pending(&self, now: u64, to: u64, _cycle: bool) -> [Option<u64>; 2] {
        // The unit's pulses end one cycle after they began, a transfer with its answer.
        [self.ran.then(|| now.saturating_add(1)), self.transfer.filter(|until| *until <= to)]
    }

    fn ends(&mut self, at: u64) {
        let [pins] = &mut self.pins;
        if std::mem::take(&mut self.ran) {
            pins.ports.rest();
            pins.registers.settle();
        }
        if self.transfer.take_if(|until| *until <= at).is_some() {
            pins.ports.transfer = None;
        }
    }

    fn cycle(
        &mut self,
        _line: &mut Timeline,
        _hart: HartId,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> bool {
        self.ran = true;
        let [Pins { ports, registers }] = &mut self.pins;
        registers.cycle(inputs, outputs);
        ports.cycle(inputs, outputs, |number| registers.name(number));
        true
    }

    fn sample(unit: &dyn SegmentUnit, _all: bool, tell: &mut dyn FnMut(usize, u128)) {
        let mut values = Vec::new();
        unit.values(&mut values);
        values.into_iter().enumerate().for_each(|(at, value)| tell(at, value));
    }

    fn mark(&self, event: &Event) -> Option<(&'static str, Mark)> {
        event.kind().zip(event.mark(()))
    }

    fn event(&mut self, cycle: u64, event: &Event, visible: bool) -> bool {
        let [pins] = &mut self.pins;
        match event {
            Event::Spends { activity } => {
                self.system.activity(*activity);
                let others = *activity != Activity::Process;
                if others {
                    pins.ports.over();
                }
                return others;
            }
            Event::Transfer { cycles, request } => {
                self.transfer = Some(cycles.end);
                pins.ports.transfer = Some(*request);
                return true;
            }
            Event::Memory { picture } => self.memory.see(picture),
            Event::Switch { segments, .. } => pins.registers.call(segments),
            Event::Fault { .. } if visible => self.fault = self.fault.or(Some(cycle)),
            _ => {}
        }
        self.system.event(event);
        false
    }

    fn happened(&mut self) {
        self.system.story.happened();
    }

    fn over(&mut self, span: u64) -> Option<u64> {
        self.system.end();
        // So that the last event is visible.
        Some(span / MARGIN)
    }
}

impl Recorder {
    /// Opens the dump; the path's extension is usually that of the format.
    ///
    /// # Errors
    /// When the file cannot be created, or a signal's name is invalid.
    pub fn create(path: &Path, recording: Recording, subject: Subject) -> Result<Recorder, Error> {
        let Subject { shape, fit, units, labels } = subject;
        let (ports, registers) = (Ports::new(shape), Registers::new(shape.segments));
        let scene = Unit {
            pins: [Pins { ports, registers }],
            system: System::new(fit),
            memory: Memory::new(units, labels),
            ran: false,
            transfer: None,
            fault: None,
        };
        Recorder::open(path, recording, scene)
    }
}
