//! rust-hdl blocks become checked netlists, Verilog and fast cycles.
//!
//! ```text
//! block --elaborate--> Design --flatten--> Netlist --interpret--> cycles
//!                                          Netlist --optimise--> Program --compile--> cycles
//! ```
//!
//! | module | does |
//! |---|---|
//! | [`ir`] | the two layers of the intermediate representation, and how to write a pass |
//! | `elaborate` | builds a typed, hierarchical [`ir::Design`] from any rust-hdl block |
//! | [`check`] | the findings: what can be wrong with a design |
//! | `flatten` | builds a flat, levelised [`ir::Netlist`] from a design |
//! | [`rewrite`] | passes from design to design, before printing |
//! | [`mod@print`] | prints a design as readable Verilog |
//! | [`interpret`] | cycles, simple and obviously correct |
//! | [`optimise`] | builds a program from a netlist: one pass per file |
//! | [`compile`] | cycles as machine code |
//! | [`cone`] | what each bit depends on, if something is known |
//! | [`repeat`] | proves which cycles need not be evaluated again |
//! | [`wave`] | the value of every net over time, as a VCD file |
//! | [`show`] | all of them as text, pictures and counts |

pub mod check;
pub mod compile;
pub mod cone;
mod elaborate;
mod flatten;
pub mod interpret;
pub mod ir;
pub mod optimise;
pub mod print;
pub mod repeat;
pub mod rewrite;
pub mod show;
pub mod wave;

pub use check::{Diagnostic, Problem};
pub use compile::Compiled;
pub use elaborate::{Names, elaborate, elaborate_named};
pub use interpret::Interpreter;
pub use ir::{Design, Netlist};
