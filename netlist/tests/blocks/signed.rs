//! Two's complement.

use crate::common::{clocked, present, run};
use rust_hdl::prelude::*;

/// Every operation that rust-hdl has on signed words.
#[derive(LogicBlock, Default)]
struct Signs {
    clock: Signal<In, Clock>,
    a: Signal<In, Signed<16>>,
    b: Signal<In, Signed<16>>,
    word: Signal<In, Bits<16>>,
    sum: Signal<Out, Signed<16>>,
    difference: Signal<Out, Signed<16>>,
    product: Signal<Out, Signed<32>>,
    negated: Signal<Out, Signed<16>>,
    wide: Signal<Out, Signed<40>>,
    narrow: Signal<Out, Signed<9>>,
    as_word: Signal<Out, Bits<16>>,
    as_signed: Signal<Out, Signed<16>>,
    less: Signal<Out, Bit>,
    at_least: Signal<Out, Bit>,
    same: Signal<Out, Bit>,
    sign: Signal<Out, Bit>,
    high: Signal<Out, Signed<4>>,
    total: Signal<Out, Signed<40>>,
    area: Signal<Out, Bits<32>>,
    tenfold: Signal<Out, Bits<32>>,
    accumulator: DFF<Signed<40>>,
}

impl Logic for Signs {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, accumulator);
        self.sum.next = self.a.val() + self.b.val();
        self.difference.next = self.a.val() - self.b.val();
        self.product.next = self.a.val() * self.b.val();
        self.negated.next = -self.a.val();
        self.wide.next = signed_bit_cast::<40, 16>(self.a.val());
        self.narrow.next = signed_bit_cast::<9, 16>(self.b.val());
        self.as_word.next = unsigned_cast(self.a.val());
        self.as_signed.next = signed_cast(self.word.val());
        self.less.next = self.a.val() < self.b.val();
        self.at_least.next = self.a.val() >= self.b.val();
        self.same.next = self.a.val() == self.b.val();
        self.sign.next = self.a.val().get_bit(15);
        self.high.next = self.a.val().get_bits::<4>(12);
        self.accumulator.d.next =
            self.accumulator.q.val() + signed_bit_cast::<40, 16>(self.a.val());
        self.total.next = self.accumulator.q.val();
        self.area.next = self.word.val() * unsigned_cast(self.b.val());
        self.tenfold.next = bits::<16>(10) * self.word.val();
    }
}

clocked!(Signs);

#[test]
pub(crate) fn signs_are_extended_and_compared() {
    run(Signs::default(), 1500, 11, |dice, block| {
        present!(dice, block: a, b, word);
        // rust-hdl itself recurses without end on casting the smallest number.
        for input in [&mut block.a, &mut block.b] {
            if input.next == signed::<16>(-32768) {
                input.next = signed::<16>(-5);
            }
        }
        if dice.roll(5) == 0 {
            block.b.next = block.a.next;
        }
    });
}
