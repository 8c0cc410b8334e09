//! Rewriting of statements: selection by target, loops unrolled, reads made final.

use crate::ir::{
    Arm, Binary, Expr, ExprKind, Index, Reference, Statement, Target, Type, Unary, Variable,
};

/// The statements that assign one of the chosen targets, in their branches and loops.
pub(super) fn select(body: &[Statement], chosen: &dyn Fn(&Target) -> bool) -> Vec<Statement> {
    body.iter().filter_map(|statement| select_one(statement, chosen)).collect()
}

fn select_one(statement: &Statement, chosen: &dyn Fn(&Target) -> bool) -> Option<Statement> {
    match statement {
        Statement::Assign { target, .. } => chosen(target).then(|| statement.clone()),
        Statement::If { test, then, otherwise } => {
            let (then, otherwise) = (select(then, chosen), select(otherwise, chosen));
            match (then.is_empty(), otherwise.is_empty()) {
                (true, true) => None,
                (true, false) => Some(nested(not(test.clone()), otherwise)),
                (false, true) => Some(nested(test.clone(), then)),
                (false, false) => Some(Statement::If { test: test.clone(), then, otherwise }),
            }
        }
        Statement::Match { test, arms, default } => {
            let default = default.as_ref().map(|body| select(body, chosen));
            let kept: Vec<Arm> = arms
                .iter()
                .map(|arm| Arm { value: arm.value.clone(), body: select(&arm.body, chosen) })
                .collect();
            let assigns = |arm: &Arm| !arm.body.is_empty();
            let some = kept.iter().any(assigns) || default.iter().any(|body| !body.is_empty());
            some.then(|| Statement::Match { test: test.clone(), arms: kept, default })
        }
        Statement::For { variable, from, to, body } => {
            let body = select(body, chosen);
            (!body.is_empty()).then(|| Statement::For {
                variable: variable.clone(),
                from: *from,
                to: *to,
                body,
            })
        }
        Statement::Comment(_) => None,
    }
}

/// `if a { if b { x } }` as `if a && b { x }`.
fn nested(test: Expr, mut then: Vec<Statement>) -> Statement {
    match &mut then[..] {
        [Statement::If { test: inner, then: body, otherwise }] if otherwise.is_empty() => {
            let both = ExprKind::Binary(Binary::And, Box::new(test), Box::new(inner.clone()));
            let then = std::mem::take(body);
            Statement::If { test: Expr::bits(both, 1), then, otherwise: Vec::new() }
        }
        _ => Statement::If { test, then, otherwise: Vec::new() },
    }
}

/// Inverts a bit.
pub(super) fn not(bit: Expr) -> Expr {
    match bit.kind {
        ExprKind::Unary(Unary::Not, inner) => *inner,
        ExprKind::Literal(value) => Expr::literal(value.not(), Type::BIT),
        _ => Expr::bits(ExprKind::Unary(Unary::Not, Box::new(bit)), 1),
    }
}

/// Calls a function on every assignment, in order, with the number of enclosing loops.
pub(super) fn each_assignment<'a>(
    body: &'a [Statement],
    call: &mut dyn FnMut(&'a Target, &'a Expr),
) {
    for statement in body {
        match statement {
            Statement::Assign { target, value } => call(target, value),
            Statement::If { then, otherwise, .. } => {
                each_assignment(then, call);
                each_assignment(otherwise, call);
            }
            Statement::Match { arms, default, .. } => {
                arms.iter().for_each(|arm| each_assignment(&arm.body, call));
                default.iter().for_each(|body| each_assignment(body, call));
            }
            Statement::For { body, .. } => each_assignment(body, call),
            Statement::Comment(_) => {}
        }
    }
}

/// Calls a function on every reference that an expression reads.
pub(super) fn each_read<'a>(expr: &'a Expr, call: &mut dyn FnMut(&'a Reference)) {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Constant(..) | ExprKind::Index(_) => {}
        ExprKind::Read(reference) => call(reference),
        ExprKind::Slice(a, ..)
        | ExprKind::Resize(a)
        | ExprKind::SignResize(a)
        | ExprKind::Unary(_, a) => each_read(a, call),
        ExprKind::DynamicSlice(a, b) | ExprKind::Binary(_, a, b) => {
            each_read(a, call);
            each_read(b, call);
        }
        ExprKind::InsertBit(a, b, c) => {
            each_read(a, call);
            each_read(b, call);
            each_read(c, call);
        }
    }
}

/// Calls a function on every reference that statements read: values and conditions.
pub(super) fn each_read_in<'a>(body: &'a [Statement], call: &mut dyn FnMut(&'a Reference)) {
    for statement in body {
        match statement {
            Statement::Assign { value, .. } => each_read(value, call),
            Statement::If { test, then, otherwise } => {
                each_read(test, call);
                each_read_in(then, call);
                each_read_in(otherwise, call);
            }
            Statement::Match { test, arms, default } => {
                each_read(test, call);
                arms.iter().for_each(|arm| each_read_in(&arm.body, call));
                default.iter().for_each(|body| each_read_in(body, call));
            }
            Statement::For { body, .. } => each_read_in(body, call),
            Statement::Comment(_) => {}
        }
    }
}

/// The expression with every subexpression replaced, innermost first.
pub(super) fn map_expr(expr: &Expr, replace: &mut dyn FnMut(Expr) -> Expr) -> Expr {
    map_except(expr, &|_| false, replace)
}

/// The same, but some subexpressions stay as they are.
pub(super) fn map_except(
    expr: &Expr,
    keep: &dyn Fn(&Expr) -> bool,
    replace: &mut dyn FnMut(Expr) -> Expr,
) -> Expr {
    if keep(expr) {
        return expr.clone();
    }
    let mut map = |inner: &Expr| Box::new(map_except(inner, keep, replace));
    let kind = match &expr.kind {
        leaf @ (ExprKind::Literal(_)
        | ExprKind::Constant(..)
        | ExprKind::Index(_)
        | ExprKind::Read(_)) => leaf.clone(),
        ExprKind::Slice(a, offset, field) => ExprKind::Slice(map(a), *offset, field.clone()),
        ExprKind::DynamicSlice(a, b) => ExprKind::DynamicSlice(map(a), map(b)),
        ExprKind::InsertBit(a, b, c) => ExprKind::InsertBit(map(a), map(b), map(c)),
        ExprKind::Resize(a) => ExprKind::Resize(map(a)),
        ExprKind::SignResize(a) => ExprKind::SignResize(map(a)),
        ExprKind::Unary(op, a) => ExprKind::Unary(*op, map(a)),
        ExprKind::Binary(op, a, b) => ExprKind::Binary(*op, map(a), map(b)),
    };
    replace(Expr { kind, ty: expr.ty, width: expr.width })
}

/// An index with the constant part of it computed.
pub(super) fn index_op(op: crate::ir::IndexOp, left: Index, right: Index) -> Index {
    use crate::ir::IndexOp::{Add, Mul};
    match (op, &left, &right) {
        (Add, Index::Const(0), _) | (Mul, Index::Const(1), _) => right,
        (Add, _, Index::Const(0)) | (Mul, _, Index::Const(1)) => left,
        _ => {
            let whole = Index::Op(op, Box::new(left), Box::new(right));
            whole.evaluate(&[]).map_or(whole, Index::Const)
        }
    }
}

/// The index is this loop variable alone.
pub(super) fn is_variable(index: &Index, variable: &Variable) -> bool {
    matches!(index, Index::Variable(found) if found.depth == variable.depth)
}
