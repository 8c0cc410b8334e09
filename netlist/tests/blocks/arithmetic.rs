//! Operators on words, short and long: Rust's widths, Rust's precedence.

use crate::common::{present, run, unclocked};
use rust_hdl::prelude::*;

/// Every operator on words of one width.
#[derive(LogicBlock)]
struct Operators<const W: usize> {
    a: Signal<In, Bits<W>>,
    b: Signal<In, Bits<W>>,
    p: Signal<In, Bit>,
    q: Signal<In, Bit>,
    amount: Signal<In, Bits<7>>,
    sum: Signal<Out, Bits<W>>,
    difference: Signal<Out, Bits<W>>,
    bumped: Signal<Out, Bits<W>>,
    both: Signal<Out, Bits<W>>,
    either: Signal<Out, Bits<W>>,
    one: Signal<Out, Bits<W>>,
    none: Signal<Out, Bits<W>>,
    left: Signal<Out, Bits<W>>,
    right: Signal<Out, Bits<W>>,
    left_by_3: Signal<Out, Bits<W>>,
    right_by_9: Signal<Out, Bits<W>>,
    left_by_word: Signal<Out, Bits<W>>,
    literal_left: Signal<Out, Bits<64>>,
    from_literal: Signal<Out, Bits<W>>,
    mask: Constant<Bits<W>>,
    masked: Signal<Out, Bits<W>>,
    relations: Signal<Out, Bits<6>>,
    reductions: Signal<Out, Bits<3>>,
    logic: Signal<Out, Bits<4>>,
    flags: Signal<Local, Bits<6>>,
}

impl<const W: usize> Default for Operators<W> {
    fn default() -> Self {
        Self {
            a: Default::default(),
            b: Default::default(),
            p: Default::default(),
            q: Default::default(),
            amount: Default::default(),
            sum: Default::default(),
            difference: Default::default(),
            bumped: Default::default(),
            both: Default::default(),
            either: Default::default(),
            one: Default::default(),
            none: Default::default(),
            left: Default::default(),
            right: Default::default(),
            left_by_3: Default::default(),
            right_by_9: Default::default(),
            left_by_word: Default::default(),
            literal_left: Default::default(),
            from_literal: Default::default(),
            mask: Constant::new(bits::<W>(0xB5)),
            masked: Default::default(),
            relations: Default::default(),
            reductions: Default::default(),
            logic: Default::default(),
            flags: Default::default(),
        }
    }
}

impl<const W: usize> Logic for Operators<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.a.val() + self.b.val();
        self.difference.next = self.a.val() - self.b.val();
        self.bumped.next = self.a.val() + self.p.val();
        self.both.next = self.a.val() & self.b.val();
        self.either.next = self.a.val() | self.b.val() & !self.a.val() ^ self.b.val();
        self.one.next = self.a.val() ^ self.b.val();
        self.none.next = !(self.a.val() | self.b.val());
        self.left.next = self.a.val() << self.amount.val();
        self.right.next = self.a.val() >> self.amount.val();
        self.left_by_3.next = self.a.val() << 3;
        self.right_by_9.next = self.a.val() >> bits::<8>(9);
        self.left_by_word.next = (self.a.val() << self.amount.val()) >> self.amount.val();
        self.literal_left.next = 5 << self.amount.val();
        self.from_literal.next = (10 & self.a.val()) + 200;
        self.masked.next = self.a.val() & self.mask.val();
        self.flags.next = bits::<6>(0);
        if self.a.val() == self.b.val() {
            self.flags.next = self.flags.val() | 1;
        }
        if self.a.val() != self.b.val() {
            self.flags.next = self.flags.val() | 2;
        }
        if self.a.val() < self.b.val() {
            self.flags.next = self.flags.val() | 4;
        }
        if self.a.val() <= self.b.val() {
            self.flags.next = self.flags.val() | 8;
        }
        if self.a.val() > self.b.val() {
            self.flags.next = self.flags.val() | 16;
        }
        if self.a.val() >= 100 {
            self.flags.next = self.flags.val() | 32;
        }
        self.relations.next = self.flags.val();
        self.reductions.next = bits::<3>(0)
            .replace_bit(0, self.a.val().all())
            .replace_bit(1, self.a.val().any())
            .replace_bit(2, self.a.val().xor());
        self.logic.next = bits::<4>(0)
            .replace_bit(0, self.p.val() && self.q.val())
            .replace_bit(1, self.p.val() || self.q.val())
            .replace_bit(2, self.p.val() ^ self.q.val() | !self.p.val() & self.q.val())
            .replace_bit(3, self.p.val() == self.q.val());
    }
}

unclocked!(Operators<8>, Operators<32>, Operators<33>, Operators<64>, Operators<100>);

fn check<const W: usize>()
where
    Operators<W>: crate::common::Clocked,
{
    run(Operators::<W>::default(), 400, W as u64, |dice, block| {
        present!(dice, block: a, b, p, q, amount);
        if dice.roll(4) == 0 {
            block.b.next = block.a.next;
        }
    });
}

#[test]
pub(crate) fn of_8_bits() {
    check::<8>();
}

#[test]
pub(crate) fn of_32_bits() {
    check::<32>();
}

#[test]
pub(crate) fn of_33_bits() {
    check::<33>();
}

#[test]
pub(crate) fn of_64_bits() {
    check::<64>();
}

#[test]
pub(crate) fn of_100_bits() {
    check::<100>();
}

/// Conversions between widths.
#[derive(LogicBlock, Default)]
struct Casts {
    a: Signal<In, Bits<40>>,
    p: Signal<In, Bit>,
    narrow: Signal<Out, Bits<8>>,
    wide: Signal<Out, Bits<90>>,
    large: Signal<Out, Bits<44>>,
    word: Signal<Out, Bits<1>>,
    flag: Signal<Out, Bit>,
    shifted: Signal<Out, Bits<90>>,
}

impl Logic for Casts {
    #[hdl_gen]
    fn update(&mut self) {
        self.narrow.next = bit_cast::<8, 40>(self.a.val());
        self.wide.next = bit_cast::<90, 40>(self.a.val());
        self.large.next = bits::<44>(0xFFF_FFFF_FE00_u64) & bit_cast::<44, 40>(self.a.val());
        self.word.next = self.p.val().into();
        self.flag.next = (self.a.val() & bits::<40>(0x11)).any();
        self.shifted.next = (bit_cast::<90, 40>(self.a.val() >> bits::<40>(4)) << 50) | 9;
    }
}

unclocked!(Casts);

#[test]
pub(crate) fn casts_keep_low_bits() {
    run(Casts::default(), 400, 9, |dice, block| present!(dice, block: a, p));
}
