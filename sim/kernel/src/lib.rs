//! The operating system's memory manager.
//!
//! The kernel runs on physical addresses over its own bus channel; everything that it does to
//! page tables happens in simulated memory, costs cycles, and is followed by the smallest fence
//! that the privileged specification allows. It knows the machine only as a [`Hal`].
//!
//! | room | what stands in it |
//! |---|---|
//! | [`Os`] (`kernel`) | the rooms joined: boot, processes made and ended |
//! | [`space`] | address spaces: regions, page tables, permissions, ASIDs |
//! | [`memory`] | frames and their free blocks, pages and who refers to them, files, swap slots |
//! | [`paging`] | what a fault means, and pages brought in, copied, shown and taken out |
//! | [`reclaim`] | frames when none is free: by eviction, else by a kill |
//! | [`replace`] | which page goes: one policy a file |
//! | [`calls`] | what programs ask for: mappings, fork, exec, the heap, buffers |
//! | [`schedule`] | who runs, who waits for what, and who is suspended before all thrash |
//! | [`disk`] | the queue of transfers, and what is written where |
//! | [`Process`], [`Death`] (`process`, `death`) | a process as it is kept; why one was killed |
//! | [`OsCounters`], [`Event`] (`account`, `event`) | counters, and events for observers |
//! | [`Hal`] (`hal`) | all that the kernel needs of the hardware: its bus, fences, `satp`, time |
//! | `config`, `options` | its configuration |
//! | [`OsError`] (`error`) | what can go wrong with the kernel itself |
//! | `invariants` | what must be conserved, counted again from scratch |
//!
//! How a page is shared: its contents have one record ([`Page`]) with all who hold it, each at a
//! virtual page, whether an entry shows it at present or not. So a frame knows who maps it, a swap
//! slot is one for all, and the last holder of a page owns it.
//!
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
pub use config::{Costs, Memory, OsConfig};
pub use death::Death;
pub use disk::{Disk, Transfer};
pub use error::OsError;
pub use event::{Cache, Event, FaultKind, Pid};
pub use hal::{Activity, Hal, PAGE_WORDS, PageData};
pub use kernel::Os;
pub use memory::{
    Allocation, Buddy, BuddyError, Census, FileId, Frames, Object, ObjectId, Objects, Page, PageId,
    Pages, PhysicalMemory, Slot, Swap, Use, ZERO_PAGE, file_page, file_word, scramble,
};
pub use options::{DiskErrors, ForkKind, OomKind, Options, Thp};
pub use paging::{Identity, Verdict};
pub use process::{Process, State};
pub use replace::{PolicyKind, PolicySettings, UnknownPolicy, VirtualPage};
pub use schedule::{LoadControl, Reason, Schedule, Scheduling, Standing, Times};
pub use space::{
    AddressSpace, Asids, Backing, Bounds, Grant, Ground, Held, Image, Layout, Owner, Permissions,
    Region, RegionKind, RegionSpec, lay_one, lay_out,
};
