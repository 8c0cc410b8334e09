//! Counts of operations, before and after each pass.

use crate::ir::Netlist;
use crate::optimise::{Gates, Options, Program, program};
use std::collections::BTreeMap;

/// The count of each operation, by its name.
pub type Counts = BTreeMap<&'static str, usize>;

/// Operations of a netlist.
pub fn counts(netlist: &Netlist) -> Counts {
    tally(netlist.nodes.iter().map(|node| node.op.name()))
}

fn tally(names: impl Iterator<Item = &'static str>) -> Counts {
    let mut counts = Counts::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

/// A program after a pass.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The pass.
    pub pass: &'static str,
    /// Terms by operation.
    pub operations: Counts,
    /// Terms that are one value for each row of an array.
    pub columns: usize,
    /// Terms that are evaluated whenever anything has changed: all but those that are behind a
    /// guard.
    pub hot: usize,
    /// Registers, and columns of registers.
    pub states: usize,
    /// States that keep their value unless a guard holds.
    pub guarded: usize,
}

impl Stage {
    fn of(pass: &'static str, program: &Program, netlist: &Netlist, options: &Options) -> Self {
        let gates = Gates::new(program, netlist.inputs.len(), options);
        Self {
            pass,
            operations: tally(program.terms.iter().map(|term| term.form.name())),
            columns: program.terms.iter().filter(|term| term.rows > 0).count(),
            hot: gates.hot.iter().filter(|hot| **hot).count(),
            states: program.states.len(),
            guarded: program.states.iter().filter(|state| state.guard.is_some()).count(),
        }
    }

    /// Terms in all.
    pub fn terms(&self) -> usize {
        self.operations.values().sum()
    }
}

/// The program after each pass, in the order in which they run. [`counts`] gives the netlist before
/// all of them.
pub fn stages(netlist: &Netlist, options: &Options) -> Vec<Stage> {
    let passes = [("lower", false, false), ("columns", true, false), ("guards", true, true)];
    let mut stages = Vec::new();
    for (pass, columns, guards) in passes {
        if columns && !options.columns || guards && !options.guards {
            continue;
        }
        let options = Options { columns, guards, ..options.clone() };
        stages.push(Stage::of(pass, &program(netlist, &options), netlist, &options));
    }
    stages
}
