//! Loops as copies of their bodies.

use super::rewrite::{each_assignment, each_read_in, map_expr, not};
use crate::ir::{
    Arm, Binary, Expr, ExprKind, Index, Reference, Statement, Target, Type, Unary, Value,
};

/// The chosen loops as copies of their bodies, with all loops inside them; branches that can no
/// longer be taken are left out.
pub(super) fn unroll(body: &[Statement], chosen: &dyn Fn(&Statement) -> bool) -> Vec<Statement> {
    unroll_within(body, &mut Vec::new(), chosen)
}

fn unroll_within(
    body: &[Statement],
    loops: &mut Vec<u64>,
    chosen: &dyn Fn(&Statement) -> bool,
) -> Vec<Statement> {
    let mut result = Vec::new();
    for statement in body {
        match statement {
            Statement::For { from, to, body, .. } if !loops.is_empty() || chosen(statement) => {
                for at in *from..*to {
                    loops.push(at as u64);
                    result.extend(unroll_within(body, loops, chosen));
                    loops.pop();
                }
            }
            Statement::For { .. } => result.push(statement.clone()),
            Statement::If { test, then, otherwise } => {
                let test = fixed_expr(test, loops);
                match &test.kind {
                    ExprKind::Literal(value) if value.any() => {
                        result.extend(unroll_within(then, loops, chosen));
                    }
                    ExprKind::Literal(_) => result.extend(unroll_within(otherwise, loops, chosen)),
                    _ => result.push(Statement::If {
                        then: unroll_within(then, loops, chosen),
                        otherwise: unroll_within(otherwise, loops, chosen),
                        test,
                    }),
                }
            }
            Statement::Match { test, arms, default } => result.push(Statement::Match {
                test: fixed_expr(test, loops),
                arms: arms
                    .iter()
                    .map(|arm| Arm {
                        value: arm.value.clone(),
                        body: unroll_within(&arm.body, loops, chosen),
                    })
                    .collect(),
                default: default.as_ref().map(|body| unroll_within(body, loops, chosen)),
            }),
            Statement::Assign { target, value } => result.push(Statement::Assign {
                target: Target {
                    reference: fixed_reference(&target.reference, loops),
                    part: target.part.clone(),
                },
                value: fixed_expr(value, loops),
            }),
            Statement::Comment(text) => result.push(Statement::Comment(text.clone())),
        }
    }
    result
}

fn fixed(index: &Index, loops: &[u64]) -> Index {
    index.evaluate(loops).map_or_else(|| index.clone(), Index::Const)
}

fn fixed_reference(reference: &Reference, loops: &[u64]) -> Reference {
    let fix = |index: &Option<Index>| index.as_ref().map(|index| fixed(index, loops));
    Reference {
        instance: reference.instance.as_ref().map(|(id, index)| (*id, fix(index))),
        signal: reference.signal,
        element: fix(&reference.element),
    }
}

fn fixed_expr(expr: &Expr, loops: &[u64]) -> Expr {
    map_expr(expr, &mut |expr| match &expr.kind {
        ExprKind::Read(reference) => {
            Expr { kind: ExprKind::Read(fixed_reference(reference, loops)), ..expr }
        }
        ExprKind::Constant(id, Some(index)) => {
            Expr { kind: ExprKind::Constant(*id, Some(fixed(index, loops))), ..expr }
        }
        ExprKind::Index(index) => match index.evaluate(loops) {
            Some(number) => Expr::literal(Value::new(expr.width, number), expr.ty),
            None => expr,
        },
        ExprKind::Unary(Unary::Not, a) if expr.width == 1 => not((**a).clone()),
        ExprKind::Binary(op, a, b) => match (&a.kind, &b.kind) {
            (ExprKind::Literal(left), ExprKind::Literal(right))
                if op.is_comparison() && !a.ty.is_signed() =>
            {
                Expr::literal(Value::bit_of(compared(*op, left, right)), Type::BIT)
            }
            (ExprKind::Literal(known), _) if expr.width == 1 => decided(*op, known, b, &expr),
            (_, ExprKind::Literal(known)) if expr.width == 1 => decided(*op, known, a, &expr),
            _ => expr,
        },
        _ => expr,
    })
}

/// An unsigned comparison of numbers.
pub(super) fn compared(op: Binary, left: &Value, right: &Value) -> bool {
    let order = left.compare(right);
    match op {
        Binary::Equal => order.is_eq(),
        Binary::NotEqual => order.is_ne(),
        Binary::Less => order.is_lt(),
        Binary::LessEqual => order.is_le(),
        Binary::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// `other && known` or `other || known`, of bits.
fn decided(op: Binary, known: &Value, other: &Expr, whole: &Expr) -> Expr {
    match op {
        Binary::And if known.any() => other.clone(),
        Binary::Or if !known.any() => other.clone(),
        Binary::And | Binary::Or => Expr::literal(known.clone(), Type::BIT),
        _ => whole.clone(),
    }
}

/// Whether the rounds of a loop differ in more than their elements: a condition asks which round
/// it is, or an index would be negative in some round.
pub(super) fn is_special(statement: &Statement) -> bool {
    let mut found = false;
    let mut index = |index: &Index| found |= has_difference(index);
    each_index(std::slice::from_ref(statement), &mut index);
    found || asks_round(std::slice::from_ref(statement))
}

fn has_difference(index: &Index) -> bool {
    use crate::ir::IndexOp::{Add, Mul};
    match index {
        Index::Op(Add | Mul, left, right) => has_difference(left) || has_difference(right),
        // `7 - i` is never negative when it stands where a condition does not guard it.
        Index::Op(crate::ir::IndexOp::Sub, left, _) => !matches!(**left, Index::Const(_)),
        Index::Op(..) => true,
        Index::Const(_) | Index::Variable(_) => false,
    }
}

fn each_index(body: &[Statement], call: &mut dyn FnMut(&Index)) {
    let mut reference = |reference: &Reference| {
        let instance = reference.instance.as_ref().and_then(|(_, index)| index.as_ref());
        instance.into_iter().chain(&reference.element).for_each(&mut *call);
    };
    each_assignment(body, &mut |target, _| reference(&target.reference));
    each_read_in(body, &mut |read| reference(read));
}

/// Whether some condition compares nothing but loop variables.
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
    body.iter().any(|statement| match statement {
        Statement::If { test, then, otherwise } => {
            fixed(test) || asks_round(then) || asks_round(otherwise)
        }
        Statement::Match { test, arms, default } => {
            fixed(test)
                || arms.iter().any(|arm| asks_round(&arm.body))
                || default.iter().any(|body| asks_round(body))
        }
        Statement::For { body, .. } => asks_round(body),
        Statement::Assign { .. } | Statement::Comment(_) => false,
    })
}
