//! The page-table walker.

mod address;
mod choice;
mod decode;
mod state;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod walker;

pub use address::EntryAddress;
pub use choice::Choice;
pub use decode::PteDecode;
pub use state::WalkState;
pub use walker::Walker;
