//! rust-hdl blocks become checked netlists, Verilog and fast cycles.
//!
//! ```text
//! block --elaborate--> Design --flatten--> Netlist --interpret--> cycles
//!                                          Netlist --optimise--> Program --compile--> cycles
//! ```
//!
//! | room | does |
//! |---|---|
//! | [`ir`] | the two layers of the intermediate representation, and how to write a pass |
//! | `elaborate` | any rust-hdl block becomes a typed, hierarchical [`ir::Design`] |
//! | [`check`] | the findings: what can be wrong with a design |
//! | `flatten` | a design becomes a flat, levelised [`ir::Netlist`] |
//! | [`rewrite`] | passes from design to design, before printing |
//! | [`mod@print`] | a design becomes readable Verilog |
//! | [`interpret`] | cycles, simple and obviously right |
//! | [`optimise`] | a netlist becomes a program: one pass a file |
//! | [`compile`] | cycles as machine code |
//! | [`wave`] | what every net does, as a VCD file |
//! | [`show`] | all of them as text, pictures and counts |

pub mod check;
pub mod compile;
mod elaborate;
mod flatten;
pub mod interpret;
pub mod ir;
pub mod optimise;
pub mod print;
pub mod rewrite;
pub mod show;
pub mod wave;

pub use check::{Diagnostic, Problem};
pub use compile::Compiled;
pub use elaborate::{Names, elaborate, elaborate_named};
pub use interpret::Interpreter;
pub use ir::{Design, Netlist};
