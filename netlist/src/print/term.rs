//! The statements of one target folded into one expression.

use super::rewrite::not;
use crate::ir::{Binary, Expr, ExprKind, Statement, Type, Unary, Value};

/// An expression with choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
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

/// Larger folded expressions are harder to read than the statements that they came from.
const READABLE: usize = 28;

/// The value that the statements leave in their one target, if it can be written readably.
pub(super) fn folded(body: &[Statement]) -> Option<Term> {
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

    /// Nodes that are read one by one.
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
                _ => Is(not(expr)),
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

/// The parts but for those of `one`, if all of `one` is among them; `split` gives the parts of
/// `one` when it is of the same kind.
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
