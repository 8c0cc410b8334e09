//! Segmentation: base and limit, the alternative that textbooks compare with paging.
//!
//! Not part of RISC-V. A logical address is a segment number and an offset; a small table of
//! registers has each segment's physical base, length and permissions. Nothing is read from
//! memory, so every request is answered in its own cycle.
//!
//! | block | does |
//! |---|---|
//! | [`SegmentUnit`] | the table of registers, one check, the oldest fault held (`unit`) |
//! | [`SegmentRegister`] | one segment: base, limit, rights (`register`) |
//! | [`SegmentCheck`] | one access against one segment (`check`) |
//! | [`Rights`] | the permissions of a segment, as one bundle of signals (`rights`) |

mod check;
mod register;
mod rights;
mod unit;

pub use check::SegmentCheck;
pub use register::SegmentRegister;
pub use rights::{Requested, Rights};
pub use unit::SegmentUnit;
