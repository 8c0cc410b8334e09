//! Operations on vectors of lanes.

use super::lanes::Chunk;
use super::{Emitter, words};
use crate::ir::Op;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Emitter<'_, '_> {
    /// An operation on vectors. [`crate::optimise`] builds columns of these only.
    pub(super) fn lane_operation(
        &mut self,
        op: Op,
        width: u32,
        at: u32,
        chunk: &mut Chunk,
    ) -> Value {
        let ones = words::ones(width, 0);
        match op {
            Op::Not(a) => {
                let (a, mask) = (self.lanes(a, at, chunk), self.spread_constant(ones));
                self.build.ins().bxor(a, mask)
            }
            Op::And(a, b) => {
                if let Some((a, inner)) = self.inverted(a, b) {
                    let (a, inner) = (self.lanes(a, at, chunk), self.lanes(inner, at, chunk));
                    return self.build.ins().band_not(a, inner);
                }
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().band(a, b)
            }
            Op::Or(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().bor(a, b)
            }
            Op::Xor(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().bxor(a, b)
            }
            Op::Add(a, b) | Op::Sub(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                let sum = match op {
                    Op::Add(..) => self.build.ins().iadd(a, b),
                    _ => self.build.ins().isub(a, b),
                };
                let mask = self.spread_constant(ones);
                self.build.ins().band(sum, mask)
            }
            Op::Mux(test, a, b) => {
                let test = self.lanes(test, at, chunk);
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().bitselect(test, a, b)
            }
            Op::Equal(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().icmp(IntCC::Equal, a, b)
            }
            // Columns of order have a spare sign bit.
            Op::Less(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().icmp(IntCC::SignedLessThan, a, b)
            }
            Op::Any(a) => {
                let (a, zero) = (self.lanes(a, at, chunk), self.spread_constant(0));
                self.build.ins().icmp(IntCC::NotEqual, a, zero)
            }
            Op::All(a) => {
                let full = words::ones(self.program.term(a).width, 0);
                let (a, full) = (self.lanes(a, at, chunk), self.spread_constant(full));
                self.build.ins().icmp(IntCC::Equal, a, full)
            }
            Op::Slice(a, offset) if width == 1 => {
                let a = self.lanes(a, at, chunk);
                let bit = self.spread_constant(1 << offset);
                let bits = self.build.ins().band(a, bit);
                self.build.ins().icmp(IntCC::Equal, bits, bit)
            }
            Op::Slice(a, offset) => {
                let a = self.lanes(a, at, chunk);
                let amount = self.build.ins().iconst(types::I32, i64::from(offset));
                let moved = self.build.ins().ushr(a, amount);
                let mask = self.spread_constant(ones);
                self.build.ins().band(moved, mask)
            }
            Op::Concat(high, low) => {
                let split = self.program.term(low).width;
                let high = self.number_lanes(high, at, chunk);
                let low = self.number_lanes(low, at, chunk);
                let amount = self.build.ins().iconst(types::I32, i64::from(split));
                let high = self.build.ins().ishl(high, amount);
                self.build.ins().bor(high, low)
            }
            Op::ZeroExtend(a) => self.number_lanes(a, at, chunk),
            _ => unreachable!("no column is built of this: {}", op.name()),
        }
    }
}
