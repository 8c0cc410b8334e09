//! The page-table walker.

mod decode;
mod offset;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod walker;

pub use decode::PteDecode;
pub use offset::TableOffset;
pub use walker::{WalkState, Walker};
