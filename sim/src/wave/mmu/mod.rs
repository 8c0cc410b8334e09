//! The recorder of an MMU, its memory and its operating system.
//!
//! A machine calls [`Recorder::cycle`] for each clock cycle that it makes, and the others when
//! they have something to tell; a [`crate::machine::Machine`] does all that when the recorder is
//! attached as its observer. What is recorded, by scope:
//!
//! | scope | what |
//! |---|---|
//! | `run` | the clock |
//! | `satp` | mode, ASID and root page number of the context |
//! | `fetch`, `data` | the two translation ports: request, answer |
//! | `fence` | the fence port |
//! | `memory` | the walker's port to memory, with the page-table entry decoded |
//! | `fault` | the held fault |
//! | `events` | the MMU's counter events |
//! | `os` | what the operating system does; instants as VCD events |
//! | `mmu` | the engine's own signals, as [`crate::mmu::Mmu::signals`] names them |

mod channels;
mod observer;
mod ports;
mod pte;
mod told;
mod translation;
mod view;
mod words;
mod world;

use std::path::{Path, PathBuf};

use super::timeline::Timeline;
use super::{Builder, Error, SignalId, Window};
use crate::isa::Xlen;
use crate::mmu::{Inputs, Outputs, Port, Pulse, Signal};
use crate::os::{Activity, Event, Pid};
use ports::Ports;
use world::World;

/// How a waveform is recorded.
#[derive(Clone, Debug)]
pub struct Options {
    /// Stands in the dump's header: scenario, configuration, seed.
    pub title: String,
    /// The machine's width.
    pub xlen: Xlen,
    /// Which cycles.
    pub window: Window,
    /// The engine's signals; empty when it is not watched.
    pub signals: Vec<Signal>,
    /// Names of processes, that of process 1 first.
    pub processes: Vec<String>,
}

/// Records a run into a dump and the saved view that goes with it.
#[derive(Debug)]
pub struct Recorder {
    line: Timeline,
    clock: SignalId,
    ports: Ports,
    world: World,
    engine: Vec<(Signal, SignalId)>,
    /// When the kernel understood the first fault.
    understood: Option<u64>,
    /// The first miss, for runs without a fault.
    first_miss: Option<u64>,
    /// Room for the engine's values; empty until they were first looked at.
    values: Vec<u128>,
    /// The first error met while observing a machine.
    failed: Option<Error>,
}

impl Recorder {
    /// Opens the dump; the path's extension is usually `vcd`.
    pub fn create(path: &Path, options: Options) -> Result<Recorder, Error> {
        let mut builder = Builder::new(&options.title).window(options.window);
        let clock = builder.clock("run.clock")?;
        let ports = Ports::declare(&mut builder, options.xlen)?;
        let world = World::declare(&mut builder, options.processes)?;
        let mut engine = Vec::with_capacity(options.signals.len());
        for signal in options.signals {
            let id = declare(&mut builder, &signal)?;
            engine.push((signal, id));
        }
        Ok(Recorder {
            line: Timeline::new(builder.create(path)?, options.window),
            clock,
            ports,
            world,
            engine,
            understood: None,
            first_miss: None,
            values: Vec::new(),
            failed: None,
        })
    }

    /// Whether the given cycle is worth the cost of sampling the engine's signals.
    pub fn wants(&self, cycle: u64) -> bool {
        self.line.window.contains(cycle)
    }

    /// One cycle of the MMU; `values` are those of [`crate::mmu::Mmu::values`], and may be empty
    /// in a cycle that is not [wanted](Recorder::wants).
    ///
    /// Cycles increase; those left out are shown with idle ports.
    pub fn cycle(
        &mut self,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        values: &[u128],
    ) -> Result<(), Error> {
        self.ports(cycle, inputs, outputs)?;
        if self.line.wave.past_window() {
            return Ok(());
        }
        for ((_, id), value) in self.engine.iter().zip(values) {
            self.line.wave.set(*id, *value)?;
        }
        Ok(())
    }

    /// The pins of one cycle, without the engine's signals.
    fn ports(&mut self, cycle: u64, inputs: &Inputs, outputs: &Outputs) -> Result<(), Error> {
        self.begin(cycle)?;
        if self.line.wave.past_window() {
            return Ok(());
        }
        self.ports.set(&mut self.line.wave, inputs, outputs)?;
        for (_, answer) in outputs.responses {
            if let Some(Err(fault)) = answer {
                self.line.moment(cycle, words::CAUSES[words::cause(fault.cause)]);
            }
        }
        let missed = Port::ALL.iter().any(|&port| outputs.events.has(Pulse::miss(port)));
        if missed && self.first_miss.is_none() && self.line.window.contains(cycle) {
            self.first_miss = Some(cycle);
        }
        Ok(())
    }

    /// Something happened in the operating system.
    pub fn event(&mut self, cycle: u64, event: &Event) -> Result<(), Error> {
        self.at(cycle)?;
        if let Event::Kill { pid, .. } = event {
            let name = format!("kill {}", self.world.names.of(*pid));
            self.line.moment(cycle, &name);
        }
        if matches!(event, Event::PageFault { .. }) && self.line.window.contains(cycle) {
            self.understood.get_or_insert(cycle);
        }
        self.world.event(&mut self.line.wave, event)
    }

    /// From this cycle on the processor does this.
    pub fn activity(&mut self, cycle: u64, activity: Activity) -> Result<(), Error> {
        self.at(cycle)?;
        self.world.activity(&mut self.line.wave, activity)
    }

    /// From this cycle on this process runs, or none.
    pub fn process(&mut self, cycle: u64, pid: Option<Pid>) -> Result<(), Error> {
        self.at(cycle)?;
        self.world.process(&mut self.line.wave, pid)
    }

    /// From this cycle on so many frames of physical memory are free.
    pub fn free_frames(&mut self, cycle: u64, frames: u64) -> Result<(), Error> {
        self.at(cycle)?;
        self.world.free_frames(&mut self.line.wave, frames)
    }

    /// Ends the dump and writes the saved view; returns the path of the GTKWave save file.
    ///
    /// A recorder that is dropped instead leaves a dump that loads, but no view. After this call
    /// nothing more can be recorded.
    pub fn finish(&mut self) -> Result<PathBuf, Error> {
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        self.line.wave.close()?;
        view::of(self).save(self.line.wave.path())
    }

    /// Makes `cycle` the current one, with idle ports unless it is already.
    fn at(&mut self, cycle: u64) -> Result<(), Error> {
        if self.line.has_come(cycle) {
            return Ok(());
        }
        self.begin(cycle)?;
        self.ports.rest(&mut self.line.wave)
    }

    /// Makes `cycle` the current one; the ports are set by whoever calls.
    fn begin(&mut self, cycle: u64) -> Result<(), Error> {
        let ports = &mut self.ports;
        self.line.begin(cycle, |wave| ports.rest(wave))
    }
}

fn declare(builder: &mut Builder, signal: &Signal) -> Result<SignalId, Error> {
    let path = format!("mmu.{}", signal.path);
    if signal.names.is_empty() {
        builder.bits(&path, signal.width)
    } else {
        builder.state(&path, signal.width, &signal.names)
    }
}
