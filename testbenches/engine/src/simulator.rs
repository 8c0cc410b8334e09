//! The interface between a hardware design and its simulation.

use super::{Direction, Pin, PinSet};
use model::mmu::Signal;
use netlist::ir::{InputId, NetId};
use netlist::{Compiled, Netlist};

/// The value of every pin, by its number.
pub type Pins<P = Pin> = <P as PinSet>::PerPin<u64>;

/// The number of inputs of the tops; they come first.
pub const INPUTS: usize = Pin::INPUTS;

/// The value of every output pin, in port order.
pub type Outs<P = Pin> = <P as PinSet>::Outs;

/// Machine code, and the places of pins in its netlist.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// The engine that runs it.
    pub engine: &'a Compiled,
    /// Its netlist.
    pub netlist: &'a Netlist,
    /// For each pin in port order: its input, if it is one.
    pub inputs: &'a [Option<InputId>],
    /// For each pin in port order: its output, if it is one.
    pub outputs: &'a [Option<NetId>],
}

/// The last observed values of a design's signals.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The values before the edge, in the order of [`Simulator::signals`]; empty before the first
    /// call.
    pub values: Vec<u128>,
    /// Those that differ from the call before, in ascending order.
    pub changed: Vec<u32>,
}

impl Seen {
    /// Takes new values and determines which changed.
    pub(super) fn look(&mut self, visit: impl FnOnce(&mut Vec<u128>)) {
        let before = std::mem::take(&mut self.values);
        visit(&mut self.values);
        let differs = |at: &u32| before.get(*at as usize) != self.values.get(*at as usize);
        self.changed.clear();
        self.changed.extend((0..self.values.len() as u32).filter(differs));
    }
}

/// A running design with one clock, and pins `P`.
///
/// A cycle is: [`poke`](Simulator::poke) the inputs, then either [`cycle`](Simulator::cycle), or
/// [`settle`](Simulator::settle), [`peek`](Simulator::peek) the outputs, [`step`](Simulator::step).
/// Both give the same values; the first may be much faster. Do not poke between `settle` and
/// `step`.
pub trait Simulator<P: PinSet = Pin> {
    /// Drives an input pin with the low bits of `value`. Takes effect at the next `settle`.
    fn poke(&mut self, pin: P, value: u64);

    /// Reads a pin's value as of the last settling.
    fn peek(&self, pin: P) -> u64;

    /// While the clock is low: combinational logic follows the inputs.
    fn settle(&mut self);

    /// The clock rises: registers take their inputs.
    fn step(&mut self);

    /// A whole cycle: settles, stores the outputs in `pins`, and lets the clock rise.
    fn cycle(&mut self, pins: &mut Pins<P>) {
        self.settle();
        for &pin in P::ALL.iter().filter(|pin| pin.direction() == Direction::Out) {
            pins.as_mut()[pin.number()] = self.peek(pin);
        }
        self.step();
    }

    /// Restores the state at power-up, with all inputs 0. False if the engine cannot.
    fn power_up(&mut self) -> bool {
        false
    }

    /// Inputs, registers and memories between two cycles; `None` if the engine cannot tell.
    fn state(&self) -> Option<Vec<u64>> {
        None
    }

    /// Continues from the state of a simulator of the same design. False, with nothing changed, if it
    /// is of another, or the engine cannot.
    fn restore(&mut self, state: &[u64]) -> bool {
        let _ = state;
        false
    }

    /// The machine code that runs, if it does; it keeps no signals for watchers.
    fn code(&self) -> Option<Code<'_>> {
        None
    }

    /// As [`Simulator::cycle`]; the outputs are not copied if the engine has them in one place.
    fn advance<'a>(&'a mut self, pins: &'a mut Pins<P>) -> &'a Outs<P> {
        self.cycle(pins);
        let pins: &Pins<P> = pins;
        P::outs(&pins.as_ref()[P::INPUTS..])
    }

    /// The outputs of the last cycle; `pins` are those of [`Simulator::advance`].
    fn outs<'a>(&'a self, pins: &'a Pins<P>) -> &'a Outs<P> {
        P::outs(&pins.as_ref()[P::INPUTS..])
    }

    /// Whether the last edge changed nothing and no input has changed since: the next cycle is the
    /// same as the last one, and so are all further ones until an input changes. `false` if the
    /// engine cannot determine that.
    fn is_quiescent(&self) -> bool {
        false
    }

    /// The design's signals, one for each net worth showing, in a fixed order.
    fn signals(&self) -> Vec<Signal>;

    /// Whether signals will be read in coming cycles, so that engines can prepare for it.
    fn watch(&mut self, on: bool) {
        let _ = on;
    }

    /// As [`Simulator::cycle`], and reads the signals as they are before the edge. `seen` is the
    /// same from call to call, or empty.
    fn cycle_seen(&mut self, pins: &mut Pins<P>, seen: &mut Seen) {
        self.settle();
        seen.look(|values| self.visit(values));
        self.cycle(pins);
    }

    /// The signals' values as of the last settling, appended in the order of
    /// [`Simulator::signals`].
    fn visit(&self, values: &mut Vec<u128>);

    /// The same for some signals, by their places in [`Simulator::signals`]; it may be much faster.
    fn pick(&self, signals: &[usize]) -> Vec<u128> {
        let mut values = Vec::new();
        self.visit(&mut values);
        signals.iter().map(|&at| values[at]).collect()
    }
}
