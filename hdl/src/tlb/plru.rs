//! Pseudo-LRU: a binary tree of bits, each of which points to the half that was used less recently.

use rust_hdl::prelude::*;

/// A tree over the lines, whose number is a power of two. Each use of a line turns the nodes above
/// it away from it; the choice is the line to which all nodes on its path point.
///
/// A line is used by a hit that answers and by a refill. A fence does not change the tree.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `touched`, `line` | in | 1, IDX | this line is used in this cycle |
/// | `choice` | out | IDX | the line at the end of the pointers |
///
/// Timing: `choice` follows a use in the next cycle. Reset: all nodes point to the lower half, so
/// line 0 is the choice.
///
/// Invariants: the line used last is never the choice. One flip-flop less than there are lines.
#[derive(LogicBlock)]
pub struct PseudoLru<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A line is used.
    pub touched: Signal<In, Bit>,
    /// The line.
    pub line: Signal<In, Bits<IDX>>,
    /// The line to displace.
    pub choice: Signal<Out, Bits<IDX>>,
    way: Signal<Local, Bits<IDX>>,
    /// Node 0 is the root; below node n are 2n + 1 (the lower half) and 2n + 2.
    upper: Vec<DFF<Bit>>,
    /// The bits of a line's number that lead to the node, and their value there.
    path: Vec<Constant<Bits<IDX>>>,
    at: Vec<Constant<Bits<IDX>>>,
    /// The bit that the node decides.
    node_bit: Vec<Constant<Bits<IDX>>>,
}

impl<const IDX: usize> PseudoLru<IDX> {
    /// For so many lines, a power of two.
    pub fn new(lines: usize) -> Self {
        assert!(lines.is_power_of_two(), "a tree has a power of two of lines, not {lines}");
        let lines = lines as u64;
        // A level has `width` nodes, the first of which is the node `width - 1`.
        let place = |node: u64| {
            let width = 1 << (node + 1).ilog2();
            let half = lines / (2 * width);
            (half, (node + 1 - width) * 2 * half)
        };
        let of = |part: &dyn Fn(u64, u64) -> u64| {
            let nodes = (0..lines - 1).map(place);
            nodes.map(|(half, first)| Constant::new(part(half, first).into())).collect()
        };
        Self {
            clock: Default::default(),
            reset: Default::default(),
            touched: Default::default(),
            line: Default::default(),
            choice: Default::default(),
            way: Default::default(),
            upper: (0..lines - 1).map(|_| Default::default()).collect(),
            path: of(&|half, _| (lines - 1) & !(2 * half - 1)),
            at: of(&|_, first| first),
            node_bit: of(&|half, _| half),
        }
    }
}

impl<const IDX: usize> Logic for PseudoLru<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        self.way.next = bits::<IDX>(0);
        for i in 0..self.upper.len() {
            self.upper[i].clock.next = self.clock.val();
            self.upper[i].d.next = self.upper[i].q.val();
            if self.touched.val() && ((self.line.val() & self.path[i].val()) == self.at[i].val()) {
                self.upper[i].d.next = !(self.line.val() & self.node_bit[i].val()).any();
            }
            if self.reset.val() {
                self.upper[i].d.next = false;
            }
            // From the root down: the choice so far leads to this node.
            if self.upper[i].q.val() && ((self.way.val() & self.path[i].val()) == self.at[i].val())
            {
                self.way.next = self.way.val() | self.node_bit[i].val();
            }
        }
        self.choice.next = self.way.val();
    }
}
