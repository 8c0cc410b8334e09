//! From a netlist to the program that is compiled: one pass per file.
//!
//! A [`Program`] is the netlist again, with one addition: a [`Term`] may have *rows*, one value for
//! each child of an array. The header of each file states what its pass proves and what it gives.
//!
//! | file | pass | ns per cycle without it (64 lines: hits, 5 % misses, all misses) |
//! |---|---|---|
//! | `lower`, `make` | dead logic, which is never lowered; a state for each register | |
//! | `columns` | equal rows become columns: SIMD, and bit masks | 540, 269, 170 |
//! | `select` | priority chains, one-hot selections and wide `Or` over columns become bit scans | (with `columns`) |
//! | `guards` | updates of registers that keep their value move behind one branch | 60, 64, 59 |
//! | `gate` | evaluation only of what depends on a change | 208, 95, 57 |
//! | `sources` | which sources share a bit of the mask of changes, where there are more than bits | (with `gate`) |
//! | `specialise`, `simplify` | functions for some changes, with the rest read or assumed | (with `gate`) |
//! | | all passes | 34, 26, 22 |
//! | | none of the passes | 2931, 1003, 423 |
//!
//! Quiescence (nothing changed: no evaluation) is the limit of `gate` and is in every row. Constant
//! folding and common subexpression elimination are done in [`crate::ir::Graph`], before all this.
//! Measured, before `specialise` and `simplify` existed, with `cargo bench -p netlist --bench mmu
//! --profile dev -- 64 --ablate` on the RV64 top, closed loop, 20 cycles of memory latency, driver
//! included; only ratios matter.
//!
//! # Writing a pass
//!
//! A pass ([`Pass`]) edits a [`Program`]: terms come after their operands, [`Program::add`] creates
//! them, and [`Program::hot_roots`] must be computed in every cycle. Give it a line in [`Options`],
//! list it in [`passes`], and plant a defect in it: `plant` lists them, and the differential tests
//! must find each.

mod columns;
mod gate;
mod guards;
mod lower;
mod make;
#[cfg(test)]
mod plant;
mod program;
mod select;
mod simplify;
mod sources;
mod specialise;

#[cfg(test)]
pub(crate) use plant::Plant;

pub use gate::{ALL, Gates, REFUSED};
pub use program::{Form, MemoryState, Program, State, StateId, TableId, Term, TermId, Watched};
pub use specialise::{Keep, Special, Store, specialise};

use crate::ir::{NetId, Netlist, Pass};
use columns::Columns;

/// Which passes run, and which nets are watched.
#[derive(Clone, Debug)]
pub struct Options {
    /// Nets to keep up to date for the observer, besides the outputs.
    pub watch: Vec<NetId>,
    /// Nets whose changes a [`crate::compile::Follower`] may report.
    pub follow: Vec<NetId>,
    /// Arrays of equal rows become columns.
    pub columns: bool,
    /// Updates of registers that rarely change move behind branches.
    pub guards: bool,
    /// Only what depends on a change is evaluated, once a set of changes has occurred in so many
    /// cycles. `None`: everything is evaluated whenever anything has changed.
    pub common: Option<u32>,
    /// A planted defect for tests.
    #[cfg(test)]
    pub(crate) plant: Option<Plant>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            watch: Vec::new(),
            follow: Vec::new(),
            columns: true,
            guards: true,
            common: Some(1000),
            #[cfg(test)]
            plant: None,
        }
    }
}

/// Whether a defect is planted; never, outside of tests.
macro_rules! planted {
    ($options:expr, $plant:ident) => {{
        #[cfg(test)]
        let planted = $options.plant == Some($crate::optimise::Plant::$plant);
        #[cfg(not(test))]
        let planted = {
            let _ = $options;
            false
        };
        planted
    }};
}
pub(crate) use planted;

/// Runs the passes.
pub fn program(netlist: &Netlist, options: &Options) -> Program {
    let columns = if options.columns { Columns::new(netlist) } else { Columns::none(netlist) };
    let program = lower::lower(netlist, columns, options);
    passes(options).iter().fold(program, |program, pass| pass.apply(&program))
}

/// The passes from program to program, in the order in which they run.
pub fn passes(options: &Options) -> Vec<Box<dyn Pass<Program> + '_>> {
    let mut passes: Vec<Box<dyn Pass<Program> + '_>> = Vec::new();
    if options.guards {
        passes.push(Box::new(guards::Guards { options }));
    }
    passes.push(Box::new(guards::GuardLanes));
    passes
}
