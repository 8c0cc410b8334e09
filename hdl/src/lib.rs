//! The MMU as synthesizable hardware blocks, and nothing else: no I/O, no randomness, no clock.
//!
//! Read from the outside in: [`Rv64Mmu`] and [`Rv32Mmu`] wire two [`port::Port`]s to one
//! [`walker::Walks`]; a port owns its [`tlb::Cam`] and its one outstanding [`port::Miss`].
//!
//! | module | blocks |
//! |---|---|
//! | [`tlb`] | `CamLine`, `SamePage`, `SameWord`, `LineRights`, `HitNumber`, `Cam`, `Replacement`, `PageSets`; `Shape` says how many lines |
//! | [`second`] | `SecondLevel`, `Bank`, `BankWay`: the second-level TLB |
//! | [`walker`] | `Walks`, `Walker`, `PteDecode`, `Verdict`, `EntryAddress`, `Choice`, `WalkCache`, `PointerLine`, `WalkMemory`, `LineFill`, `KeptLine`, `MemoryTurn` |
//! | [`port`] | `Port`, `Miss`, `KeyChoice`, `MemoryType`, `PhysicalAddress`, `LateChoice`; `Stage`, `NextKey`, `LateFence`, `LateRefill` for registered answers |
//! | [`pmp`] | `Protection`: PMP and PMA, for every access |
//! | [`scheme`] | `Scheme32`, `Scheme64`: decode `satp` for one request |
//! | [`permission`] | `Permission`: evaluated at every use |
//! | [`fault`] | `Cause`, `HeldFault` |
//! | `memory` | [`DistributedRam`]: a small memory read in the cycle that addresses it |
//! | `select` | [`OneOfFour`]: a multiplexer of four words |
//! | [`geometry`] | `PageMask`, `Inside`, `InsideMask`: the page-number bits inside a page, by page size |
//! | `organisation` | [`Organisation`]: what is built in |
//! | `extensions` | [`Extensions`]: ... besides the base schemes |
//! | `sizes` | [`Sizes`]: ... of ASIDs, of physical addresses and of schemes |
//! | `flags` | [`Leaf`], [`AccessContext`]: bundles of signals |
//! | [`trace`] | `PortTrace`: what a port and its walks do, for observers |
//! | [`segment`] | `SegmentUnit`: base and limit, the alternative to pages |
//! | [`shim`] | `SwapByLock`, `NarrowAddress`; `WalkerAxi4`, `DataAxi4` and others: the MMU on buses |
//! | `top` | [`Rv32Mmu`], [`Rv64Mmu`]: all blocks wired together |
//!
//! Every block's documentation gives its rule in the specification, its ports, its timing in
//! cycles, its reset state and its invariants, in this order.

mod extensions;
pub mod fault;
mod flags;
pub mod geometry;
mod memory;
mod organisation;
pub mod permission;
pub mod pmp;
pub mod port;
pub mod scheme;
pub mod second;
pub mod segment;
mod select;
pub mod shim;
mod sizes;
pub mod tlb;
mod top;
pub mod trace;
pub mod walker;

pub use extensions::Extensions;
pub use flags::{AccessContext, Leaf};
pub use memory::DistributedRam;
pub use organisation::Organisation;
pub use select::OneOfFour;
pub use sizes::Sizes;
pub use top::{Rv32Mmu, Rv64Mmu};
