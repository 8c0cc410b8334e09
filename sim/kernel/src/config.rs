//! The kernel's share of a machine's configuration.

use super::{Options, PolicyKind, PolicySettings, Scheduling};
use model::isa::Mode;
use serde::{Deserialize, Serialize};

/// What the kernel's own work costs, in cycles, beside the memory accesses that it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Costs {
    /// Entering and leaving a trap. Default 100.
    pub trap: u64,
    /// Understanding a fault and finding its region and page. Default 1000: a minor fault in all
    /// costs what is measured on Linux, about 2000 to 3000 cycles with the zeroing of the page.
    pub handler: u64,
    /// Reading a page from the disk. Default 100000: 100 us at 1 GHz, a solid-state disk.
    pub disk_read: u64,
    /// Writing a page to the disk. Default 100000.
    pub disk_write: u64,
    /// Changing processes. Default 1500.
    pub switch: u64,
}

impl Default for Costs {
    fn default() -> Self {
        Costs { trap: 100, handler: 1000, disk_read: 100_000, disk_write: 100_000, switch: 1500 }
    }
}

/// Physical memory. Sizes are in frames of 4096 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// The first physical address, a multiple of 4096. Default 0x8000_0000, as on most boards.
    pub base: u64,
    /// Frames in all. Default 4096: 16 MiB.
    pub frames: u64,
    /// The lowest frames, reserved for the kernel. Default 64.
    pub kernel: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Memory { base: 0x8000_0000, frames: 4096, kernel: 64 }
    }
}

/// The operating system's share of a machine's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OsConfig {
    /// The translation scheme of every process.
    pub mode: Mode,
    /// `menvcfg.ADUE`: whether hardware sets A and D, or faults so that software does.
    pub adue: bool,
    /// Physical memory.
    pub memory: Memory,
    /// Slots of the swap device.
    pub swap_slots: u32,
    /// The replacement policy.
    pub policy: PolicyKind,
    /// Ticks for which a page stays in its working set after its last use, for WSClock.
    pub tau: u64,
    /// ASIDs that processes may have beside 0, which is the kernel's. With 0 all processes share
    /// ASID 0 and every switch fences.
    pub asids: u16,
    /// What the kernel's work costs.
    pub costs: Costs,
    /// Of the contents of files.
    pub seed: u64,
    /// What else the memory manager does.
    pub options: Options,
    /// How the processor is shared.
    pub scheduling: Scheduling,
    /// Check every invariant after every kernel entry, not only at the end.
    pub paranoid: bool,
}

impl Default for OsConfig {
    fn default() -> Self {
        OsConfig {
            mode: Mode::Sv39,
            adue: true,
            memory: Memory::default(),
            swap_slots: 65536,
            policy: PolicyKind::default(),
            tau: 4,
            asids: 511,
            costs: Costs::default(),
            seed: 1,
            options: Options::default(),
            scheduling: Scheduling::default(),
            paranoid: false,
        }
    }
}

impl OsConfig {
    /// The replacement policy's settings.
    pub fn policy_settings(&self) -> PolicySettings {
        PolicySettings { seed: self.seed, tau: self.tau }
    }
}
