//! From a netlist to the program that is compiled: one pass a file.

mod columns;
mod gate;
mod guards;
mod lower;
mod make;
#[cfg(test)]
mod plant;
mod program;
mod select;

#[cfg(test)]
pub(crate) use plant::Plant;

pub use gate::{ALL, Gates};
pub use program::{Form, MemoryState, Program, State, StateId, TableId, Term, TermId, Watched};

use crate::ir::{NetId, Netlist};
use columns::Columns;

/// Which passes run, and what is watched.
#[derive(Clone, Debug)]
pub struct Options {
    /// Nets to keep up to date for the observer, besides the outputs.
    pub watch: Vec<NetId>,
    /// Arrays of equal rows become columns.
    pub columns: bool,
    /// Registers that seldom change stand behind branches.
    pub guards: bool,
    /// Only what depends on a change is evaluated, once a set of changes has occurred in so many
    /// cycles. `None`: everything is, whenever anything has changed.
    pub common: Option<u32>,
    /// A mistake for tests to find.
    #[cfg(test)]
    pub(crate) plant: Option<Plant>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            watch: Vec::new(),
            columns: true,
            guards: true,
            common: Some(2000),
            #[cfg(test)]
            plant: None,
        }
    }
}

/// Whether a mistake is planted; never, outside of tests.
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
    let mut program = lower::lower(netlist, columns, options);
    if options.guards {
        guards::guard(&mut program, options);
    }
    guards::guard_lanes(&mut program);
    program
}
