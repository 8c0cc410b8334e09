//! Constants: a net that is constant is read as its value, and branches that are never taken are
//! left out.
//!
//! A configuration without an optional part has the part's ports at constants, which pass through
//! blocks. A net is a constant here only if it has the same value in all instances of its module.
//! Reads must be final, as `settle` leaves them.

use super::net::{Net, assigned, reads, select};
use super::unroll::decided;
use crate::flatten::{Known, Settled};
use crate::ir::{
    Binary, Body, Design, Expr, ExprKind, Module, ModuleId, Pass, Rebuild, Reference, Statement,
    Target, Type, Unary, Value,
};
use std::collections::BTreeSet;

/// The pass. It leaves a design with a combinational loop as it is.
pub(super) struct Constant;

impl Pass<Design> for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn apply(&self, design: &Design) -> Design {
        let Some(mut known) = Known::new(design) else { return design.clone() };
        let modules = (0..).map(ModuleId).zip(&design.modules);
        let folded = modules.map(|(id, module)| match &module.body {
            Body::Kernel(body) => module.with_kernel(folded(design, &mut known, id, body)),
            Body::Primitive(_) => module.clone(),
        });
        Design { modules: folded.collect(), ..design.clone() }
    }
}

fn folded(design: &Design, known: &mut Known, id: ModuleId, body: &[Statement]) -> Vec<Statement> {
    let module = design.module(id);
    let mut constants = Vec::new();
    let mut whole = BTreeSet::new();
    for net in assigned(body) {
        let own = select(body, &|target| Net::of(&target.reference) == net);
        if reads(&own, net) {
            // A value that accumulates is not final where its own statements read it.
            known.forget(id, net);
        } else if module.elements(design, net).0 == 1
            && !is_plain(&own)
            && let Some(value) = known.net(id, net)
        {
            constants.push(assignment(net, value.clone(), type_of(design, module, net)));
            whole.insert(net);
        }
    }
    let mut fold = Fold { module, settled: known.settled(design, id), whole };
    constants.extend(fold.body(body));
    constants
}

/// Whether a net has one assignment, of a number or of a constant with a name.
fn is_plain(own: &[Statement]) -> bool {
    match own {
        [Statement::Assign { target, value }] => target.part.is_none() && !has_reads(value),
        _ => false,
    }
}

fn has_reads(expr: &Expr) -> bool {
    let mut found = false;
    expr.each_read(&mut |_| found = true);
    found
}

fn type_of(design: &Design, module: &Module, net: Net) -> Type {
    match net {
        Net::Own(id) => module.signal(id).ty,
        Net::Child(id, port) => design.module(module.instance(id).modules[0]).signal(port).ty,
    }
}

/// The assignment of a number to a net with one element.
fn assignment(net: Net, value: Value, ty: Type) -> Statement {
    let (instance, signal) = match net {
        Net::Own(id) => (None, id),
        Net::Child(id, port) => (Some((id, None)), port),
    };
    let target = Target { reference: Reference { instance, signal, element: None }, part: None };
    Statement::Assign { target, value: Expr::literal(value, ty) }
}

/// The value of a decision between constants: a comparison, or several of them.
fn decision(module: &Module, expr: &Expr) -> Option<Value> {
    let number = |expr: &Expr| match &expr.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        // Of an array of equal ones it does not matter which.
        ExprKind::Constant(id, _) => {
            let values = &module.constant(*id).values;
            let first = values.first()?;
            values.iter().all(|value| value == first).then(|| first.clone())
        }
        _ => None,
    };
    match &expr.kind {
        ExprKind::Binary(op, a, b) if op.is_comparison() && !a.ty.is_signed() => {
            Some(Value::bit_of(op.compares(&number(a)?, &number(b)?)))
        }
        ExprKind::Unary(Unary::Not, a) if expr.width == 1 => Some(decision(module, a)?.not()),
        _ => None,
    }
}

struct Fold<'a> {
    module: &'a Module,
    settled: Settled<'a>,
    /// Nets that have been assigned their constants.
    whole: BTreeSet<Net>,
}

impl Rebuild for Fold<'_> {
    fn expr(&mut self, expr: &Expr) -> Expr {
        // What reads nothing keeps its names, unless it decides something.
        if !has_reads(expr) {
            let decision = decision(self.module, expr);
            return decision.map_or_else(|| expr.clone(), |value| Expr::literal(value, expr.ty));
        }
        if let Some(value) = self.settled.constant(expr) {
            return Expr::literal(value, expr.ty);
        }
        let kind = match &expr.kind {
            // The pass `cut` has chosen their form by what they select bits of, and where.
            ExprKind::DynamicSlice(..) => return expr.clone(),
            ExprKind::Binary(op @ (Binary::Shl | Binary::Shr), a, amount) => {
                ExprKind::Binary(*op, Box::new(self.expr(a)), amount.clone())
            }
            ExprKind::InsertBit(base, at, bit) => {
                ExprKind::InsertBit(Box::new(self.expr(base)), at.clone(), Box::new(self.expr(bit)))
            }
            _ => expr.map_operands(&mut |operand| self.expr(operand)).kind,
        };
        let folded = Expr { kind, ..expr.clone() };
        if let ExprKind::Binary(op, a, b) = &folded.kind
            && folded.width == 1
        {
            match (&a.kind, &b.kind) {
                (ExprKind::Literal(known), _) if a.width == 1 => {
                    return decided(*op, known, b, &folded);
                }
                (_, ExprKind::Literal(known)) if b.width == 1 => {
                    return decided(*op, known, a, &folded);
                }
                _ => {}
            }
        }
        let operands = folded.operands().into_iter();
        let mut like = operands.filter(|operand| operand.ty == folded.ty);
        match like.find(|operand| self.settled.same(operand, &folded)) {
            Some(operand) => operand.clone(),
            None => folded,
        }
    }

    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        let test = match statement {
            Statement::If { test, .. } | Statement::Match { test, .. } => {
                self.settled.constant(test)
            }
            _ => None,
        };
        match (statement, test) {
            (Statement::Assign { target, .. }, _)
                if self.whole.contains(&Net::of(&target.reference)) => {}
            (Statement::If { then, otherwise, .. }, Some(test)) => {
                into.extend(self.body(if test.any() { then } else { otherwise }));
            }
            (Statement::Match { arms, default, .. }, Some(test)) => {
                let arm = arms.iter().find(|arm| arm.value == test).map(|arm| &arm.body);
                into.extend(arm.or(default.as_ref()).map_or(Vec::new(), |body| self.body(body)));
            }
            _ => {
                let inside = self.inside(statement);
                into.push(inside);
            }
        }
    }
}
