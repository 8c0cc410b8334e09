//! Passes from design to design: what a kernel says, said so that it can be printed.
//!
//! | file | pass or part |
//! |---|---|
//! | `cut` | bits are taken of what has a name, and of nothing else |
//! | `unroll`, `carry` | loops that Verilog cannot say become copies of their bodies; which carry a value from round to round |
//! | `settle` | a signal that is read has its last value; what is read before gets a signal of its own |
//! | `separate` | the statements of each signal stand apart |
//! | `fold` | the statements of a signal become one expression, where that is easier to read |
//! | `share` | logic that several signals have in common is written once |
//! | `net`, `loops` | what statements assign and read; which nets depend on which within a cycle |
//! | `plant` | a mistake in each pass, for tests to find |
//!
//! Each needs what those before it have made. A design is one between any two of them:
//! `pagewalk netlist CONFIG --ir --after settle` shows it flat, and the tests run it in the
//! interpreter beside the design that they began with.

mod carry;
mod cut;
mod fold;
mod loops;
mod net;
#[cfg(test)]
mod plant;
mod separate;
mod settle;
mod share;
mod unroll;

#[cfg(test)]
mod tests;

pub(crate) use fold::{are_disjoint, targets};
pub(crate) use loops::{Paths, looped, paths};
pub(crate) use net::{Net, assigned, held, reads, select};

use crate::ir::{Design, Pass};

/// The passes, in the order in which they run.
pub const PASSES: &[&dyn Pass<Design>] =
    &[&cut::Cut, &unroll::Unroll, &settle::Settle, &separate::Separate, &fold::Fold, &share::Share];

/// The design after all passes: what is printed.
pub fn readable(design: &Design) -> Design {
    PASSES.iter().fold(design.clone(), |design, pass| pass.apply(&design))
}

/// The design after the pass of this name; `None` if there is no such pass.
pub fn after(design: &Design, name: &str) -> Option<Design> {
    let last = PASSES.iter().position(|pass| pass.name() == name)?;
    Some(PASSES[..=last].iter().fold(design.clone(), |design, pass| pass.apply(&design)))
}

/// Whether a mistake is planted; never, outside of tests.
macro_rules! planted {
    ($plant:ident) => {{
        #[cfg(test)]
        let planted = $crate::rewrite::plant::is_planted($crate::rewrite::plant::Plant::$plant);
        #[cfg(not(test))]
        let planted = false;
        planted
    }};
}
pub(crate) use planted;
