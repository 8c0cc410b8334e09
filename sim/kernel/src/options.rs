//! The kinds of values that options of the configuration take.

use serde::Deserialize;
use smart_default::SmartDefault;

/// What the kernel's own work costs, in cycles, beside the memory accesses that it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Costs {
    /// Entering and leaving a trap.
    #[default(100)]
    pub trap: u64,
    /// Understanding a fault and finding its region and page. By default a minor fault costs in
    /// all what is measured on Linux, about 2000 to 3000 cycles with the zeroing of the page.
    #[default(1000)]
    pub handler: u64,
    /// Reading a page from the disk; by default 100 us at 1 GHz, a solid-state disk.
    #[default(100_000)]
    pub disk_read: u64,
    /// Writing a page to the disk.
    #[default(100_000)]
    pub disk_write: u64,
    /// Changing processes.
    #[default(1500)]
    pub switch: u64,
}

/// Whether zeroed memory comes in superpages of its own accord.
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

/// What a fork does with the private pages that the original shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForkKind {
    /// Both hold them from then on, and a store copies the page that it goes to.
    #[default]
    CopyOnWrite,
    /// Each is copied at once, as before copy on write was known. What is in swap is not brought
    /// in for that: both hold it, and the first store copies it then.
    Copy,
}

/// Who is killed when no frame is free and none can be freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OomKind {
    /// The process that holds most frames, tables included; the oldest of equals.
    #[default]
    Largest,
    /// The process that was made last.
    Newest,
    /// The process that was made first.
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
    /// Which reads.
    pub reads: Vec<u64>,
    /// Which writes.
    pub writes: Vec<u64>,
}

/// Bus requests that fail, counted from 1 in the order in which each master makes them. The
/// process that needed the answer is killed. The kernel's own requests never fail: where they do,
/// a kernel cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusErrors {
    /// Of the MMU's walker.
    pub walker: Vec<u64>,
    /// Of instruction fetches after translation.
    pub fetch: Vec<u64>,
    /// Of loads and stores after translation.
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
