//! The operating system's memory manager.
//!
//! The kernel runs on physical addresses over its own bus channel; everything that it does to
//! page tables happens in simulated memory, costs cycles, and is followed by the smallest fence
//! that the privileged specification allows. It knows the machine only as a [`Hal`].
//!
//! | room | what stands in it |
//! |---|---|
//! | [`Os`] | processes: made, switched, ended |
//! | `calls`, `fork`, `exec`, `heap` | what programs ask for |
//! | `fault`, `denied` | what a fault means, what is done about it, and what came of that |
//! | `user_access` | the kernel in the process's memory: SUM, MXR, and `EFAULT` |
//! | `source` | where the contents of a page are: frame, swap, file, nowhere, a device |
//! | `pager`, `around` | pages into frames and page tables; those beside them as well |
//! | `cow`, `duplicate` | copies: at a store, or at the fork |
//! | `evict`, `disk_access` | pages out of frames, to swap and files |
//! | [`OsCounters`] | what it counts |
//! | [`Allocation`] | how many frames each process may have |
//! | `obtain`, `oom` | frames for whoever needs one; who is killed when there is none |
//! | `remap` | mappings moved and resized |
//! | `residency` | pages locked, dropped, and written to their files, when the program asks |
//! | `thp`, `promote` | zeroed memory in superpages, at the first touch or afterwards |
//! | [`Frames`], [`Buddy`] | what each frame is used for; free ones in blocks |
//! | [`Page`], `hold` | pages, each with those who hold it: the reverse map |
//! | [`Objects`], `settle` | files with the page cache, shared memory; what becomes of them |
//! | [`table`], `prune` | page tables in simulated memory; given back when nothing needs them |
//! | [`AddressSpace`], [`Region`], `protect` | what a process may touch |
//! | `layout` | regions as they are stated, checked |
//! | `demand` | regions of programs that are known by their addresses only |
//! | [`replace`] | which page goes: one policy a file |
//! | `bits` | what policies see: A and D bits |
//! | [`Swap`] | slots on a disk |
//! | [`Disk`] | the queue of transfers, and who waits for them |
//! | [`Schedule`], `dispatch` | who runs, and who waits for what |
//! | `load` | whole processes suspended before they thrash |
//! | [`Asids`] | address-space identifiers |
//! | `invariants` | what must be conserved |
//!
//! How a page is shared: its contents have one record ([`Page`]) with all who hold it, each at a
//! virtual page, whether an entry shows it at present or not. So a frame knows who maps it, a swap
//! slot is one for all, and whoever is the last to hold a page owns it.
//!
//! Not modelled: several harts, file systems.

mod account;
mod allocation;
mod around;
mod asid;
mod bits;
mod buddy;
mod calls;
mod config;
mod content;
mod cow;
mod death;
mod demand;
mod denied;
mod disk;
mod disk_access;
mod dispatch;
mod duplicate;
mod error;
mod event;
mod evict;
mod exec;
mod fault;
mod fork;
mod frames;
mod hal;
mod heap;
mod hold;
mod identity;
mod invariants;
mod kernel;
mod layout;
mod load;
mod object;
mod obtain;
mod oom;
mod options;
mod page;
mod pager;
mod permissions;
mod process;
mod promote;
mod protect;
mod prune;
mod region;
mod remap;
pub mod replace;
mod residency;
mod schedule;
mod scheduling;
mod settle;
mod source;
mod space;
mod swap;
pub mod table;
mod thp;
mod user_access;
mod working_set;

pub use account::OsCounters;
pub use allocation::Allocation;
pub use asid::{Asids, Grant};
pub use buddy::{Buddy, BuddyError};
pub use config::{Costs, Memory, OsConfig};
pub use content::{FileId, file_page, file_word, scramble};
pub use death::Death;
pub use disk::{Disk, Transfer};
pub use error::OsError;
pub use event::{Cache, Event, FaultKind, Pid};
pub use exec::Execed;
pub use fault::Verdict;
pub use frames::{Census, Frames, Use};
pub use hal::{Activity, Hal, PAGE_WORDS, PageData};
pub use identity::Identity;
pub use kernel::Os;
pub use layout::{Ground, Image, lay_one, lay_out};
pub use object::{Object, ObjectId, Objects};
pub use options::{DiskErrors, ForkKind, OomKind, Options, Thp};
pub use page::{Page, PageId, Pages, ZERO_PAGE};
pub use permissions::Permissions;
pub use process::{Process, State};
pub use region::{Backing, Region, RegionKind, RegionSpec};
pub use remap::Remap;
pub use replace::{PolicyKind, PolicySettings, UnknownPolicy, VirtualPage};
pub use schedule::{Reason, Schedule, Standing, Times};
pub use scheduling::{LoadControl, Scheduling};
pub use space::{AddressSpace, Bounds, Held, Layout, Owner};
pub use swap::{Slot, Swap};
pub use user_access::{Call, Refusal, Sstatus, UserAccess};
