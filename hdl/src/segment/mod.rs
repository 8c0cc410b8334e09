//! Segmentation: base and limit, the alternative that the books compare paging with.
//!
//! Not of RISC-V. A logical address is a segment number and an offset; a small table of
//! registers says where each segment is in physical memory, how long it is, and what may be
//! done there. Nothing is read from memory, so an answer never takes longer than its own cycle.
//!
//! | block | does |
//! |---|---|
//! | [`SegmentUnit`] | the table of registers, one check, the oldest fault held (`unit`) |
//! | [`SegmentRegister`] | one segment: base, limit, rights (`register`) |
//! | [`SegmentCheck`] | one access against one segment (`check`) |
//! | [`Rights`] | the bits that travel together (`rights`) |

mod check;
mod register;
mod rights;
mod unit;

pub use check::SegmentCheck;
pub use register::SegmentRegister;
pub use rights::{Requested, Rights};
pub use unit::SegmentUnit;
