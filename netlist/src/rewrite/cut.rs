//! Bit selections: slices, truncations and shifts by constants move to named operands.
//!
//! Verilog can select bits of a named signal only. Bits of `a & b` become bits of `a` and of `b`;
//! bits of a sum or a product need a signal for the whole result, assigned just before.

use super::net::Net;
use super::planted;
use crate::ir::{
    Binary, Design, Expr, ExprKind, Index, IndexOp, Kind, Module, Pass, Rebuild, Reference, Signal,
    SignalId, Statement, Target, Type, Unary, Value, Variable, each_assignment,
};

/// The pass.
pub(super) struct Cut;

impl Pass<Design> for Cut {
    fn name(&self) -> &'static str {
        "cut"
    }

    fn apply(&self, design: &Design) -> Design {
        design.map_kernels(|module, body| {
            let mut cutter = Cutter {
                design,
                module: module.clone(),
                loops: Vec::new(),
                subject: String::new(),
                named: Vec::new(),
            };
            let body = cutter.body(body);
            cutter.module.with_kernel(body)
        })
    }
}

struct Cutter<'a> {
    design: &'a Design,
    /// The module, with the signals added so far.
    module: Module,
    /// Variables of the enclosing loops, first value and end.
    loops: Vec<(Variable, u64, u64)>,
    /// The signal after which the next one is named.
    subject: String,
    /// Assignments of new signals, to be inserted before the statement.
    named: Vec<Statement>,
}

impl Rebuild for Cutter<'_> {
    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        if let Statement::For { variable, from, to, .. } = statement {
            self.loops.push((variable.clone(), *from as u64, *to as u64));
            let inside = self.inside(statement);
            self.loops.pop();
            return into.push(inside);
        }
        let expr = statement.expr().map(|expr| {
            self.subject = self.assigned_in(statement);
            self.whole(expr)
        });
        into.append(&mut self.named);
        into.push(match (statement, expr) {
            (Statement::Assign { target, .. }, Some(value)) => {
                Statement::Assign { target: target.clone(), value }
            }
            (Statement::If { then, otherwise, .. }, Some(test)) => {
                Statement::If { test, then: self.body(then), otherwise: self.body(otherwise) }
            }
            (Statement::Match { .. }, Some(test)) => match self.inside(statement) {
                Statement::Match { arms, default, .. } => Statement::Match { test, arms, default },
                other => other,
            },
            _ => statement.clone(),
        });
    }
}

fn zero(width: u32) -> Expr {
    Expr::literal(Value::zero(width), Type::Bits(width))
}

fn slice(expr: Expr, low: u32, width: u32) -> Expr {
    Expr::bits(ExprKind::Slice(Box::new(expr), low, None), width)
}

fn resized(expr: Expr, width: u32) -> Expr {
    if expr.width == width {
        return expr;
    }
    Expr::bits(ExprKind::Resize(Box::new(expr)), width)
}

impl Cutter<'_> {
    /// The name of the first signal that a statement assigns.
    fn assigned_in(&self, statement: &Statement) -> String {
        let mut name = None;
        each_assignment(std::slice::from_ref(statement), &mut |target, _| {
            name.get_or_insert_with(|| {
                let signal = target.reference.signal;
                match &target.reference.instance {
                    None => self.module.signal(signal).name.clone(),
                    Some((id, _)) => {
                        let child = self.module.instance(*id);
                        let port = self.design.module(child.modules[0]).signal(signal);
                        format!("{}.{}", child.name, port.name)
                    }
                }
            });
        });
        name.unwrap_or_else(|| "nothing".to_owned())
    }

    /// A new signal that holds an expression, with an element for each iteration of the enclosing
    /// loops.
    fn named(&mut self, expr: Expr) -> Expr {
        let mut at = Index::Const(0);
        let mut dims = Vec::new();
        for (variable, from, to) in &self.loops {
            let rounds = to.saturating_sub(*from);
            dims.push(rounds as u32);
            let round = Index::Variable(variable.clone());
            let round = match from {
                0 => round,
                _ => Index::op(IndexOp::Sub, round, Index::Const(*from)),
            };
            at = Index::op(IndexOp::Add, Index::op(IndexOp::Mul, at, Index::Const(rounds)), round);
        }
        let signal = SignalId(self.module.signals.len() as u32);
        let name = self.module.fresh_name(&format!("{}_from", self.subject));
        self.module.signals.push(Signal { name, kind: Kind::Local, ty: expr.ty, dims });
        let element = (!self.loops.is_empty()).then_some(at);
        let reference = Reference { instance: None, signal, element };
        let read = Expr { kind: ExprKind::Read(reference.clone()), ty: expr.ty, width: expr.width };
        let target = Target { reference, part: None };
        self.named.push(Statement::Assign { target, value: expr });
        read
    }

    /// The same expression, named if bits of it cannot be selected otherwise.
    fn cuttable(&mut self, expr: Expr) -> Expr {
        if is_cuttable(&expr) { expr } else { self.named(expr) }
    }

    /// The expression, when all of its bits are needed.
    fn whole(&mut self, expr: &Expr) -> Expr {
        let expr = &expr.map_operands(&mut |operand| self.whole(operand));
        let width = expr.width;
        match &expr.kind {
            ExprKind::Slice(inner, low, _) if !is_leaf(inner) => self.bits(inner, *low, width),
            ExprKind::Resize(inner) if width < inner.width => self.bits(inner, 0, width),
            ExprKind::SignResize(inner) => match width <= inner.width {
                true => self.bits(inner, 0, width),
                false => {
                    let inner = Box::new(self.cuttable((**inner).clone()));
                    Expr { kind: ExprKind::SignResize(inner), ..expr.clone() }
                }
            },
            ExprKind::Binary(op @ (Binary::Shl | Binary::Shr), a, amount) => {
                match amount_of(amount) {
                    Amount::Number(by) if !is_cuttable(a) => {
                        let by = by.min(u64::from(width)) as u32;
                        let (low, kept) = match op {
                            Binary::Shl => (0, width - by),
                            _ => (by, width - by),
                        };
                        if kept == 0 {
                            return zero(width);
                        }
                        let a = Box::new(resized(self.bits(a, low, kept), width));
                        match op {
                            Binary::Shl => Expr {
                                kind: ExprKind::Binary(*op, a, amount.clone()),
                                ..expr.clone()
                            },
                            _ => *a,
                        }
                    }
                    Amount::Round => {
                        let a = Box::new(self.cuttable((**a).clone()));
                        Expr { kind: ExprKind::Binary(*op, a, amount.clone()), ..expr.clone() }
                    }
                    _ => expr.clone(),
                }
            }
            ExprKind::InsertBit(base, at, bit) => match amount_of(at) {
                Amount::Unknown => expr.clone(),
                _ => {
                    let base = Box::new(self.cuttable((**base).clone()));
                    let kind = ExprKind::InsertBit(base, at.clone(), bit.clone());
                    Expr { kind, ..expr.clone() }
                }
            },
            ExprKind::DynamicSlice(a, at) => self.dynamic(expr, a, at),
            _ => expr.clone(),
        }
    }

    /// Bits from an offset that may be known only at run time.
    fn dynamic(&mut self, whole: &Expr, a: &Expr, at: &Expr) -> Expr {
        let width = whole.width;
        match amount_of(at) {
            Amount::Number(low) => self.bits(a, low.min(u64::from(a.width)) as u32, width),
            Amount::Round => {
                let a = if is_vector(a) { a.clone() } else { self.named(a.clone()) };
                let kind = ExprKind::DynamicSlice(Box::new(a), Box::new(at.clone()));
                Expr { kind, ..whole.clone() }
            }
            Amount::Unknown => {
                let bits = at.width - high_zeros(at).min(at.width - 1);
                let end = if bits < 32 { (1_u64 << bits) - 1 + u64::from(width) } else { u64::MAX };
                if self.has_name(a) && a.width > 1 && end <= u64::from(a.width) {
                    return whole.clone();
                }
                let (word, at) = (Box::new(a.clone()), Box::new(at.clone()));
                let shifted = Expr::bits(ExprKind::Binary(Binary::Shr, word, at), a.width);
                self.bits(&shifted, 0, width)
            }
        }
    }

    /// Whether this is a whole named signal or constant.
    fn has_name(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Read(reference) => {
                self.module.elements(self.design, Net::of(reference)).0 == 1
            }
            ExprKind::Constant(id, _) => self.module.constant(*id).values.len() == 1,
            _ => false,
        }
    }

    /// Bits of an expression returned by `whole`; those above it are zero.
    fn bits(&mut self, expr: &Expr, low: u32, width: u32) -> Expr {
        if low == 0 && width == expr.width {
            return expr.clone();
        }
        if low >= expr.width {
            return zero(width);
        }
        if low + width > expr.width {
            return resized(self.bits(expr, low, expr.width - low), width);
        }
        let low = if planted!(Cut) { 0 } else { low };
        match &expr.kind {
            ExprKind::Literal(value) => {
                let value = value.extract(u64::from(low), width);
                Expr::literal(value, Type::Bits(width))
            }
            ExprKind::Slice(inner, from, _) => self.bits(inner, from + low, width),
            ExprKind::Resize(inner) => self.bits(inner, low, width),
            ExprKind::SignResize(inner) if low + width <= inner.width => {
                self.bits(inner, low, width)
            }
            ExprKind::Unary(Unary::Not, a) => {
                let a = Box::new(self.bits(a, low, width));
                Expr::bits(ExprKind::Unary(Unary::Not, a), width)
            }
            ExprKind::Binary(op, a, b)
                if matches!(op, Binary::And | Binary::Or | Binary::Xor)
                    || matches!(op, Binary::Add | Binary::Sub) && low == 0 =>
            {
                let a = Box::new(self.bits(a, low, width));
                let b = Box::new(self.bits(b, low, width));
                Expr::bits(ExprKind::Binary(*op, a, b), width)
            }
            ExprKind::Choose(test, a, b) => {
                let a = Box::new(self.bits(a, low, width));
                let b = Box::new(self.bits(b, low, width));
                Expr::bits(ExprKind::Choose(test.clone(), a, b), width)
            }
            ExprKind::Binary(op @ (Binary::Shl | Binary::Shr), a, amount) => {
                let Amount::Number(by) = amount_of(amount) else {
                    let held = self.named(expr.clone());
                    return slice(held, low, width);
                };
                let by = by.min(u64::from(expr.width)) as u32;
                match op {
                    Binary::Shr => self.bits(a, low + by, width),
                    _ if low >= by => self.bits(a, low - by, width),
                    _ if low + width <= by => zero(width),
                    _ => {
                        let kept = resized(self.bits(a, 0, low + width - by), width);
                        let by = Value::new(32, u64::from(by - low));
                        let by = Expr::literal(by, Type::Bits(32));
                        let kind = ExprKind::Binary(Binary::Shl, Box::new(kept), Box::new(by));
                        Expr::bits(kind, width)
                    }
                }
            }
            ExprKind::Index(_) if low == 0 => slice(expr.clone(), low, width),
            _ => {
                let held = self.cuttable(expr.clone());
                slice(held, low, width)
            }
        }
    }
}

/// A shift amount, or the number of a bit.
enum Amount {
    Number(u64),
    /// Known in each iteration of the enclosing loops.
    Round,
    Unknown,
}

fn amount_of(expr: &Expr) -> Amount {
    match &expr.kind {
        ExprKind::Literal(value) => Amount::Number(value.saturated()),
        _ => match expr.as_index() {
            Some(Index::Const(number)) => Amount::Number(*number),
            Some(_) => Amount::Round,
            None => Amount::Unknown,
        },
    }
}

/// Whether it is a range of adjacent bits of a named signal or constant.
fn is_vector(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Read(_) | ExprKind::Constant(..) => true,
        ExprKind::Slice(inner, low, _) => is_vector(inner) && low + expr.width <= inner.width,
        _ => false,
    }
}

/// Whether it is named, or a number.
fn is_leaf(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Read(_) | ExprKind::Constant(..) | ExprKind::Literal(_))
        || is_vector(expr)
}

/// Whether bits can be selected of an expression that `whole` returned without naming it.
fn is_cuttable(expr: &Expr) -> bool {
    if is_leaf(expr) || expr.width == 1 {
        return true;
    }
    match &expr.kind {
        ExprKind::Slice(a, ..)
        | ExprKind::Resize(a)
        | ExprKind::SignResize(a)
        | ExprKind::Unary(Unary::Not, a) => is_cuttable(a),
        ExprKind::Binary(Binary::And | Binary::Or | Binary::Xor, a, b) => {
            is_cuttable(a) && is_cuttable(b)
        }
        ExprKind::Binary(Binary::Shl | Binary::Shr, a, amount) => {
            matches!(amount_of(amount), Amount::Number(_)) && is_cuttable(a)
        }
        ExprKind::InsertBit(base, at, _) => {
            matches!(amount_of(at), Amount::Number(_)) && is_cuttable(base)
        }
        ExprKind::DynamicSlice(_, at) => matches!(amount_of(at), Amount::Round),
        _ => false,
    }
}

/// The highest bits that are always zero, as far as the shape of the expression shows it.
fn high_zeros(expr: &Expr) -> u32 {
    match &expr.kind {
        ExprKind::Literal(value) => {
            (0..value.width()).rev().take_while(|at| !value.bit(*at)).count() as u32
        }
        ExprKind::Resize(inner) if inner.width <= expr.width => {
            expr.width - inner.width + high_zeros(inner)
        }
        _ => 0,
    }
}
