//! Simplification of a term when some of its operands are known.
//!
//! Proves: a term and its replacement have the same value, as long as the assumptions about its
//! operands hold. [`crate::ir::Graph`] has folded everything that is known without assumptions;
//! this pass folds what [`super::specialise`] assumes in addition, and two shapes for which the
//! compiler has better instructions (`not any`, a choice between constants).

use super::program::{Form, Program, TermId};
use crate::ir::{Op, Value, evaluate};

/// A set of assumptions, one bit each.
pub(super) type Why = u128;

/// The replacement of a term, and the assumptions that it needs.
pub(super) type Now = (TermId, Why);

/// Simplifies a form whose operands each depend on the assumptions at their index in `why`. Scalar
/// operands may replace columns; then the result may be a scalar, too.
pub(super) fn simplify(program: &mut Program, form: Form, width: u32, why: [Why; 3]) -> Now {
    match form {
        Form::Op(op) => operation(program, op, width, why),
        Form::Row(column, _) | Form::AnyRow(column) | Form::AllRows(column)
            if program.term(column).rows == 0 =>
        {
            (column, why[0])
        }
        Form::Pick { mask, values, otherwise, highest } => {
            pick(program, (mask, values, otherwise), highest, width, why)
        }
        Form::Gather { mask, values } => gather(program, (mask, values), width, why),
        form => (program.add(form, width, 0), why[0]),
    }
}

fn gather(
    program: &mut Program,
    (mask, values): (TermId, TermId),
    width: u32,
    why: [Why; 3],
) -> Now {
    let rows = program.term(values).rows;
    let zero = program.constant_term(&Value::zero(width));
    if program.term(mask).rows == 0 {
        // Every row counts, or none does.
        if matches!(known(program, mask), Known::Zero) {
            return (zero, why[0]);
        }
        let mut all = if rows == 0 { values } else { zero };
        for row in 0..rows {
            let row = program.add(Form::Row(values, row), width, 0);
            all = operation(program, Op::Or(all, row), width, [0; 3]).0;
        }
        return operation(program, Op::Mux(mask, all, zero), width, [why[0], why[1], 0]);
    }
    (program.add(Form::Gather { mask, values }, width, 0), why[0] | why[1])
}

fn pick(
    program: &mut Program,
    (mask, values, otherwise): (TermId, TermId, TermId),
    highest: bool,
    width: u32,
    why: [Why; 3],
) -> Now {
    if program.term(mask).rows == 0 {
        // Every row is a candidate, or none is.
        let last = program.term(values).rows.saturating_sub(1);
        let row = Form::Row(values, if highest { last } else { 0 });
        let value = match program.constant(mask).map(Value::any) {
            Some(false) => return (otherwise, why[0] | why[2]),
            _ => simplify(program, row, width, [why[1], 0, 0]).0,
        };
        return operation(program, Op::Mux(mask, value, otherwise), width, why);
    }
    let form = Form::Pick { mask, values, otherwise, highest };
    (program.add(form, width, 0), why[0] | why[1] | why[2])
}

/// A constant operand.
enum Known {
    Zero,
    Ones,
    No,
}

fn known(program: &Program, id: TermId) -> Known {
    match program.constant(id) {
        Some(value) if !value.any() => Known::Zero,
        Some(value) if value.all() => Known::Ones,
        _ => Known::No,
    }
}

fn operation(program: &mut Program, op: Op, width: u32, why: [Why; 3]) -> Now {
    let all = why[0] | why[1] | why[2];
    match op {
        Op::Mux(test, then, otherwise) => {
            return choice(program, (test, then, otherwise), width, why);
        }
        Op::And(a, b) | Op::Or(a, b) => {
            let and = matches!(op, Op::And(..));
            // If one operand decides the result, the other one does not matter.
            let decides =
                |known| matches!((known, and), (Known::Zero, true) | (Known::Ones, false));
            let passes = |known| matches!((known, and), (Known::Zero, false) | (Known::Ones, true));
            for (own, other, at) in [(a, b, 0), (b, a, 1)] {
                if decides(known(program, own)) {
                    return (own, why[at]);
                }
                if passes(known(program, own)) {
                    return (other, all);
                }
            }
            if a == b {
                return (a, all);
            }
        }
        Op::Not(a) => {
            let inner = program.term(a).form;
            match inner {
                Form::Op(Op::Not(inner)) => return (inner, all),
                Form::Op(Op::Any(inner)) => {
                    let zero = program.constant_term(&Value::zero(program.term(inner).width));
                    return (add(program, Op::Equal(inner, zero), 1), all);
                }
                _ => {}
            }
        }
        Op::Equal(a, b) if a == b => return (program.constant_term(&Value::bit_of(true)), all),
        Op::Equal(a, b) if program.term(a).width == 1 => {
            for (own, other) in [(a, b), (b, a)] {
                match known(program, own) {
                    Known::Zero => return (not(program, other), all),
                    Known::Ones => return (other, all),
                    Known::No => {}
                }
            }
        }
        Op::Xor(a, b) | Op::Add(a, b) | Op::Sub(a, b)
            if matches!(known(program, b), Known::Zero) =>
        {
            return (a, all);
        }
        Op::Xor(a, b) | Op::Add(a, b) if matches!(known(program, a), Known::Zero) => {
            return (b, all);
        }
        Op::Concat(high, low)
            if matches!(known(program, high), Known::Zero) && program.constant(low).is_none() =>
        {
            return (add(program, Op::ZeroExtend(low), width), all);
        }
        _ => {}
    }
    let value = evaluate(op, width, |id| program.constant(id));
    match value {
        Some(value) => (program.constant_term(&value), all),
        None => (add(program, op, width), all),
    }
}

fn choice(
    program: &mut Program,
    (test, then, otherwise): (TermId, TermId, TermId),
    width: u32,
    why: [Why; 3],
) -> Now {
    let all = why[0] | why[1] | why[2];
    match known(program, test) {
        Known::Zero => return (otherwise, why[0] | why[2]),
        Known::Ones => return (then, why[0] | why[1]),
        Known::No => {}
    }
    if then == otherwise {
        return (then, why[1] | why[2]);
    }
    if let Form::Op(Op::Not(inner)) = program.term(test).form {
        return choice(program, (inner, otherwise, then), width, [why[0], why[2], why[1]]);
    }
    if width == 1 {
        let found = match (known(program, then), known(program, otherwise)) {
            (Known::Ones, Known::Zero) => Some(test),
            (Known::Zero, Known::Ones) => Some(not(program, test)),
            (Known::Ones, Known::No) => Some(add(program, Op::Or(test, otherwise), 1)),
            (Known::No, Known::Zero) => Some(add(program, Op::And(test, then), 1)),
            (Known::Zero, Known::No) => {
                let test = not(program, test);
                Some(add(program, Op::And(test, otherwise), 1))
            }
            (Known::No, Known::Ones) => {
                let test = not(program, test);
                Some(add(program, Op::Or(test, then), 1))
            }
            _ => None,
        };
        if let Some(found) = found {
            return (found, all);
        }
    }
    (add(program, Op::Mux(test, then, otherwise), width), all)
}

/// The negation of a bit, or of each row's.
pub(super) fn not(program: &mut Program, a: TermId) -> TermId {
    operation(program, Op::Not(a), program.term(a).width, [0; 3]).0
}

/// An operation that has as many rows as its operands.
fn add(program: &mut Program, op: Op, width: u32) -> TermId {
    let rows = op.operands().map(|operand| program.term(operand).rows).max().unwrap_or(0);
    program.add(Form::Op(op), width, rows)
}
