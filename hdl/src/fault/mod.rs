//! Faults: their cause codes, and the oldest one held until it is taken.

mod cause;
mod held;

pub use cause::Cause;
pub use held::HeldFault;
