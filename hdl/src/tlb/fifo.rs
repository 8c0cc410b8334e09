//! First in, first out.

use rust_hdl::prelude::*;

/// A pointer that moves down by one line, and wraps around, for each entry displaced: the oldest
/// goes, as long as no fence has emptied lines.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `displaced` | in | 1 | the choice is overwritten in this cycle |
/// | `choice` | out | IDX | the line to displace |
///
/// Timing: `choice` is registered. Reset: the last line.
///
/// Invariants: hits have no influence; neither have refills of empty lines.
#[derive(LogicBlock)]
pub struct Fifo<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The choice is overwritten.
    pub displaced: Signal<In, Bit>,
    /// The line to displace.
    pub choice: Signal<Out, Bits<IDX>>,
    oldest: DFF<Bits<IDX>>,
    one: Constant<Bits<IDX>>,
    top: Constant<Bits<IDX>>,
}

impl<const IDX: usize> Fifo<IDX> {
    /// For so many lines.
    pub fn new(lines: usize) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            displaced: Default::default(),
            choice: Default::default(),
            oldest: Default::default(),
            one: Constant::new(1.into()),
            top: Constant::new((lines as u64 - 1).into()),
        }
    }
}

impl<const IDX: usize> Logic for Fifo<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, oldest);
        self.choice.next = self.oldest.q.val();
        if self.displaced.val() {
            self.oldest.d.next = self.oldest.q.val() - self.one.val();
            if !self.oldest.q.val().any() {
                self.oldest.d.next = self.top.val();
            }
        }
        if self.reset.val() {
            self.oldest.d.next = self.top.val();
        }
    }
}
