//! What a kernel may be built to do: each off unless said otherwise.

use super::Sstatus;
use model::isa::PAGE_BYTES;
use serde::{Deserialize, Serialize};

/// Whether zeroed memory comes in superpages of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
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

/// Disk transfers that fail, counted from 1 in the order in which they are made.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiskErrors {
    /// Which reads.
    pub reads: Vec<u64>,
    /// Which writes.
    pub writes: Vec<u64>,
}

/// Options of the memory manager.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// A load from untouched zeroed memory maps the one zero frame, and only a store allocates.
    pub zero_page: bool,
    /// Transparent superpages.
    pub thp: Thp,
    /// Pages of an aligned run that must be in memory for a superpage to be made of it
    /// afterwards, at a tick; more than a run has means all of them. 0: never.
    pub thp_promote: u64,
    /// What a fork does with private pages.
    pub fork: ForkKind,
    /// Pages of a file that are mapped around the one that faulted, itself included, if they are
    /// in the page cache already: an aligned run. 0 and 1: that page only.
    pub fault_around: u64,
    /// Pages of a file that one disk access reads, an aligned run. 0 and 1: that page only.
    pub read_ahead: u64,
    /// Who is killed when memory is exhausted.
    pub oom: OomKind,
    /// Slots that a full swap file grows by. 0: it does not grow.
    pub swap_grow: u32,
    /// The most slots that it grows to; without end if absent.
    pub swap_limit: Option<u32>,
    /// Disk transfers that fail.
    pub disk_errors: DiskErrors,
    /// The bits of `sstatus` that the kernel knows to set when it reaches into a process's memory.
    pub sstatus: Sstatus,
    /// Pages below a stack that stay free of other mappings: it does not grow where fewer would be
    /// left, and below its limit they kill. 1 if absent.
    pub stack_guard_gap: Option<u64>,
    /// Frames that are not used, beside the kernel's: the first, counted from the beginning of
    /// memory, and how many.
    pub reserved: Vec<[u64; 2]>,
}

impl Options {
    /// The gap below stacks, in bytes.
    pub fn guard_gap(&self) -> u64 {
        self.stack_guard_gap.unwrap_or(1).saturating_mul(PAGE_BYTES)
    }
}
