//! Expressions as Verilog.
//!
//! Every operand is printed at exactly the width that the IR gives it, so Verilog's rule (operands
//! grow to the widest of the context) never changes a result; every operator that is an operand
//! stands in parentheses, but for chains of one associative operator.

use super::names::legal;
use super::parts::Part;
use super::sheet::{Sheet, Unroll, literal};
use super::term::Term;
use super::text::Text;
use super::unroll::compared;
use crate::ir::{Binary, Expr, ExprKind, Type, Unary, Value};

impl Sheet<'_> {
    /// An expression.
    pub(super) fn expression(&mut self, expr: &Expr) -> Result<Text, Unroll> {
        let parts = self.parts(expr)?;
        self.join(parts)
    }

    /// A concatenation, lowest part first.
    pub(super) fn join(&mut self, mut parts: Vec<Part>) -> Result<Text, Unroll> {
        if parts.len() == 1 {
            return self.part(parts.remove(0));
        }
        let texts = parts.into_iter().rev().map(|part| Ok(self.part(part)?.flat()));
        let texts: Vec<String> = texts.collect::<Result<_, Unroll>>()?;
        Ok(Text::Atom(format!("{{{}}}", texts.join(", "))))
    }

    fn part(&mut self, part: Part) -> Result<Text, Unroll> {
        Ok(match part {
            Part::Number(value) => Text::Atom(literal(&value)),
            Part::Select(select) => Text::Atom(self.selected(&select)?),
            Part::Repeat(times, bit) => {
                let bit = self.part(*bit)?.flat();
                Text::Atom(format!("{{{times}{{{bit}}}}}"))
            }
            Part::Count(index, width) => self.count(&index, width)?,
            Part::Whole(expr) => self.whole(&expr)?,
        })
    }

    fn whole(&mut self, expr: &Expr) -> Result<Text, Unroll> {
        match &expr.kind {
            ExprKind::Unary(op, a) => self.unary(*op, a),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b, expr),
            ExprKind::DynamicSlice(a, offset) => self.dynamic(a, offset, expr),
            ExprKind::InsertBit(base, at, bit) => {
                let width = expr.width;
                let base = self.expression(base)?.operand();
                let at = self.amount(at)?;
                let bit = Expr::bits(ExprKind::Resize(bit.clone()), width);
                let bit = self.expression(&bit)?.operand();
                let one = literal(&Value::new(width, 1));
                Ok(Text::Other(format!("({base} & ~({one} << {at})) | ({bit} << {at})")))
            }
            ExprKind::Literal(value) => {
                let name = match expr.ty {
                    Type::Enum(id) => self.variant_name(id, value),
                    _ => None,
                };
                Ok(Text::Atom(name.unwrap_or_else(|| literal(value))))
            }
            // Everything else is a concatenation of parts.
            _ => self.expression(expr),
        }
    }

    fn unary(&mut self, op: Unary, a: &Expr) -> Result<Text, Unroll> {
        if op == Unary::Not && a.width == 1 {
            return self.inverted(a);
        }
        let inner = self.expression(a)?;
        let bit = a.width == 1;
        Ok(match op {
            Unary::Any | Unary::All | Unary::Parity if bit => inner,
            Unary::Not => Text::Inverted("~", Box::new(inner)),
            Unary::Negate => Text::Other(format!("-{}", inner.unary_operand())),
            Unary::All => Text::Other(format!("&{}", inner.unary_operand())),
            Unary::Any => Text::Other(format!("|{}", inner.unary_operand())),
            Unary::Parity => Text::Other(format!("^{}", inner.unary_operand())),
        })
    }

    fn inverted(&mut self, a: &Expr) -> Result<Text, Unroll> {
        match &a.kind {
            ExprKind::Binary(op @ (Binary::Equal | Binary::NotEqual), left, right) => {
                let other = if *op == Binary::Equal { Binary::NotEqual } else { Binary::Equal };
                self.binary(other, left, right, a)
            }
            _ => {
                let inner = self.expression(a)?;
                Ok(Text::Inverted("!", Box::new(inner)))
            }
        }
    }

    fn binary(&mut self, op: Binary, a: &Expr, b: &Expr, whole: &Expr) -> Result<Text, Unroll> {
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
                let left = self.expression(a)?.operand();
                let amount = self.amount(b)?;
                let sign = if op == Binary::Shl { "<<" } else { ">>" };
                return Ok(Text::Other(format!("{left} {sign} {amount}")));
            }
            _ => unreachable!("comparisons are printed above"),
        };
        let (left, right) = if op == Binary::Mul {
            let grown = |side: &Expr| {
                let inner = Box::new(side.clone());
                let kind = match side.ty.is_signed() {
                    true => ExprKind::SignResize(inner),
                    false => ExprKind::Resize(inner),
                };
                Expr::bits(kind, whole.width)
            };
            (self.expression(&grown(a))?, self.expression(&grown(b))?)
        } else {
            (self.expression(a)?, self.expression(b)?)
        };
        Ok(Text::chain(sign, vec![left, right]))
    }

    fn comparison(&mut self, op: Binary, a: &Expr, b: &Expr) -> Result<Text, Unroll> {
        let sign = match op {
            Binary::Equal => "==",
            Binary::NotEqual => "!=",
            Binary::Less => "<",
            Binary::LessEqual => "<=",
            Binary::Greater => ">",
            _ => ">=",
        };
        let equality = matches!(op, Binary::Equal | Binary::NotEqual);
        let (mut left, mut right) = (self.parts(a)?, self.parts(b)?);
        if !equality && (a.ty.is_signed() || b.ty.is_signed()) {
            let (left, right) = (self.join(left)?.flat(), self.join(right)?.flat());
            return Ok(Text::Other(format!("$signed({left}) {sign} $signed({right})")));
        }
        let width = a.width - leading_zeros(&left).min(leading_zeros(&right)).min(a.width - 1);
        (left, right) = (self.cut(left, 0, width)?, self.cut(right, 0, width)?);
        if let Some(known) = known(op, &left, &right, width) {
            return Ok(Text::Atom(literal(&Value::bit_of(known))));
        }
        let (left, right) = (self.join(left)?.operand(), self.join(right)?.operand());
        Ok(Text::Other(format!("{left} {sign} {right}")))
    }

    /// A shift amount or bit number, without leading zeros.
    fn amount(&mut self, amount: &Expr) -> Result<String, Unroll> {
        let parts = self.parts(amount)?;
        let width = amount.width - leading_zeros(&parts).min(amount.width - 1);
        let parts = self.cut(parts, 0, width)?;
        Ok(self.join(parts)?.operand())
    }

    /// A folded expression.
    pub(super) fn term(&mut self, term: &Term) -> Result<Text, Unroll> {
        Ok(match term {
            Term::Is(expr) => self.expression(expr)?,
            Term::Not(inner) => Text::Inverted("!", Box::new(self.term(inner)?)),
            Term::And(parts) | Term::Or(parts) => {
                let sign = if matches!(term, Term::And(_)) { "&&" } else { "||" };
                let texts = parts.iter().map(|part| self.term(part));
                Text::chain(sign, texts.collect::<Result<_, Unroll>>()?)
            }
            Term::Choose(test, then, otherwise) => {
                let nested = matches!(**then, Term::Choose(..));
                let turn = nested && !matches!(**otherwise, Term::Choose(..));
                let mut test = self.term(test)?;
                let (mut first, mut rest) = (then, otherwise);
                if turn {
                    test = Text::Inverted("!", Box::new(test));
                    (first, rest) = (otherwise, then);
                }
                let mut choices = vec![(test, self.term(first)?)];
                let last = match self.term(rest)? {
                    Text::Choices(more, last) => {
                        choices.extend(more);
                        last
                    }
                    other => Box::new(other),
                };
                Text::Choices(choices, last)
            }
        })
    }
}

/// Highest bits that are the constant 0.
pub(super) fn leading_zeros(parts: &[Part]) -> u32 {
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

/// The result of an unsigned comparison that does not depend on signals; tools warn of these.
fn known(op: Binary, left: &[Part], right: &[Part], width: u32) -> Option<bool> {
    let number = |parts: &[Part]| match parts {
        [Part::Number(value)] => Some(value.clone()),
        _ => None,
    };
    let (left, right) = (number(left), number(right));
    let (zero, ones) = (Some(Value::zero(width)), Some(Value::ones(width)));
    if let (Some(left), Some(right)) = (&left, &right) {
        return Some(compared(op, left, right));
    }
    match op {
        Binary::Less if right == zero || left == ones => Some(false),
        Binary::Greater if right == ones || left == zero => Some(false),
        Binary::LessEqual if right == ones || left == zero => Some(true),
        Binary::GreaterEqual if right == zero || left == ones => Some(true),
        _ => None,
    }
}

/// A comment of one paragraph, in lines.
pub(super) fn comment(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 92 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("// {word}")),
        }
    }
    lines
}

/// The name of an instance's element.
pub(super) fn element_label(name: &str, at: u32) -> String {
    legal(&format!("{name}_{at}"))
}
