//! Cycles as machine code.
//!
//! [`Compiled`] runs a [`crate::ir::Netlist`] as [`crate::interpret`] does, but several hundred
//! times faster: the passes of [`crate::optimise`] rearrange it, and Cranelift turns the result
//! into functions over one flat buffer. Everything is exact: values of registers, outputs and
//! watched nets are those of the interpreter in every cycle.
//!
//! ```text
//! buffer: inputs | states | memory outputs | watched nets | kept terms | tables | contents
//! cycle:  changed sources == 0?  nothing at all
//!         else the function that was compiled for (a superset of) these sources:
//!           evaluate what depends on them, store outputs, update states, return what changed
//! ```

mod call;
mod emit;
mod engine;
mod layout;
mod native;
mod observe;
#[cfg(test)]
mod tests;
mod variants;

pub use engine::{Compiled, InputSlot, OutputSlot};
pub use observe::Statistics;

use thiserror::Error;

/// Why a netlist could not be compiled.
#[derive(Debug, Error)]
pub enum CompileError {
    /// State and memories need too much memory.
    #[error("`{0}` needs more than a gigabyte of state")]
    TooLarge(String),
    /// Cranelift does not know this machine, or refused the code.
    #[error("no machine code for `{name}`: {reason}")]
    Backend {
        /// The design.
        name: String,
        /// What Cranelift says.
        reason: String,
    },
}
