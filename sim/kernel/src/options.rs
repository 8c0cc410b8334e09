//! The types of options in the configuration.

use serde::Deserialize;
use smart_default::SmartDefault;

/// The costs of the kernel's own work, in cycles, in addition to its memory accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Costs {
    /// Entering and leaving a trap.
    #[default(100)]
    pub trap: u64,
    /// Diagnosing a fault and finding its region and page. By default a minor fault costs as much
    /// in total as measured on Linux, about 2000 to 3000 cycles including the zeroing of the page.
    #[default(1000)]
    pub handler: u64,
    /// Reading a page from the disk; by default 100 us at 1 GHz, a solid-state disk.
    #[default(100_000)]
    pub disk_read: u64,
    /// Writing a page to the disk.
    #[default(100_000)]
    pub disk_write: u64,
    /// Switching processes.
    #[default(1500)]
    pub switch: u64,
}

/// Whether zeroed memory gets superpages transparently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Thp {
    /// Never.
    #[default]
    Never,
    /// At the first touch of an aligned run that lies in one region, if such a run of frames is
    /// free: 4 MiB in Sv32, else 2 MiB.
    Always,
}

/// Which free frame a page gets. Page tables, and pages of superpages, get the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameChoice {
    /// The lowest of the smallest free block.
    #[default]
    Lowest,
    /// Any, drawn by the seed: what a kernel without a plan has after some hours.
    Random,
    /// The lowest of its page's colour, which is the number of its virtual page modulo the colours of
    /// [`super::MachineConfig::cache`] (page colouring).
    Coloured,
    /// The lowest of the colour that is next in turn, whatever the page (bin hopping).
    BinHopping,
}

/// How a fork handles the private pages that the parent maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForkKind {
    /// Both share them from then on, and a store copies its page.
    #[default]
    CopyOnWrite,
    /// Each is copied at once, as kernels did before copy on write. Pages in swap are not brought
    /// in for that: both share them, and the first store copies them later.
    Copy,
}

/// Which process is killed when no frame is free and none can be freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OomKind {
    /// The process with the most frames, tables included; the oldest of equals.
    #[default]
    Largest,
    /// The process created last.
    Newest,
    /// The process created first.
    Oldest,
}

/// How the kernel keeps the demand of all processes below the size of memory, by suspending whole
/// processes (the medium-term scheduler).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadControl {
    /// It does not: they may thrash.
    #[default]
    None,
    /// By page-fault frequency: when a process's faults on evicted pages come closer together than
    /// [`super::MachineConfig::pff_cycles`] of its own running time, and others' pages are evicted for them,
    /// the newest process is suspended.
    Pff,
    /// By working sets: the pages that a process used in the last [`super::MachineConfig::ws_cycles`] of its
    /// own running time, sampled by clearing and fencing accessed bits. While those of all
    /// processes exceed memory, the newest process is suspended.
    WorkingSet,
}

/// Disk transfers that fail, counted from 1 in the order in which they are made.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiskErrors {
    /// The numbers of the reads.
    pub reads: Vec<u64>,
    /// The numbers of the writes.
    pub writes: Vec<u64>,
}

/// Bus requests that fail, counted from 1 in the order in which each master makes them. The process
/// that needed the answer is killed. The kernel's own requests never fail, since a kernel could not
/// continue.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusErrors {
    /// Those of the MMU's walker.
    pub walker: Vec<u64>,
    /// Those of instruction fetches after translation.
    pub fetch: Vec<u64>,
    /// Those of loads and stores after translation.
    pub data: Vec<u64>,
}

/// A console, outside RAM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSpec {
    /// Its first physical address, a multiple of 4096.
    pub at: u64,
    /// What was typed before the run.
    #[serde(default)]
    pub typed: String,
}
