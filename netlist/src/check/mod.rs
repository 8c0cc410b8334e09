//! What can be wrong with a design, and how it is reported.
//!
//! Every finding is a [`Diagnostic`]: the block, the signal, the statement of its kernel, and the
//! [`Problem`]. Findings are made where the information is: names and widths during elaboration,
//! latches and undriven nets in the symbolic execution of a kernel, loops and clocks in flattening.
//! Names that are reserved words of Verilog are listed by [`names`]; they are not errors, since
//! printing appends a `_` to them.
//!
//! | file | holds |
//! |---|---|
//! | `diagnostic` | one finding, as data and as a sentence |
//! | [`names`] | names that are reserved words of Verilog |

mod diagnostic;
mod names;

pub use diagnostic::{Diagnostic, Problem};
pub(crate) use names::is_keyword;
pub use names::names;
