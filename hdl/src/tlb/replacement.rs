//! The choice of the line for the next refill.

use rust_hdl::prelude::*;

/// Chooses the victim line: the highest empty one, else the one at a pointer that moves down by
/// one line, and wraps around, for each entry displaced.
///
/// From reset that is first in, first out: lines fill from the top down, where the pointer starts.
/// A fence does not move the pointer, so an entry that later fills a cleared line may be displaced
/// before older ones; after a fence of everything, displacement begins at the pointer, not at the
/// top.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `valid[i]` | in | 1 | line i holds an entry |
/// | `refill` | in | 1 | the victim is written in this cycle |
/// | `victim` | out | IDX | the line to write; registered |
///
/// Timing: `victim` follows `valid` one cycle later, which keeps the choice off the lookup path.
/// Reset: the victim and the oldest line are the last one.
///
/// Invariants: `victim` does not depend on which lines hit. Refills of one TLB are at least two
/// cycles apart, so the registered choice is never stale enough to overwrite the newest entry.
#[derive(LogicBlock)]
pub struct Replacement<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Line i holds an entry.
    pub valid: Vec<Signal<In, Bit>>,
    /// The victim is written.
    pub refill: Signal<In, Bit>,
    /// The line to write.
    pub victim: Signal<Out, Bits<IDX>>,
    chosen: DFF<Bits<IDX>>,
    oldest: DFF<Bits<IDX>>,
    some_empty: Signal<Local, Bit>,
    line: Vec<Constant<Bits<IDX>>>,
    one: Constant<Bits<IDX>>,
    top: Constant<Bits<IDX>>,
}

impl<const IDX: usize> Default for Replacement<IDX> {
    fn default() -> Self {
        Self::new(1 << IDX)
    }
}

impl<const IDX: usize> Replacement<IDX> {
    /// For so many lines.
    pub fn new(lines: usize) -> Self {
        assert!((2..=1 << IDX).contains(&lines), "there are 2 to {} lines", 1 << IDX);
        Self {
            clock: Default::default(),
            reset: Default::default(),
            valid: (0..lines).map(|_| Default::default()).collect(),
            refill: Default::default(),
            victim: Default::default(),
            chosen: Default::default(),
            oldest: Default::default(),
            some_empty: Default::default(),
            line: (0..lines as u64).map(|line| Constant::new(line.into())).collect(),
            one: Constant::new(1.into()),
            top: Constant::new((lines as u64 - 1).into()),
        }
    }
}

impl<const IDX: usize> Logic for Replacement<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, chosen, oldest);
        self.victim.next = self.chosen.q.val();
        self.some_empty.next = false;
        self.chosen.d.next = self.oldest.q.val();
        for i in 0..self.valid.len() {
            if !self.valid[i].val() {
                self.some_empty.next = true;
                self.chosen.d.next = self.line[i].val();
            }
        }
        // The FIFO order advances when an entry is displaced, not when an empty line is filled.
        if self.refill.val() && !self.some_empty.val() {
            self.oldest.d.next = self.oldest.q.val() - self.one.val();
            if !self.oldest.q.val().any() {
                self.oldest.d.next = self.top.val();
            }
        }
        if self.reset.val() {
            self.chosen.d.next = self.top.val();
            self.oldest.d.next = self.top.val();
        }
    }
}
