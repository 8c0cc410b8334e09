//! A design as readable Verilog-2005.
//!
//! One module for each distinct block, shared by its instances, and named for the top and what it
//! is, so that several designs can be read together. In a module:
//!
//! - ports are in order of declaration; a structure or an array is one vector (first field,
//!   element 0 in the lowest bits), a field is named by a localparam (`held_leaf[LEAF_GLOBAL]`);
//! - each signal has its own continuous assignment, choices as `?:` chains; where statements are
//!   more readable (loops, long matches) it has its own small `always @*`. No block assigns two
//!   signals, so no simulator sees a loop that the hardware does not have;
//! - registers are `reg`s of the module, written in one `always @(posedge clock)` that has the
//!   shape of the kernel; assignments that only hold a value are left out;
//! - memories are arrays with one registered read, as synthesis tools infer block RAM;
//! - arrays of children are `generate` loops over vectors;
//! - what is constant in all instances of a module is printed as a number, and locals, ports of
//!   children and blocks that nothing reads are left out; ports of the top, registers and memories
//!   stay;
//! - other bits that nothing reads are inputs of one wire `unused`, which linters understand.
//!
//! Operators see operands of exactly the widths of the IR, so the 32 bits of Verilog's integers
//! never affect a result. The text is the same in every run.
//!
//! Rewriting comes first and is separate from printing: the passes of [`crate::rewrite`] produce a
//! design in which every value read is final, the statements of each signal are separate, and every
//! loop has a form in Verilog. Each of its modules becomes trees, everything in the trees gets a
//! name, and the trees are written:
//!
//! | file | does |
//! |---|---|
//! | `module` | the text of one module |
//! | `sheet` | what follows from a module alone: shapes of nets, statements of each |
//! | `logic`, `sequential`, `memory`, `children` | trees of signals, registers, memories, instances |
//! | `procedure`, `expression` | trees of statements and expressions |
//! | `parts`, `reader` | bits as concatenations; their values within loops |
//! | `tree` | Verilog without names: expressions, statements, blocks |
//! | `modules` | the names of modules |
//! | `naming`, `names` | the name of everything in a module; which identifiers are legal |
//! | `text`, `parameters` | trees as lines; localparams |
//! | `ports` | the ports of the top, and which of them the design uses |
//! | `place` | where the state of a design is in its text |
//! | `describe` | comments from the source's own |

mod children;
mod describe;
mod expression;
mod logic;
mod memory;
mod module;
mod modules;
mod names;
mod naming;
mod parameters;
mod parts;
mod place;
mod ports;
mod procedure;
mod reader;
mod sequential;
mod sheet;
mod text;
mod tree;

pub use describe::{Describe, NotRust};
pub use names::port_names;
pub use place::Place;
pub use ports::Port;

use crate::ir::{Body, Design, ModuleId};
use crate::rewrite::{Net, Paths, paths, readable};
use place::Labels;
use std::fmt;

/// A printed module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerilogModule {
    /// Its name, and that of its file (`name.v`).
    pub name: String,
    /// Its text.
    pub text: String,
    /// The block it prints: the name of its type, with its parameters (`Fifo_8_4`).
    pub block: String,
}

/// A printed design; it displays as one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verilog {
    /// The modules, the top first, parents before their children.
    pub modules: Vec<VerilogModule>,
    /// The ports of the top, in order of declaration.
    pub ports: Vec<Port>,
    /// The places of registers and outputs of memories.
    pub places: Vec<Place>,
}

impl fmt::Display for Verilog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modules.len() > 1 {
            writeln!(f, "// Several modules in one file.")?;
            writeln!(f, "/* verilator lint_off DECLFILENAME */")?;
        }
        for (at, module) in self.modules.iter().enumerate() {
            if at > 0 || self.modules.len() > 1 {
                writeln!(f)?;
            }
            f.write_str(&module.text)?;
        }
        Ok(())
    }
}

/// Prints a design; its top module gets this name, with which the names of all others begin.
pub fn verilog(design: &Design, top: &str, describe: &Describe) -> Verilog {
    let design = &readable(design);
    let names = modules::module_names(design, top, describe);
    let paths = paths(design);
    let mut modules = Vec::new();
    let mut labels = vec![Labels::default(); design.modules.len()];
    for at in (0..design.modules.len()).rev() {
        let id = ModuleId(at as u32);
        if let Body::Kernel(_) = design.modules[at].body {
            let name = names[at].clone();
            let (text, own) = module::print(design, id, &names, &paths, describe);
            labels[at] = own;
            let block = design.modules[at].name.clone();
            modules.push(VerilogModule { name, text, block });
        }
    }
    let first = modules.iter().position(|module| module.name == names[design.top.0 as usize]);
    let top = modules.remove(first.expect("the top is a block with a kernel"));
    modules.insert(0, top);
    let ports = ports::ports(design, describe);
    Verilog { modules, ports, places: place::places(design, &labels) }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
