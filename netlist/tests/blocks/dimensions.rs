//! Arrays of several dimensions, arrays of interfaces, loops in loops, vectors.

use crate::common::{elaborated, flattened, run, unclocked};
use rust_hdl::prelude::*;

/// Value and strobe.
#[derive(Clone, Debug, Default, LogicInterface)]
struct Lane {
    value: Signal<In, Bits<5>>,
    strobe: Signal<In, Bit>,
}

/// Adds on request.
#[derive(LogicBlock, Default)]
struct Cell {
    lane: Lane,
    bias: Signal<In, Bits<5>>,
    sum: Signal<Out, Bits<5>>,
}

impl Logic for Cell {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.bias.val();
        if self.lane.strobe.val() {
            self.sum.next = self.lane.value.val() + self.bias.val();
        }
    }
}

/// Three by two cells, and a vector of them.
#[derive(LogicBlock)]
struct Grid {
    lanes: [Lane; 3],
    sums: [[Signal<Out, Bits<5>>; 2]; 3],
    folded: Signal<Out, Bits<5>>,
    cells: [[Cell; 2]; 3],
    more: Vec<Cell>,
    part: [[Signal<Local, Bits<5>>; 2]; 3],
}

impl Default for Grid {
    fn default() -> Self {
        Self {
            lanes: Default::default(),
            sums: Default::default(),
            folded: Default::default(),
            cells: Default::default(),
            more: (0..3).map(|_| Cell::default()).collect(),
            part: Default::default(),
        }
    }
}

impl Logic for Grid {
    #[hdl_gen]
    fn update(&mut self) {
        self.folded.next = bits::<5>(1);
        for i in 0..3 {
            self.more[i].lane.value.next = self.lanes[2 - i].value.val();
            self.more[i].lane.strobe.next = self.lanes[i].strobe.val();
            self.more[i].bias.next = bits::<5>(7);
            for j in 0..2 {
                self.cells[i][j].lane.value.next = self.lanes[i].value.val();
                self.cells[i][j].lane.strobe.next = self.lanes[i].strobe.val() && (j == 1);
                self.cells[i][j].bias.next = self.more[i].sum.val();
                self.part[i][j].next = self.cells[i][j].sum.val() ^ self.folded.val();
                self.sums[i][j].next = self.part[i][j].val();
                self.folded.next = self.part[i][j].val() + 3;
            }
        }
    }
}

unclocked!(Grid);

#[test]
pub(crate) fn grids_are_found_by_their_indices() {
    run(Grid::default(), 600, 14, |dice, block| {
        for lane in &mut block.lanes {
            lane.value.next = dice.any();
            lane.strobe.next = dice.any();
        }
    });
}

#[test]
fn dimensions_are_kept() {
    let design = elaborated(&Grid::default());
    let top = design.top_module();
    let dims = |name| top.signal(top.signal_named(name).expect("a signal")).dims.clone();
    assert_eq!((dims("sums"), dims("lanes.value")), (vec![3, 2], vec![3]));
    let netlist = flattened(&Grid::default());
    assert!(netlist.net_named("cells[2][1].lane.value").is_some());
}
