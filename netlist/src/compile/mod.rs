//! Cycles as machine code.
//!
//! [`Compiled`] runs a [`crate::ir::Netlist`] as [`crate::interpret`] does, but several hundred
//! times faster: the passes of [`crate::optimise`] rearrange it, and Cranelift turns the result
//! into functions over one flat buffer. Everything is exact: values of registers, outputs and
//! watched nets are those of the interpreter in every cycle.
//!
//! ```text
//! buffer: inputs | states | memory outputs | watched nets | kept terms | tables | contents
//! cycle:  changed sources == 0?  nothing to do
//!         else run the function that was compiled for (a superset of) these sources, if the
//!         others have the values that it assumes:
//!           evaluate what depends on them, store outputs, update states, return what changed;
//!           or refuse, if an assumption inside fails: then try another one
//! ```

//! # Driving it
//!
//! Look up handles once ([`Compiled::input`], [`Compiled::output`]); a write is then a compare
//! and a store, a read is a load. Write only inputs that change, call [`Compiled::cycle`], read
//! outputs: they are those of the cycle that just ended.
//!
//! ```
//! # use netlist::ir::*;
//! # let mut graph = Graph::new();
//! # let step = graph.make(Op::Input(InputId(0)), 8);
//! # let held = graph.make(Op::Register(RegisterId(0)), 8);
//! # let next = graph.make(Op::Add(held, step), 8);
//! # let (nodes, constants) = graph.into_parts();
//! # let ty = Type::Bits(8);
//! # let (width, init) = (8, Value::zero(8));
//! # let path = "sum".to_owned();
//! # let kind = NetKind::Output;
//! # let netlist = Netlist {
//! #     name: "Sum".into(), nodes, constants, clock: None, memories: vec![], arrays: vec![],
//! #     inputs: vec![Input { name: "step".into(), ty, width, node: Some(step) }],
//! #     registers: vec![Register { path: path.clone(), ty, width, init, node: held, next }],
//! #     nets: vec![Net { path, depth: 0, kind, ty, node: held }],
//! #     types: Types::default(),
//! # };
//! let mut engine = netlist::Compiled::new(&netlist)?;
//! let step = engine.input(netlist.input_named("step").unwrap()).unwrap();
//! let sum = engine.output(netlist.net_named("sum").unwrap()).unwrap();
//! engine.write(step, 5);
//! engine.cycle();
//! engine.cycle();
//! assert_eq!(engine.read(sum), 5);
//! # Ok::<(), netlist::compile::CompileError>(())
//! ```
//!
//! # Inside
//!
//! | file | does |
//! |---|---|
//! | `layout` | the place of everything in the buffer |
//! | `validate` | checks first what emitted code relies on |
//! | `emit` | Cranelift instructions of a program: words, bit masks, vectors, the edge |
//! | `native` | machine code by Cranelift |
//! | `call` | the only unsafe code: calls it |
//! | `variants`, `adapt` | which function handles which changes; which are worth compiling |
//! | `turns` | which functions run after which |
//! | `switch` | what a change from one function to another takes |
//! | `sample` | values of terms in sampled cycles |
//! | `engine`, `observe` | what users see |
//! | `follow`, `words` | which nets changed, for waves |
//! | `hand_over` | state from one engine to another |
//! | `rest` | whether cycles need not be evaluated again |

mod adapt;
mod call;
mod emit;
mod engine;
mod follow;
mod hand_over;
mod layout;
mod native;
mod observe;
mod rest;
mod sample;
mod switch;
#[cfg(test)]
mod tests;
mod turns;
mod validate;
mod variants;
mod words;

pub use engine::{Compiled, InputSlot, OutputRun, OutputSlot};
pub use follow::{Field, Follower};
pub use observe::Statistics;
pub use rest::Rest;

use thiserror::Error;

/// Why a netlist could not be compiled.
#[derive(Debug, Error)]
pub enum CompileError {
    /// State and memories need too much memory.
    #[error("`{0}` needs more than a gigabyte of state")]
    TooLarge(String),
    /// Widths of the netlist do not fit together.
    #[error("`{name}` is not a sound netlist: {misfit}")]
    Unsound {
        /// The design.
        name: String,
        /// What does not fit.
        misfit: String,
    },
    /// Cranelift does not support this machine, or rejected the code.
    #[error("no machine code for `{name}`: {reason}")]
    Backend {
        /// The design.
        name: String,
        /// The error of Cranelift.
        reason: String,
    },
}
