//! Statements of a kernel.

use super::{Expr, Reference, Value, Variable};

/// A statement; they are executed in order, and the last assignment wins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// A signal, or some of its bits, takes a value.
    Assign {
        /// The assigned bits.
        target: Target,
        /// Its new value, of exactly the target's width.
        value: Expr,
    },
    /// One of two branches.
    If {
        /// One bit.
        test: Expr,
        /// Taken when the test is 1.
        then: Vec<Statement>,
        /// Taken when it is 0; a single `If` in it is an `else if` of the source.
        otherwise: Vec<Statement>,
    },
    /// One of several branches.
    Match {
        /// The value to compare.
        test: Expr,
        /// The branches; the first with an equal value is taken.
        arms: Vec<Arm>,
        /// Taken when none is equal. Absent: the arms cover every value that can occur.
        default: Option<Vec<Statement>>,
    },
    /// `for variable in from..to`.
    For {
        /// The variable.
        variable: Variable,
        /// First value.
        from: usize,
        /// The value after the last.
        to: usize,
        /// The body.
        body: Vec<Statement>,
    },
    /// A comment of the source.
    Comment(String),
}

/// One branch of a [`Statement::Match`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arm {
    /// The value, of the test's width; for an enumeration, the variant's number.
    pub value: Value,
    /// The branch.
    pub body: Vec<Statement>,
}

/// The left side of an assignment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The signal: an own output or local, or an input of a child.
    pub reference: Reference,
    /// The assigned bits; all of them if absent.
    pub part: Option<Part>,
}

/// A field of a structure, as bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// Lowest bit.
    pub offset: u32,
    /// Number of bits.
    pub width: u32,
    /// The field's name when the bits are a named field (`a.b` if nested).
    pub field: Option<String>,
}
