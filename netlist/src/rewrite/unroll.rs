//! Unrolls loops that cannot remain loops.
//!
//! A loop remains if Verilog has a form for it and if the statements of each signal can have a loop
//! of their own. Any other is unrolled, with all loops inside it; branches that an iteration does
//! not take are omitted.

use super::carry::carries;
use super::loops::{looped, paths};
use super::net::Net;
use super::planted;
use crate::ir::{
    Binary, Design, Expr, ExprKind, Index, IndexOp, Module, Pass, Rebuild, Reference, Statement,
    Target, Type, Unary, Value, each_statement,
};
use std::collections::BTreeSet;

/// The pass.
pub(super) struct Unroll;

impl Pass<Design> for Unroll {
    fn name(&self) -> &'static str {
        "unroll"
    }

    fn apply(&self, design: &Design) -> Design {
        let paths = paths(design);
        design.map_kernels(|module, body| {
            let limits = Limits { design, module, apart: looped(design, module, &paths) };
            let chosen = |around: &Statement| {
                is_special(around)
                    || carries(std::slice::from_ref(around))
                    || !limits.sayable(around, &mut Vec::new())
            };
            let mut rounds = Rounds { loops: Vec::new(), chosen: &chosen };
            module.with_kernel(rounds.body(body))
        })
    }
}

/// Statements in one iteration of the unrolled enclosing loops.
struct Rounds<'a> {
    loops: Vec<u64>,
    chosen: &'a dyn Fn(&Statement) -> bool,
}

impl Rounds<'_> {
    fn index(&self, index: &Index) -> Index {
        index.evaluate(&self.loops).map_or_else(|| index.clone(), Index::Const)
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

impl Rebuild for Rounds<'_> {
    fn target(&mut self, target: &Target) -> Target {
        Target { reference: self.reference(&target.reference), part: target.part.clone() }
    }

    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        match statement {
            Statement::For { from, to, body, .. }
                if !self.loops.is_empty() || (self.chosen)(statement) =>
            {
                let to = if planted!(Unroll) { to - 1 } else { *to };
                for at in *from..to {
                    self.loops.push(at as u64);
                    into.extend(self.body(body));
                    self.loops.pop();
                }
            }
            Statement::For { .. } => into.push(statement.clone()),
            Statement::If { test, then, otherwise } => {
                let test = self.expr(test);
                match &test.kind {
                    ExprKind::Literal(value) if value.any() => into.extend(self.body(then)),
                    ExprKind::Literal(_) => into.extend(self.body(otherwise)),
                    _ => {
                        let (then, otherwise) = (self.body(then), self.body(otherwise));
                        into.push(Statement::If { test, then, otherwise });
                    }
                }
            }
            _ => {
                let statement = self.inside(statement);
                into.push(statement);
            }
        }
    }

    fn expr(&mut self, expr: &Expr) -> Expr {
        let expr = expr.map_operands(&mut |operand| self.expr(operand));
        match &expr.kind {
            ExprKind::Read(reference) => {
                Expr { kind: ExprKind::Read(self.reference(reference)), ..expr }
            }
            ExprKind::Constant(id, Some(index)) => {
                Expr { kind: ExprKind::Constant(*id, Some(self.index(index))), ..expr }
            }
            ExprKind::Index(index) => match index.evaluate(&self.loops) {
                Some(number) => Expr::literal(Value::new(expr.width, number), expr.ty),
                None => expr,
            },
            ExprKind::Unary(Unary::Not, a) if expr.width == 1 => (**a).clone().inverted(),
            ExprKind::Binary(op, a, b) => match (&a.kind, &b.kind) {
                (ExprKind::Literal(left), ExprKind::Literal(right))
                    if op.is_comparison() && !a.ty.is_signed() =>
                {
                    Expr::literal(Value::bit_of(op.compares(left, right)), Type::BIT)
                }
                (ExprKind::Literal(known), _) if expr.width == 1 => decided(*op, known, b, &expr),
                (_, ExprKind::Literal(known)) if expr.width == 1 => decided(*op, known, a, &expr),
                _ => expr,
            },
            _ => expr,
        }
    }
}

/// `other && known` or `other || known`, of bits.
pub(super) fn decided(op: Binary, known: &Value, other: &Expr, whole: &Expr) -> Expr {
    match op {
        Binary::And if known.any() => other.clone(),
        Binary::Or if !known.any() => other.clone(),
        Binary::And | Binary::Or => Expr::literal(known.clone(), Type::BIT),
        _ => whole.clone(),
    }
}

/// Whether the iterations of a loop differ in more than their elements: a condition tests the loop
/// variable, or an index would be negative in some iteration.
pub(super) fn is_special(around: &Statement) -> bool {
    let mut found = asks_round(std::slice::from_ref(around));
    let mut reference = |reference: &Reference| {
        let instance = reference.instance.as_ref().and_then(|(_, index)| index.as_ref());
        found |= instance.into_iter().chain(&reference.element).any(has_difference);
    };
    each_statement(std::slice::from_ref(around), &mut |statement| {
        if let Statement::Assign { target, .. } = statement {
            reference(&target.reference);
        }
        statement.expr().into_iter().for_each(|expr| expr.each_read(&mut reference));
    });
    found
}

fn has_difference(index: &Index) -> bool {
    match index {
        Index::Op(IndexOp::Add | IndexOp::Mul, left, right) => {
            has_difference(left) || has_difference(right)
        }
        // `7 - i` is never negative unless a condition guards it.
        Index::Op(IndexOp::Sub, left, _) => !matches!(**left, Index::Const(_)),
        Index::Op(..) => true,
        Index::Const(_) | Index::Variable(_) => false,
    }
}

/// Whether some condition compares only loop variables.
fn asks_round(body: &[Statement]) -> bool {
    fn fixed(expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Index(_) => true,
            ExprKind::Unary(_, a) | ExprKind::Resize(a) | ExprKind::Slice(a, ..) => fixed(a),
            ExprKind::Binary(op, a, b) => match op {
                Binary::And | Binary::Or => fixed(a) || fixed(b),
                _ => fixed(a) && fixed(b),
            },
            _ => false,
        }
    }
    let mut found = false;
    each_statement(body, &mut |statement| {
        if let Statement::If { test, .. } | Statement::Match { test, .. } = statement {
            found |= fixed(test);
        }
    });
    found
}

/// The limits of loops in Verilog.
struct Limits<'a> {
    design: &'a Design,
    module: &'a Module,
    /// Nets with a separate wire for each element, which an index cannot select.
    apart: BTreeSet<Net>,
}

impl Limits<'_> {
    /// Whether a statement has a form in Verilog within loops with these bounds.
    fn sayable(&self, statement: &Statement, loops: &mut Vec<(u64, u64)>) -> bool {
        if let Statement::For { from, to, .. } = statement {
            loops.push((*from as u64, *to as u64));
        }
        let own = match statement {
            Statement::Assign { target, .. } => self.reference(&target.reference, loops),
            _ => true,
        };
        let said = own
            && statement.expr().is_none_or(|expr| self.expr(expr, loops))
            && statement.bodies().into_iter().flatten().all(|inner| self.sayable(inner, loops));
        if let Statement::For { .. } = statement {
            loops.pop();
        }
        said
    }

    fn expr(&self, expr: &Expr, loops: &[(u64, u64)]) -> bool {
        let own = match &expr.kind {
            ExprKind::Read(reference) => self.reference(reference, loops),
            ExprKind::Constant(id, Some(index)) => {
                within(index, self.module.constant(*id).values.len() as u64, loops)
            }
            ExprKind::Index(index) => match index.bounds(loops) {
                None => false,
                Some((low, high)) => low == high || (high >> 32 == 0 && !divides(index)),
            },
            // A bit number beyond the word selects no bit.
            ExprKind::DynamicSlice(word, at) => match at.as_index().map(|at| at.bounds(loops)) {
                None => true,
                Some(None) => false,
                Some(Some((low, high))) => {
                    low == high || high + u64::from(expr.width) <= u64::from(word.width)
                }
            },
            _ => true,
        };
        own && expr.operands().into_iter().all(|operand| self.expr(operand, loops))
    }

    fn reference(&self, reference: &Reference, loops: &[(u64, u64)]) -> bool {
        let net = Net::of(reference);
        let (all, each) = self.module.elements(self.design, net);
        let instance = reference.instance.as_ref().and_then(|(_, index)| index.as_ref());
        let fits = |index: Option<&Index>, count: u32| {
            index.is_none_or(|index| within(index, u64::from(count), loops))
        };
        let fixed = |index: &Index| index.bounds(loops).is_some_and(|(low, high)| low == high);
        let chosen = || instance.into_iter().chain(&reference.element).all(fixed);
        fits(instance, all / each.max(1))
            && fits(reference.element.as_ref(), each)
            && (!self.apart.contains(&net) || chosen())
    }
}

fn within(index: &Index, count: u64, loops: &[(u64, u64)]) -> bool {
    index.bounds(loops).is_some_and(|(_, high)| high < count)
}

fn divides(index: &Index) -> bool {
    match index {
        Index::Op(IndexOp::Div | IndexOp::Rem, ..) => true,
        Index::Op(_, left, right) => divides(left) || divides(right),
        Index::Const(_) | Index::Variable(_) => false,
    }
}
