//! Expressions within loops: numbers made of loop variables, and bits of named signals.

use super::parts::{Bits, Named, Part, bit_offset, cut};
use super::sheet::Sheet;
use super::tree::{At, Base, Select, Tree};
use crate::ir::{Expr, Index, Value, Variable};

/// A sheet, as read from within loops.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    /// Enclosing loops, outermost first: the variable that is printed, first value, end.
    loops: Vec<(Variable, u64, u64)>,
}

impl<'a> Reader<'a> {
    /// Outside of all loops.
    pub(super) fn new(sheet: &'a Sheet<'a>) -> Self {
        Self { sheet, loops: Vec::new() }
    }

    /// In one more loop.
    pub(super) fn within(&self, variable: &Variable, from: u64, to: u64) -> Self {
        let mut inside = self.clone();
        inside.loops.push((variable.clone(), from, to));
        inside
    }

    /// The smallest and largest value of an index.
    pub(super) fn bounds(&self, index: &Index) -> (u64, u64) {
        let rounds: Vec<(u64, u64)> = self.loops.iter().map(|(_, from, to)| (*from, *to)).collect();
        index.bounds(&rounds).expect("the pass `unroll` leaves only indices that have a value")
    }

    /// An index with the printed variables; a number if it is the same in every iteration.
    pub(super) fn index(&self, index: &Index) -> Index {
        match self.bounds(index) {
            (low, high) if low == high => Index::Const(low),
            _ => match index {
                Index::Const(number) => Index::Const(*number),
                Index::Variable(variable) => {
                    Index::Variable(self.loops[variable.depth as usize].0.clone())
                }
                Index::Op(op, left, right) => {
                    Index::Op(*op, Box::new(self.index(left)), Box::new(self.index(right)))
                }
            },
        }
    }

    /// Every value of an index, each once.
    fn numbers(&self, index: &Index) -> Vec<u64> {
        let (low, high) = self.bounds(index);
        (low..=high).collect()
    }

    /// Bits of a named signal or constant.
    pub(super) fn select(&self, bits: &Bits) -> Select {
        let width = bits.width;
        let (low, high) = self.bounds(&bits.index);
        let base = match bits.of {
            Named::Constant(id) => Base::Constant(id),
            Named::Net(net) => Base::Net(net),
        };
        if low != high {
            let offset = bit_offset(&bits.index, bits.element, bits.low);
            let numbers = self.numbers(&bits.index).into_iter();
            let lows = numbers.map(|at| at as u32 * bits.element + bits.low).collect();
            return Select { base, at: At::Moving(self.index(&offset), lows), width };
        }
        let mut start = low as u32 * bits.element + bits.low;
        let (mut base, mut count, mut all) = (base, bits.count, bits.element * bits.count);
        if let Named::Net(net) = bits.of
            && self.sheet.net(net).apart
        {
            all = self.sheet.net(net).element;
            base = Base::Element(net, start / all);
            (start, count) = (start % all, 1);
        }
        let at = match width == all {
            true => At::All,
            false => At::Fixed(start, bits.field.clone().filter(|_| count == 1)),
        };
        Select { base, at, width }
    }

    /// Arithmetic of loop variables as a sized number; it wraps at the width.
    pub(super) fn count(&self, index: &Index, width: u32) -> Tree {
        match self.index(index) {
            Index::Const(number) => Tree::Number(Value::new(width, number)),
            Index::Variable(variable) => Tree::Counter(variable, width),
            Index::Op(op, ..) => {
                let Index::Op(_, left, right) = index else {
                    unreachable!("an index becomes simpler, not another one")
                };
                let sign = op.sign();
                let (left, right) = (self.count(left, width), self.count(right, width));
                Tree::Pair(sign, Box::new(left), Box::new(right))
            }
        }
    }

    /// Bits from an offset known at run time, of something that is read whole.
    pub(super) fn dynamic(&self, a: &Expr, offset: &Expr, width: u32) -> Tree {
        let source = self.parts(a);
        let [Part::Bits(bits)] = &source[..] else {
            unreachable!("the pass `cut` names what Verilog cannot select bits of")
        };
        let needed = 32 - (bits.width - 1).leading_zeros();
        let at = At::Dynamic(Box::new(self.join(cut(self.parts(offset), 0, needed))));
        Tree::Select(Select { base: self.select(bits).base, at, width })
    }
}
