//! Passes from design to design that prepare a kernel for printing.
//!
//! | file | pass or part |
//! |---|---|
//! | `cut` | selects bits of named signals only, since Verilog allows no others |
//! | `once` | replaces loops that run once by their bodies |
//! | `unroll`, `carry` | unrolls loops without a Verilog form; finds values carried between iterations |
//! | `settle` | makes reads final: an intermediate value that is read gets its own signal |
//! | `constant` | reads constants as their values, through all blocks; leaves dead branches out |
//! | `separate` | separates the statements of each signal from those of all others |
//! | `fold` | folds statements into one expression, where that is easier to read |
//! | `alias` | reads locals that are another name of a net as that net |
//! | `unused` | leaves out locals, ports of children and blocks that nothing reads |
//! | `share` | writes logic that several signals have in common once |
//! | `net`, `loops` | the nets that statements assign and read; their dependences within a cycle |
//! | `plant` | a defect in each pass, for tests to find |
//!
//! Each pass needs the results of those before it. The result of every pass is a design: `pagewalk
//! netlist CONFIG --ir --after settle` shows it as a netlist, and the tests run it in the
//! interpreter in parallel with the original design.

mod alias;
mod carry;
mod constant;
mod cut;
mod fold;
mod loops;
mod net;
mod once;
#[cfg(test)]
pub(crate) mod plant;
mod separate;
mod settle;
mod share;
mod unroll;
mod unused;

#[cfg(test)]
mod tests;

pub(crate) use fold::{are_disjoint, targets};
pub(crate) use loops::{Paths, looped, paths};
pub(crate) use net::{Net, assigned, held, reads, select};

use crate::ir::{Design, Pass};

/// The passes, in the order in which they run.
pub const PASSES: &[&dyn Pass<Design>] = &[
    &cut::Cut,
    &once::Once,
    &unroll::Unroll,
    &settle::Settle,
    &constant::Constant,
    &separate::Separate,
    &fold::Fold,
    &alias::Alias,
    &unused::Unused,
    &share::Share,
];

/// The design after all passes, ready to print.
pub fn readable(design: &Design) -> Design {
    PASSES.iter().fold(design.clone(), |design, pass| pass.apply(&design))
}

/// The design after the pass of this name; `None` if there is no such pass.
pub fn after(design: &Design, name: &str) -> Option<Design> {
    let last = PASSES.iter().position(|pass| pass.name() == name)?;
    Some(PASSES[..=last].iter().fold(design.clone(), |design, pass| pass.apply(&design)))
}

/// Whether a defect is planted; never, outside of tests.
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
