//! The page-table walker.
//!
//! | block | does |
//! |---|---|
//! | [`Walker`] | the state machine that reads one entry after the other |
//! | [`WalkState`] | its states (`state`) |
//! | [`PteDecode`] | classifies one entry as fault, pointer or leaf (`decode`) |
//! | [`EntryAddress`] | the physical address of the next entry (`address`) |
//! | [`Choice`] | which port's miss is served next |

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
