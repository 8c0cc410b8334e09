//! Bits read and written, at fixed and moving places.

use crate::common::{present, run, unclocked};
use rust_hdl::prelude::*;

/// Every way to access a bit.
#[derive(LogicBlock, Default)]
struct Selects {
    a: Signal<In, Bits<20>>,
    b: Signal<In, Bits<50>>,
    at: Signal<In, Bits<4>>,
    bit: Signal<In, Bit>,
    fixed: Signal<Out, Bit>,
    moving: Signal<Out, Bit>,
    next_one: Signal<Out, Bit>,
    field: Signal<Out, Bits<7>>,
    above_the_end: Signal<Out, Bits<8>>,
    moving_field: Signal<Out, Bits<6>>,
    of_a_slice: Signal<Out, Bit>,
    of_an_expression: Signal<Out, Bit>,
    set: Signal<Out, Bits<20>>,
    set_moving: Signal<Out, Bits<50>>,
    reversed: Signal<Out, Bits<20>>,
    gathered: Signal<Local, Bits<20>>,
    position: Signal<Out, Bits<5>>,
}

impl Logic for Selects {
    #[hdl_gen]
    fn update(&mut self) {
        self.fixed.next = self.a.val().get_bit(19);
        self.moving.next = self.a.val().get_bit(self.at.val().index());
        self.next_one.next = self.a.val().get_bit(self.at.val().index() + 1);
        self.field.next = self.a.val().get_bits::<7>(5);
        self.above_the_end.next = self.a.val().get_bits::<8>(16);
        self.moving_field.next = self.b.val().get_bits::<6>(self.at.val().index());
        self.of_a_slice.next = self.b.val().get_bits::<10>(20).get_bit(3);
        self.of_an_expression.next = (self.a.val() ^ bits::<20>(0xF0F0F)).get_bit(4);
        self.set.next = self.a.val().replace_bit(3, self.bit.val());
        self.set_moving.next = self.b.val().replace_bit(self.at.val().index(), !self.bit.val());
        self.gathered.next = bits::<20>(0);
        self.position.next = bits::<5>(31);
        for i in 0..20 {
            self.gathered.next = self.gathered.val().replace_bit(i, self.a.val().get_bit(19 - i));
            if self.a.val().get_bit(i) {
                self.position.next = i.to_bits();
            }
        }
        self.reversed.next = self.gathered.val();
    }
}

unclocked!(Selects);

#[test]
pub(crate) fn bits_are_found_and_replaced() {
    run(Selects::default(), 1000, 20, |dice, block| present!(dice, block: a, b, at, bit));
}
