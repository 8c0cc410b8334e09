//! Faults: their cause codes, and the oldest one held until it is taken.
//!
//! | block | does |
//! |---|---|
//! | [`Cause`] | the exception code, from the kind of access and of fault |
//! | [`HeldFault`] | the oldest fault, held until software takes it (`held`) |

mod cause;
mod held;

pub use cause::Cause;
pub use held::HeldFault;
