//! Loops that carry a value from one round to the next.

use super::rewrite::{each_assignment, each_read, is_variable};
use crate::ir::{Expr, Reference, SignalId, Statement, Variable};
use std::collections::BTreeMap;

/// Whether some loop carries a value from one round to the next in a way that forbids
/// printing its targets apart.
pub(super) fn carries(body: &[Statement]) -> bool {
    body.iter().any(|statement| match statement {
        Statement::For { variable, body, .. } => loop_carries(body, variable) || carries(body),
        Statement::If { then, otherwise, .. } => carries(then) || carries(otherwise),
        Statement::Match { arms, default, .. } => {
            arms.iter().any(|arm| carries(&arm.body)) || default.iter().any(|body| carries(body))
        }
        Statement::Assign { .. } | Statement::Comment(_) => false,
    })
}

fn loop_carries(body: &[Statement], variable: &Variable) -> bool {
    let mut inside: BTreeMap<SignalId, (u32, bool)> = BTreeMap::new();
    let own = |reference: &Reference| {
        reference.element.as_ref().is_some_and(|index| is_variable(index, variable))
    };
    each_assignment(body, &mut |target, _| {
        if target.reference.instance.is_none() {
            let entry = inside.entry(target.reference.signal).or_insert((0, true));
            entry.0 += 1;
            entry.1 &= own(&target.reference);
        }
    });
    let mut seen = BTreeMap::new();
    scan(body, &mut |reading, reads_of, assigns| {
        for reference in reading {
            let Some((count, by_variable)) = inside.get(&reference.signal) else { continue };
            let itself = reads_of == Some(reference.signal);
            let done = seen.get(&reference.signal).copied().unwrap_or(0) == *count;
            let same_round = *by_variable && own(reference) && done;
            if !itself && !same_round {
                return true;
            }
        }
        if let Some(signal) = assigns {
            *seen.entry(signal).or_insert(0) += 1;
        }
        false
    })
}

/// Visits a loop's body in order: what each statement reads of own signals, the signal that it
/// reads them for (none: a condition), the signal it assigns. Stops at the first `true`.
fn scan<'a>(
    body: &'a [Statement],
    visit: &mut dyn FnMut(Vec<&'a Reference>, Option<SignalId>, Option<SignalId>) -> bool,
) -> bool {
    fn own(expr: &Expr) -> Vec<&Reference> {
        let mut found = Vec::new();
        each_read(expr, &mut |reference| {
            if reference.instance.is_none() {
                found.push(reference);
            }
        });
        found
    }
    body.iter().any(|statement| match statement {
        Statement::Assign { target, value } => {
            let reference = &target.reference;
            let signal = reference.instance.is_none().then_some(reference.signal);
            visit(own(value), signal, signal)
        }
        Statement::If { test, then, otherwise } => {
            visit(own(test), None, None) || scan(then, visit) || scan(otherwise, visit)
        }
        Statement::Match { test, arms, default } => {
            visit(own(test), None, None)
                || arms.iter().any(|arm| scan(&arm.body, visit))
                || default.iter().any(|body| scan(body, visit))
        }
        Statement::For { body, .. } => scan(body, visit),
        Statement::Comment(_) => false,
    })
}
