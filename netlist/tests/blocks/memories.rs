//! Memories and tables.

use crate::common::{clocked, flattened, present, run};
use rust_hdl::prelude::*;

/// A RAM, a synchronous ROM, a table, and tables that address each other.
#[derive(LogicBlock)]
struct Memories {
    clock: Signal<In, Clock>,
    read: Signal<In, Bits<4>>,
    write: Signal<In, Bits<4>>,
    data: Signal<In, Bits<70>>,
    enable: Signal<In, Bit>,
    found: Signal<Out, Bits<70>>,
    squares: Signal<Out, Bits<8>>,
    primes: Signal<Out, Bits<5>>,
    ram: RAM<Bits<70>, 4>,
    rom: SyncROM<Bits<8>, 4>,
    table: ROM<Bits<5>, 4>,
    chain: [ROM<Bits<4>, 4>; 2],
    chained: Signal<Out, Bits<4>>,
}

impl Default for Memories {
    fn default() -> Self {
        let words = [1_u64, 0, 0xb, 0xbb].into_iter().map(Bits::<70>::from);
        let squares = (0..16_u64).map(|i| Bits::<8>::from(i * i));
        let primes = [2_u64, 3, 5, 7, 11, 13, 17, 19, 23].into_iter().map(Bits::<5>::from);
        Self {
            clock: Default::default(),
            read: Default::default(),
            write: Default::default(),
            data: Default::default(),
            enable: Default::default(),
            found: Default::default(),
            squares: Default::default(),
            primes: Default::default(),
            ram: words.into(),
            rom: squares.into(),
            table: primes.into(),
            chain: [3, 5].map(|by| (0..16_u64).map(|i| Bits::<4>::from(i * by % 16)).into()),
            chained: Default::default(),
        }
    }
}

impl Logic for Memories {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.read_clock.next = self.clock.val();
        self.ram.write_clock.next = self.clock.val();
        self.ram.read_address.next = self.read.val();
        self.ram.write_address.next = self.write.val();
        self.ram.write_data.next = self.data.val();
        self.ram.write_enable.next = self.enable.val();
        self.rom.clock.next = self.clock.val();
        self.rom.address.next = self.read.val();
        self.table.address.next = self.read.val();
        self.chain[0].address.next = self.read.val();
        self.chain[1].address.next = self.chain[0].data.val();
        self.chained.next = self.chain[1].data.val();
        self.found.next = self.ram.read_data.val();
        self.squares.next = self.rom.data.val();
        self.primes.next = self.table.data.val();
    }
}

clocked!(Memories);

#[test]
pub(crate) fn words_are_read_as_they_were_before_the_edge() {
    run(Memories::default(), 1500, 12, |dice, block| {
        present!(dice, block: read, write, data, enable);
        if dice.roll(3) == 0 {
            block.write.next = block.read.next;
        }
    });
}

#[test]
fn contents_are_taken_over() {
    let netlist = flattened(&Memories::default());
    assert_eq!(netlist.memories.len(), 2);
    assert_eq!(netlist.memories[0].init[&2].to_u64(), Some(0xb));
    assert_eq!(netlist.memories[0].init[&3].to_u64(), Some(0xbb));
    assert!(netlist.memories[1].write.is_none());
}
