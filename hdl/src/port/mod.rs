//! A translation port.
//!
//! | block | does |
//! |---|---|
//! | [`Port`] | looks a request up in its TLB, answers hits, hands misses to the walker |
//! | [`Miss`] | the one miss that may be outstanding, with the context of its request |
//! | [`KeyChoice`], [`NextKey`] | what the TLB looks for (`key`) |
//! | [`MemoryType`] | the memory type of an answer, and whether PBMTE changed during a miss |
//! | [`PhysicalAddress`], [`LateChoice`] | joins page number and offset, by page size (`address`) |
//! | [`Stage`] | with registered answers: the request between its acceptance and its answer |
//! | [`LateFence`], [`LateRefill`] | ... what changes the TLB, a cycle later (`late`) |

mod address;
mod key;
mod late;
mod memory_type;
mod miss;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod port;
mod stage;

pub use address::{LateChoice, PhysicalAddress};
pub use key::{KeyChoice, NextKey};
pub use late::{LateFence, LateRefill};
pub use memory_type::MemoryType;
pub use miss::Miss;
pub use port::Port;
pub use stage::Stage;
