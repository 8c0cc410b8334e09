//! Memory without pages: every segment of a process in one contiguous piece.
//!
//! What textbooks compare paging with: a segmentation unit in hardware, an operating system that
//! searches for holes, the fragmentation that results, and compaction.
//!
//! | part | what it is |
//! |---|---|
//! | [`SegmentUnit`] | the hardware as pins: requests, register writes, a held fault (`unit`) |
//! | [`golden`] | what base and limit mean, byte by byte |
//! | [`IdealUnit`] | a unit made of nothing else, for running without hardware (`ideal`) |
//! | [`Fit`], [`Holes`] | first, best, worst and next fit |
//! | [`Blocks`], [`Pages`] | the buddy system and paging, for comparison (`others`) |
//! | [`World`] | processes loaded, ended, grown, moved; every byte over the bus |
//! | `placer`, `process` | what allocates memory; what a process requests and was allocated |
//! | `copy` | bytes over the bus, in the largest pieces that their addresses allow |
//! | [`churn`] | Knuth's fifty-percent rule |
//! | [`Event`], [`Contiguous`] | what observers see: waves (`observe`) |
//!
//! Not modelled: swapping whole segments out; segments that are paged.

pub mod churn;
mod copy;
mod fit;
pub mod golden;
mod holes;
mod ideal;
mod observe;
mod others;
mod placer;
mod process;
#[cfg(test)]
mod tests;
mod unit;
mod world;

pub use fit::Fit;
pub use holes::Holes;
pub use ideal::IdealUnit;
pub(crate) use observe::pieces;
pub use observe::{Activity, Contiguous, Event, Picture};
pub use others::{Blocks, Pages};
pub use placer::{Measure, Placer};
pub use process::{ProcessSpec, SegmentSpec};
pub use unit::{Descriptor, Fault, Inputs, Outputs, Reason, Request, Rights, SegmentUnit, Shape};
pub use world::{Access, Config, Counts, Loaded, World, WorldError};
