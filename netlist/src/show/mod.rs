//! Designs, netlists and programs in readable form: text, pictures, counts.
//!
//! | file | shows |
//! |---|---|
//! | `tree` | the hierarchy as an indented list, one line for each block |
//! | `dot` | the modules and their instances as a picture, for Graphviz |
//! | `flat` | a [`crate::Netlist`], one line for each node: the input of passes |
//! | `program` | a [`crate::optimise::Program`], one line for each term: the compiler's input |
//! | `count` | counts of operations, before and after each pass |
//!
//! All text is the same in every run.

mod count;
mod dot;
mod flat;
mod program;
mod tree;

pub use count::{Counts, Stage, counts, stages};
pub use dot::dot;
pub use flat::netlist;
pub use program::program;
pub use tree::tree;

#[cfg(test)]
mod tests;
