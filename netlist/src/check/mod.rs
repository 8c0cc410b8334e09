//! What can be wrong with a design, and how it is said.
//!
//! Every finding is a [`Diagnostic`]: which block, which signal, which statement of its kernel,
//! and which [`Problem`]. Findings are made where the knowledge is: names and widths while
//! elaborating, latches and undriven nets while executing a kernel symbolically, loops and
//! clocks while flattening. Names that Verilog keeps for itself are found by
//! [`names`]; they are findings, not errors: printing puts a `_` behind them.
//!
//! | file | holds |
//! |---|---|
//! | `diagnostic` | one finding, as data and as a sentence |
//! | [`names`] | names that Verilog keeps for itself |

mod diagnostic;
mod names;

pub use diagnostic::{Diagnostic, Problem};
pub(crate) use names::is_keyword;
pub use names::names;
