//! Designs, netlists and programs as people look at them: text, pictures, counts.
//!
//! | file | shows |
//! |---|---|
//! | `tree` | the hierarchy as an indented list, a line for each block |
//! | `dot` | the modules and their instances as a picture, for Graphviz |
//! | `flat` | a [`crate::Netlist`], a line for each node: what a pass reads |
//! | `program` | a [`crate::optimise::Program`], a line for each term: what is compiled |
//! | `count` | how many of which operation, before and after each pass |
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
