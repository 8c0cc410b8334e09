//! The seam between a hardware design and whoever turns its clock.

use super::Pin;
use sim::mmu::Signal;

/// A running design with one clock.
///
/// A cycle is: [`poke`](Simulator::poke) the inputs, [`settle`](Simulator::settle),
/// [`peek`](Simulator::peek) the outputs, [`step`](Simulator::step).
pub trait Simulator {
    /// Drives an input pin; the low bits of `value` count. Seen after the next `settle`.
    fn poke(&mut self, pin: Pin, value: u64);

    /// Reads a pin as it was last settled.
    fn peek(&self, pin: Pin) -> u64;

    /// The clock is low: combinational logic follows the inputs.
    fn settle(&mut self);

    /// The clock rises: registers take their inputs.
    fn step(&mut self);

    /// The design's signals, one for each net worth seeing, in a fixed order.
    fn signals(&self) -> Vec<Signal>;

    /// The signals' values as last settled, appended in the order of [`Simulator::signals`].
    fn visit(&self, values: &mut Vec<u128>);
}
