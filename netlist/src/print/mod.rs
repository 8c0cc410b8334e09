//! A design as Verilog-2005 that people want to read.
//!
//! One module for each distinct block, shared by its instances. In a module:
//!
//! - ports stand in order of declaration; a structure or an array is one vector (first field,
//!   element 0 in the lowest bits), a field is named by a localparam (`held_leaf[LEAF_GLOBAL]`);
//! - each signal has its own continuous assignment, choices as `?:` chains; where statements read
//!   better (loops, long matches) it has its own small `always @*`. No block assigns two signals,
//!   so no simulator sees a loop that the hardware does not have;
//! - registers are `reg`s of the module, written in one `always @(posedge clock)` that has the
//!   shape of the kernel; holding is left out;
//! - memories are arrays with one registered read, as synthesis tools infer block RAM;
//! - arrays of children are `generate` loops over vectors;
//! - what nothing reads is named in one wire `unused`, which linters understand.
//!
//! Operators see operands of exactly the widths of the IR, so the 32 bits of Verilog's integers
//! never reach a result. The text is the same in every run.

mod carry;
mod children;
mod depends;
mod describe;
mod expression;
mod logic;
mod memory;
mod module;
mod names;
mod net;
mod parameters;
mod parts;
mod place;
mod procedure;
mod rewrite;
mod select;
mod sequential;
mod settle;
mod sheet;
mod term;
mod text;
mod unroll;

pub use describe::{Describe, NotRust};
pub use net::port_names;
pub use place::Place;

use crate::ir::{Body, Design, ModuleId};
use names::Scope;
use place::Labels;
use std::fmt;

/// A printed module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerilogModule {
    /// Its name, and that of the file that it should stand in (`name.v`).
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A printed design; it displays as one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verilog {
    /// The modules, the top first, parents before their children.
    pub modules: Vec<VerilogModule>,
    /// Where registers and outputs of memories stand.
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

/// Prints a design whose top module gets this name.
pub fn verilog(design: &Design, top: &str, describe: &Describe) -> Verilog {
    let names = module_names(design, top);
    let paths = depends::paths(design);
    let mut modules = Vec::new();
    let mut labels = vec![Labels::default(); design.modules.len()];
    for at in (0..design.modules.len()).rev() {
        let id = ModuleId(at as u32);
        if let Body::Kernel(_) = design.modules[at].body {
            let name = names[at].clone();
            let (text, own) = printed(design, id, &names, &paths, describe);
            labels[at] = own;
            modules.push(VerilogModule { name, text });
        }
    }
    let first = modules.iter().position(|module| module.name == names[design.top.0 as usize]);
    let top = modules.remove(first.expect("the top is a block with a kernel"));
    modules.insert(0, top);
    Verilog { modules, places: place::places(design, &labels) }
}

fn printed(
    design: &Design,
    id: ModuleId,
    names: &[String],
    paths: &[depends::Paths],
    describe: &Describe,
) -> (String, Labels) {
    let print = |unrolled| {
        let settled = settle::settled(design.module(id), unrolled);
        module::print(design, id, &settled, names, paths, describe)
    };
    print(false).or_else(|_| print(true)).expect("without loops nothing asks for unrolling")
}

/// The top's name as the caller wants it, every other by its block.
fn module_names(design: &Design, top: &str) -> Vec<String> {
    let mut scope = Scope::default();
    let top_name = scope.take(top);
    let mut names = Vec::new();
    for (at, module) in design.modules.iter().enumerate() {
        let is_top = at == design.top.0 as usize;
        names.push(if is_top { top_name.clone() } else { scope.take(&module.name) });
    }
    names
}
