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

impl IndexOp {
    /// Its operator, in Rust as in Verilog.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            IndexOp::Add => "+",
            IndexOp::Sub => "-",
            IndexOp::Mul => "*",
            IndexOp::Div => "/",
            IndexOp::Rem => "%",
        }
    }
}

impl Index {
    /// Arithmetic, with constants folded.
    pub(crate) fn op(op: IndexOp, left: Index, right: Index) -> Index {
        use IndexOp::{Add, Mul};
        match (op, &left, &right) {
            (Add, Index::Const(0), _) | (Mul, Index::Const(1), _) => right,
            (Add, _, Index::Const(0)) | (Mul, _, Index::Const(1)) => left,
            _ => {
                let whole = Index::Op(op, Box::new(left), Box::new(right));
                whole.evaluate(&[]).map_or(whole, Index::Const)
            }
        }
    }

    /// Whether it is this variable alone.
    pub(crate) fn is_variable(&self, variable: &Variable) -> bool {
        matches!(self, Index::Variable(found) if found.depth == variable.depth)
    }

    /// Calls a function on every variable in it.
    pub(crate) fn each_variable(&self, call: &mut dyn FnMut(&Variable)) {
        match self {
            Index::Const(_) => {}
            Index::Variable(variable) => call(variable),
            Index::Op(_, left, right) => {
                left.each_variable(call);
                right.each_variable(call);
            }
        }
    }

    /// The smallest and largest value in these iterations of the enclosing loops (first and end of
    /// each, outermost first). `None`: in some iteration it is negative or undefined, or there is
    /// no iteration.
    pub(crate) fn bounds(&self, loops: &[(u64, u64)]) -> Option<(u64, u64)> {
        fn go(
            index: &Index,
            loops: &[(u64, u64)],
            at: &mut Vec<u64>,
            seen: &mut Option<(u64, u64)>,
        ) -> Option<()> {
            let Some((from, to)) = loops.get(at.len()) else {
                let now = index.evaluate(at)?;
                let (low, high) = seen.unwrap_or((now, now));
                *seen = Some((low.min(now), high.max(now)));
                return Some(());
            };
            for round in *from..*to {
                at.push(round);
                go(index, loops, at, seen)?;
                at.pop();
            }
            Some(())
        }
        // Only loops whose variables it uses can make a difference.
        let mut named = 0;
        self.each_variable(&mut |variable| named = named.max(variable.depth as usize + 1));
        let mut seen = None;
        go(self, loops.get(..named)?, &mut Vec::new(), &mut seen)?;
        seen
    }

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

    /// The index expression that it is, if it is one, perhaps extended.
    pub(crate) fn as_index(&self) -> Option<&Index> {
        match &self.kind {
            ExprKind::Index(index) => Some(index),
            ExprKind::Resize(inner) if inner.width <= self.width => match &inner.kind {
                ExprKind::Index(index) => Some(index),
                _ => None,
            },
            _ => None,
        }
    }

    /// A bit inverted.
    pub(crate) fn inverted(self) -> Self {
        match self.kind {
            ExprKind::Unary(Unary::Not, inner) => *inner,
            ExprKind::Literal(value) => Expr::literal(value.not(), Type::BIT),
            _ => Expr::bits(ExprKind::Unary(Unary::Not, Box::new(self)), 1),
        }
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
    /// The second if the first (one bit) is 1, else the third. Kernels choose by statements; the
    /// pass `fold` turns them into such expressions.
    Choose(Box<Expr>, Box<Expr>, Box<Expr>),
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

    /// An unsigned comparison of numbers.
    pub(crate) fn compares(self, left: &Value, right: &Value) -> bool {
        let order = left.compare(right);
        match self {
            Binary::Equal => order.is_eq(),
            Binary::NotEqual => order.is_ne(),
            Binary::Less => order.is_lt(),
            Binary::LessEqual => order.is_le(),
            Binary::Greater => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}
