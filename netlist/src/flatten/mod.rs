//! Flattening of a design into one levelised netlist.
//!
//! 1. **execute**: each module's kernel is executed once, symbolically. Branches become
//!    multiplexers, loops are unrolled, and every signal that the module drives gets an
//!    expression over the signals that it reads. Latches, undriven signals and reads before
//!    writes show here.
//! 2. **tree**: modules are instantiated; a child's port and the parent's name for it become one
//!    net with one driver.
//! 3. **resolve**: expressions are followed through nets from state and ports back to inputs and
//!    registers, depth first. The nodes come out in order, shared and folded; a net met again
//!    while it is being followed is a combinational loop.
//! 4. **assemble**: names, registers, memories, clock, rows of arrays.
//!
//! | file | does |
//! |---|---|
//! | `execute`, `state` | step 1, and the values of wires while it runs |
//! | `wires` | numbers for all that a module can name |
//! | `tree` | step 2 |
//! | `resolve`, `lower` | step 3; `lower` makes nodes of typed expressions |
//! | `assemble`, `rows` | step 4; `rows` finds the rows of arrays |
//! | `known` | what steps 1 to 3 find to be constant, for passes over designs |

mod assemble;
mod execute;
mod known;
mod lower;
mod resolve;
mod rows;
mod state;
mod tree;
mod wires;

use crate::check::Diagnostic;
use crate::ir::{Design, Netlist};
use wires::Layout;

pub(crate) use known::{Known, Settled};

/// Findings in kernels.
pub(crate) fn check(design: &Design) -> Vec<Diagnostic> {
    let layouts = Layout::of_all(design);
    let mut found = Vec::new();
    let paths = design.first_paths();
    for (at, path) in paths.iter().enumerate() {
        let findings = execute::execute(design, &layouts, at).1;
        found.extend(findings.into_iter().map(|finding| Diagnostic {
            block: path.clone(),
            signal: Some(finding.signal),
            statement: finding.statement,
            problem: finding.problem,
        }));
    }
    found
}

impl Design {
    /// The flat form of the design.
    ///
    /// # Errors
    ///
    /// Combinational loops, and registers or memories whose clock is not the one clock input.
    pub fn flatten(&self) -> Result<Netlist, Vec<Diagnostic>> {
        let layouts = Layout::of_all(self);
        let modules = 0..self.modules.len();
        let logic: Vec<_> = modules.map(|at| execute::execute(self, &layouts, at).0).collect();
        let tree = tree::Tree::new(self, &layouts, &logic);
        let resolved = resolve::resolve(self, &tree, &logic)
            .map_err(|path| vec![tree.loop_finding(self, path)])?;
        assemble::assemble(self, &tree, resolved)
    }
}
