//! Typed, sized expressions and references to signals.

use super::{ConstantId, InstanceId, SignalId, Type, Value};

/// A variable of a `for` loop, unique within its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable {
    /// Its Rust name.
    pub name: String,
    /// Nesting depth: 0 for the outermost loop. Inner loops hide outer ones of the same name.
    pub depth: u32,
}

/// An array index: known once the loop variables are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Index {
    /// A number.
    Const(u64),
    /// The variable of an enclosing loop.
    Variable(Variable),
    /// Arithmetic.
    Op(IndexOp, Box<Index>, Box<Index>),
}

/// Arithmetic in an [`Index`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndexOp {
    /// Sum.
    Add,
    /// Difference; it must not be negative.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
    /// Remainder.
    Rem,
}

impl Index {
    /// The number, given the values of the enclosing loops' variables, outermost first.
    /// `None`: overflow, division by zero or an unknown variable.
    pub fn evaluate(&self, loops: &[u64]) -> Option<u64> {
        match self {
            Index::Const(number) => Some(*number),
            Index::Variable(variable) => loops.get(variable.depth as usize).copied(),
            Index::Op(op, left, right) => {
                let (left, right) = (left.evaluate(loops)?, right.evaluate(loops)?);
                match op {
                    IndexOp::Add => left.checked_add(right),
                    IndexOp::Sub => left.checked_sub(right),
                    IndexOp::Mul => left.checked_mul(right),
                    IndexOp::Div => left.checked_div(right),
                    IndexOp::Rem => left.checked_rem(right),
                }
            }
        }
    }
}

/// A signal of the module itself, or a port of one of its children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The child, and which element if the child is an array. Absent: the module itself.
    pub instance: Option<(InstanceId, Option<Index>)>,
    /// The signal, in the module or in the child's module.
    pub signal: SignalId,
    /// Which element if the signal is an array (row-major).
    pub element: Option<Index>,
}

/// A typed expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// The type of its value.
    pub ty: Type,
    /// Bits of its value.
    pub width: u32,
}

impl Expr {
    /// A literal of a type.
    pub fn literal(value: Value, ty: Type) -> Self {
        let width = value.width();
        Self { kind: ExprKind::Literal(value), ty, width }
    }

    /// An unsigned expression of a width.
    pub fn bits(kind: ExprKind, width: u32) -> Self {
        Self { kind, ty: Type::Bits(width), width }
    }
}

/// What an [`Expr`] computes. Operand widths are stated with each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExprKind {
    /// A number; a variant's name if the type is an enumeration.
    Literal(Value),
    /// A `Constant` field, and which element if it is an array.
    Constant(ConstantId, Option<Index>),
    /// An index computed from loop variables, as a number of this width.
    Index(Index),
    /// The value of a signal. Own outputs and locals read what was last assigned above; inputs
    /// and ports of children read the settled value.
    Read(Reference),
    /// Bits from a fixed offset; a structure's field has a name. Bits above the operand are zero.
    Slice(Box<Expr>, u32, Option<String>),
    /// Bits from an offset known at run time. Bits above the operand are zero.
    DynamicSlice(Box<Expr>, Box<Expr>),
    /// The first operand with the bit numbered by the second replaced by the third (one bit).
    /// No change if there is no such bit.
    InsertBit(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Zero-extended or truncated to this width.
    Resize(Box<Expr>),
    /// Sign-extended or truncated to this width.
    SignResize(Box<Expr>),
    /// One operand.
    Unary(Unary, Box<Expr>),
    /// Two operands.
    Binary(Binary, Box<Expr>, Box<Expr>),
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// All bits inverted; the operand's width.
    Not,
    /// Two's complement; the operand's width.
    Negate,
    /// All bits are 1; one bit.
    All,
    /// Some bit is 1; one bit.
    Any,
    /// The number of ones is odd; one bit.
    Parity,
}

/// Operators of two operands. Unless said otherwise the operands and the result have one width,
/// and arithmetic wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product (of operands extended to the result's width).
    Mul,
    /// Bitwise, also `&&` (both are evaluated, neither has effects).
    And,
    /// Bitwise, also `||`.
    Or,
    /// Bitwise.
    Xor,
    /// Left shift by an unsigned amount of any width; zero if it is at least the width.
    Shl,
    /// Right shift by an unsigned amount of any width; zero if it is at least the width.
    Shr,
    /// One bit.
    Equal,
    /// One bit.
    NotEqual,
    /// One bit; two's complement if the operands' type is signed, as for the next three.
    Less,
    /// One bit.
    LessEqual,
    /// One bit.
    Greater,
    /// One bit.
    GreaterEqual,
}

impl Binary {
    /// Whether the result is one bit whatever the operands' width.
    pub fn is_comparison(self) -> bool {
        use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }
}
