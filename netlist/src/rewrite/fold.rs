//! Folds the statements of a signal into one expression, where that is easier to read.
//!
//! `y = 0; if a { y = b }` becomes `y = a ? b : 0`; bits that are set under conditions become
//! conjunctions and disjunctions. Reads must be final and statements separated by signal, as
//! `settle` and `separate` leave them.

use super::loops::paths;
use super::net::{Net, reads, select};
use super::planted;
use super::separate::{Reason, groups};
use crate::ir::{
    Binary, Design, Expr, ExprKind, Index, Kind, Module, Pass, Reference, Signal, SignalId,
    Statement, Target, Type, Unary, Value, each_assignment,
};

/// The pass.
pub(super) struct Fold;

impl Pass<Design> for Fold {
    fn name(&self) -> &'static str {
        "fold"
    }

    fn apply(&self, design: &Design) -> Design {
        let paths = paths(design);
        design.map_kernels(|module, body| {
            let mut folded = Folded { design, module: module.clone(), body: Vec::new() };
            for group in groups(design, module, &paths) {
                let own = select(body, &|target| group.nets.contains(&Net::of(&target.reference)));
                match (group.reason, &group.nets[..]) {
                    (Reason::Registers | Reason::Children, _) => folded.body.extend(own),
                    (Reason::Reads, [net]) => folded.one(own, *net),
                    (Reason::Reads, nets) => folded.several(own, nets),
                }
            }
            folded.module.with_kernel(folded.body)
        })
    }
}

/// A module during the pass.
struct Folded<'a> {
    design: &'a Design,
    module: Module,
    body: Vec<Statement>,
}

impl Folded<'_> {
    /// The statements of one signal.
    fn one(&mut self, own: Vec<Statement>, net: Net) {
        let Some(pieces) = pieces(&own, net) else { return self.body.extend(unconditional(own)) };
        match (&own[..], &pieces[..]) {
            ([Statement::Assign { .. }], _) => self.body.extend(own),
            (_, [Statement::Assign { target, value }]) if self.is_port(target) => {
                let read = self.named(target, value.clone());
                self.body.push(Statement::Assign { target: target.clone(), value: read });
            }
            _ => self.body.extend(pieces),
        }
    }

    /// The statements of signals that depend on each other: each is assigned at the place of its
    /// last assignment.
    fn several(&mut self, own: Vec<Statement>, nets: &[Net]) {
        let of = |net: &Net| select(&own, &|target| Net::of(&target.reference) == *net);
        let all: Option<Vec<Vec<Statement>>> =
            nets.iter().map(|net| pieces(&of(net), *net)).collect();
        let Some(all) = all else { return self.body.extend(own) };
        let mut order = Vec::new();
        each_assignment(&own, &mut |target, _| order.push(target));
        let last = |piece: &Statement| match piece {
            Statement::Assign { target, .. } => order.iter().rposition(|other| *other == target),
            _ => None,
        };
        let mut all: Vec<Statement> = all.into_iter().flatten().collect();
        all.sort_by_key(last);
        self.body.extend(all);
    }

    /// Whether it is an input of a single child block: a single expression assigned to it moves
    /// into the child's port list, where a choice is hard to read.
    fn is_port(&self, target: &Target) -> bool {
        let Some((id, _)) = &target.reference.instance else { return false };
        let instance = self.module.instance(*id);
        let net = Net::of(&target.reference);
        let single = instance.dims.is_empty() && self.module.elements(self.design, net).0 == 1;
        single && target.part.is_none() && !reads(self.module.statements(), net)
    }

    /// A new signal for the value of a child's input.
    fn named(&mut self, target: &Target, value: Expr) -> Expr {
        let port = target.reference.signal;
        let (ty, wanted) = match &target.reference.instance {
            Some((id, _)) => {
                let instance = self.module.instance(*id);
                let signal = self.design.module(instance.modules[0]).signal(port);
                (signal.ty, format!("{}_{}", instance.name, signal.name))
            }
            None => (self.module.signal(port).ty, self.module.signal(port).name.clone()),
        };
        let name = self.module.fresh_name(&wanted);
        let signal = SignalId(self.module.signals.len() as u32);
        self.module.signals.push(Signal { name, kind: Kind::Local, ty, dims: Vec::new() });
        let reference = Reference { instance: None, signal, element: None };
        let read = Expr { kind: ExprKind::Read(reference.clone()), ty, width: value.width };
        self.body.push(Statement::Assign { target: Target { reference, part: None }, value });
        read
    }
}

/// The statements of one net as one assignment of each of its parts.
fn pieces(body: &[Statement], net: Net) -> Option<Vec<Statement>> {
    let targets = targets(body);
    if reads(body, net) || !are_disjoint(&targets) {
        return None;
    }
    let assigned = |target: &&Target| {
        let value = term(&select(body, &|other| other == *target))?.expr();
        Some(Statement::Assign { target: (*target).clone(), value })
    };
    targets.iter().map(assigned).collect()
}

/// The targets of statements, each once.
pub(crate) fn targets(body: &[Statement]) -> Vec<&Target> {
    let mut targets = Vec::new();
    each_assignment(body, &mut |target, _| {
        if !targets.contains(&target) {
            targets.push(target);
        }
    });
    targets
}

/// Targets that never overlap: fixed elements, and whole or distinct parts of each.
pub(crate) fn are_disjoint(targets: &[&Target]) -> bool {
    let place = |target: &Target| -> Option<(Vec<u64>, u32, u32)> {
        let fixed = |index: &Option<Index>| match index {
            None => Some(0),
            Some(Index::Const(at)) => Some(*at),
            Some(_) => None,
        };
        let instance = match &target.reference.instance {
            Some((_, index)) => fixed(index)?,
            None => 0,
        };
        let element = vec![instance, fixed(&target.reference.element)?];
        let part = target.part.as_ref().map_or((0, u32::MAX), |p| (p.offset, p.offset + p.width));
        Some((element, part.0, part.1))
    };
    let Some(places) = targets.iter().map(|target| place(target)).collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    places.iter().enumerate().all(|(at, (element, low, high))| {
        places[at + 1..]
            .iter()
            .all(|(other, from, to)| other != element || to <= low || high <= from)
    })
}

/// The statements without a condition around all of them: where it is false, any value is allowed.
fn unconditional(mut body: Vec<Statement>) -> Vec<Statement> {
    match &mut body[..] {
        [Statement::If { then, otherwise, .. }] if otherwise.is_empty() => {
            unconditional(std::mem::take(then))
        }
        [Statement::For { variable, body: inside, .. }] => {
            let mut own = true;
            each_assignment(inside, &mut |target, _| {
                let element = target.reference.element.as_ref();
                own &= element.is_some_and(|index| index.is_variable(variable));
            });
            if own {
                *inside = unconditional(std::mem::take(inside));
            }
            body
        }
        _ => body,
    }
}

/// An expression with choices.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// An expression of the source.
    Is(Expr),
    /// The second if the first, else the third.
    Choose(Box<Term>, Box<Term>, Box<Term>),
    /// One bit inverted.
    Not(Box<Term>),
    /// All of several bits.
    And(Vec<Term>),
    /// Some of several bits.
    Or(Vec<Term>),
}

use Term::{And, Choose, Is, Not, Or};

/// Larger folded expressions are harder to read than their statements.
const READABLE: usize = 28;

/// The value that the statements leave in their only target, if it is readable.
fn term(body: &[Statement]) -> Option<Term> {
    let mut size = 0;
    let term = fold(body, None, &mut size)??;
    (term.size() <= READABLE).then_some(term)
}

/// `None`: cannot be folded. `Some(None)`: not assigned.
fn fold(body: &[Statement], before: Option<Term>, work: &mut usize) -> Option<Option<Term>> {
    let mut now = before;
    for statement in body {
        *work += now.as_ref().map_or(1, Term::size);
        if *work > 4000 {
            return None;
        }
        now = match statement {
            Statement::Assign { value, .. } => Some(Is(value.clone())),
            Statement::If { test, then, otherwise } => {
                let then = fold(then, now.clone(), work)?;
                let otherwise = fold(otherwise, now, work)?;
                match (then, otherwise) {
                    (Some(then), Some(otherwise)) => {
                        let (then, otherwise) = match planted!(Fold) {
                            true => (otherwise, then),
                            false => (then, otherwise),
                        };
                        Some(choose(Is(test.clone()), then, otherwise))
                    }
                    (then, otherwise) => then.or(otherwise),
                }
            }
            Statement::Match { test, arms, default } => {
                let mut cases: Vec<(Value, Term)> = Vec::new();
                for arm in arms {
                    let first = cases.iter().all(|(value, _)| *value != arm.value);
                    if let (true, Some(value)) = (first, fold(&arm.body, now.clone(), work)?) {
                        cases.push((arm.value.clone(), value));
                    }
                }
                let last = match default {
                    Some(body) => fold(body, now, work)?,
                    None => now.or_else(|| cases.pop().map(|(_, value)| value)),
                };
                cases.retain(|(_, value)| Some(value) != last.as_ref());
                last.map(|last| chain(test, cases, last))
            }
            Statement::For { .. } => return None,
            Statement::Comment(_) => now,
        };
    }
    Some(now)
}

/// The choice among the cases of a match.
fn chain(test: &Expr, cases: Vec<(Value, Term)>, last: Term) -> Term {
    let mut groups: Vec<(Vec<Term>, Term)> = Vec::new();
    for (value, term) in cases {
        let literal = Box::new(Expr::literal(value, test.ty));
        let equal = ExprKind::Binary(Binary::Equal, Box::new(test.clone()), literal);
        let condition = Is(Expr::bits(equal, 1));
        match groups.iter_mut().find(|(_, held)| *held == term) {
            Some((conditions, _)) => conditions.push(condition),
            None => groups.push((vec![condition], term)),
        }
    }
    if last.bit() == Some(false) {
        let arms = groups.into_iter().map(|(conditions, term)| and(or(conditions), term));
        return or(arms.collect());
    }
    groups
        .into_iter()
        .rev()
        .fold(last, |rest, (conditions, term)| choose(or(conditions), term, rest))
}

impl Term {
    /// The term as an expression.
    fn expr(self) -> Expr {
        let chain = |op: Binary, parts: Vec<Term>| {
            let mut parts = parts.into_iter().map(Term::expr);
            let first = parts.next().expect("a chain has parts");
            parts.fold(first, |a, b| Expr::bits(ExprKind::Binary(op, Box::new(a), Box::new(b)), 1))
        };
        match self {
            Is(expr) => expr,
            Not(inner) => Expr::bits(ExprKind::Unary(Unary::Not, Box::new(inner.expr())), 1),
            And(parts) => chain(Binary::And, parts),
            Or(parts) => chain(Binary::Or, parts),
            Choose(test, then, otherwise) => {
                let (then, otherwise) = (Box::new(then.expr()), Box::new(otherwise.expr()));
                let (ty, width) = (then.ty, then.width);
                let kind = ExprKind::Choose(Box::new(test.expr()), then, otherwise);
                Expr { kind, ty, width }
            }
        }
    }

    fn bit(&self) -> Option<bool> {
        match self {
            Is(Expr { kind: ExprKind::Literal(value), width: 1, .. }) => Some(value.any()),
            _ => None,
        }
    }

    fn is_bit(&self) -> bool {
        match self {
            Is(expr) => expr.width == 1,
            Choose(_, then, _) => then.is_bit(),
            Not(_) | And(_) | Or(_) => true,
        }
    }

    fn alternatives(&self) -> Option<&[Term]> {
        if let Or(parts) = self { Some(parts) } else { None }
    }

    fn conditions(&self) -> Option<&[Term]> {
        if let And(parts) = self { Some(parts) } else { None }
    }

    /// The number of nodes that a reader sees.
    fn size(&self) -> usize {
        match self {
            Is(_) => 1,
            Choose(test, then, otherwise) => 1 + test.size() + then.size() + otherwise.size(),
            Not(inner) => inner.size(),
            And(parts) | Or(parts) => parts.iter().map(Term::size).sum(),
        }
    }

    fn invert(self) -> Term {
        match self {
            Not(inner) => *inner,
            Is(expr) => match expr.kind {
                ExprKind::Binary(Binary::Equal, a, b) => {
                    Is(Expr::bits(ExprKind::Binary(Binary::NotEqual, a, b), 1))
                }
                ExprKind::Binary(Binary::NotEqual, a, b) => {
                    Is(Expr::bits(ExprKind::Binary(Binary::Equal, a, b), 1))
                }
                ExprKind::Binary(Binary::And | Binary::Or, ..) => Not(Box::new(Is(expr))),
                _ => Is(expr.inverted()),
            },
            other => Not(Box::new(other)),
        }
    }
}

fn constant(bit: bool) -> Term {
    Is(Expr::literal(Value::bit_of(bit), Type::BIT))
}

fn and(a: Term, b: Term) -> Term {
    match (a.bit(), b.bit()) {
        (Some(false), _) | (_, Some(false)) => return constant(false),
        (Some(true), _) => return b,
        (_, Some(true)) => return a,
        _ => {}
    }
    let mut parts = match a {
        And(parts) => parts,
        other => vec![other],
    };
    match b {
        And(more) => parts.extend(more),
        other => parts.push(other),
    }
    And(parts)
}

fn or(terms: Vec<Term>) -> Term {
    let mut parts = Vec::new();
    for term in terms {
        match term.bit() {
            Some(true) => return constant(true),
            Some(false) => continue,
            None => {}
        }
        match term {
            Or(more) => parts.extend(more),
            other => parts.push(other),
        }
    }
    match parts.len() {
        0 => constant(false),
        1 => parts.remove(0),
        _ => Or(parts),
    }
}

fn choose(test: Term, then: Term, otherwise: Term) -> Term {
    if then == otherwise {
        return then;
    }
    match test.bit() {
        Some(true) => return then,
        Some(false) => return otherwise,
        None => {}
    }
    if let Is(Expr { kind: ExprKind::Unary(Unary::Not, inner), .. }) = test {
        return choose(Is(*inner), otherwise, then);
    }
    if then.is_bit() {
        match (then.bit(), otherwise.bit()) {
            (Some(true), _) => return or(vec![test, otherwise]),
            (Some(false), _) => return and(test.invert(), otherwise),
            (_, Some(false)) => return and(test, then),
            (_, Some(true)) => return or(vec![test.invert(), then]),
            _ => {}
        }
        if let Or(parts) = &then
            && let Some(rest) = without(parts, &otherwise, otherwise.alternatives())
        {
            return or(vec![and(test, or(rest)), otherwise]);
        }
        if let And(parts) = &then
            && let Some(rest) = without(parts, &otherwise, otherwise.conditions())
        {
            let rest = rest.into_iter().fold(constant(true), and);
            return and(or(vec![test.invert(), rest]), otherwise);
        }
    }
    if let Choose(inner, first, second) = &then {
        if **second == otherwise {
            return choose(and(test, (**inner).clone()), (**first).clone(), otherwise);
        }
        if **first == otherwise {
            let both = and(test, (**inner).clone().invert());
            return choose(both, (**second).clone(), otherwise);
        }
    }
    if let Choose(inner, first, second) = &otherwise
        && **first == then
    {
        return choose(or(vec![test, (**inner).clone()]), then, (**second).clone());
    }
    Choose(Box::new(test), Box::new(then), Box::new(otherwise))
}

/// The parts without those of `one`, if they include all of them; `split` gives the parts of `one`
/// when it is of the same kind.
fn without(parts: &[Term], one: &Term, split: Option<&[Term]>) -> Option<Vec<Term>> {
    let mut wanted: Vec<&Term> = split.map_or_else(|| vec![one], |parts| parts.iter().collect());
    let mut rest = Vec::new();
    for part in parts {
        match wanted.iter().position(|held| *held == part) {
            Some(at) => drop(wanted.remove(at)),
            None => rest.push(part.clone()),
        }
    }
    (wanted.is_empty() && !rest.is_empty()).then_some(rest)
}
