//! Random replacement.

use rust_hdl::prelude::*;

/// A linear-feedback shift register of 16 bits gives the line, and takes a step for each entry
/// displaced: x becomes x ^ x << 7, then x ^ x >> 9, then x ^ x << 8. It has all values but 0.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `displaced` | in | 1 | the choice is overwritten in this cycle |
/// | `choice` | out | IDX | the line to displace |
///
/// Timing: `choice` follows the register. Reset: the register holds 44257, so that runs are
/// repeatable.
///
/// Invariants: it stands still while nothing is displaced. Where the number of lines is no power of
/// two, the low ones are chosen twice as often.
#[derive(LogicBlock)]
pub struct Random<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The choice is overwritten.
    pub displaced: Signal<In, Bit>,
    /// The line to displace.
    pub choice: Signal<Out, Bits<IDX>>,
    state: DFF<Bits<16>>,
    left: Signal<Local, Bits<16>>,
    right: Signal<Local, Bits<16>>,
    draw: Signal<Local, Bits<16>>,
    mask: Constant<Bits<16>>,
    lines: Constant<Bits<16>>,
    first: Constant<Bits<16>>,
}

impl<const IDX: usize> Random<IDX> {
    /// For so many lines.
    pub fn new(lines: usize) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            displaced: Default::default(),
            choice: Default::default(),
            state: Default::default(),
            left: Default::default(),
            right: Default::default(),
            draw: Default::default(),
            mask: Constant::new((lines.next_power_of_two() as u64 - 1).into()),
            lines: Constant::new((lines as u64).into()),
            first: Constant::new(bits::<16>(44257)),
        }
    }
}

impl<const IDX: usize> Logic for Random<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state);
        self.draw.next = self.state.q.val() & self.mask.val();
        if self.draw.val() >= self.lines.val() {
            self.draw.next = self.draw.val() - self.lines.val();
        }
        self.choice.next = bit_cast::<IDX, 16>(self.draw.val());
        self.left.next = self.state.q.val() ^ (self.state.q.val() << bits::<16>(7));
        self.right.next = self.left.val() ^ (self.left.val() >> bits::<16>(9));
        if self.displaced.val() {
            self.state.d.next = self.right.val() ^ (self.right.val() << bits::<16>(8));
        }
        if self.reset.val() {
            self.state.d.next = self.first.val();
        }
    }
}
