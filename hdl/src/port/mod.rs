//! A translation port.

mod address;
mod miss;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod port;

pub use address::PhysicalAddress;
pub use miss::Miss;
pub use port::Port;
