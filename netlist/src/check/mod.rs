//! What can be wrong with a design, and how it is said.
//!
//! Every finding is a [`Diagnostic`]: which block, which signal, which statement of its kernel,
//! and which [`Problem`]. Findings are made where the knowledge is: names and widths while
//! elaborating, latches and undriven nets while executing a kernel symbolically, loops and
//! clocks while flattening. Names that Verilog would not accept are found by [`names`].

mod diagnostic;
mod names;

pub use diagnostic::{Diagnostic, Problem};
pub use names::names;
