//! Bits as concatenations: slices, extensions and shifts by constants are only wiring.

use super::Net;
use super::reader::Reader;
use crate::ir::{Binary, ConstantId, Expr, ExprKind, Index, IndexOp, Type, Unary, Value};

/// Adjacent bits of one origin.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// A number.
    Number(Value),
    /// Bits of a named signal or constant.
    Bits(Bits),
    /// One bit several times.
    Repeat(u32, Box<Part>),
    /// A number made of loop variables, modulo 2^width.
    Count(Index, u32),
    /// Any other expression.
    Whole(Expr),
}

/// Bits of an element of a named signal or constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bits {
    pub(super) of: Named,
    pub(super) index: Index,
    /// Width of an element, and number of elements.
    pub(super) element: u32,
    pub(super) count: u32,
    pub(super) low: u32,
    pub(super) width: u32,
    /// The field that begins at the lowest bit.
    pub(super) field: Option<super::tree::Field>,
}

/// A named signal or constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Named {
    Net(Net),
    Constant(ConstantId),
}

impl Part {
    pub(super) fn width(&self) -> u32 {
        match self {
            Part::Number(value) => value.width(),
            Part::Bits(bits) => bits.width,
            Part::Repeat(times, _) => *times,
            Part::Count(_, width) => *width,
            Part::Whole(expr) => expr.width,
        }
    }
}

fn zero(width: u32) -> Part {
    Part::Number(Value::zero(width))
}

impl Reader<'_> {
    /// The bits of an expression, lowest part first.
    pub(super) fn parts(&self, expr: &Expr) -> Vec<Part> {
        let width = expr.width;
        let whole = || vec![Part::Whole(expr.clone())];
        let parts = match &expr.kind {
            ExprKind::Literal(value) => match expr.ty {
                Type::Enum(_) => whole(),
                _ => vec![Part::Number(value.clone())],
            },
            ExprKind::Constant(id, index) => {
                let count = self.sheet.module.constant(*id).values.len() as u32;
                let index = index.clone().unwrap_or(Index::Const(0));
                if let Some(count) = self.counting(*id, &index) {
                    return merged(count);
                }
                vec![self.element(Named::Constant(*id), index, width, count)]
            }
            ExprKind::Index(index) => match self.bounds(index) {
                (low, high) if low == high => vec![Part::Number(Value::new(width, low))],
                (_, high) => {
                    let needed = (64 - high.leading_zeros()).clamp(1, width);
                    vec![Part::Count(index.clone(), needed), zero(width - needed)]
                }
            },
            ExprKind::Read(reference) => {
                let net = Net::of(reference);
                let shape = self.sheet.net(net);
                let index = shape.element_of(reference);
                vec![self.element(Named::Net(net), index, shape.element, shape.count)]
            }
            ExprKind::Slice(inner, low, field) => {
                let mut cut = cut(self.parts(inner), *low, width);
                if let (Some(field), Type::Struct(of), [Part::Bits(bits)]) =
                    (field, inner.ty, &mut cut[..])
                    && bits.width == width
                    && bits.low == *low
                {
                    let name = field.clone();
                    bits.field = Some(super::tree::Field { of, low: *low, name });
                }
                cut
            }
            ExprKind::Resize(inner) => cut(self.parts(inner), 0, width),
            ExprKind::SignResize(inner) => {
                let mut parts = self.parts(inner);
                if width <= inner.width {
                    cut(parts, 0, width)
                } else {
                    let sign = cut(parts.clone(), inner.width - 1, 1).remove(0);
                    parts.push(Part::Repeat(width - inner.width, Box::new(sign)));
                    parts
                }
            }
            ExprKind::DynamicSlice(a, offset) => {
                self.placed(a, offset, width).unwrap_or_else(whole)
            }
            ExprKind::InsertBit(base, at, bit) => match fixed_amount(at) {
                Some(at) if at < u64::from(width) => {
                    let (at, base) = (at as u32, self.parts(base));
                    let mut parts = cut(base.clone(), 0, at);
                    parts.extend(self.parts(bit));
                    parts.extend(cut(base, at + 1, width - at - 1));
                    parts
                }
                Some(_) => self.parts(base),
                None => whole(),
            },
            ExprKind::Binary(op @ (Binary::Shl | Binary::Shr), a, amount) => {
                match fixed_amount(amount) {
                    Some(by) => {
                        let by = by.min(u64::from(width)) as u32;
                        let parts = self.parts(a);
                        match op {
                            Binary::Shr => cut(parts, by, width),
                            _ => {
                                let kept = cut(parts, 0, width - by);
                                std::iter::once(zero(by)).chain(kept).collect()
                            }
                        }
                    }
                    None => whole(),
                }
            }
            _ => whole(),
        };
        merged(parts)
    }

    /// An array of constants whose element i is i is the loop variable itself.
    fn counting(&self, id: ConstantId, index: &Index) -> Option<Vec<Part>> {
        let constant = self.sheet.module.constant(id);
        let width = constant.values[0].width();
        let (low, high) = self.bounds(index);
        if low == high || high >= constant.values.len() as u64 {
            return None;
        }
        let mut numbered = constant.values.iter().zip(0_u64..);
        numbered.all(|(value, at)| value.to_u64() == Some(at)).then_some(())?;
        Some(vec![Part::Count(index.clone(), width.min(32)), zero(width.saturating_sub(32))])
    }

    fn element(&self, of: Named, index: Index, element: u32, count: u32) -> Part {
        let index = self.index(&index);
        Part::Bits(Bits { of, index, element, count, low: 0, width: element, field: None })
    }

    /// Bits from an offset that is a number or an expression of loop variables.
    pub(super) fn placed(&self, a: &Expr, offset: &Expr, width: u32) -> Option<Vec<Part>> {
        let place = match &offset.kind {
            ExprKind::Literal(value) => Index::Const(value.saturated()),
            _ => offset.as_index()?.clone(),
        };
        let (low, high) = self.bounds(&place);
        let source = self.parts(a);
        if low == high {
            return Some(cut(source, low.min(u64::from(a.width)) as u32, width));
        }
        let [Part::Bits(bits)] = &source[..] else { return None };
        if high + u64::from(width) > u64::from(bits.width) {
            return None;
        }
        let start = bit_offset(&bits.index, bits.element, bits.low);
        Some(vec![Part::Bits(Bits {
            of: bits.of,
            index: Index::op(IndexOp::Add, start, place),
            element: 1,
            count: bits.element * bits.count,
            low: 0,
            width,
            field: None,
        })])
    }
}

/// Some of the bits; bits that do not exist are zero.
pub(super) fn cut(parts: Vec<Part>, low: u32, width: u32) -> Vec<Part> {
    let mut result = Vec::new();
    let (mut at, end) = (0, low + width);
    for part in parts {
        let whole = part.width();
        let (from, to) = (at.max(low), (at + whole).min(end));
        if from < to {
            result.push(cut_part(part, from - at, to - from));
        }
        at += whole;
    }
    if at < end {
        result.push(zero(width - at.max(low).saturating_sub(low)));
    }
    merged(result)
}

fn cut_part(part: Part, low: u32, width: u32) -> Part {
    if low == 0 && width == part.width() {
        return part;
    }
    match part {
        Part::Number(value) => Part::Number(value.extract(u64::from(low), width)),
        Part::Bits(bits) => Part::Bits(Bits { low: bits.low + low, width, field: None, ..bits }),
        Part::Repeat(_, bit) if width == 1 => *bit,
        Part::Repeat(_, bit) => Part::Repeat(width, bit),
        Part::Count(index, _) if low == 0 => Part::Count(index, width),
        Part::Whole(expr) => match &expr.kind {
            ExprKind::Literal(value) => Part::Number(value.extract(u64::from(low), width)),
            ExprKind::Unary(Unary::Not, _)
            | ExprKind::Binary(Binary::And | Binary::Or | Binary::Xor, ..) => {
                let slice = |inner: &Expr| {
                    let kind = ExprKind::Slice(Box::new(inner.clone()), low, None);
                    Expr::bits(kind, width)
                };
                let cut = expr.map_operands(&mut |operand| slice(operand));
                Part::Whole(Expr::bits(cut.kind, width))
            }
            _ => unreachable!("the pass `cut` names what Verilog cannot select bits of"),
        },
        Part::Count(..) => unreachable!("the pass `cut` names numbers of which bits are wanted"),
    }
}

/// The amount of a shift, if it is constant.
fn fixed_amount(amount: &Expr) -> Option<u64> {
    match &amount.kind {
        ExprKind::Literal(value) => Some(value.saturated()),
        _ => None,
    }
}

/// Merges adjacent parts that continue each other.
fn merged(parts: Vec<Part>) -> Vec<Part> {
    let mut result: Vec<Part> = Vec::new();
    for part in parts.into_iter().filter(|part| part.width() > 0) {
        match (result.last_mut(), &part) {
            (Some(Part::Number(low)), Part::Number(high)) => *low = high.concat(low),
            (Some(Part::Bits(low)), Part::Bits(high))
                if low.of == high.of
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
    let scaled = Index::op(IndexOp::Mul, Index::Const(u64::from(element)), index.clone());
    Index::op(IndexOp::Add, scaled, Index::Const(u64::from(low)))
}
