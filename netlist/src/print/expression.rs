//! Expressions as Verilog.
//!
//! Every operand is printed at exactly the width that the IR gives it, so Verilog's rule (operands
//! are extended to the widest of the context) never changes a result; every operator that is an
//! operand is parenthesised, except in chains of one associative operator.

use super::parts::{Part, cut};
use super::reader::Reader;
use super::tree::Tree;
use crate::ir::{Binary, Expr, ExprKind, Type, Unary, Value};

impl Reader<'_> {
    /// An expression.
    pub(super) fn expression(&self, expr: &Expr) -> Tree {
        self.join(self.parts(expr))
    }

    /// A concatenation, lowest part first.
    pub(super) fn join(&self, mut parts: Vec<Part>) -> Tree {
        if parts.len() == 1 {
            return self.part(parts.remove(0));
        }
        Tree::Concat(parts.into_iter().rev().map(|part| self.part(part)).collect())
    }

    fn part(&self, part: Part) -> Tree {
        match part {
            Part::Number(value) => Tree::Number(value),
            Part::Bits(bits) => Tree::Select(self.select(&bits)),
            Part::Repeat(times, bit) => Tree::Repeat(times, Box::new(self.part(*bit))),
            Part::Count(index, width) => self.count(&index, width),
            Part::Whole(expr) => self.whole(&expr),
        }
    }

    fn whole(&self, expr: &Expr) -> Tree {
        match &expr.kind {
            ExprKind::Unary(op, a) => self.unary(*op, a),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b, expr),
            ExprKind::Choose(test, then, otherwise) => self.choice(test, then, otherwise),
            ExprKind::DynamicSlice(a, offset) => self.dynamic(a, offset, expr.width),
            ExprKind::InsertBit(base, at, bit) => {
                let width = expr.width;
                let pair = |sign, left, right| Tree::Pair(sign, Box::new(left), Box::new(right));
                let at = self.amount(at);
                let bit = Expr::bits(ExprKind::Resize(bit.clone()), width);
                let one = pair("<<", Tree::Number(Value::new(width, 1)), at.clone());
                let others = Tree::Inverted("~", Box::new(one));
                let kept = pair("&", self.expression(base), others);
                pair("|", kept, pair("<<", self.expression(&bit), at))
            }
            ExprKind::Literal(value) => self.variant(expr.ty, value),
            // Everything else is a concatenation of parts.
            _ => self.expression(expr),
        }
    }

    /// A number of this type: a state's name, if it names one.
    pub(super) fn variant(&self, ty: Type, value: &Value) -> Tree {
        let number = value
            .to_u64()
            .filter(|number| self.sheet.design.types.variant_name(ty, *number).is_some());
        match (ty, number) {
            (Type::Enum(id), Some(number)) => Tree::Variant(id, number),
            _ => Tree::Number(value.clone()),
        }
    }

    fn unary(&self, op: Unary, a: &Expr) -> Tree {
        if op == Unary::Not && a.width == 1 {
            return self.inverted(a);
        }
        let inner = self.expression(a);
        match op {
            Unary::Any | Unary::All | Unary::Parity if a.width == 1 => inner,
            Unary::Not => Tree::Inverted("~", Box::new(inner)),
            Unary::Negate => Tree::Prefix("-", Box::new(inner)),
            Unary::All => Tree::Prefix("&", Box::new(inner)),
            Unary::Any => Tree::Prefix("|", Box::new(inner)),
            Unary::Parity => Tree::Prefix("^", Box::new(inner)),
        }
    }

    fn inverted(&self, a: &Expr) -> Tree {
        match &a.kind {
            ExprKind::Binary(Binary::Equal, left, right) => {
                self.comparison(Binary::NotEqual, left, right)
            }
            ExprKind::Binary(Binary::NotEqual, left, right) => {
                self.comparison(Binary::Equal, left, right)
            }
            _ => Tree::Inverted("!", Box::new(self.expression(a))),
        }
    }

    fn binary(&self, op: Binary, a: &Expr, b: &Expr, whole: &Expr) -> Tree {
        if op.is_comparison() {
            return self.comparison(op, a, b);
        }
        let bit = whole.width == 1;
        let sign = match op {
            Binary::And if bit => "&&",
            Binary::Or if bit => "||",
            Binary::And => "&",
            Binary::Or => "|",
            Binary::Xor => "^",
            Binary::Add => "+",
            Binary::Sub => "-",
            Binary::Mul => "*",
            Binary::Shl | Binary::Shr => {
                let sign = if op == Binary::Shl { "<<" } else { ">>" };
                let (a, amount) = (self.expression(a), self.amount(b));
                return Tree::Pair(sign, Box::new(a), Box::new(amount));
            }
            _ => unreachable!("comparisons are printed above"),
        };
        let grown = |side: &Expr| {
            let inner = Box::new(side.clone());
            let kind = match side.ty.is_signed() {
                true => ExprKind::SignResize(inner),
                false => ExprKind::Resize(inner),
            };
            self.expression(&Expr::bits(kind, whole.width))
        };
        let (left, right) = match op {
            Binary::Mul => (grown(a), grown(b)),
            _ => (self.expression(a), self.expression(b)),
        };
        chain(sign, vec![left, right])
    }

    fn comparison(&self, op: Binary, a: &Expr, b: &Expr) -> Tree {
        let sign = match op {
            Binary::Equal => "==",
            Binary::NotEqual => "!=",
            Binary::Less => "<",
            Binary::LessEqual => "<=",
            Binary::Greater => ">",
            _ => ">=",
        };
        let equality = matches!(op, Binary::Equal | Binary::NotEqual);
        let pair = |left, right| Tree::Pair(sign, Box::new(left), Box::new(right));
        let (left, right) = (self.parts(a), self.parts(b));
        if !equality && (a.ty.is_signed() || b.ty.is_signed()) {
            let signed = |side| Tree::Signed(Box::new(self.join(side)));
            return pair(signed(left), signed(right));
        }
        let width = a.width - leading_zeros(&left).min(leading_zeros(&right)).min(a.width - 1);
        let (left, right) = (cut(left, 0, width), cut(right, 0, width));
        if let Some(known) = known(op, &left, &right, width) {
            return Tree::Number(Value::bit_of(known));
        }
        pair(self.join(left), self.join(right))
    }

    /// A shift amount or bit number, without leading zeros.
    fn amount(&self, amount: &Expr) -> Tree {
        let parts = self.parts(amount);
        let width = amount.width - leading_zeros(&parts).min(amount.width - 1);
        self.join(cut(parts, 0, width))
    }

    fn choice(&self, test: &Expr, then: &Expr, otherwise: &Expr) -> Tree {
        let is_choice = |expr: &Expr| matches!(expr.kind, ExprKind::Choose(..));
        let mut test = self.expression(test);
        let (mut first, mut rest) = (then, otherwise);
        if is_choice(then) && !is_choice(otherwise) {
            test = Tree::Inverted("!", Box::new(test));
            (first, rest) = (otherwise, then);
        }
        let mut choices = vec![(test, self.expression(first))];
        let last = match self.expression(rest) {
            Tree::Choices(more, last) => {
                choices.extend(more);
                last
            }
            other => Box::new(other),
        };
        Tree::Choices(choices, last)
    }
}

/// Operands of one operator; a nested chain of the same associative operator is flattened.
fn chain(operator: &'static str, parts: Vec<Tree>) -> Tree {
    let mut operands = Vec::new();
    for part in parts {
        match part {
            Tree::Chain(same, more) if same == operator && operator != "-" => operands.extend(more),
            other => operands.push(other),
        }
    }
    Tree::Chain(operator, operands)
}

/// Highest bits that are the constant 0.
fn leading_zeros(parts: &[Part]) -> u32 {
    let mut count = 0;
    for part in parts.iter().rev() {
        let Part::Number(value) = part else { break };
        let zeros = (0..value.width()).rev().take_while(|at| !value.bit(*at)).count() as u32;
        count += zeros;
        if zeros < value.width() {
            break;
        }
    }
    count
}

/// The result of an unsigned comparison that does not depend on signals; tools warn about these.
fn known(op: Binary, left: &[Part], right: &[Part], width: u32) -> Option<bool> {
    let number = |parts: &[Part]| match parts {
        [Part::Number(value)] => Some(value.clone()),
        _ => None,
    };
    let (left, right) = (number(left), number(right));
    let (zero, ones) = (Some(Value::zero(width)), Some(Value::ones(width)));
    if let (Some(left), Some(right)) = (&left, &right) {
        return Some(op.compares(left, right));
    }
    match op {
        Binary::Less if right == zero || left == ones => Some(false),
        Binary::Greater if right == ones || left == zero => Some(false),
        Binary::LessEqual if right == ones || left == zero => Some(true),
        Binary::GreaterEqual if right == zero || left == ones => Some(true),
        _ => None,
    }
}
