//! One finding.

use std::fmt;
use thiserror::Error;

/// A finding: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Path of the block, from the top's module name; of the first of equal blocks.
    pub block: String,
    /// The signal concerned, as its block names it.
    pub signal: Option<String>,
    /// The statement of the block's kernel, as Rust would write it.
    pub statement: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in block `{}`", self.block)?;
        if let Some(signal) = &self.signal {
            write!(f, ", signal `{signal}`")?;
        }
        if let Some(statement) = &self.statement {
            write!(f, ", at `{statement}`")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for Diagnostic {}

/// What is wrong with a design.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// Some path through the kernel does not assign it.
    #[error("some path through the kernel leaves it unassigned: it would be a latch")]
    Latch,
    /// It has no driver.
    #[error("nothing drives it")]
    Undriven,
    /// It has a driver already.
    #[error("it is driven from elsewhere already ({by}) and must not be assigned here")]
    DoublyDriven {
        /// The other driver.
        by: &'static str,
    },
    /// A read of a signal that this pass has not assigned on every path yet.
    #[error("it is read before the kernel has assigned it on every path")]
    ReadBeforeWrite,
    /// Combinational logic feeds itself.
    #[error("combinational loop: {}", path.join(" -> "))]
    CombinationalLoop {
        /// Net paths around the loop; the first is also the last.
        path: Vec<String>,
    },
    /// Two widths that should be equal.
    #[error("width mismatch: {found} bits where {expected} are expected")]
    WidthMismatch {
        /// Bits expected.
        expected: u32,
        /// Bits found.
        found: u32,
    },
    /// Values of two distinct Rust types.
    #[error("a value of another type is expected here")]
    TypeMismatch,
    /// A literal without a type of its own, in a place that does not determine one.
    #[error("nothing says how wide this expression is; assign it to a local signal first")]
    UnknownWidth,
    /// A literal that its type cannot hold.
    #[error("the literal {literal} does not fit in {width} bits")]
    LiteralTooLarge {
        /// The literal.
        literal: String,
        /// Bits of its type.
        width: u32,
    },
    /// A name that cannot be resolved from the kernel.
    #[error(
        "`{name}` is not a signal, constant or variant known here (a Rust const or const generic \
         has no value in a kernel: use a `Constant` field)"
    )]
    UnresolvedName {
        /// The name.
        name: String,
    },
    /// An array index that is not a number at compile time.
    #[error("the array index `{index}` is not made of numbers and loop variables")]
    DynamicElement {
        /// The index.
        index: String,
    },
    /// An array index outside the array, in some iteration of a loop.
    #[error("array index outside the array")]
    IndexOutOfRange,
    /// `.index()` leaves no trace in the kernel's syntax tree.
    #[error(
        "parenthesised arithmetic in an index may or may not wrap at its width; assign it to a \
         local signal first"
    )]
    AmbiguousIndex,
    /// A construct without meaning in a netlist, or not supported by this crate.
    #[error("{what} is not supported")]
    Unsupported {
        /// The construct.
        what: String,
    },
    /// A clock that is not the design's one clock input.
    #[error("its clock is not the design's single clock input")]
    Clock,
    /// A name that Verilog or SystemVerilog reserves.
    #[error("`{name}` is a keyword of Verilog or SystemVerilog")]
    Keyword {
        /// The name.
        name: String,
    },
}

impl Problem {
    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Problem::Unsupported { what: what.into() }
    }
}
