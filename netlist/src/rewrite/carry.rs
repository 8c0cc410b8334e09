//! Loops that carry a value from one iteration to the next.

use crate::ir::{Reference, SignalId, Statement, Variable, each_assignment, each_statement};
use std::collections::BTreeMap;

/// Whether some loop carries a value from one iteration to the next in a way that prevents separate
/// loops for its targets.
pub(super) fn carries(body: &[Statement]) -> bool {
    let mut found = false;
    each_statement(body, &mut |statement| {
        if let Statement::For { variable, body, .. } = statement {
            found |= loop_carries(body, variable);
        }
    });
    found
}

fn loop_carries(body: &[Statement], variable: &Variable) -> bool {
    let mut inside: BTreeMap<SignalId, (u32, bool)> = BTreeMap::new();
    let own = |reference: &Reference| {
        reference.element.as_ref().is_some_and(|index| index.is_variable(variable))
    };
    each_assignment(body, &mut |target, _| {
        if target.reference.instance.is_none() {
            let entry = inside.entry(target.reference.signal).or_insert((0, true));
            entry.0 += 1;
            entry.1 &= own(&target.reference);
        }
    });
    let mut seen = BTreeMap::new();
    let mut found = false;
    each_statement(body, &mut |statement| {
        let assigned = match statement {
            Statement::Assign { target, .. } if target.reference.instance.is_none() => {
                Some(target.reference.signal)
            }
            _ => None,
        };
        let mut read = |reference: &Reference| {
            let Some((count, by_variable)) = inside.get(&reference.signal) else { return };
            let itself = assigned == Some(reference.signal);
            let done = seen.get(&reference.signal).copied().unwrap_or(0) == *count;
            let same_round = *by_variable && own(reference) && done;
            found |= reference.instance.is_none() && !itself && !same_round;
        };
        statement.expr().into_iter().for_each(|expr| expr.each_read(&mut read));
        if let Some(signal) = assigned {
            *seen.entry(signal).or_insert(0) += 1;
        }
    });
    found
}
