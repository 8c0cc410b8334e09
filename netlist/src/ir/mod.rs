//! The intermediate representation, which passes read and write.
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
//! form in which operands come before their users, hash-consed (no two nodes are equal), with
//! [`Register`]s, [`Memory`]s and [`Net`]s (a hierarchical name for a node). [`ArrayRows`] keeps
//! which registers and nets are row i of an array of equal children. Interpreter and compiler
//! read this layer.
//!
//! ```text
//! one cycle:   inputs, registers, memory outputs and words --nodes in order--> nets, next values
//! clock edge:  register := next;  memory output := memory[address];  memory[address] := data
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `design`, `statement`, `expression` | the hierarchical layer: modules, kernels, typed expressions |
//! | `types`, `value` | types of signals; numbers of a fixed width |
//! | `netlist`, `node` | the flat layer: state, names, nodes |
//! | `build`, `fold` | construction of nodes: shared, folded |
//! | `pass` | the trait of all passes |
//! | `visit` | traversal and rebuilding of statements and expressions |
//!
//! # Writing a pass
//!
//! Look first: `pagewalk netlist CONFIG --ir` prints a netlist, one line per node
//! ([`crate::show::netlist`]), `pagewalk netlist CONFIG` counts operations before and after each
//! existing pass.
//!
//! A pass over nodes is a loop over [`Netlist::nodes`] in order; [`Op::operands`] lists what a
//! node uses, [`Op::map`] rebuilds it over other operands, and [`Graph`] makes nodes (folded and
//! shared). Roots are [`Netlist::roots`]. All values are unsigned numbers of the node's width;
//! arithmetic wraps; signedness is in the operation ([`Op::SignedLess`]), never in the value.
//!
//! This is a whole pass, with a test of its correctness:
//!
//! ```
//! use netlist::Interpreter;
//! use netlist::ir::{Graph, Netlist, NodeId, Op, Pass, Value};
//! use rust_hdl::prelude::*;
//!
//! /// Products with a power of two become shifts.
//! struct Shifts;
//!
//! impl Pass<Netlist> for Shifts {
//!     fn name(&self) -> &'static str {
//!         "shifts"
//!     }
//!
//!     fn apply(&self, netlist: &Netlist) -> Netlist {
//!         let mut netlist = netlist.clone();
//!         let mut graph = Graph::new();
//!         // What each old node is now. Operands come before their users, so one loop is enough.
//!         let mut now: Vec<NodeId> = Vec::new();
//!         for node in &netlist.nodes {
//!             let new = match node.op.map(|operand| now[operand.0 as usize]) {
//!                 // Constants are numbered by the graph that holds them.
//!                 Op::Const(at) => graph.value(netlist.constants[at.0 as usize].clone()),
//!                 Op::Mul(a, b) => {
//!                     let power = |id| graph.constant(id)?.to_u64().filter(|n| n.is_power_of_two());
//!                     let found = power(b).map(|n| (a, n)).or(power(a).map(|n| (b, n)));
//!                     match found {
//!                         Some((other, number)) => {
//!                             let amount = graph.number(7, number.trailing_zeros().into());
//!                             graph.make(Op::Shl(other, amount), node.width)
//!                         }
//!                         None => graph.make(Op::Mul(a, b), node.width),
//!                     }
//!                 }
//!                 op => graph.make(op, node.width),
//!             };
//!             now.push(new);
//!         }
//!         (netlist.nodes, netlist.constants) = graph.into_parts();
//!         // Registers, memories, inputs and nets name nodes too.
//!         netlist.rename(|old| now[old.0 as usize]);
//!         netlist
//!     }
//! }
//!
//! #[derive(LogicBlock, Default)]
//! struct Eightfold {
//!     a: Signal<In, Bits<16>>,
//!     y: Signal<Out, Bits<32>>,
//! }
//!
//! impl Logic for Eightfold {
//!     #[hdl_gen]
//!     fn update(&mut self) {
//!         self.y.next = self.a.val() * bits::<16>(8);
//!     }
//! }
//!
//! let mut block = Eightfold::default();
//! block.connect_all();
//! let before = netlist::elaborate(&block).expect("sound").flatten().expect("sound");
//! let after = Shifts.apply(&before);
//! assert!(before.nodes.iter().any(|node| matches!(node.op, Op::Mul(..))));
//! assert!(!after.nodes.iter().any(|node| matches!(node.op, Op::Mul(..))));
//!
//! // The interpreter runs both; every net must be equal.
//! let (mut one, mut other) = (Interpreter::new(&before), Interpreter::new(&after));
//! let a = before.input_named("a").expect("an input");
//! let y = before.net_named("y").expect("a net");
//! for number in (0..1 << 16).step_by(257) {
//!     for run in [&mut one, &mut other] {
//!         run.set(a, &Value::new(16, number));
//!         run.settle();
//!     }
//!     assert_eq!(one.get(y), other.get(y));
//! }
//! ```
//!
//! A rule that needs only one node and its operands, as this one does, may as well be a line of
//! folding (`fold.rs`), where every netlist gets it. A pass towards speed edits a
//! [`crate::optimise::Program`] instead; its documentation says how. In either case plant a defect
//! in it (`optimise/plant.rs`): the tests on random netlists must find it, or they do not test the
//! pass.

mod build;
mod design;
mod expression;
mod fold;
mod netlist;
mod node;
mod pass;
mod statement;
mod types;
mod value;
mod visit;

pub(crate) use design::element_name;

pub use build::Graph;
pub use design::{
    Body, Constant, Design, Instance, Kind, MemoryWrite, Module, ModuleId, Primitive, Signal,
    SignalId,
};
pub use design::{ConstantId, InstanceId};
pub use expression::{Binary, Expr, ExprKind, Index, IndexOp, Reference, Unary, Variable};
pub(crate) use fold::evaluate;
pub use netlist::{ArrayRows, Column, Input, Memory, Net, NetKind, Netlist, Read, Register, Rows};
pub use netlist::{InputId, MemoryId, NetId, RegisterId, Write};
pub use node::{ConstId, Node, NodeId, Op};
pub use pass::Pass;
pub use statement::{Arm, Part, Statement, Target};
pub use types::{EnumId, EnumType, Field, StructId, StructType, Type, Types};
pub use value::Value;
pub(crate) use visit::{Rebuild, each_assignment, each_read, each_statement};
