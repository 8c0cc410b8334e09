//! Parts that are not built in: constants through ports, outputs that nothing reads, branches that
//! are never taken.

use crate::common::{clocked, present, run};
use rust_hdl::prelude::*;

/// A part that two parents' constants configure: one alike, one different.
#[derive(LogicBlock, Default)]
struct Stage {
    clock: Signal<In, Clock>,
    /// Different constants in the two instances.
    inverts: Signal<In, Bit>,
    /// The same constant in both.
    doubles: Signal<In, Bit>,
    /// Used only with `doubles`.
    second: Signal<In, Bits<8>>,
    value: Signal<In, Bits<8>>,
    result: Signal<Out, Bits<8>>,
    /// Always zero.
    carry: Signal<Out, Bits<8>>,
    /// Read by no parent.
    spare: Signal<Out, Bits<8>>,
    /// Read by nothing, and kept.
    last: DFF<Bits<8>>,
    held: DFF<Bits<8>>,
    half: Half,
    mixed: Signal<Local, Bits<8>>,
}

impl Logic for Stage {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, last, held);
        self.last.d.next = self.value.val();
        self.half.value.next = self.second.val();
        self.mixed.next = self.half.result.val();
        self.result.next = self.held.q.val();
        self.carry.next = bits::<8>(0);
        if self.doubles.val() {
            self.result.next = self.mixed.val();
            self.carry.next = self.second.val();
            self.held.d.next = self.second.val();
        }
        if self.inverts.val() {
            self.held.d.next = !self.value.val();
        } else {
            self.held.d.next = self.value.val();
        }
        self.spare.next = self.value.val() ^ self.second.val();
    }
}

/// A block without state, for the part that is absent.
#[derive(LogicBlock, Default)]
struct Half {
    value: Signal<In, Bits<8>>,
    result: Signal<Out, Bits<8>>,
}

impl Logic for Half {
    #[hdl_gen]
    fn update(&mut self) {
        self.result.next = self.value.val() >> bits::<8>(1);
    }
}

#[derive(LogicBlock, Default)]
pub(crate) struct Absent {
    clock: Signal<In, Clock>,
    pub(crate) value: Signal<In, Bits<8>>,
    pub(crate) ignored: Signal<In, Bits<8>>,
    plain: Signal<Out, Bits<8>>,
    inverse: Signal<Out, Bits<8>>,
    /// Constant, and a port of the outermost block.
    carry: Signal<Out, Bits<8>>,
    /// With one row that is constant and others that are not.
    rows: [Signal<Out, Bits<8>>; 3],
    first: Stage,
    other: Stage,
    halves: [Half; 3],
    sum: Signal<Local, Bits<8>>,
    wide: Signal<Local, Bits<100>>,
    wider: Signal<Out, Bits<100>>,
}

impl Logic for Absent {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.clock.next = self.clock.val();
        self.other.clock.next = self.clock.val();
        self.first.inverts.next = false;
        self.other.inverts.next = true;
        self.first.doubles.next = false;
        self.other.doubles.next = false;
        self.first.value.next = self.value.val();
        self.other.value.next = self.value.val();
        self.first.second.next = self.ignored.val();
        self.other.second.next = self.value.val();
        self.plain.next = self.first.result.val();
        self.inverse.next = self.other.result.val();
        // A sum that is constant at its end only.
        self.sum.next = self.first.carry.val();
        for i in 0..3 {
            self.sum.next = self.sum.val() | self.other.carry.val();
            self.halves[i].value.next = self.value.val();
            self.rows[i].next = self.halves[i].result.val();
        }
        self.halves[1].value.next = bits::<8>(6);
        self.carry.next = self.sum.val();
        self.wide.next = bit_cast::<100, 8>(self.first.carry.val());
        self.wider.next = self.wide.val() | bit_cast::<100, 8>(self.value.val());
    }
}

clocked!(Absent);

#[test]
pub(crate) fn constants_pass_through_ports() {
    run(Absent::default(), 300, 12, |dice, block| present!(dice, block: value, ignored));
}
