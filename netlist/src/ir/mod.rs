//! The intermediate representation: what a pass reads and writes.
//!
//! There are two layers.
//!
//! **[`Design`]** is hierarchical and typed; it looks like the source. It has one [`Module`] per
//! *distinct* block (same structure, same widths, same constants: one module, however many
//! instances). A module has [`Signal`]s (ports and locals), [`Constant`]s, [`Instance`]s (arrays
//! of children stay arrays) and a [`Body`]: either the statements of its kernel or a
//! [`Primitive`] (register, memory, table). Statements assign to a [`Reference`], branch, or loop
//! over an array; every [`Expr`] has a [`Type`] and thereby a width. The Verilog printer reads
//! this layer.
//!
//! **[`Netlist`]** is flat, levelised and has a single clock. It is a list of [`Node`]s in SSA
//! form in which operands stand before their users, hash-consed (no two nodes are equal), with
//! [`Register`]s, [`Memory`]s and [`Net`]s (a hierarchical name for a node). [`ArrayRows`] keeps
//! which registers and nets are row i of an array of equal children. Interpreter and compiler
//! read this layer.
//!
//! ```text
//! one cycle:   inputs, registers, memory outputs --nodes in order--> nets, next values
//! clock edge:  register := next;  memory output := memory[address];  memory[address] := data
//! ```
//!
//! # Writing a pass
//!
//! A pass over nodes is a loop over [`Netlist::nodes`] in order; [`Op::operands`] lists what a
//! node uses, [`Op::map`] rebuilds it over other operands, and [`Graph`] makes nodes (folded and
//! shared). Roots are [`Netlist::roots`]. All values are unsigned numbers of the node's width;
//! arithmetic wraps; signedness is in the operation ([`Op::SignedLess`]), never in the value.

mod build;
mod design;
mod expression;
mod fold;
mod netlist;
mod node;
mod statement;
mod types;
mod value;

pub(crate) use design::element_name;

pub use build::Graph;
pub use design::{
    Body, Constant, Design, Instance, Kind, MemoryWrite, Module, ModuleId, Primitive, Signal,
    SignalId,
};
pub use design::{ConstantId, InstanceId};
pub use expression::{Binary, Expr, ExprKind, Index, IndexOp, Reference, Unary, Variable};
pub(crate) use fold::evaluate;
pub use netlist::{ArrayRows, Column, Input, Memory, Net, NetKind, Netlist, Register, Rows, Write};
pub use netlist::{InputId, MemoryId, NetId, RegisterId};
pub use node::{ConstId, Node, NodeId, Op};
pub use statement::{Arm, Part, Statement, Target};
pub use types::{EnumId, EnumType, Field, StructId, StructType, Type, Types};
pub use value::Value;
