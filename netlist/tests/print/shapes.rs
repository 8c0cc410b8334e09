//! Shapes that are hard for the printer only: names, chains through arrays, intermediate values.

use crate::base::{clocked, present, unclocked};
use crate::common::run;
use crate::replay::{icarus, record, write};
use rust_hdl::prelude::*;

/// A full adder of one bit, the same in every place.
#[derive(LogicBlock, Default)]
struct Adder {
    a: Signal<In, Bit>,
    b: Signal<In, Bit>,
    carry: Signal<In, Bit>,
    sum: Signal<Out, Bit>,
    over: Signal<Out, Bit>,
}

impl Logic for Adder {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.a.val() ^ self.b.val() ^ self.carry.val();
        self.over.next =
            (self.a.val() && self.b.val()) || (self.carry.val() && (self.a.val() ^ self.b.val()));
    }
}

/// A carry that runs through an array of children, and one through an array of locals.
#[derive(LogicBlock, Default)]
pub(crate) struct Ripple {
    a: Signal<In, Bits<5>>,
    b: Signal<In, Bits<5>>,
    sums: [Signal<Out, Bit>; 5],
    parity: Signal<Out, Bit>,
    adders: [Adder; 5],
    running: [Signal<Local, Bit>; 5],
}

impl Logic for Ripple {
    #[hdl_gen]
    fn update(&mut self) {
        self.adders[0].carry.next = false;
        self.running[0].next = self.a.val().get_bit(0);
        for i in 0..5 {
            self.adders[i].a.next = self.a.val().get_bit(i);
            self.adders[i].b.next = self.b.val().get_bit(i);
            self.sums[i].next = self.adders[i].sum.val();
        }
        for i in 1..5 {
            self.adders[i].carry.next = self.adders[i - 1].over.val();
            self.running[i].next = self.running[i - 1].val() ^ self.a.val().get_bit(i);
        }
        self.parity.next = self.running[4].val();
    }
}

unclocked!(Ripple);

#[test]
pub(crate) fn chains_through_arrays_are_no_loops() {
    run(Ripple::default(), 300, 5, |dice, block| present!(dice, block: a, b));
}

/// Two fields, one computed from the other.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Bounds {
    low: Bits<6>,
    high: Bits<6>,
    empty: Bit,
}

/// A structure whose fields depend on each other, and names that are reserved words of Verilog.
#[derive(LogicBlock, Default)]
struct Limits {
    begin: Signal<In, Bits<6>>,
    signed: Signal<In, Bits<6>>,
    map: Signal<Out, Bits<6>>,
    always: Signal<Out, Bit>,
    bounds: Signal<Local, Bounds>,
    unused: Signal<Local, Bits<6>>,
}

impl Logic for Limits {
    #[hdl_gen]
    fn update(&mut self) {
        self.bounds.next.low = self.begin.val();
        self.bounds.next.high = self.bounds.val().low + self.signed.val();
        self.bounds.next.empty = self.bounds.val().high < self.bounds.val().low;
        self.map.next = self.bounds.val().high;
        self.always.next = self.bounds.val().empty;
        self.unused.next = self.signed.val() + 1;
    }
}

unclocked!(Limits);

/// Rows that differ in a constant.
#[derive(LogicBlock)]
struct Weighed {
    x: Signal<In, Bits<8>>,
    y: Signal<Out, Bits<8>>,
    weight: Constant<Bits<8>>,
}

impl Logic for Weighed {
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.x.val() ^ self.weight.val();
    }
}

/// Children of two modules in one array; a register read before it is registered.
#[derive(LogicBlock)]
pub(crate) struct Mixed {
    clock: Signal<In, Clock>,
    x: Signal<In, Bits<8>>,
    y: Signal<Out, Bits<8>>,
    coming: Signal<Out, Bits<8>>,
    rows: [Weighed; 3],
    total: DFF<Bits<8>>,
}

impl Default for Mixed {
    fn default() -> Self {
        let row = |i: usize| Weighed {
            x: Default::default(),
            y: Default::default(),
            weight: Constant::new(bits::<8>((i as u64 / 2 + 1) * 7)),
        };
        Self {
            clock: Default::default(),
            x: Default::default(),
            y: Default::default(),
            coming: Default::default(),
            rows: array_init::array_init(row),
            total: Default::default(),
        }
    }
}

impl Logic for Mixed {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, total);
        self.rows[0].x.next = self.x.val();
        for i in 1..3 {
            self.rows[i].x.next = self.rows[i - 1].y.val();
        }
        if self.x.val().get_bit(0) {
            self.total.d.next = self.total.q.val() + self.rows[2].y.val();
        }
        self.coming.next = self.total.d.val();
        self.y.next = self.total.q.val();
    }
}

clocked!(Mixed);

#[test]
pub(crate) fn rows_of_two_modules_stand_side_by_side() {
    run(Mixed::default(), 300, 8, |dice, block| present!(dice, block: x));
}

#[test]
pub(crate) fn keywords_and_fields() {
    run(Limits::default(), 300, 9, |dice, block| present!(dice, block: begin, signed));
}

/// A test of the bench itself: a wrong operator in the text is found in some cycle.
#[test]
fn a_wrong_text_is_noticed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let recording =
        record("device", Mixed::default(), 50, 3, |dice, block| present!(dice, block: x));
    write(directory.path(), &[recording]);
    let path = directory.path().join("printed.v");
    let text = std::fs::read_to_string(&path).expect("the text was written");
    assert!(text.contains(" + "), "an operator to replace");
    std::fs::write(&path, text.replace(" + ", " - ")).expect("the text is replaced");
    if let Some(said) = icarus(directory.path()) {
        assert!(said.contains("coming is") && said.contains("total[7:0] is"), "{said}");
        assert!(!said.contains("agreed"), "{said}");
    }
}
