//! Expressions of Rust's type `usize`: bit numbers, and comparisons with loop variables.
//!
//! `.index()` turns a word into a `usize` but leaves no trace in the syntax tree. An expression
//! where a `usize` is required must be `usize` arithmetic, if it is outside parentheses; inside
//! parentheses, arithmetic could be either, and is refused.

use super::literal::Literal;
use super::natural::Natural;
use super::scope::{Meaning, Scope};
use crate::check::Problem;
use crate::ir::{Binary, Expr, ExprKind, Index, IndexOp, Type, Value};
use rust_hdl::prelude::ast::{VerilogExpression, VerilogOp};

/// Bits of a `usize`.
const USIZE: u32 = 64;

impl Scope<'_> {
    /// An index made of numbers and loop variables alone.
    pub(super) fn constant_index(&self, tree: &VerilogExpression) -> Option<Index> {
        match tree {
            VerilogExpression::Literal(literal) => {
                Literal::new(literal).ok()?.as_u64().map(Index::Const)
            }
            VerilogExpression::Signal(name) => match self.read(name) {
                Ok((Meaning::Loop(variable), _)) => Some(Index::Variable(variable)),
                _ => None,
            },
            VerilogExpression::Paren(inner) => self.constant_index(inner),
            VerilogExpression::Binary(left, op, right) => {
                let op = match op {
                    VerilogOp::Add => IndexOp::Add,
                    VerilogOp::Sub => IndexOp::Sub,
                    VerilogOp::Mul => IndexOp::Mul,
                    _ => return None,
                };
                let (left, right) = (self.constant_index(left)?, self.constant_index(right)?);
                Some(Index::Op(op, Box::new(left), Box::new(right)))
            }
            _ => None,
        }
    }

    /// A `usize`: of the word's own width if it is a plain word, else of 64 bits.
    pub(super) fn usize(&self, tree: &VerilogExpression) -> Result<Expr, Problem> {
        if let Some(index) = self.constant_index(tree) {
            let width = self.bits_of(&index);
            return Ok(Expr::bits(ExprKind::Index(index), width));
        }
        match tree {
            VerilogExpression::Binary(left, op, right) => {
                let op = match op {
                    VerilogOp::Add => Binary::Add,
                    VerilogOp::Sub => Binary::Sub,
                    VerilogOp::Mul => Binary::Mul,
                    _ => return Err(Problem::AmbiguousIndex),
                };
                let left = widened(self.usize(left)?, USIZE);
                let right = widened(self.usize(right)?, USIZE);
                Ok(Expr::bits(ExprKind::Binary(op, Box::new(left), Box::new(right)), USIZE))
            }
            VerilogExpression::Paren(inner) => match &**inner {
                VerilogExpression::Binary(_, op, _) if may_wrap(op) => Err(Problem::AmbiguousIndex),
                _ => self.word(inner),
            },
            _ => self.word(tree),
        }
    }

    /// A word followed by `.index()`.
    fn word(&self, tree: &VerilogExpression) -> Result<Expr, Problem> {
        let Natural::Fixed(ty) = self.natural(tree)? else {
            return Err(Problem::UnknownWidth);
        };
        match ty {
            Type::Bits(width) if width <= 32 => self.expression(tree, Natural::Fixed(ty)),
            Type::Bits(width) => {
                Err(Problem::unsupported(format!("`.index()` of a word of {width} bits")))
            }
            _ => Err(Problem::TypeMismatch),
        }
    }

    /// Both sides of a comparison, one of which consists of numbers and loop variables.
    pub(super) fn compare_usize(
        &self,
        left: &VerilogExpression,
        right: &VerilogExpression,
    ) -> Result<(Expr, Expr), Problem> {
        let (left, right) = (self.usize(left)?, self.usize(right)?);
        let width = left.width.max(right.width);
        Ok((widened(left, width), widened(right, width)))
    }

    /// Bits that hold an index in every iteration of the loops.
    fn bits_of(&self, index: &Index) -> u32 {
        let largest = match index {
            Index::Const(number) => *number,
            Index::Variable(variable) => {
                self.ends.get(variable.depth as usize).map_or(u64::MAX, |end| end.saturating_sub(1))
            }
            Index::Op(..) => u64::MAX,
        };
        (USIZE - largest.leading_zeros()).max(1)
    }
}

fn may_wrap(op: &VerilogOp) -> bool {
    matches!(op, VerilogOp::Add | VerilogOp::Sub | VerilogOp::Mul | VerilogOp::Shl)
}

/// Zero-extends; numbers simply become wider.
fn widened(expr: Expr, width: u32) -> Expr {
    if expr.width == width {
        return expr;
    }
    match expr.kind {
        ExprKind::Index(Index::Const(number)) => {
            Expr::literal(Value::new(width, number), Type::Bits(width))
        }
        kind @ ExprKind::Index(_) => Expr::bits(kind, width),
        _ => Expr::bits(ExprKind::Resize(Box::new(expr)), width),
    }
}
