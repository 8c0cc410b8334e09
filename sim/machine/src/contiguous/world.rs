//! Hardware, bus and an operating system without pages.
//!
//! | file | does |
//! |---|---|
//! | `space`, `grow` | segments are loaded, ended and moved; they grow in place or elsewhere |
//! | `access` | accesses, and their results |
//! | `watched` | what observers are shown, and the time that the kernel takes |
//! | `invariants`, `error` | what must hold after every event; the errors |

mod access;
mod error;
mod grow;
mod invariants;
mod space;
mod watched;

use std::collections::BTreeMap;
use std::ops::Range;

use super::copy::Wire;
use super::process::{Resident, Stored};
use super::{
    Activity, Blocks, Event, Fit, Holes, Inputs, Outputs, Pages, Placer, ProcessSpec, Reason,
    SegmentUnit, Shape,
};
use crate::board::Cycle;
pub use access::Access;
pub use error::WorldError;
use kernel::Buddy;
use model::bus::{FixedLatency, SharedMemory};
use model::isa::PAGE_BYTES;
pub use space::Loaded;

/// The configuration of a [`World`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Bytes of a unit: all lengths and places below count in units.
    pub unit: u64,
    /// What is free at the start; the rest of memory is in use and never moves.
    pub holes: Vec<Range<u64>>,
    /// The rule by which segments are placed.
    pub fit: Fit,
    /// Units of a page, under [`Fit::Pages`].
    pub page: u64,
    /// Whether memory is compacted when no hole is large enough although enough is free in all.
    pub compaction: bool,
    /// L: cycles from an accepted memory request to its response.
    pub latency: u64,
    /// Cycles of each entry into the kernel: a fault, or a system call.
    pub handler: u64,
}

/// The counters. Bytes of images are those of loaded processes, moved bytes those of compaction and
/// of segments that grew elsewhere; `shared` are segments that were in memory already; `pages` are
/// those in use now, each of which has an entry in a page table.
const COUNTED: [&str; 17] = [
    "accesses",
    "compactions",
    "ends",
    "faults",
    "faults_limit",
    "faults_no_segment",
    "faults_protection",
    "grown",
    "image_bytes",
    "loads",
    "moved_bytes",
    "pages",
    "refused",
    "register_writes",
    "shared",
    "switches",
    "cycles",
];

/// Everything counted, by name.
pub type Counts = BTreeMap<&'static str, u64>;

/// A machine with a segmentation unit, and processes in contiguous memory.
pub struct World {
    unit: Box<dyn SegmentUnit>,
    memory: SharedMemory,
    wire: Wire,
    config: Config,
    placer: Box<dyn Placer>,
    /// Units that were free at the start.
    total: u64,
    stored: BTreeMap<usize, Stored>,
    next: usize,
    processes: Vec<Resident>,
    running: Option<String>,
    counts: Counts,
}

impl World {
    /// A machine after reset.
    ///
    /// # Errors
    /// [`WorldError::Invalid`] if the configured memory is impossible.
    pub fn new(unit: Box<dyn SegmentUnit>, config: Config) -> Result<World, WorldError> {
        let end = config.holes.iter().map(|hole| hole.end).max().unwrap_or(0);
        let apart = config.holes.windows(2).all(|pair| pair[0].end <= pair[1].start);
        let bytes = end.checked_mul(config.unit).filter(|bytes| (1..1 << 32).contains(bytes));
        let (true, Some(bytes)) = (apart && config.holes.iter().all(|h| h.start < h.end), bytes)
        else {
            let message =
                "memory must have 1 byte to 4 GiB, and its holes must be in order, with gaps";
            return Err(WorldError::Invalid(message.to_owned()));
        };
        let memory = SharedMemory::with_ram(0..bytes.next_multiple_of(PAGE_BYTES))
            .map_err(|error| WorldError::Invalid(error.to_string()))?;
        let wire = Wire::new(Box::new(FixedLatency::new(memory.clone(), config.latency)));
        let placer: Box<dyn Placer> = match (config.fit, &config.holes[..]) {
            (Fit::Buddy, [hole]) => {
                let length = hole.end - hole.start;
                Box::new(Blocks::new(hole.start, length, Buddy::order_of(length)))
            }
            (Fit::Buddy, _) => {
                let message = "the buddy system manages one piece of memory".to_owned();
                return Err(WorldError::Invalid(message));
            }
            (Fit::Pages, holes) => Box::new(Pages::new(holes, config.page)),
            (fit, holes) => Box::new(Holes::new(holes, fit)),
        };
        let mut world = World {
            unit,
            memory,
            wire,
            total: sum(&placer.holes()),
            config,
            placer,
            stored: BTreeMap::new(),
            next: 0,
            processes: Vec::new(),
            running: None,
            counts: COUNTED.map(|name| (name, 0)).into(),
        };
        world.cycle(&Inputs { reset: true, ..Inputs::default() });
        Ok(world)
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let now = self.wire.now;
        if let Some(observer) = &self.wire.observer {
            self.unit.watch(observer.wants_signals(now));
        }
        let outputs = self.unit.cycle(inputs);
        if let Some(observer) = &mut self.wire.observer {
            let (unit, outputs) = (&*self.unit, &outputs);
            observer.on_cycle(&Cycle { number: now, hart: 0, inputs, outputs, unit, world: &() });
        }
        self.wire.now += 1;
        outputs
    }

    fn count(&mut self, name: &'static str, n: u64) {
        *self.counts.entry(name).or_default() += n;
    }

    /// Counts an event, and reports it to the observer.
    fn happened(&mut self, event: Event) {
        event.count(&mut self.counts);
        self.wire.event(event);
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        let mut counts = self.counts.clone();
        counts.insert("cycles", self.cycles());
        counts.insert("pages", self.pages());
        counts
    }

    /// Cycles so far.
    pub fn cycles(&self) -> u64 {
        self.wire.now
    }

    /// The hardware's name.
    pub fn name(&self) -> &str {
        self.unit.name()
    }

    /// The number of a segment of a process in memory.
    pub fn number(&self, process: &str, segment: &str) -> Option<usize> {
        let process = self.processes.iter().find(|resident| resident.name == process)?;
        process.segments.iter().find(|held| held.1 == segment).map(|held| held.0)
    }

    /// The running process.
    pub fn running(&self) -> Option<&str> {
        self.running.as_deref()
    }

    /// Switches to a process: all registers are written, one per cycle.
    ///
    /// # Errors
    /// [`WorldError`] if there is no such process, or the hardware does not accept a register
    /// write.
    pub fn run(&mut self, name: &str) -> Result<(), WorldError> {
        if self.config.fit == Fit::Pages {
            let message = "pages are not translated by a segmentation unit";
            return Err(WorldError::Invalid(message.to_owned()));
        }
        let segments = self.resident(name)?.segments.iter();
        let segments = segments.map(|held| (held.0, held.1.clone())).collect();
        self.kernel();
        self.running = Some(name.to_owned());
        self.happened(Event::Switch { process: name.to_owned(), segments });
        self.wire.activity(Activity::Switch);
        (0..self.unit.shape().segments).try_for_each(|number| self.write_register(number))
    }

    /// Writes one register for the running process.
    fn write_register(&mut self, number: usize) -> Result<(), WorldError> {
        let descriptor = self.table()[number];
        let load = Some((number, descriptor));
        let outputs = self.cycle(&Inputs { load, ..Inputs::default() });
        self.count("register_writes", 1);
        if outputs.load_ready {
            Ok(())
        } else {
            Err(WorldError::NotAccepted { cycle: self.cycles() })
        }
    }

    /// The number of the hardware's segments, and their maximum length.
    pub fn shape(&self) -> Shape {
        self.unit.shape()
    }

    #[cfg(test)]
    pub(super) fn put_unit(&mut self, unit: Box<dyn SegmentUnit>) {
        self.unit = unit;
    }

    fn resident(&self, name: &str) -> Result<&Resident, WorldError> {
        let found = self.processes.iter().find(|resident| resident.name == name);
        found.ok_or_else(|| WorldError::Invalid(format!("process `{name}` is not in memory")))
    }
}

fn sum(ranges: &[Range<u64>]) -> u64 {
    ranges.iter().map(|range| range.end - range.start).sum()
}
