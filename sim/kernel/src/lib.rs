//! The operating system's memory manager.
//!
//! The kernel runs on physical addresses over its own bus channel; everything that it does to
//! page tables happens in simulated memory, costs cycles, and is followed by the smallest fence
//! that the privileged specification allows. It knows the machine only as a [`Hal`].
//!
//! | module | contents |
//! |---|---|
//! | [`Os`] (`kernel`) | the modules joined: boot, creation and end of processes |
//! | [`space`] | address spaces: regions, page tables, permissions, ASIDs |
//! | [`memory`] | frames and their free blocks, pages and their holders, files, swap slots |
//! | [`paging`] | faults: their cause; pages brought in, copied, mapped and unmapped |
//! | [`reclaim`] | frames when none is free: by eviction, else by killing a process |
//! | [`replace`] | the page to evict: one policy per file |
//! | [`calls`] | system calls: mappings, fork, exec, the heap, buffers |
//! | [`schedule`] | which process runs, what others wait for, and load control |
//! | [`disk`] | the queue of transfers, and write-back of pages |
//! | [`Process`], [`Death`] (`process`, `death`) | the record of a process; the cause of its death |
//! | [`OsCounters`], [`Event`] (`account`, `event`) | counters, and events for observers |
//! | [`Hal`] (`hal`) | the kernel's interface to the hardware: its bus, fences, `satp`, time |
//! | [`MachineConfig`] (`config`, `options`) | every option of kernel and machine, with defaults and bounds |
//! | [`OsError`] (`error`) | errors of the kernel itself |
//! | `invariants` | conserved quantities, recounted from scratch |
//!
//! How a page is shared: its contents have one record ([`Page`]) with all its holders, the
//! processes that refer to it, each at a virtual page, whether an entry maps it at present or not.
//! So the mappings of a frame can be found, a swap slot is shared by all holders, and the last
//! holder of a page owns it.
//! Not modelled: several harts, file systems.

mod account;
pub mod calls;
mod config;
mod death;
pub mod disk;
mod error;
mod event;
mod hal;
mod invariants;
mod kernel;
pub mod memory;
mod options;
pub mod paging;
mod process;
pub mod reclaim;
pub mod replace;
pub mod schedule;
pub mod space;
#[cfg(test)]
mod testing;

pub use account::OsCounters;
pub use calls::{Call, Execed, Refusal, Remap, Sstatus, UserAccess};
pub use config::{MOST_CYCLES, MachineConfig, Senseless};
pub use death::Death;
pub use disk::{Disk, Transfer};
pub use error::OsError;
pub use event::{Event, FaultKind, Names, Pid};
pub use hal::{Activity, Hal, PAGE_WORDS, PageData, walk_by_reads};
pub use kernel::Os;
pub use memory::{
    Allocation, Buddy, BuddyError, Census, FileId, Frames, Object, ObjectId, Objects, Page, PageId,
    Pages, PhysicalMemory, Placement, Slot, Swap, Use, Wanted, ZERO_PAGE, file_page, file_word,
    scramble,
};
pub use options::{
    BusErrors, ConsoleSpec, Costs, DiskErrors, ForkKind, FrameChoice, LoadControl, OomKind, Thp,
};
pub use paging::{Identity, Verdict};
pub use process::{Process, State};
pub use replace::{PolicyKind, PolicySettings, UnknownPolicy, VirtualPage};
pub use schedule::{Reason, Schedule, Standing, Times};
pub use space::{
    AddressSpace, Asids, Backing, Bounds, Grant, Ground, Held, Image, Layout, Owner, Permissions,
    Region, RegionKind, RegionSpec, lay_one, lay_out,
};
