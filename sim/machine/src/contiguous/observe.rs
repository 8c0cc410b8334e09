//! Looking on: what happens in a world without pages, for waves.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::{Inputs, Measure, Outputs, Reason, SegmentUnit};
use model::bus;

/// What cycles are spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// The running process accesses memory.
    Process,
    /// The operating system decides.
    Kernel,
    /// The image of a process is written.
    Load,
    /// Segments are moved.
    Move,
    /// Registers are written for another process.
    Switch,
}

/// Something happened. Places and lengths are in units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A segment of a process that is to be loaded, or that grows, was given room.
    Placed {
        /// Whose.
        process: String,
        /// Its name.
        segment: String,
        /// What was asked for.
        length: u64,
        /// The hole that was chosen, as it was before.
        hole: Range<u64>,
        /// What was given: one piece, or pages.
        at: Vec<Range<u64>>,
    },
    /// A segment is in memory already, and is used by one process more.
    Shared {
        /// By whom.
        process: String,
        /// Its name.
        segment: String,
    },
    /// There is no room.
    Refused {
        /// For whom.
        process: String,
        /// What was asked for, in all.
        wanted: u64,
    },
    /// All segments of a process and their contents are in memory.
    Loaded {
        /// Which.
        process: String,
    },
    /// A process ended; what only it used is free.
    Ended {
        /// Which.
        process: String,
    },
    /// Another process is to run: its registers are written now.
    Switch {
        /// Which.
        process: String,
        /// Its segments: their numbers and names.
        segments: Vec<(usize, String)>,
    },
    /// The unit refused an access.
    Fault {
        /// The logical address.
        va: u64,
        /// Why.
        reason: Reason,
    },
    /// A segment is longer now.
    Grown {
        /// Whose.
        process: String,
        /// Its name.
        segment: String,
        /// By how much.
        by: u64,
        /// It had to go elsewhere.
        moved: bool,
    },
    /// Everything is about to be moved together.
    Compaction,
    /// A segment, or a piece of it, is about to be copied to another place.
    Moved {
        /// Whose, and which.
        owner: String,
        /// From where.
        from: Range<u64>,
        /// To where.
        to: Range<u64>,
    },
}

/// Memory at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// How broken up it is.
    pub measure: Measure,
    /// How many segments there are.
    pub segments: u64,
    /// What is free, from the lowest address on.
    pub holes: Vec<Range<u64>>,
    /// What is in use, from the lowest address on, and what it is called: by the name under which
    /// it is shared, else by its process and, unless that is all there is of it, its segment.
    pub used: Vec<(Range<u64>, String)>,
}

/// Someone who looks on. Every method does nothing unless said otherwise.
pub trait Observer {
    /// Whether the unit's own signals are looked at in the coming cycle.
    fn wants_signals(&self, cycle: u64) -> bool {
        let _ = cycle;
        false
    }

    /// A cycle of the unit. `unit` shows its signals as they settled.
    fn on_cycle(&mut self, cycle: u64, inputs: &Inputs, outputs: &Outputs, unit: &dyn SegmentUnit) {
        let _ = (cycle, inputs, outputs, unit);
    }

    /// A transfer on the memory bus, from its acceptance to its answer.
    fn on_transfer(&mut self, cycles: Range<u64>, request: &bus::Request) {
        let _ = (cycles, request);
    }

    /// Something happened; `cycle` is the one that comes next.
    fn on_event(&mut self, cycle: u64, event: &Event) {
        let _ = (cycle, event);
    }

    /// From this cycle on time is spent on this.
    fn on_activity(&mut self, cycle: u64, activity: Activity) {
        let _ = (cycle, activity);
    }

    /// From this cycle on memory looks like this.
    fn on_memory(&mut self, cycle: u64, picture: &Picture) {
        let _ = (cycle, picture);
    }

    /// The run is over; `cycle` is the first that was not simulated.
    fn on_end(&mut self, cycle: u64) {
        let _ = cycle;
    }
}

/// Lets whoever keeps the other handle read what was observed.
impl<T: Observer> Observer for Rc<RefCell<T>> {
    fn wants_signals(&self, cycle: u64) -> bool {
        self.borrow().wants_signals(cycle)
    }

    fn on_cycle(&mut self, cycle: u64, inputs: &Inputs, outputs: &Outputs, unit: &dyn SegmentUnit) {
        self.borrow_mut().on_cycle(cycle, inputs, outputs, unit);
    }

    fn on_transfer(&mut self, cycles: Range<u64>, request: &bus::Request) {
        self.borrow_mut().on_transfer(cycles, request);
    }

    fn on_event(&mut self, cycle: u64, event: &Event) {
        self.borrow_mut().on_event(cycle, event);
    }

    fn on_activity(&mut self, cycle: u64, activity: Activity) {
        self.borrow_mut().on_activity(cycle, activity);
    }

    fn on_memory(&mut self, cycle: u64, picture: &Picture) {
        self.borrow_mut().on_memory(cycle, picture);
    }

    fn on_end(&mut self, cycle: u64) {
        self.borrow_mut().on_end(cycle);
    }
}
