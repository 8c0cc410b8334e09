//! Children of children, reads of settled values, assignments that override each other.

use crate::common::{clocked, present, run};
use rust_hdl::prelude::*;

/// Adds one.
#[derive(LogicBlock, Default)]
struct Increment<const W: usize> {
    value: Signal<In, Bits<W>>,
    result: Signal<Out, Bits<W>>,
}

impl<const W: usize> Logic for Increment<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.result.next = self.value.val() + 1;
    }
}

/// Two increments in a row, in one block.
#[derive(LogicBlock, Default)]
struct Twice<const W: usize> {
    value: Signal<In, Bits<W>>,
    result: Signal<Out, Bits<W>>,
    one: Increment<W>,
    two: Increment<W>,
}

impl<const W: usize> Logic for Twice<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.result.next = self.two.result.val();
        self.two.value.next = self.one.result.val();
        self.one.value.next = self.value.val();
    }
}

/// Reads a child's port before, between and after writes of it; reads own outputs.
#[derive(LogicBlock, Default)]
struct Orders {
    clock: Signal<In, Clock>,
    a: Signal<In, Bits<9>>,
    pick: Signal<In, Bit>,
    early: Signal<Out, Bits<9>>,
    between: Signal<Out, Bits<9>>,
    out_value: Signal<Out, Bits<9>>,
    copied: Signal<Out, Bits<9>>,
    count: Signal<Out, Bits<9>>,
    inner: Twice<9>,
    other: Twice<9>,
    counter: DFF<Bits<9>>,
    local: Signal<Local, Bits<9>>,
}

impl Logic for Orders {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, counter);
        // A read of the child's input gives its settled value, that of its last assignment below.
        self.early.next = self.inner.value.val();
        self.inner.value.next = bits::<9>(3);
        self.between.next = self.inner.value.val() + self.inner.result.val();
        self.inner.value.next = self.a.val();
        if self.pick.val() {
            self.inner.value.next = self.other.result.val();
        }
        self.other.value.next = self.a.val() ^ self.counter.q.val();
        // Own outputs and locals read their last assignment.
        self.local.next = self.a.val();
        self.out_value.next = self.local.val();
        self.local.next = self.local.val() + self.local.val();
        self.copied.next = self.out_value.val() - self.local.val();
        self.out_value.next = self.out_value.val() & self.local.val();
        self.counter.d.next = self.counter.q.val() + 1;
        if self.pick.val() {
            self.counter.d.next = self.counter.q.val() + 2;
        }
        self.count.next = self.counter.q.val();
    }
}

clocked!(Orders);

#[test]
pub(crate) fn values_settle() {
    run(Orders::default(), 1000, 8, |dice, block| present!(dice, block: a, pick));
}
