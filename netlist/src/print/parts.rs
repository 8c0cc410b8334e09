//! Bits as concatenations: slices, extensions and shifts by constants move no gate.

use super::net::{Net, element_of};
use super::rewrite::index_op;
use super::sheet::{Sheet, Unroll};
use crate::ir::{Binary, ConstantId, Expr, ExprKind, Index, IndexOp, Type, Unary, Value};

/// Adjacent bits of one origin.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// A number.
    Number(Value),
    /// Bits of something that has a name.
    Select(Select),
    /// One bit several times.
    Repeat(u32, Box<Part>),
    /// A number made of loop variables, modulo 2^width.
    Count(Index, u32),
    /// An expression that is neither.
    Whole(Expr),
}

/// Bits of an element of something that has a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Select {
    pub(super) base: Base,
    pub(super) index: Index,
    /// Bits of an element, and elements.
    pub(super) element: u32,
    pub(super) count: u32,
    pub(super) low: u32,
    pub(super) width: u32,
    /// The localparam of the lowest bit.
    pub(super) field: Option<String>,
}

/// What has a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Base {
    Net(Net),
    Constant(ConstantId),
    Wire(String),
}

impl Part {
    pub(super) fn width(&self) -> u32 {
        match self {
            Part::Number(value) => value.width(),
            Part::Select(select) => select.width,
            Part::Repeat(times, _) => *times,
            Part::Count(_, width) => *width,
            Part::Whole(expr) => expr.width,
        }
    }
}

fn zero(width: u32) -> Part {
    Part::Number(Value::zero(width))
}

fn slice_of(expr: &Expr, low: u32, width: u32) -> Expr {
    Expr::bits(ExprKind::Slice(Box::new(expr.clone()), low, None), width)
}

impl Sheet<'_> {
    /// The bits of an expression, lowest part first.
    pub(super) fn parts(&mut self, expr: &Expr) -> Result<Vec<Part>, Unroll> {
        let width = expr.width;
        let parts = match &expr.kind {
            ExprKind::Literal(value) => match expr.ty {
                Type::Enum(_) => vec![Part::Whole(expr.clone())],
                _ => vec![Part::Number(value.clone())],
            },
            ExprKind::Constant(id, index) => {
                let constant = self.module.constant(*id);
                let count = constant.values.len() as u32;
                let index = index.clone().unwrap_or(Index::Const(0));
                if let Some(count) = self.counting(*id, &index) {
                    return Ok(merged(count));
                }
                vec![self.select(Base::Constant(*id), index, width, count)]
            }
            ExprKind::Index(index) => match self.bounds(index) {
                None => return Err(Unroll),
                Some((low, high)) if low == high => vec![Part::Number(Value::new(width, low))],
                Some((_, high)) => {
                    let needed = (64 - high.leading_zeros()).clamp(1, width);
                    vec![Part::Count(index.clone(), needed), zero(width - needed)]
                }
            },
            ExprKind::Read(reference) => {
                let net = Net::of(reference);
                let info = self.net(net);
                let (element, count) = (info.element, info.count);
                let index = element_of(reference, info.per_instance);
                vec![self.select(Base::Net(net), index, element, count)]
            }
            ExprKind::Slice(inner, low, field) => {
                let parts = self.parts(inner)?;
                let mut cut = self.cut(parts, *low, width)?;
                if let (Some(field), Type::Struct(id), [Part::Select(select)]) =
                    (field, inner.ty, &mut cut[..])
                    && select.width == width
                    && select.low == *low
                {
                    select.field = Some(self.field_name(id, *low, field));
                }
                cut
            }
            ExprKind::Resize(inner) => {
                let parts = self.parts(inner)?;
                self.cut(parts, 0, width)?
            }
            ExprKind::SignResize(inner) => {
                let mut parts = self.parts(inner)?;
                if width <= inner.width {
                    self.cut(parts, 0, width)?
                } else {
                    let sign = self.cut(parts.clone(), inner.width - 1, 1)?.remove(0);
                    parts.push(Part::Repeat(width - inner.width, Box::new(sign)));
                    parts
                }
            }
            ExprKind::DynamicSlice(a, offset) => match self.placed(a, offset, width)? {
                Some(parts) => parts,
                None => vec![Part::Whole(expr.clone())],
            },
            ExprKind::InsertBit(base, at, bit) => match fixed_amount(at) {
                Some(at) if at < u64::from(width) => {
                    let (at, base) = (at as u32, self.parts(base)?);
                    let mut parts = self.cut(base.clone(), 0, at)?;
                    parts.extend(self.parts(bit)?);
                    parts.extend(self.cut(base, at + 1, width - at - 1)?);
                    parts
                }
                Some(_) => self.parts(base)?,
                None => vec![Part::Whole(expr.clone())],
            },
            ExprKind::Binary(Binary::Shl, a, amount) => match fixed_amount(amount) {
                Some(by) => {
                    let by = by.min(u64::from(width)) as u32;
                    let parts = self.parts(a)?;
                    let kept = self.cut(parts, 0, width - by)?;
                    std::iter::once(zero(by)).chain(kept).collect()
                }
                None => vec![Part::Whole(expr.clone())],
            },
            ExprKind::Binary(Binary::Shr, a, amount) => match fixed_amount(amount) {
                Some(by) => {
                    let by = by.min(u64::from(width)) as u32;
                    let parts = self.parts(a)?;
                    self.cut(parts, by, width)?
                }
                None => vec![Part::Whole(expr.clone())],
            },
            _ => vec![Part::Whole(expr.clone())],
        };
        Ok(merged(parts))
    }

    /// An array of constants whose element i is i is the loop variable itself.
    fn counting(&self, id: ConstantId, index: &Index) -> Option<Vec<Part>> {
        let constant = self.module.constant(id);
        let width = constant.values[0].width();
        let (low, high) = self.bounds(index)?;
        if low == high || high >= constant.values.len() as u64 {
            return None;
        }
        let mut numbered = constant.values.iter().zip(0_u64..);
        numbered.all(|(value, at)| value.to_u64() == Some(at)).then_some(())?;
        Some(vec![Part::Count(index.clone(), width.min(32)), zero(width.saturating_sub(32))])
    }

    fn select(&self, base: Base, index: Index, element: u32, count: u32) -> Part {
        let index = match self.bounds(&index) {
            Some((low, high)) if low == high => Index::Const(low),
            _ => index,
        };
        Part::Select(Select { base, index, element, count, low: 0, width: element, field: None })
    }

    /// Some of the bits; bits that do not exist are zero.
    pub(super) fn cut(
        &mut self,
        parts: Vec<Part>,
        low: u32,
        width: u32,
    ) -> Result<Vec<Part>, Unroll> {
        let mut result = Vec::new();
        let (mut at, end) = (0, low + width);
        for part in parts {
            let (from, to) = (at.max(low), (at + part.width()).min(end));
            let whole = part.width();
            if from < to {
                let cut = self.cut_part(part, from - at, to - from)?;
                result.push(cut);
            }
            at += whole;
        }
        if at < end {
            result.push(zero(width - at.max(low).saturating_sub(low)));
        }
        Ok(merged(result))
    }

    fn cut_part(&mut self, part: Part, low: u32, width: u32) -> Result<Part, Unroll> {
        if low == 0 && width == part.width() {
            return Ok(part);
        }
        Ok(match part {
            Part::Number(value) => Part::Number(value.extract(u64::from(low), width)),
            Part::Select(select) => {
                Part::Select(Select { low: select.low + low, width, field: None, ..select })
            }
            Part::Repeat(_, bit) if width == 1 => *bit,
            Part::Repeat(_, bit) => Part::Repeat(width, bit),
            Part::Count(index, _) if low == 0 => Part::Count(index, width),
            Part::Count(..) => return Err(Unroll),
            Part::Whole(expr) => match &expr.kind {
                ExprKind::Unary(Unary::Not, a) => {
                    let a = Box::new(slice_of(a, low, width));
                    Part::Whole(Expr::bits(ExprKind::Unary(Unary::Not, a), width))
                }
                ExprKind::Binary(op @ (Binary::And | Binary::Or | Binary::Xor), a, b) => {
                    let a = Box::new(slice_of(a, low, width));
                    let b = Box::new(slice_of(b, low, width));
                    Part::Whole(Expr::bits(ExprKind::Binary(*op, a, b), width))
                }
                ExprKind::Binary(op @ (Binary::Add | Binary::Sub), a, b) if low == 0 => {
                    let a = Box::new(slice_of(a, low, width));
                    let b = Box::new(slice_of(b, low, width));
                    Part::Whole(Expr::bits(ExprKind::Binary(*op, a, b), width))
                }
                ExprKind::Literal(value) => Part::Number(value.extract(u64::from(low), width)),
                _ => {
                    let name = self.hoist(&expr)?;
                    Part::Select(Select {
                        base: Base::Wire(name),
                        index: Index::Const(0),
                        element: expr.width,
                        count: 1,
                        low,
                        width,
                        field: None,
                    })
                }
            },
        })
    }

    /// A wire of its own for an expression of which only some bits are wanted.
    pub(super) fn hoist(&mut self, expr: &Expr) -> Result<String, Unroll> {
        if self.loops.iter().any(|around| matches!(around, super::sheet::Loop::Printed { .. })) {
            return Err(Unroll);
        }
        let text = self.expression(expr)?;
        let name = self.fresh(&format!("{}_from", self.subject));
        let head = format!("wire {}{name} = ", super::net::range(expr.width));
        self.hoisted.extend(text.lines(&head, ";", 4));
        self.wires.insert(name.clone(), vec![false; expr.width as usize]);
        Ok(name)
    }
}

/// The amount of a shift that is known.
fn fixed_amount(amount: &Expr) -> Option<u64> {
    match &amount.kind {
        ExprKind::Literal(value) => Some(value.saturated()),
        _ => None,
    }
}

/// Parts with neighbours joined where they continue each other.
fn merged(parts: Vec<Part>) -> Vec<Part> {
    let mut result: Vec<Part> = Vec::new();
    for part in parts.into_iter().filter(|part| part.width() > 0) {
        match (result.last_mut(), &part) {
            (Some(Part::Number(low)), Part::Number(high)) => *low = high.concat(low),
            (Some(Part::Select(low)), Part::Select(high))
                if low.base == high.base
                    && low.index == high.index
                    && low.low + low.width == high.low =>
            {
                low.width += high.width;
                low.field = None;
            }
            _ => result.push(part),
        }
    }
    result
}

/// The offset of an element in its vector, with `low` added.
pub(super) fn bit_offset(index: &Index, element: u32, low: u32) -> Index {
    let scaled = index_op(IndexOp::Mul, Index::Const(u64::from(element)), index.clone());
    index_op(IndexOp::Add, scaled, Index::Const(u64::from(low)))
}
