//! A translation port.
//!
//! | block | does |
//! |---|---|
//! | [`Port`] | looks a request up in its TLB, answers hits, hands misses to the walker |
//! | [`Miss`] | the one miss that may be outstanding, with the context of its request |
//! | [`PhysicalAddress`] | joins page number and offset, by page size (`address`) |

mod address;
mod miss;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod port;

pub use address::PhysicalAddress;
pub use miss::Miss;
pub use port::Port;
