//! A translation port.
//!
//! | block | does |
//! |---|---|
//! | [`Port`] | looks a request up in its TLB, answers hits, hands misses to the walker |
//! | [`Miss`] | the one miss that may be outstanding, with the context of its request |
//! | [`KeyChoice`] | what the TLB looks for (`key`) |
//! | [`MemoryType`] | the memory type of an answer, and whether PBMTE changed during a miss |
//! | [`PhysicalAddress`], [`LateChoice`] | joins page number and offset, by page size (`address`) |

mod address;
mod key;
mod memory_type;
mod miss;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod port;

pub use address::{LateChoice, PhysicalAddress};
pub use key::KeyChoice;
pub use memory_type::MemoryType;
pub use miss::Miss;
pub use port::Port;
