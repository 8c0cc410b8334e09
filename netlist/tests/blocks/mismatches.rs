//! Three common constructs that rust-hdl's own Verilog gets wrong: here they have Rust's meaning.

use crate::common::{present, run, unclocked};
use rust_hdl::prelude::*;

/// Rust: `(a & b) == c`, wrapping `a + 1`, and `!a` of eight bits.
#[derive(LogicBlock, Default)]
struct Mismatches {
    a: Signal<In, Bits<8>>,
    b: Signal<In, Bits<8>>,
    c: Signal<In, Bits<8>>,
    masked: Signal<Out, Bit>,
    wrapped: Signal<Out, Bit>,
    inverted: Signal<Out, Bit>,
    sized: Signal<Out, Bit>,
    shifted: Signal<Out, Bit>,
    borrowed: Signal<Out, Bit>,
}

impl Logic for Mismatches {
    #[hdl_gen]
    fn update(&mut self) {
        self.masked.next = self.a.val() & self.b.val() == self.c.val();
        self.wrapped.next = self.a.val() + 1 == 0;
        self.inverted.next = !self.a.val() == 0xFF;
        self.sized.next = (self.a.val() + bits::<8>(1)) == bits::<8>(0);
        self.shifted.next = self.a.val() << 4 == 0xF0;
        self.borrowed.next = self.a.val() - 1 == 0xFF;
    }
}

unclocked!(Mismatches);

#[test]
pub(crate) fn they_mean_what_rust_means() {
    run(Mismatches::default(), 2000, 3, |dice, block| {
        present!(dice, block: a, b, c);
        if dice.roll(2) == 0 {
            block.c.next = block.a.next & block.b.next;
        }
    });
}
