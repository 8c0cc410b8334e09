//! Loops that run once are their bodies, and those that never run are left out.
//!
//! A block made for one of something has such loops.

use super::planted;
use super::unroll::is_special;
use crate::ir::{
    Design, Expr, ExprKind, Index, Pass, Rebuild, Reference, Statement, Target, Value, Variable,
};

/// The pass. Loops that ask in which round they are it leaves to `unroll`.
pub(super) struct Once;

impl Pass<Design> for Once {
    fn name(&self) -> &'static str {
        "once"
    }

    fn apply(&self, design: &Design) -> Design {
        design.map_kernels(|module, body| module.with_kernel(Loops.body(body)))
    }
}

struct Loops;

impl Rebuild for Loops {
    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        match statement {
            Statement::For { variable, from, to, body }
                if to.saturating_sub(*from) <= 1 && !is_special(statement) =>
            {
                if from < to {
                    let number = *from as u64 + u64::from(planted!(Once));
                    let mut round = Round { depth: variable.depth, number };
                    let body = round.body(body);
                    into.extend(self.body(&body));
                }
            }
            _ => {
                let statement = self.inside(statement);
                into.push(statement);
            }
        }
    }
}

/// Statements in the only round of a loop around them.
struct Round {
    depth: u32,
    number: u64,
}

impl Round {
    fn index(&self, index: &Index) -> Index {
        match index {
            Index::Variable(variable) if variable.depth == self.depth => Index::Const(self.number),
            Index::Variable(variable) => Index::Variable(self.variable(variable)),
            Index::Const(_) => index.clone(),
            Index::Op(op, left, right) => Index::op(*op, self.index(left), self.index(right)),
        }
    }

    /// Loops inside are one less deep.
    fn variable(&self, variable: &Variable) -> Variable {
        let depth = variable.depth - u32::from(variable.depth > self.depth);
        Variable { depth, ..variable.clone() }
    }

    fn reference(&self, reference: &Reference) -> Reference {
        let fix = |index: &Option<Index>| index.as_ref().map(|index| self.index(index));
        Reference {
            instance: reference.instance.as_ref().map(|(id, index)| (*id, fix(index))),
            signal: reference.signal,
            element: fix(&reference.element),
        }
    }
}

impl Rebuild for Round {
    fn target(&mut self, target: &Target) -> Target {
        Target { reference: self.reference(&target.reference), part: target.part.clone() }
    }

    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        let rebuilt = match self.inside(statement) {
            Statement::For { variable, from, to, body } => {
                Statement::For { variable: self.variable(&variable), from, to, body }
            }
            other => other,
        };
        into.push(rebuilt);
    }

    fn expr(&mut self, expr: &Expr) -> Expr {
        let expr = expr.map_operands(&mut |operand| self.expr(operand));
        let kind = match &expr.kind {
            ExprKind::Read(reference) => ExprKind::Read(self.reference(reference)),
            ExprKind::Constant(id, Some(index)) => ExprKind::Constant(*id, Some(self.index(index))),
            ExprKind::Index(index) => match self.index(index) {
                Index::Const(number) => {
                    return Expr::literal(Value::new(expr.width, number), expr.ty);
                }
                index => ExprKind::Index(index),
            },
            _ => return expr,
        };
        Expr { kind, ..expr }
    }
}
