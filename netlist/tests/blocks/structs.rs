//! Packed structures: fields read and written, whole values, constants, nesting.

use crate::common::{Dice, Stimulus, clocked, present, run};
use rust_hdl::prelude::*;

/// A structure wider than a machine word.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Entry {
    valid: Bit,
    tag: Bits<27>,
    data: Bits<60>,
    level: Bits<2>,
}

impl Stimulus for Entry {
    fn stimulus(dice: &mut Dice) -> Self {
        Self { valid: dice.any(), tag: dice.any(), data: dice.any(), level: dice.any() }
    }
}

/// A structure in a structure.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Pair {
    low: Entry,
    marked: Bit,
    high: Entry,
}

/// Fields one by one, all at once, and in registers.
#[derive(LogicBlock)]
struct Fields {
    clock: Signal<In, Clock>,
    entry: Signal<In, Entry>,
    tag: Signal<In, Bits<27>>,
    write: Signal<In, Bit>,
    clear: Signal<In, Bit>,
    hit: Signal<Out, Bit>,
    seen: Signal<Out, Entry>,
    built: Signal<Out, Entry>,
    level: Signal<Out, Bits<2>>,
    same: Signal<Out, Bit>,
    inner: Signal<Out, Bits<27>>,
    held: DFF<Entry>,
    pair: Signal<Local, Pair>,
    none: Constant<Entry>,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            entry: Default::default(),
            tag: Default::default(),
            write: Default::default(),
            clear: Default::default(),
            hit: Default::default(),
            seen: Default::default(),
            built: Default::default(),
            level: Default::default(),
            same: Default::default(),
            inner: Default::default(),
            held: Default::default(),
            pair: Default::default(),
            none: Constant::new(Entry { level: 3.into(), ..Entry::default() }),
        }
    }
}

impl Logic for Fields {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.hit.next = self.held.q.val().valid && (self.held.q.val().tag == self.tag.val());
        self.seen.next = self.none.val();
        if self.held.q.val().valid {
            self.seen.next = self.held.q.val();
            self.seen.next.level = self.entry.val().level;
        }
        self.built.next.valid = self.write.val();
        self.built.next.tag = self.entry.val().tag + 1;
        self.built.next.data = self.held.q.val().data;
        self.built.next.level = bits::<2>(2);
        self.level.next = self.built.val().level | self.entry.val().level;
        self.same.next = self.entry.val() == self.held.q.val();
        self.pair.next.low = self.entry.val();
        self.pair.next.high = self.held.q.val();
        self.pair.next.marked = self.clear.val();
        self.pair.next.low.level = bits::<2>(0);
        self.inner.next = self.pair.val().low.tag ^ self.pair.val().high.tag;
        if self.write.val() {
            self.held.d.next = self.entry.val();
        }
        if self.clear.val() && (self.entry.val().level == 1) {
            self.held.d.next.valid = false;
        }
    }
}

clocked!(Fields);

#[test]
pub(crate) fn fields_are_bits_of_the_whole() {
    run(Fields::default(), 1500, 5, |dice, block| {
        present!(dice, block: entry, tag, write, clear);
        if dice.roll(3) == 0 {
            block.tag.next = block.held.q.val().tag;
        }
        if dice.roll(8) == 0 {
            block.entry.next = block.held.q.val();
        }
    });
}
