//! Reads made final: after this pass a signal that is read holds its last value.
//!
//! A kernel may read a local before its last assignment. Each such intermediate value becomes a
//! local of its own, assigned beside the original, so that the statements of one target can be
//! printed apart from those of all others.

use super::carry::carries;
use super::rewrite::{each_assignment, map_except, map_expr};
use super::unroll::{is_special, unroll};
use crate::ir::{
    Arm, Body, Expr, ExprKind, Index, Kind, Module, Reference, Signal, SignalId, Statement, Target,
};
use std::collections::BTreeMap;

/// An own signal, or one element of it where all its assignments name a fixed element.
type Key = (SignalId, Option<u64>);

/// The module with every read of an own signal final, but for accumulation in a loop
/// (`x = x ^ y[i]`), which stays as it is.
pub(super) fn settled(module: &Module, unrolled: bool) -> Module {
    let Body::Kernel(body) = &module.body else { return module.clone() };
    let body = unroll(body, &|around| {
        let one = std::slice::from_ref(around);
        unrolled || is_special(around) || carries(one)
    });
    let mut settle = Settle::new(&body);
    let read = settle.rewrite(&body, 0);
    let mut module = module.clone();
    let first = module.signals.len() as u32;
    for ((key, _), at) in &settle.versions {
        let original = &module.signals[key.0.0 as usize];
        let (ty, name) = (original.ty, format!("{}_{}", original.name, at + 1));
        settle.ids.insert(*at, SignalId(first + settle.ids.len() as u32));
        module.signals.push(Signal { name, kind: Kind::Local, ty, dims: Vec::new() });
    }
    settle.seen.clear();
    module.body = Body::Kernel(settle.insert(&read));
    module
}

/// Placeholder ids of versions count down from here until their signals exist.
const PLACEHOLDER: u32 = u32::MAX;

#[derive(Default)]
struct Settle {
    /// Signals of which every assignment names a fixed element.
    fixed: BTreeMap<SignalId, bool>,
    /// The bits that each assignment writes (first and end), in order.
    writes: BTreeMap<Key, Vec<(u32, u32)>>,
    seen: BTreeMap<Key, u32>,
    /// Key and number of assignments made so far, to the version's number.
    versions: BTreeMap<(Key, u32), u32>,
    ids: BTreeMap<u32, SignalId>,
}

impl Settle {
    fn new(body: &[Statement]) -> Self {
        let mut settle = Self::default();
        each_assignment(body, &mut |target, _| {
            if target.reference.instance.is_none() {
                let fixed = matches!(target.reference.element, None | Some(Index::Const(_)));
                *settle.fixed.entry(target.reference.signal).or_insert(true) &= fixed;
            }
        });
        each_assignment(body, &mut |target, _| {
            if let Some(key) = settle.key(&target.reference) {
                let all = (0, u32::MAX);
                let bits = target.part.as_ref().map_or(all, |p| (p.offset, p.offset + p.width));
                settle.writes.entry(key).or_default().push(bits);
            }
        });
        settle
    }

    fn key(&self, reference: &Reference) -> Option<Key> {
        if reference.instance.is_some() {
            return None;
        }
        let element = match (self.fixed.get(&reference.signal)?, &reference.element) {
            (true, Some(Index::Const(at))) => Some(*at),
            _ => None,
        };
        Some((reference.signal, element))
    }

    fn count(&mut self, target: &Target) -> Option<(Key, u32)> {
        let key = self.key(&target.reference)?;
        let seen = self.seen.entry(key).or_default();
        *seen += 1;
        Some((key, *seen))
    }

    /// Replaces reads of values that are not final by reads of versions.
    fn rewrite(&mut self, body: &[Statement], depth: u32) -> Vec<Statement> {
        let mut result = Vec::new();
        for statement in body {
            result.push(match statement {
                Statement::Assign { target, value } => {
                    let itself = (depth > 0).then_some(target.reference.signal);
                    let itself = itself.filter(|_| target.reference.instance.is_none());
                    let value = self.rewrite_expr(value, itself);
                    self.count(target);
                    Statement::Assign { target: target.clone(), value }
                }
                Statement::If { test, then, otherwise } => Statement::If {
                    test: self.rewrite_expr(test, None),
                    then: self.rewrite(then, depth),
                    otherwise: self.rewrite(otherwise, depth),
                },
                Statement::Match { test, arms, default } => {
                    let test = self.rewrite_expr(test, None);
                    let arm = |arm: &Arm| Arm {
                        value: arm.value.clone(),
                        body: self.rewrite(&arm.body, depth),
                    };
                    let arms = arms.iter().map(arm).collect();
                    let default = default.as_ref().map(|body| self.rewrite(body, depth));
                    Statement::Match { test, arms, default }
                }
                Statement::For { variable, from, to, body } => Statement::For {
                    variable: variable.clone(),
                    from: *from,
                    to: *to,
                    body: self.rewrite(body, depth + 1),
                },
                Statement::Comment(text) => Statement::Comment(text.clone()),
            });
        }
        result
    }

    fn rewrite_expr(&mut self, expr: &Expr, itself: Option<SignalId>) -> Expr {
        let seen = self.seen.clone();
        let is_final = |settle: &Self, key: Key, from: u32, end: u32| {
            let seen = seen.get(&key).copied().unwrap_or(0) as usize;
            let later = &settle.writes[&key][seen..];
            seen == 0 || later.iter().all(|(low, high)| *high <= from || end <= *low)
        };
        let keep = |expr: &Expr| match &expr.kind {
            ExprKind::Slice(inner, low, _) => match &inner.kind {
                ExprKind::Read(reference) => {
                    let end = low + expr.width;
                    self.key(reference).is_some_and(|key| is_final(self, key, *low, end))
                }
                _ => false,
            },
            _ => false,
        };
        let mut wanted = Vec::new();
        let result = map_except(expr, &keep, &mut |expr| {
            let ExprKind::Read(reference) = &expr.kind else { return expr };
            let Some(key) = self.key(reference) else { return expr };
            if is_final(self, key, 0, u32::MAX) || itself == Some(reference.signal) {
                return expr;
            }
            let version = (key, seen.get(&key).copied().unwrap_or(0));
            let known = self.versions.get(&version).copied();
            let new = wanted.iter().position(|held| *held == version);
            let at = known.unwrap_or_else(|| {
                let place = new.unwrap_or_else(|| {
                    wanted.push(version);
                    wanted.len() - 1
                });
                (self.versions.len() + place) as u32
            });
            let signal = SignalId(PLACEHOLDER - at);
            Expr {
                kind: ExprKind::Read(Reference { instance: None, signal, element: None }),
                ..expr
            }
        });
        let first = self.versions.len() as u32;
        self.versions.extend(wanted.into_iter().zip(first..));
        result
    }

    /// Assigns the versions beside their originals.
    fn insert(&mut self, body: &[Statement]) -> Vec<Statement> {
        let mut result = Vec::new();
        for statement in body {
            match statement {
                Statement::Assign { target, value } => {
                    let value = self.resolve(value, None);
                    let counted = self.count(target);
                    result.push(Statement::Assign { target: target.clone(), value: value.clone() });
                    let Some((key, seen)) = counted else { continue };
                    let made: Vec<u32> = self
                        .versions
                        .iter()
                        .filter(|((of, upto), _)| *of == key && seen <= *upto)
                        .map(|(_, at)| *at)
                        .collect();
                    for at in made {
                        let signal = self.ids[&at];
                        let reference = Reference { instance: None, signal, element: None };
                        let target = Target { reference, part: target.part.clone() };
                        let value = self.resolve(&value, Some((key, signal)));
                        result.push(Statement::Assign { target, value });
                    }
                }
                Statement::If { test, then, otherwise } => result.push(Statement::If {
                    test: self.resolve(test, None),
                    then: self.insert(then),
                    otherwise: self.insert(otherwise),
                }),
                Statement::Match { test, arms, default } => {
                    let test = self.resolve(test, None);
                    let arm =
                        |arm: &Arm| Arm { value: arm.value.clone(), body: self.insert(&arm.body) };
                    let arms = arms.iter().map(arm).collect();
                    let default = default.as_ref().map(|body| self.insert(body));
                    result.push(Statement::Match { test, arms, default });
                }
                Statement::For { variable, from, to, body } => result.push(Statement::For {
                    variable: variable.clone(),
                    from: *from,
                    to: *to,
                    body: self.insert(body),
                }),
                Statement::Comment(_) => result.push(statement.clone()),
            }
        }
        result
    }

    fn resolve(&self, expr: &Expr, itself: Option<(Key, SignalId)>) -> Expr {
        map_expr(expr, &mut |expr| {
            let ExprKind::Read(reference) = &expr.kind else { return expr };
            let signal = match itself {
                Some((key, version)) if self.key(reference) == Some(key) => version,
                _ => match self.ids.get(&(PLACEHOLDER - reference.signal.0)) {
                    Some(id) if reference.instance.is_none() => *id,
                    _ => return expr,
                },
            };
            Expr {
                kind: ExprKind::Read(Reference { instance: None, signal, element: None }),
                ..expr
            }
        })
    }
}
