//! Arithmetic on numbers of any width, as instructions on 64-bit words.
//!
//! A number is a list of words, lowest first; bits above its width are zero.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::{FuncInstBuilder, FunctionBuilder};

/// Words of a number.
pub(super) type Words = Vec<Value>;

/// Number of words of a width.
pub(super) fn count(width: u32) -> usize {
    width.div_ceil(64) as usize
}

/// The ones of word `at` of a number of this width.
pub(super) fn ones(width: u32, at: usize) -> u64 {
    let used = (width as usize).saturating_sub(64 * at);
    match used {
        0 => 0,
        1..64 => (1 << used) - 1,
        _ => u64::MAX,
    }
}

/// Emits instructions for words.
pub(super) struct WordOps<'a, 'f> {
    /// The builder that receives them.
    pub(super) build: &'a mut FunctionBuilder<'f>,
}

impl WordOps<'_, '_> {
    pub(super) fn number(&mut self, number: u64) -> Value {
        self.build.ins().iconst(types::I64, number as i64)
    }

    pub(super) fn bit(&mut self, bit: bool) -> Value {
        self.build.ins().iconst(types::I8, i64::from(bit))
    }

    /// A bit as a word.
    pub(super) fn widen(&mut self, bit: Value) -> Value {
        self.build.ins().uextend(types::I64, bit)
    }

    /// The lowest bit of a word.
    pub(super) fn lowest(&mut self, word: Value) -> Value {
        let byte = self.build.ins().ireduce(types::I8, word);
        let one = self.bit(true);
        self.build.ins().band(byte, one)
    }

    /// Clears the bits above the width and the words beyond it.
    pub(super) fn trim(&mut self, mut words: Words, width: u32) -> Words {
        let used = count(width);
        words.truncate(used);
        while words.len() < used {
            let zero = self.number(0);
            words.push(zero);
        }
        let mask = ones(width, used - 1);
        if mask != u64::MAX {
            let mask = self.number(mask);
            words[used - 1] = self.build.ins().band(words[used - 1], mask);
        }
        words
    }

    pub(super) fn not(&mut self, a: &[Value], width: u32) -> Words {
        let invert = |(at, word): (usize, &Value)| {
            let mask = self.build.ins().iconst(types::I64, ones(width, at) as i64);
            self.build.ins().bxor(*word, mask)
        };
        a.iter().enumerate().map(invert).collect()
    }

    pub(super) fn add(&mut self, a: &[Value], b: &[Value], width: u32) -> Words {
        let mut sums = Vec::new();
        let mut carry: Option<Value> = None;
        for (a, b) in a.iter().zip(b) {
            let sum = self.build.ins().iadd(*a, *b);
            let over = self.build.ins().icmp(IntCC::UnsignedLessThan, sum, *a);
            let (sum, over) = match carry {
                None => (sum, over),
                Some(carry) => {
                    let carry = self.widen(carry);
                    let total = self.build.ins().iadd(sum, carry);
                    let again = self.build.ins().icmp(IntCC::UnsignedLessThan, total, sum);
                    (total, self.build.ins().bor(over, again))
                }
            };
            sums.push(sum);
            carry = Some(over);
        }
        self.trim(sums, width)
    }

    pub(super) fn sub(&mut self, a: &[Value], b: &[Value], width: u32) -> Words {
        let mut differences = Vec::new();
        let mut borrow: Option<Value> = None;
        for (a, b) in a.iter().zip(b) {
            let part = self.build.ins().isub(*a, *b);
            let under = self.build.ins().icmp(IntCC::UnsignedLessThan, *a, *b);
            let (part, under) = match borrow {
                None => (part, under),
                Some(borrow) => {
                    let borrow = self.widen(borrow);
                    let rest = self.build.ins().isub(part, borrow);
                    let again = self.build.ins().icmp(IntCC::UnsignedLessThan, part, borrow);
                    (rest, self.build.ins().bor(under, again))
                }
            };
            differences.push(part);
            borrow = Some(under);
        }
        self.trim(differences, width)
    }

    /// Long multiplication.
    pub(super) fn mul(&mut self, a: &[Value], b: &[Value], width: u32) -> Words {
        let size = count(width);
        let zero = self.number(0);
        let mut product = vec![zero; size];
        for (i, a) in a.iter().enumerate() {
            let mut row = vec![zero; size];
            let mut high_row = vec![zero; size];
            for (j, b) in b.iter().enumerate().take(size - i) {
                row[i + j] = self.build.ins().imul(*a, *b);
                if i + j + 1 < size {
                    high_row[i + j + 1] = self.build.ins().umulhi(*a, *b);
                }
            }
            product = self.add(&product, &row, 64 * size as u32);
            product = self.add(&product, &high_row, 64 * size as u32);
        }
        self.trim(product, width)
    }

    pub(super) fn equal(&mut self, a: &[Value], b: &[Value]) -> Value {
        if let ([a], [b]) = (a, b) {
            return self.build.ins().icmp(IntCC::Equal, *a, *b);
        }
        let differ: Words = a.iter().zip(b).map(|(a, b)| self.build.ins().bxor(*a, *b)).collect();
        let any = self.any(&differ);
        let one = self.bit(true);
        self.build.ins().bxor(any, one)
    }

    pub(super) fn any(&mut self, a: &[Value]) -> Value {
        let mut all = a[0];
        for word in &a[1..] {
            all = self.build.ins().bor(all, *word);
        }
        let zero = self.number(0);
        self.build.ins().icmp(IntCC::NotEqual, all, zero)
    }

    pub(super) fn less(&mut self, a: &[Value], b: &[Value]) -> Value {
        let mut less = self.build.ins().icmp(IntCC::UnsignedLessThan, a[0], b[0]);
        for (a, b) in a.iter().zip(b).skip(1) {
            let here = self.build.ins().icmp(IntCC::UnsignedLessThan, *a, *b);
            let same = self.build.ins().icmp(IntCC::Equal, *a, *b);
            let below = self.build.ins().band(same, less);
            less = self.build.ins().bor(here, below);
        }
        less
    }

    /// With the sign bit inverted, two's complement order becomes unsigned order.
    pub(super) fn flip_sign(&mut self, a: &[Value], width: u32) -> Words {
        let mut flipped = a.to_vec();
        let top = flipped.len() - 1;
        let sign = self.number(1 << ((width - 1) % 64));
        flipped[top] = self.build.ins().bxor(flipped[top], sign);
        flipped
    }

    pub(super) fn parity(&mut self, a: &[Value]) -> Value {
        let mut all = a[0];
        for word in &a[1..] {
            all = self.build.ins().bxor(all, *word);
        }
        let ones = self.build.ins().popcnt(all);
        self.lowest(ones)
    }

    pub(super) fn select(&mut self, test: Value, a: &[Value], b: &[Value]) -> Words {
        a.iter().zip(b).map(|(a, b)| self.build.ins().select(test, *a, *b)).collect()
    }

    /// Bits `offset .. offset + width` of a number of `from` bits; those that do not exist are
    /// zero.
    pub(super) fn slice(&mut self, a: &[Value], offset: u32, width: u32, from: u32) -> Words {
        let (skip, bits) = ((offset / 64) as usize, i64::from(offset % 64));
        let mut parts = Vec::new();
        for at in 0..count(width) {
            let Some(low) = a.get(at + skip) else { break };
            let mut part = *low;
            if bits > 0 {
                part = self.build.ins().ushr_imm_u(part, bits);
                if let Some(high) = a.get(at + skip + 1)
                    && u64::from(width) > 64 * at as u64 + (64 - bits as u64)
                {
                    let high = self.build.ins().ishl_imm_u(*high, 64 - bits);
                    part = self.build.ins().bor(part, high);
                }
            }
            parts.push(part);
        }
        // Above the topmost bit of the number there is nothing to clear.
        if offset + width >= from && parts.len() == count(width) {
            return parts;
        }
        self.trim(parts, width)
    }

    pub(super) fn concat(
        &mut self,
        high: &[Value],
        low: &[Value],
        split: u32,
        width: u32,
    ) -> Words {
        let (skip, bits) = ((split / 64) as usize, i64::from(split % 64));
        let mut parts = low.to_vec();
        for (at, word) in high.iter().enumerate() {
            let shifted = if bits == 0 { *word } else { self.build.ins().ishl_imm_u(*word, bits) };
            match parts.get(at + skip).copied() {
                Some(below) => parts[at + skip] = self.build.ins().bor(below, shifted),
                None => parts.push(shifted),
            }
            if bits > 0 && at + skip + 1 < count(width) {
                parts.push(self.build.ins().ushr_imm_u(*word, 64 - bits));
            }
        }
        parts.truncate(count(width));
        parts
    }

    pub(super) fn sign_extend(&mut self, a: &[Value], from: u32, width: u32) -> Words {
        let top = a.len() - 1;
        let spare = i64::from(64 * a.len() as u32 - from);
        let mut parts = a.to_vec();
        if spare > 0 {
            let up = self.build.ins().ishl_imm_u(parts[top], spare);
            parts[top] = self.build.ins().sshr_imm_u(up, spare);
        }
        let sign = self.build.ins().sshr_imm_u(parts[top], 63);
        parts.resize(count(width), sign);
        self.trim(parts, width)
    }
}

impl WordOps<'_, '_> {
    /// Word by word.
    pub(super) fn zip(
        &mut self,
        a: &[Value],
        b: &[Value],
        op: impl Fn(FuncInstBuilder<'_, '_>, Value, Value) -> Value,
    ) -> Words {
        a.iter().zip(b).map(|(a, b)| op(self.build.ins(), *a, *b)).collect()
    }

    /// Extends with zeros.
    pub(super) fn extend(&mut self, mut words: Words, width: u32) -> Words {
        while words.len() < count(width) {
            let zero = self.number(0);
            words.push(zero);
        }
        words
    }
}
