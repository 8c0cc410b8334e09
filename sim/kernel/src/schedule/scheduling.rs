//! The scheduler's options: overlap, and how many processes may compete for memory.

use serde::{Deserialize, Serialize};

/// How the kernel keeps the demand of all processes below the size of memory, by suspending whole
/// processes (the medium-term scheduler).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadControl {
    /// It does not: they may thrash.
    #[default]
    None,
    /// By page-fault frequency: when a process's faults on evicted pages come closer together than
    /// [`Scheduling::pff_cycles`] of its own running time, and others' pages are evicted for them,
    /// the newest process is suspended.
    Pff,
    /// By working sets: the pages that a process used in the last [`Scheduling::ws_cycles`] of its
    /// own running time, sampled by clearing and fencing accessed bits. While those of all
    /// processes exceed memory, the newest process is suspended.
    WorkingSet,
}

/// Options of the scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scheduling {
    /// A process that waits for the disk is blocked, and others run. Default false: the processor
    /// waits.
    pub overlap: bool,
    /// Whether whole processes are suspended. Default none.
    pub load_control: LoadControl,
    /// With `pff`: the shortest acceptable time between a process's faults, in its own cycles,
    /// without the kernel's work. Default 1000.
    pub pff_cycles: u64,
    /// With `working_set`: the window, in the process's own cycles, without the kernel's work. A
    /// sample is taken at the end of the turn in which it is full. Default 10,000.
    pub ws_cycles: u64,
}

impl Default for Scheduling {
    fn default() -> Scheduling {
        Scheduling {
            overlap: false,
            load_control: LoadControl::None,
            pff_cycles: 1000,
            ws_cycles: 10_000,
        }
    }
}
