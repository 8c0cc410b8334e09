//! Operations on single numbers.

use super::words::{WordOps, Words};
use super::{Emitter, Held};
use crate::ir::{MemoryId, NodeId, Op};
use crate::optimise::{Form, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};

impl Emitter<'_, '_> {
    /// Computes a number or a 1-bit column.
    pub(super) fn evaluate(&mut self, id: TermId) -> Held {
        if let Some(at) = self.source(id) {
            return self.load_held(id, at);
        }
        let term = self.program.term(id);
        match term.form {
            Form::Op(op) if term.rows > 0 => self.mask_operation(op, term.rows),
            Form::Op(op) if term.width == 1 => Held::Bit(self.bit_operation(op)),
            Form::Op(op) => Held::Words(self.operation(op, term.width)),
            Form::Row(column, row) => self.row(column, row),
            Form::AnyRow(column) => {
                let mask = self.get_words(column);
                Held::Bit(self.some_row(column, &mask))
            }
            Form::AllRows(column) => {
                let mask = self.get_words(column);
                let rows = self.program.term(column).rows;
                Held::Bit(self.is_all(&mask, rows))
            }
            Form::Pick { mask, values, otherwise, highest } => {
                self.pick(mask, values, otherwise, highest)
            }
            Form::Gather { mask, values } => self.gather(mask, values),
            Form::State(_) | Form::Table(_) | Form::Kept(_) => {
                unreachable!("sources were loaded above")
            }
        }
    }

    fn width(&self, id: NodeId) -> u32 {
        self.program.term(id).width
    }

    pub(super) fn is_all(&mut self, words: &[Value], width: u32) -> Value {
        if let [word] = words {
            let ones = self.words().number(super::words::ones(width, 0));
            return self.build.ins().icmp(IntCC::Equal, *word, ones);
        }
        let inverted = self.words().not(words, width);
        let some_zero = self.words().any(&inverted);
        self.invert(some_zero)
    }

    pub(super) fn invert(&mut self, bit: Value) -> Value {
        let one = self.words().bit(true);
        self.build.ins().bxor(bit, one)
    }

    /// If one of two operands is the negation of a term: the other operand, and that term.
    pub(super) fn inverted(&self, a: NodeId, b: NodeId) -> Option<(NodeId, NodeId)> {
        let inner = |id| match self.program.term(id).form {
            Form::Op(Op::Not(inner)) => Some(inner),
            _ => None,
        };
        inner(a).map(|inner| (b, inner)).or_else(|| inner(b).map(|inner| (a, inner)))
    }

    /// An operation with a result of one bit.
    fn bit_operation(&mut self, op: Op) -> Value {
        let narrow = |this: &Self, a: NodeId| this.width(a) == 1;
        match op {
            Op::Const(at) => {
                let bit = self.program.constants[at.0 as usize].any();
                self.words().bit(bit)
            }
            Op::Not(a) => {
                let a = self.get_bit(a);
                self.invert(a)
            }
            Op::And(a, b) | Op::Mul(a, b) => match self.inverted(a, b) {
                Some((a, inner)) => {
                    let (a, inner) = (self.get_bit(a), self.get_bit(inner));
                    self.build.ins().band_not(a, inner)
                }
                None => {
                    let (a, b) = (self.get_bit(a), self.get_bit(b));
                    self.build.ins().band(a, b)
                }
            },
            Op::Or(a, b) => {
                let (a, b) = (self.get_bit(a), self.get_bit(b));
                self.build.ins().bor(a, b)
            }
            Op::Xor(a, b) | Op::Add(a, b) | Op::Sub(a, b) => {
                let (a, b) = (self.get_bit(a), self.get_bit(b));
                self.build.ins().bxor(a, b)
            }
            Op::Equal(a, b) if narrow(self, a) => {
                let (a, b) = (self.get_bit(a), self.get_bit(b));
                let differ = self.build.ins().bxor(a, b);
                self.invert(differ)
            }
            Op::Equal(a, b) => {
                let (a, b) = (self.get_words(a), self.get_words(b));
                self.words().equal(&a, &b)
            }
            Op::Less(a, b) => {
                let (a, b) = (self.get_words(a), self.get_words(b));
                self.words().less(&a, &b)
            }
            Op::SignedLess(a, b) => {
                let width = self.width(a);
                let (a, b) = (self.get_words(a), self.get_words(b));
                let a = self.words().flip_sign(&a, width);
                let b = self.words().flip_sign(&b, width);
                self.words().less(&a, &b)
            }
            Op::Mux(test, a, b) => {
                let (test, a, b) = (self.get_bit(test), self.get_bit(a), self.get_bit(b));
                self.build.ins().select(test, a, b)
            }
            Op::Shl(a, amount) | Op::Shr(a, amount) => {
                let (a, amount) = (self.get_bit(a), self.get_words(amount));
                let moved = self.words().any(&amount);
                let stays = self.invert(moved);
                self.build.ins().band(a, stays)
            }
            Op::All(a) | Op::Any(a) | Op::Parity(a) if narrow(self, a) => self.get_bit(a),
            Op::All(a) => {
                let width = self.width(a);
                let a = self.get_words(a);
                self.is_all(&a, width)
            }
            Op::Any(a) => {
                let a = self.get_words(a);
                self.words().any(&a)
            }
            Op::Parity(a) => {
                let a = self.get_words(a);
                self.words().parity(&a)
            }
            Op::InsertBit(base, at, bit) => {
                let (base, at, bit) = (self.get_bit(base), self.get_words(at), self.get_bit(bit));
                let elsewhere = self.words().any(&at);
                self.build.ins().select(elsewhere, base, bit)
            }
            // The rest yields a word; its lowest bit is the result.
            _ => {
                let words = self.operation(op, 1);
                self.build.ins().ireduce(cranelift_codegen::ir::types::I8, words[0])
            }
        }
    }

    /// An operation with a result of any width, as words.
    fn operation(&mut self, op: Op, width: u32) -> Words {
        type Binary = fn(&mut WordOps<'_, '_>, &[Value], &[Value], u32) -> Words;
        let binary: (NodeId, NodeId, Binary) = match op {
            Op::Add(a, b) => (a, b, |ops, a, b, width| ops.add(a, b, width)),
            Op::Sub(a, b) => (a, b, |ops, a, b, width| ops.sub(a, b, width)),
            Op::Mul(a, b) => (a, b, |ops, a, b, width| ops.mul(a, b, width)),
            Op::Shl(a, b) => (a, b, |ops, a, b, width| ops.shl(a, b, width)),
            Op::And(a, b) => (a, b, |ops, a, b, _| ops.zip(a, b, |ins, a, b| ins.band(a, b))),
            Op::Or(a, b) => (a, b, |ops, a, b, _| ops.zip(a, b, |ins, a, b| ins.bor(a, b))),
            Op::Xor(a, b) => (a, b, |ops, a, b, _| ops.zip(a, b, |ins, a, b| ins.bxor(a, b))),
            _ => return self.other_operation(op, width),
        };
        let (a, b, apply) = binary;
        let (a, b) = (self.get_words(a), self.get_words(b));
        apply(&mut self.words(), &a, &b, width)
    }

    fn other_operation(&mut self, op: Op, width: u32) -> Words {
        match op {
            Op::Const(at) => {
                let value = &self.program.constants[at.0 as usize];
                (0..value.words())
                    .map(|at| value.word(at))
                    .map(|w| self.words().number(w))
                    .collect()
            }
            Op::Word(MemoryId(at), address) => {
                let contents = self.layout.contents[at as usize];
                let place = self.word_address(address, super::words::count(width), contents);
                self.words_at(place, super::words::count(width))
            }
            Op::Not(a) => {
                let a = self.get_words(a);
                self.words().not(&a, width)
            }
            Op::Mux(test, a, b) => {
                let (test, a, b) = (self.get_bit(test), self.get_words(a), self.get_words(b));
                self.words().select(test, &a, &b)
            }
            Op::Slice(a, offset) => {
                let from = self.width(a);
                let a = self.get_words(a);
                self.words().slice(&a, offset, width, from)
            }
            Op::Concat(high, low) => {
                let split = self.width(low);
                let zero = self.program.constant(low).is_some_and(|low| !low.any());
                if zero && width <= 64 {
                    let high = self.get_words(high)[0];
                    return vec![self.build.ins().ishl_imm_u(high, i64::from(split))];
                }
                let (high, low) = (self.get_words(high), self.get_words(low));
                self.words().concat(&high, &low, split, width)
            }
            Op::ZeroExtend(a) => {
                let a = self.get_words(a);
                self.words().extend(a, width)
            }
            Op::SignExtend(a) => {
                let from = self.width(a);
                let a = self.get_words(a);
                self.words().sign_extend(&a, from, width)
            }
            Op::Shr(a, b) | Op::Extract(a, b) => {
                let from = self.width(a);
                let (a, b) = (self.get_words(a), self.get_words(b));
                self.words().extract(&a, &b, from, width)
            }
            Op::InsertBit(base, at, bit) => {
                let (base, at) = (self.get_words(base), self.get_words(at));
                let bit = self.get_bit(bit);
                self.words().insert_bit(&base, &at, bit, width)
            }
            _ => unreachable!("handled by the callers: {}", op.name()),
        }
    }
}
