//! Memories that are read within the cycle.

use crate::common::{Dice, Stimulus, clocked, flattened, present, run};
use hdl::DistributedRam;
use rust_hdl::prelude::*;

/// A word of several fields.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Entry {
    page: Bits<44>,
    leaf: Bits<7>,
    used: Bit,
}

impl Stimulus for Entry {
    fn stimulus(dice: &mut Dice) -> Self {
        Self { page: dice.any(), leaf: dice.any(), used: dice.any() }
    }
}

/// Memories of several shapes side by side: structures, wide words, single bits, an array; one
/// addressed by what another one holds, and one written with what it holds.
#[derive(LogicBlock, Default)]
struct Words {
    clock: Signal<In, Clock>,
    read: Signal<In, Bits<4>>,
    write: Signal<In, Bits<4>>,
    entry: Signal<In, Entry>,
    wide: Signal<In, Bits<70>>,
    enable: Signal<In, Bit>,
    step: Signal<In, Bits<6>>,
    found: Signal<Out, Bits<44>>,
    leaf: Signal<Out, Bits<7>>,
    long: Signal<Out, Bits<70>>,
    bit: Signal<Out, Bit>,
    both: Signal<Out, Bits<6>>,
    count: Signal<Out, Bits<6>>,
    held: Signal<Out, Bits<7>>,
    entries: DistributedRam<Entry, 4>,
    longs: DistributedRam<Bits<70>, 4>,
    bits_of: DistributedRam<Bit, 2>,
    pair: [DistributedRam<Bits<6>, 2>; 2],
    counts: DistributedRam<Bits<6>, 6>,
    last: DFF<Bits<7>>,
}

impl Logic for Words {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, last);
        self.entries.clock.next = self.clock.val();
        self.entries.read_address.next = self.read.val();
        self.entries.write_address.next = self.write.val();
        self.entries.write_data.next = self.entry.val();
        self.entries.write_enable.next = self.enable.val();
        self.found.next = self.entries.read_data.val().page;
        self.leaf.next = self.entries.read_data.val().leaf;

        // Only what is marked as used is remembered.
        if self.entries.read_data.val().used {
            self.last.d.next = self.entries.read_data.val().leaf;
        }
        self.held.next = self.last.q.val();

        self.longs.clock.next = self.clock.val();
        self.longs.read_address.next = self.read.val();
        self.longs.write_address.next = self.write.val();
        self.longs.write_data.next = self.wide.val();
        self.longs.write_enable.next = self.enable.val();
        self.long.next = self.longs.read_data.val();

        self.bits_of.clock.next = self.clock.val();
        self.bits_of.read_address.next = self.read.val().get_bits::<2>(2);
        self.bits_of.write_address.next = self.write.val().get_bits::<2>(0);
        self.bits_of.write_data.next = self.enable.val();
        self.bits_of.write_enable.next = self.wide.val().get_bit(0);
        self.bit.next = self.bits_of.read_data.val();

        // The second is addressed by what the first holds.
        for i in 0..2 {
            self.pair[i].clock.next = self.clock.val();
            self.pair[i].read_address.next = self.read.val().get_bits::<2>(0);
            self.pair[i].write_address.next = self.write.val().get_bits::<2>(0);
            self.pair[i].write_data.next = self.step.val();
            self.pair[i].write_enable.next = self.write.val().get_bit(i + 2);
        }
        self.pair[1].read_address.next = self.pair[0].read_data.val().get_bits::<2>(0);
        self.both.next = self.pair[1].read_data.val();

        // A counter for each address.
        self.counts.clock.next = self.clock.val();
        self.counts.read_address.next = self.step.val();
        self.counts.write_address.next = self.step.val();
        self.counts.write_data.next = self.counts.read_data.val() + bits::<6>(1);
        self.counts.write_enable.next = self.enable.val();
        self.count.next = self.counts.read_data.val();
    }
}

clocked!(Words);

/// Often the address that is written, often only one of them changes.
fn stimulus(dice: &mut Dice, block: &mut Words) {
    match dice.roll(4) {
        0 => present!(dice, block: read, write, entry, wide, enable, step),
        1 => present!(dice, block: read, enable),
        2 => present!(dice, block: wide, entry, step),
        _ => {}
    }
    if dice.roll(3) == 0 {
        block.read.next = block.write.next;
    }
}

#[test]
pub(crate) fn words_are_read_within_the_cycle() {
    let moved = run(Words::default(), 3000, 21, stimulus);
    assert!(moved > 90, "only {moved} % of the nets ever changed");
}

/// In the cycle of the write the old word is read, in the next one the new word.
#[test]
fn a_write_takes_effect_at_the_edge() {
    let netlist = flattened(&Words::default());
    let mut slow = netlist::Interpreter::new(&netlist);
    let mut fast = netlist::Compiled::new(&netlist).expect("it compiles");
    let input = |name| netlist.input_named(name).expect("an input");
    let found = netlist.net_named("long").expect("a net");
    for (name, number) in [("read", 3), ("write", 3), ("wide", 0xabc), ("enable", 1)] {
        let width = netlist.inputs[input(name).0 as usize].width;
        slow.set(input(name), &netlist::ir::Value::new(width, number));
        fast.set(input(name), &netlist::ir::Value::new(width, number));
    }
    slow.settle();
    fast.settle();
    assert_eq!((slow.get(found).to_u64(), fast.get(found).to_u64()), (Some(0), Some(0)));
    slow.step();
    fast.step();
    fast.settle();
    let new = Some(0xabc);
    assert_eq!((slow.get(found).to_u64(), fast.get(found).to_u64()), (new, new));
    let longs = netlist.memories.iter().position(|memory| memory.path == "longs").expect("longs");
    let id = netlist::ir::MemoryId(longs as u32);
    assert_eq!((slow.word(id, 3).to_u64(), fast.word(id, 3).to_u64()), (new, new));
    fast.reset();
    assert_eq!(fast.word(id, 3).to_u64(), Some(0));
    assert_eq!(fast.get(found).to_u64(), Some(0));
}

/// A block that has run passes on what it holds.
#[test]
fn contents_are_taken_over() {
    let mut block = Words::default();
    block.connect_all();
    block.write.next = 5_u64.into();
    block.wide.next = 0x1234_u64.into();
    block.enable.next = true;
    for high in [false, true] {
        block.clock.next = Clock::from(high);
        crate::common::settle(&mut block);
    }
    let netlist = flattened(&block);
    let longs = netlist.memories.iter().find(|memory| memory.path == "longs").expect("longs");
    assert_eq!(longs.init[&5].to_u64(), Some(0x1234));
    assert_eq!(longs.init.len(), 1);
    assert!(longs.read.is_none());
}
