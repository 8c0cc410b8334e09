//! The seam between a hardware design and whoever turns its clock.

use super::{Direction, PINS, Pin};
use model::mmu::Signal;

/// The value of every pin, by `Pin as usize`.
pub type Pins = [u64; PINS.len()];

/// How many pins the world drives; they come first.
pub const INPUTS: usize = {
    let mut count = 0;
    let mut at = 0;
    while at < PINS.len() {
        if matches!(PINS[at].direction(), Direction::In) {
            assert!(count == at, "inputs come before outputs");
            count += 1;
        }
        at += 1;
    }
    count
};

/// The value of every output pin, in port order.
pub type Outs = [u64; PINS.len() - INPUTS];

/// The outputs among all pins.
pub(super) fn outs(pins: &Pins) -> &Outs {
    pins.last_chunk().expect("there are fewer outputs than pins")
}

/// Where an output stands in [`Outs`].
pub(super) const fn out(pin: Pin) -> usize {
    pin as usize - INPUTS
}

/// What was last seen of a design's signals.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Their values before the edge, in the order of [`Simulator::signals`]; empty before the
    /// first look.
    pub values: Vec<u128>,
    /// Which of them were something else at the look before, in ascending order.
    pub changed: Vec<u32>,
}

impl Seen {
    /// Takes new values and finds out which changed.
    pub(super) fn look(&mut self, visit: impl FnOnce(&mut Vec<u128>)) {
        let before = std::mem::take(&mut self.values);
        visit(&mut self.values);
        let differs = |at: &u32| before.get(*at as usize) != self.values.get(*at as usize);
        self.changed.clear();
        self.changed.extend((0..self.values.len() as u32).filter(differs));
    }
}

/// A running design with one clock.
///
/// A cycle is: [`poke`](Simulator::poke) the inputs, then either [`cycle`](Simulator::cycle), or
/// [`settle`](Simulator::settle), [`peek`](Simulator::peek) the outputs,
/// [`step`](Simulator::step). Both give the same values; the first may be much faster. Nothing is
/// poked between `settle` and `step`.
pub trait Simulator {
    /// Drives an input pin; the low bits of `value` count. Seen after the next `settle`.
    fn poke(&mut self, pin: Pin, value: u64);

    /// Reads a pin as it was last settled.
    fn peek(&self, pin: Pin) -> u64;

    /// The clock is low: combinational logic follows the inputs.
    fn settle(&mut self);

    /// The clock rises: registers take their inputs.
    fn step(&mut self);

    /// A whole cycle: settles, stores the outputs in `pins`, and lets the clock rise.
    fn cycle(&mut self, pins: &mut Pins) {
        self.settle();
        for &pin in PINS.iter().filter(|pin| pin.direction() == Direction::Out) {
            pins[pin as usize] = self.peek(pin);
        }
        self.step();
    }

    /// Goes back to the state of power-up, with all inputs 0. False where the engine cannot.
    fn power_up(&mut self) -> bool {
        false
    }

    /// As [`Simulator::cycle`]; the outputs are not copied where the engine has them side by side.
    fn advance<'a>(&'a mut self, pins: &'a mut Pins) -> &'a Outs {
        self.cycle(pins);
        outs(pins)
    }

    /// Whether the last edge changed nothing and no input was poked to another value since: the
    /// next cycle is the same as the last one, and so are all further ones until an input
    /// changes. `false` where the engine cannot tell.
    fn is_quiescent(&self) -> bool {
        false
    }

    /// The design's signals, one for each net worth seeing, in a fixed order.
    fn signals(&self) -> Vec<Signal>;

    /// Whether signals will be looked at in coming cycles: engines may prepare for it.
    fn watch(&mut self, on: bool) {
        let _ = on;
    }

    /// As [`Simulator::cycle`], and looks at the signals as they are before the edge. `seen` is
    /// the same from call to call, or empty.
    fn cycle_seen(&mut self, pins: &mut Pins, seen: &mut Seen) {
        self.settle();
        seen.look(|values| self.visit(values));
        self.cycle(pins);
    }

    /// The signals' values as last settled, appended in the order of [`Simulator::signals`].
    fn visit(&self, values: &mut Vec<u128>);
}
