//! Shifts and bit accesses by amounts known only at run time.

use super::words::{WordOps, Words, count};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};

impl WordOps<'_, '_> {
    /// The low word of `amount`, or a number of at least `limit` if `amount` is that large.
    fn saturated(&mut self, amount: &[Value], limit: u64) -> Value {
        let [low, high @ ..] = amount else { return self.number(0) };
        if high.is_empty() {
            return *low;
        }
        let huge = self.any(high);
        let limit = self.number(limit);
        self.build.ins().select(huge, limit, *low)
    }

    /// Whether `amount < limit`.
    fn below(&mut self, amount: Value, limit: u64) -> Value {
        let limit = self.number(limit);
        self.build.ins().icmp(IntCC::UnsignedLessThan, amount, limit)
    }

    fn zero_unless(&mut self, test: Value, words: Words) -> Words {
        let zero = self.number(0);
        words.into_iter().map(|word| self.build.ins().select(test, word, zero)).collect()
    }

    /// Left shift; zero if the amount is at least `width`.
    pub(super) fn shl(&mut self, a: &[Value], amount: &[Value], width: u32) -> Words {
        let amount = self.saturated(amount, u64::from(width));
        let inside = self.below(amount, u64::from(width));
        let moved = self.move_words(a, amount, |at, step| at.checked_sub(step));
        let zero = self.number(0);
        let low_bits = self.low_bits(amount);
        let mut shifted = Vec::new();
        for at in 0..moved.len() {
            let here = self.build.ins().ishl(moved[at], low_bits);
            let below = if at == 0 { zero } else { moved[at - 1] };
            shifted.push(if at == 0 { here } else { self.carried_up(here, below, low_bits) });
        }
        let shifted = self.trim(shifted, width);
        self.zero_unless(inside, shifted)
    }

    /// `width` bits of `a` from the bit `amount`; bits beyond `from` are zero.
    pub(super) fn extract(
        &mut self,
        a: &[Value],
        amount: &[Value],
        from: u32,
        width: u32,
    ) -> Words {
        let amount = self.saturated(amount, u64::from(from));
        let inside = self.below(amount, u64::from(from));
        let size = a.len();
        let moved = self.move_words(a, amount, |at, step| (at + step < size).then_some(at + step));
        let low_bits = self.low_bits(amount);
        let mut shifted = Vec::new();
        for at in 0..moved.len().min(count(width)) {
            let here = self.build.ins().ushr(moved[at], low_bits);
            shifted.push(match moved.get(at + 1) {
                None => here,
                Some(above) => self.carried_down(here, *above, low_bits),
            });
        }
        let shifted = self.trim(shifted, width);
        self.zero_unless(inside, shifted)
    }

    /// `base` with bit `at` replaced, if there is one.
    pub(super) fn insert_bit(
        &mut self,
        base: &[Value],
        at: &[Value],
        bit: Value,
        width: u32,
    ) -> Words {
        let at = self.saturated(at, u64::from(width));
        let inside = self.below(at, u64::from(width));
        let word = self.build.ins().ushr_imm_u(at, 6);
        let low_bits = self.low_bits(at);
        let (zero, one) = (self.number(0), self.number(1));
        let mask = self.build.ins().ishl(one, low_bits);
        let bit = self.widen(bit);
        let set = self.build.ins().ishl(bit, low_bits);
        let mut result = Vec::new();
        for (number, base) in base.iter().enumerate() {
            let number = self.number(number as u64);
            let here = self.build.ins().icmp(IntCC::Equal, word, number);
            let here = self.build.ins().band(here, inside);
            let mask = self.build.ins().select(here, mask, zero);
            let set = self.build.ins().select(here, set, zero);
            let kept = self.build.ins().band_not(*base, mask);
            result.push(self.build.ins().bor(kept, set));
        }
        result
    }

    fn low_bits(&mut self, amount: Value) -> Value {
        let mask = self.number(63);
        self.build.ins().band(amount, mask)
    }

    /// Moves whole words by `amount / 64`, one bit of that number after the other.
    fn move_words(
        &mut self,
        a: &[Value],
        amount: Value,
        source: impl Fn(usize, usize) -> Option<usize>,
    ) -> Words {
        let mut words = a.to_vec();
        let zero = self.number(0);
        let mut step = 1;
        while step < words.len() {
            let bit = self.number(64 * step as u64);
            let bit = self.build.ins().band(amount, bit);
            let moved = |at: usize| source(at, step).map_or(zero, |from| words[from]);
            let moved: Words = (0..words.len()).map(moved).collect();
            words = self.select(bit, &moved, &words);
            step *= 2;
        }
        words
    }

    /// The bits that `below` pushes into `here`, in two steps: a shift by 64 is none.
    fn carried_up(&mut self, here: Value, below: Value, bits: Value) -> Value {
        let half = self.build.ins().ushr_imm_u(below, 1);
        let inverse = self.inverse(bits);
        let carried = self.build.ins().ushr(half, inverse);
        self.build.ins().bor(here, carried)
    }

    fn carried_down(&mut self, here: Value, above: Value, bits: Value) -> Value {
        let half = self.build.ins().ishl_imm_u(above, 1);
        let inverse = self.inverse(bits);
        let carried = self.build.ins().ishl(half, inverse);
        self.build.ins().bor(here, carried)
    }

    fn inverse(&mut self, bits: Value) -> Value {
        let mask = self.number(63);
        self.build.ins().bxor(bits, mask)
    }
}
