//! The specification's translation algorithm, step by step, without optimisation.
//!
//! [`walk`] is the algorithm of the privileged specification (`sv32algorithm`) as a pure function
//! over a [`PteSource`]; [`Checker`] checks responses against it, knowing which stale answers are
//! allowed because software has not fenced; [`IdealMmu`] is an MMU built from the walk alone, for
//! running software without hardware.
//!
//! Nothing here shares code with any hardware description: that is why their agreement is evidence.
//!
//! | file | holds |
//! |---|---|
//! | `walk`, `pte` | the algorithm, and one entry decoded |
//! | `pmp`, `guard` | protection of physical memory: the registers, and what judges a walk |
//! | `rule` | which rule of the specification decided an outcome |
//! | `checker` | checks every response of every run |
//! | `ideal` | an MMU in software: no TLB, one blocking walker |

mod checker;
mod guard;
mod ideal;
mod pmp;
mod pte;
mod rule;
#[cfg(test)]
mod tests;
mod walk;

pub use checker::{Checker, CheckerState, Mismatch, Token};
pub use guard::Guard;
pub use ideal::IdealMmu;
pub use pmp::{Operation, Pmp};
pub use pte::Pte;
pub use rule::Rule;
pub use walk::{PteRead, PteSource, Regime, Update, Walk, guarded_walk, walk};
