//! Arrays of children, registers, signals and constants; loops and index arithmetic.

use crate::common::{clocked, elaborated, flattened, present, run};
use rust_hdl::prelude::*;

const ROWS: usize = 6;

/// A row that compares and can be written.
#[derive(LogicBlock, Default)]
struct Row {
    clock: Signal<In, Clock>,
    key: Signal<In, Bits<8>>,
    write: Signal<In, Bit>,
    hit: Signal<Out, Bit>,
    held: DFF<Bits<8>>,
    tap: [Signal<Out, Bit>; 2],
}

impl Logic for Row {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.hit.next = self.held.q.val() == self.key.val();
        if self.write.val() {
            self.held.d.next = self.key.val();
        }
        for k in 0..2 {
            self.tap[k].next = self.held.q.val().get_bit(k);
        }
    }
}

/// Rows in a loop, a shift chain, arrays of every kind.
#[derive(LogicBlock)]
struct Rows {
    clock: Signal<In, Clock>,
    key: Signal<In, Bits<8>>,
    write: Signal<In, Bit>,
    victim: Signal<In, Bits<4>>,
    lanes: [Signal<In, Bits<5>>; 4],
    any: Signal<Out, Bit>,
    first: Signal<Out, Bits<3>>,
    last: Signal<Out, Bits<8>>,
    sums: [Signal<Out, Bits<5>>; 4],
    taps: Signal<Out, Bits<12>>,
    rows: [Row; ROWS],
    chain: [DFF<Bits<8>>; 5],
    weights: [Constant<Bits<5>>; 4],
    partial: [Signal<Local, Bits<5>>; 4],
    collected: Signal<Local, Bits<12>>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            key: Default::default(),
            write: Default::default(),
            victim: Default::default(),
            lanes: Default::default(),
            any: Default::default(),
            first: Default::default(),
            last: Default::default(),
            sums: Default::default(),
            taps: Default::default(),
            rows: Default::default(),
            chain: Default::default(),
            weights: array_init::array_init(|i| Constant::new(bits::<5>(3 * i as u64 + 1))),
            partial: Default::default(),
            collected: Default::default(),
        }
    }
}

impl Logic for Rows {
    #[hdl_gen]
    fn update(&mut self) {
        self.any.next = false;
        self.first.next = bits::<3>(7);
        self.collected.next = bits::<12>(0);
        for i in 0..ROWS {
            self.rows[i].clock.next = self.clock.val();
            self.rows[i].key.next = self.key.val();
            self.rows[i].write.next = self.write.val() && (self.victim.val().index() == i);
            if self.rows[i].hit.val() {
                self.any.next = true;
                self.first.next = i.to_bits();
            }
            for k in 0..2 {
                self.collected.next =
                    self.collected.val().replace_bit(2 * i + k, self.rows[i].tap[k].val());
            }
        }
        self.taps.next = self.collected.val();
        for i in 0..5 {
            self.chain[i].clock.next = self.clock.val();
            self.chain[i].d.next = self.key.val();
            if i > 0 {
                self.chain[i].d.next = self.chain[i - 1].q.val();
            }
        }
        self.last.next = self.chain[4].q.val();
        for i in 0..4 {
            self.partial[i].next = self.lanes[i].val() + self.weights[i].val();
        }
        for i in 0..4 {
            self.sums[i].next = self.partial[3 - i].val();
            if i == 2 {
                self.sums[i].next = self.partial[i + 1].val() ^ self.lanes[0].val();
            }
        }
    }
}

clocked!(Rows);

#[test]
pub(crate) fn rows_and_chains() {
    run(Rows::default(), 1500, 7, |dice, block| {
        present!(dice, block: write, victim);
        block.key.next = dice.roll(7).into();
        for lane in &mut block.lanes {
            lane.next = dice.any();
        }
    });
}

#[test]
fn equal_rows_share_one_module() {
    let design = elaborated(&Rows::default());
    let rows = design.top_module().instances.iter().find(|child| child.name == "rows");
    let rows = rows.expect("the array is kept");
    assert_eq!(rows.dims, [ROWS as u32]);
    assert!(rows.uniform().is_some());
    // Row, its register, and the top; the chain's registers are equal to the row's.
    assert_eq!(design.modules.len(), 3);
    let netlist = flattened(&Rows::default());
    let arrays: Vec<&str> = netlist.arrays.iter().map(|array| array.path.as_str()).collect();
    assert_eq!(arrays, ["rows", "chain"]);
}
