//! The recorder of a segmentation unit, its memory bus and an operating system without pages.
//!
//! A [`crate::contiguous::World`] tells it everything when it is attached as its observer. What
//! is recorded, by scope:
//!
//! | scope | what |
//! |---|---|
//! | `run` | the clock, which stands still while the unit is idle |
//! | `request`, `load`, `fault` | the unit's ports: accesses, register writes, the held fault |
//! | `register` | what each segment register says, by the name of its segment |
//! | `bus` | every transfer on the memory bus |
//! | `os` | what the operating system does; instants as VCD events |
//! | `memory` | free units, longest hole, holes, fragmentation, and a map of who is where |
//! | `unit` | the hardware's own signals, as [`crate::contiguous::SegmentUnit::signals`] names them |

mod map;
mod memory;
mod observer;
mod ports;
mod registers;
mod view;
mod world;

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::timeline::Timeline;
use super::{Builder, Error, SignalId, Window};
use crate::contiguous::Shape;
use crate::mmu::Signal;
use memory::Memory;
use ports::Ports;
use registers::Registers;
use world::World;

/// How a waveform is recorded.
#[derive(Clone, Debug)]
pub struct Options {
    /// Stands in the dump's header: scenario, unit, rule.
    pub title: String,
    /// Which cycles.
    pub window: Window,
    /// The unit's.
    pub shape: Shape,
    /// The unit's own signals; empty when they are not watched.
    pub signals: Vec<Signal>,
    /// The rule by which segments are placed.
    pub fit: String,
    /// Units of physical memory.
    pub units: u64,
    /// What can stand in memory: [`crate::contiguous::ProcessSpec::labels`] of every process.
    pub labels: Vec<String>,
}

/// Records a run into a dump and the saved view that goes with it.
#[derive(Debug)]
pub struct Recorder {
    line: Timeline,
    clock: SignalId,
    ports: Ports,
    registers: Registers,
    world: World,
    memory: Memory,
    unit: Vec<SignalId>,
    signals: Vec<Signal>,
    /// The unit made the current cycle, and is idle after it.
    ran: bool,
    /// Until when the transfer on the bus lasts.
    transfer: Option<u64>,
    /// The first fault.
    fault: Option<u64>,
    /// Room for the unit's values.
    values: Vec<u128>,
    /// The first error met while observing.
    failed: Option<Error>,
}

impl Recorder {
    /// Opens the dump; the path's extension is usually `vcd`.
    ///
    /// # Errors
    /// When the file cannot be made, or a signal's name is none.
    pub fn create(path: &Path, options: Options) -> Result<Recorder, Error> {
        let mut builder = Builder::new(&options.title).window(options.window);
        let clock = builder.clock("run.clock")?;
        let ports = Ports::declare(&mut builder, options.shape)?;
        let registers = Registers::declare(&mut builder, options.shape.segments)?;
        let world = World::declare(&mut builder, options.fit)?;
        let memory = Memory::declare(&mut builder, options.units, options.labels)?;
        let declare = |signal: &Signal| match &signal.names[..] {
            [] => builder.bits(&format!("unit.{}", signal.path), signal.width),
            names => builder.state(&format!("unit.{}", signal.path), signal.width, names),
        };
        let unit = options.signals.iter().map(declare).collect::<Result<_, Error>>()?;
        Ok(Recorder {
            line: Timeline::new(builder.create(path)?, options.window),
            clock,
            ports,
            registers,
            world,
            memory,
            unit,
            signals: options.signals,
            ran: false,
            transfer: None,
            fault: None,
            values: Vec::new(),
            failed: None,
        })
    }

    /// Ends the dump and writes the saved view; returns the path of the GTKWave save file. After
    /// this call nothing more can be recorded.
    ///
    /// # Errors
    /// The first error met while recording, or what goes wrong now.
    pub fn finish(&mut self) -> Result<PathBuf, Error> {
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        self.line.wave.close()?;
        view::of(self).save(self.line.wave.path())
    }

    /// Makes `cycle` the current one unless it has come. What ended before it ends in its time:
    /// the unit's pulses one cycle after they began, a transfer with its answer.
    fn at(&mut self, cycle: u64) -> Result<(), Error> {
        let Some(now) = self.line.now else {
            self.line.instant(cycle)?;
            self.ports.rest(&mut self.line.wave)?;
            return self.ports.bus.rest(&mut self.line.wave);
        };
        if cycle <= now {
            return Ok(());
        }
        if std::mem::take(&mut self.ran) {
            self.line.instant(now + 1)?;
            self.ports.rest(&mut self.line.wave)?;
            self.registers.settle(&mut self.line.wave)?;
        }
        if let Some(until) = self.transfer.take_if(|until| *until <= cycle) {
            self.line.instant(until)?;
            self.ports.bus.rest(&mut self.line.wave)?;
        }
        self.line.instant(cycle)
    }

    /// The transfer on the bus lasts for these cycles; it is told when it is over.
    fn transfer(&mut self, cycles: Range<u64>, request: &crate::bus::Request) -> Result<(), Error> {
        self.at(cycles.start)?;
        self.transfer = Some(cycles.end);
        self.ports.bus.set(&mut self.line.wave, request)
    }
}
