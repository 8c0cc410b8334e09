//! Statements of the body of an `always` block.

use super::Net;
use super::parts::{Bits, Named, Part};
use super::reader::Reader;
use super::tree::{Field, Select, Step, Tree};
use crate::ir::{Expr, ExprKind, Statement, Target, Type};

/// The assignment operator of a block, and its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assigns {
    /// Blocking: `=` to the target.
    Now,
    /// Nonblocking: `<=` to the register whose data input the target is.
    AtEdge,
}

impl Reader<'_> {
    /// The left side of an assignment.
    pub(super) fn target(&self, target: &Target, how: Assigns) -> Select {
        let mut net = Net::of(&target.reference);
        if how == Assigns::AtEdge {
            net = self.sheet.held[&net];
        }
        let shape = self.sheet.net(net);
        let mut bits = Bits {
            of: Named::Net(net),
            index: shape.element_of(&target.reference),
            element: shape.element,
            count: shape.count,
            low: 0,
            width: shape.element,
            field: None,
        };
        if let Some(part) = &target.part {
            (bits.low, bits.width) = (part.offset, part.width);
            if let (Some(field), Type::Struct(of)) = (&part.field, shape.ty) {
                bits.field = Some(Field { of, low: part.offset, name: field.clone() });
            }
        }
        self.select(&bits)
    }

    /// Statements in order; `complete`: every target has a value before them.
    pub(super) fn procedure(&self, body: &[Statement], how: Assigns, complete: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut complete = complete;
        for (at, statement) in body.iter().enumerate() {
            match statement {
                Statement::Assign { target, .. }
                    if how == Assigns::AtEdge && overwritten(target, &body[at + 1..]) => {}
                Statement::Assign { target, value } => {
                    steps.push(match how {
                        Assigns::Now => self.bit_assignment(target, value).unwrap_or_else(|| {
                            Step::Set(self.target(target, how), "=", self.expression(value))
                        }),
                        Assigns::AtEdge => {
                            Step::Set(self.target(target, how), "<=", self.expression(value))
                        }
                    });
                    complete = true;
                }
                Statement::If { test, then, otherwise } => steps.push(Step::If(
                    self.expression(test),
                    self.procedure(then, how, complete),
                    self.procedure(otherwise, how, complete),
                )),
                Statement::Match { .. } => steps.extend(self.cases(statement, how, complete)),
                Statement::For { variable, from, to, body } => {
                    let (from, to) = (*from as u64, *to as u64);
                    let inside = self.within(variable, from, to);
                    let body = inside.procedure(body, how, complete);
                    steps.push(Step::For(variable.clone(), from, to, body));
                }
                Statement::Comment(_) => {}
            }
        }
        steps
    }

    /// `x = x with bit i replaced` as `x[i] = bit`.
    fn bit_assignment(&self, target: &Target, value: &Expr) -> Option<Step> {
        let ExprKind::InsertBit(base, at, bit) = &value.kind else { return None };
        let ExprKind::Read(read) = &base.kind else { return None };
        if *read != target.reference || target.part.is_some() {
            return None;
        }
        match &self.placed(base, at, 1)?[..] {
            [Part::Bits(bits)] => Some(Step::Set(self.select(bits), "=", self.expression(bit))),
            _ => None,
        }
    }

    fn cases(&self, statement: &Statement, how: Assigns, complete: bool) -> Option<Step> {
        let Statement::Match { test, arms, default } = statement else { return None };
        let assigned = arms.iter().all(|arm| !arm.body.is_empty());
        let stands_for_rest = default.is_none() && assigned && !complete && how == Assigns::Now;
        let mut cases: Vec<(Option<Tree>, Vec<Step>)> = Vec::new();
        for (at, arm) in arms.iter().enumerate() {
            let again = arms[..at].iter().any(|before| before.value == arm.value);
            if again || (arm.body.is_empty() && default.is_none()) {
                continue;
            }
            let last = stands_for_rest && at + 1 == arms.len();
            let label = (!last).then(|| self.variant(test.ty, &arm.value));
            cases.push((label, self.procedure(&arm.body, how, complete)));
        }
        if !stands_for_rest {
            let rest = default.as_deref().unwrap_or_default();
            cases.push((None, self.procedure(rest, how, complete)));
        }
        Some(Step::Case(self.expression(test), cases))
    }
}

/// Whether a later statement of the same list assigns the same target unconditionally.
fn overwritten(target: &Target, later: &[Statement]) -> bool {
    later.iter().any(
        |statement| matches!(statement, Statement::Assign { target: other, .. } if other == target),
    )
}
