//! What an operating system does that people want to see.

use super::{Death, Reason, UserAccess};
use model::isa::{Access, Cause};
use model::mmu::Fence;
use serde::Serialize;

/// A process's number: 1 for the first, never used again.
pub type Pid = u32;

/// What a fault turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Resolved without the disk: a zero page, or permissions widened.
    Minor,
    /// The page came from the disk.
    Major,
    /// A or D was clear and software sets it (`menvcfg.ADUE` = 0).
    AccessedDirty,
    /// The entry was already in order: the hardware used an older one. Tolerated.
    Spurious,
    /// Not allowed: the process is killed.
    Protection,
    /// The kernel's own access to a process's memory, not allowed: the call fails.
    Refused,
}

impl FaultKind {
    /// The kind in one lower-case word, for waves and text.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Minor => "minor",
            FaultKind::Major => "major",
            FaultKind::AccessedDirty => "accessed_dirty",
            FaultKind::Spurious => "spurious",
            FaultKind::Protection => "protection",
            FaultKind::Refused => "refused",
        }
    }
}

/// Which of the kernel's caches had a page in a frame, though no entry showed it at the faulting address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// The page cache: a page of a file or of shared memory.
    Page,
    /// The swap cache: a process's own page, which has not lost its frame yet.
    Swap,
}

impl Cache {
    /// The cache in lower-case words, for waves and text.
    pub fn name(self) -> &'static str {
        match self {
            Cache::Page => "page_cache",
            Cache::Swap => "swap_cache",
        }
    }
}

/// Something happened. Addresses are virtual and of a page's first byte, except a fault's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A fault was understood; what it needs follows.
    PageFault {
        /// Whose access.
        pid: Pid,
        /// The faulting address (`stval`).
        va: u64,
        /// What the access was to do.
        access: Access,
        /// The hardware's word for it (`scause`).
        cause: Cause,
        /// What it turned out to be.
        kind: FaultKind,
    },
    /// A page lost its frame.
    Eviction {
        /// Whose page; 0 if no process holds it and only the page cache has it.
        pid: Pid,
        /// Which page.
        va: u64,
        /// The frame's physical page number.
        frame: u64,
        /// It must be written back first.
        dirty: bool,
    },
    /// A page is written to a swap slot.
    SwapOut {
        /// Whose page.
        pid: Pid,
        /// Which page.
        va: u64,
        /// To which slot.
        slot: u32,
    },
    /// A page is read from a swap slot.
    SwapIn {
        /// Whose page.
        pid: Pid,
        /// Which page.
        va: u64,
        /// From which slot.
        slot: u32,
    },
    /// A fault found its page in a frame: the disk is not needed.
    CacheHit {
        /// Whose fault.
        pid: Pid,
        /// Which page.
        va: u64,
        /// The frame's physical page number.
        frame: u64,
        /// Where it was found.
        cache: Cache,
    },
    /// What the replacement policy keeps of the pages has changed.
    Policy {
        /// As [`super::replace::Policy::state`] says it.
        state: String,
    },
    /// The scheduler's queues, when it has looked at them.
    Queues {
        /// Who could run, in the order in which they will.
        ready: Vec<Pid>,
        /// Who waits, and for what.
        waiting: Vec<(Pid, Reason)>,
    },
    /// The MMU accepted a fence.
    Fence {
        /// Which.
        fence: Fence,
    },
    /// Another process runs.
    Switch {
        /// Who ran before, if any.
        from: Option<Pid>,
        /// Who runs now.
        to: Pid,
        /// In this address space.
        asid: u16,
    },
    /// A process was killed.
    Kill {
        /// Which.
        pid: Pid,
        /// Why.
        death: Death,
    },
    /// A page was copied because a process that shares it stores to it, or for a fork. A store to
    /// the zero page copies nothing.
    Copy {
        /// Whose the copy is.
        pid: Pid,
        /// Of which page.
        va: u64,
        /// The frame that stays with the others.
        from: u64,
        /// The copy's frame.
        to: u64,
    },
    /// Pages of a process were copied together, and one superpage shows them.
    Promotion {
        /// Whose pages.
        pid: Pid,
        /// The first of the run.
        va: u64,
        /// The first of the frames that hold them now.
        frame: u64,
    },
    /// The kernel begins to access a process's memory at its virtual addresses.
    UserAccess {
        /// Whose.
        pid: Pid,
        /// What for, and where.
        asked: UserAccess,
    },
    /// The call that it did so for returns.
    UserAccessEnds {
        /// To whom.
        pid: Pid,
        /// Bytes moved.
        moved: u64,
        /// `done`, `short`, `efault`, `no_sum` or `no_mxr`.
        result: &'static str,
    },
    /// A process was made as the copy of another.
    Fork {
        /// The original.
        parent: Pid,
        /// The copy.
        child: Pid,
        /// What the copy is called.
        name: String,
    },
    /// A process was given a new image.
    Exec {
        /// Which.
        pid: Pid,
        /// The image, which is what the process is called now.
        name: String,
    },
    /// A process ended by itself.
    Exit {
        /// Which.
        pid: Pid,
    },
    /// A process cannot go on, and others run.
    Blocked {
        /// Which.
        pid: Pid,
        /// What it waits for.
        reason: Reason,
    },
    /// Load control swaps a process out whole.
    Suspended {
        /// Which.
        pid: Pid,
    },
    /// Load control lets a process come back.
    Resumed {
        /// Which.
        pid: Pid,
    },
}
