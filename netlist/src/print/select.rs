//! Bits of things that have names: selects, and places made of loop variables.

use super::expression::leading_zeros;
use super::parts::{Base, Part, Select, bit_offset};
use super::rewrite::index_op;
use super::sheet::{Loop, Sheet, Unroll, literal};
use super::text::Text;
use crate::ir::{Binary, Expr, ExprKind, Index, IndexOp, Value};

impl Sheet<'_> {
    /// Bits of something that has a name.
    pub(super) fn selected(&mut self, select: &Select) -> Result<String, Unroll> {
        let (low, high) = self.bounds(&select.index).ok_or(Unroll)?;
        if high >= u64::from(select.count) {
            return Err(Unroll);
        }
        let mut total = select.element * select.count;
        let mut low = low;
        let mut select = select.clone();
        let mut name = match &select.base {
            Base::Net(net) => {
                if low == high {
                    self.touch(*net, low as u32 * select.element + select.low, select.width);
                } else {
                    for at in low..=high {
                        let start = at as u32 * select.element + select.low;
                        self.touch(*net, start, select.width);
                    }
                }
                self.net(*net).name.clone()
            }
            Base::Constant(id) => self.constant_name(*id),
            Base::Wire(name) => {
                self.touch_wire(name, select.low, select.width);
                name.clone()
            }
        };
        if let Base::Net(net) = &select.base
            && !self.net(*net).split.is_empty()
        {
            // One wire for each element: the bits must lie within one.
            let info = self.net(*net);
            let start = low as u32 * select.element + select.low;
            let at = start / info.element;
            if low != high || (start + select.width - 1) / info.element != at {
                return Err(Unroll);
            }
            name = info.split[at as usize].clone();
            total = info.element;
            (select.low, select.count, low) = (start - at * info.element, 1, 0);
        } else if low != high {
            let start = bit_offset(&select.index, select.element, select.low);
            let start = self.index(&start)?;
            return Ok(match select.width {
                1 => format!("{name}[{start}]"),
                width => format!("{name}[{start}+:{width}]"),
            });
        }
        if select.width == total {
            return Ok(name);
        }

        let start = low as u32 * select.element + select.low;
        Ok(match (&select.field, select.width, select.count) {
            (Some(field), 1, 1) => format!("{name}[{field}]"),
            (Some(field), width, 1) => format!("{name}[{field}+:{width}]"),
            (_, 1, _) => format!("{name}[{start}]"),
            (_, width, _) => format!("{name}[{}:{start}]", start + width - 1),
        })
    }

    /// Arithmetic of loop variables, as an integer.
    pub(super) fn index(&mut self, index: &Index) -> Result<String, Unroll> {
        if let Some((low, high)) = self.bounds(index)
            && low == high
        {
            return Ok(low.to_string());
        }
        Ok(match index {
            Index::Const(number) => number.to_string(),
            Index::Variable(variable) => match self.loops.get(variable.depth as usize) {
                Some(Loop::Printed { name, .. }) => name.clone(),
                _ => return Err(Unroll),
            },
            Index::Op(op, left, right) => {
                let sign = match op {
                    IndexOp::Add => "+",
                    IndexOp::Sub => "-",
                    IndexOp::Mul => "*",
                    IndexOp::Div => "/",
                    IndexOp::Rem => "%",
                };
                let mut operand = |side: &Index| -> Result<String, Unroll> {
                    let text = self.index(side)?;
                    let product = matches!(side, Index::Op(IndexOp::Mul, ..));
                    let simple = !text.contains(' ') || (product && *op == IndexOp::Add);
                    Ok(if simple { text } else { format!("({text})") })
                };
                format!("{} {sign} {}", operand(left)?, operand(right)?)
            }
        })
    }

    /// Arithmetic of loop variables as a sized number; it wraps at the width.
    pub(super) fn count(&mut self, index: &Index, width: u32) -> Result<Text, Unroll> {
        let whole = self.bounds(index).ok_or(Unroll)?;
        if whole.0 == whole.1 {
            return Ok(Text::Atom(literal(&Value::new(width, whole.0))));
        }
        match index {
            Index::Const(number) => Ok(Text::Atom(literal(&Value::new(width, *number)))),
            Index::Variable(_) if width <= 32 => {
                let name = self.index(index)?;
                Ok(Text::Atom(format!("{name}[{}:0]", width - 1)))
            }
            Index::Op(op @ (IndexOp::Add | IndexOp::Sub | IndexOp::Mul), left, right) => {
                let sign = match op {
                    IndexOp::Add => "+",
                    IndexOp::Sub => "-",
                    _ => "*",
                };
                let (left, right) = (self.count(left, width)?, self.count(right, width)?);
                Ok(Text::Other(format!("{} {sign} {}", left.operand(), right.operand())))
            }
            _ => Err(Unroll),
        }
    }

    /// Bits from a place known at run time.
    pub(super) fn dynamic(
        &mut self,
        a: &Expr,
        offset: &Expr,
        whole: &Expr,
    ) -> Result<Text, Unroll> {
        let place = self.parts(offset)?;
        let bits = offset.width - leading_zeros(&place).min(offset.width - 1);
        let source = self.parts(a)?;
        let reach = if bits < 32 { (1_u64 << bits) - 1 + u64::from(whole.width) } else { u64::MAX };
        if let [Part::Select(select)] = &source[..]
            && select.width == select.element * select.count
            && select.width > 1
            && reach <= u64::from(select.width)
        {
            let select = select.clone();
            let name = self.selected(&select)?;
            let needed = 32 - (select.width - 1).leading_zeros();
            let place = self.cut(place, 0, needed)?;
            let at = self.join(place)?.flat();
            return Ok(Text::Atom(match whole.width {
                1 => format!("{name}[{at}]"),
                width => format!("{name}[{at}+:{width}]"),
            }));
        }
        let (a, offset) = (Box::new(a.clone()), Box::new(offset.clone()));
        let width = a.width;
        let shifted = Expr::bits(ExprKind::Binary(Binary::Shr, a, offset), width);
        let cut = Expr::bits(ExprKind::Slice(Box::new(shifted), 0, None), whole.width);
        self.expression(&cut)
    }

    /// Bits from a place that is a number or made of loop variables, if they exist in every round.
    pub(super) fn placed(
        &mut self,
        a: &Expr,
        offset: &Expr,
        width: u32,
    ) -> Result<Option<Vec<Part>>, Unroll> {
        let place = match &offset.kind {
            ExprKind::Literal(value) => Index::Const(value.saturated()),
            ExprKind::Index(index) => index.clone(),
            ExprKind::Resize(inner) => match &inner.kind {
                ExprKind::Index(index) => index.clone(),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let (low, high) = self.bounds(&place).ok_or(Unroll)?;
        let source = self.parts(a)?;
        if low == high {
            let low = low.min(u64::from(a.width)) as u32;
            return self.cut(source, low, width).map(Some);
        }
        let [Part::Select(select)] = &source[..] else { return Ok(None) };
        if high + u64::from(width) > u64::from(select.width) {
            return Ok(None);
        }
        let start = bit_offset(&select.index, select.element, select.low);
        Ok(Some(vec![Part::Select(Select {
            base: select.base.clone(),
            index: index_op(IndexOp::Add, start, place),
            element: 1,
            count: select.element * select.count,
            low: 0,
            width,
            field: None,
        })]))
    }
}
