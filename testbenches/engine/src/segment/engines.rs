//! The three ways to turn the unit's clock.

use model::mmu::Signal;
use netlist::compile::{CompileError, Compiled, InputSlot, OutputSlot};
use netlist::ir::{InputId, NetId, Value};
use netlist::{Interpreter, Netlist};
use rust_hdl::prelude::*;

use super::{PINS, Pin};
use crate::{Nets, PinBlock, Shown};

/// A running unit: inputs are poked, then it is settled, then outputs are peeked, then it steps.
pub trait Runs {
    /// Drives an input pin; seen after the next `settle`.
    fn poke(&mut self, pin: Pin, value: u64);

    /// The clock is low: combinational logic follows the inputs.
    fn settle(&mut self);

    /// Reads a pin as it was last settled.
    fn peek(&self, pin: Pin) -> u64;

    /// The clock rises: registers take their inputs.
    fn step(&mut self);

    /// Its own signals, for waves.
    fn signals(&self) -> &[Signal];

    /// Appends their settled values.
    fn sample(&self, values: &mut Vec<u128>);
}

/// More delta cycles than the unit is deep; reaching it means a combinational loop.
const DEEPEST: usize = 100;

/// rust-hdl's own update loop.
pub(super) struct RustHdl<B> {
    block: Box<B>,
    nets: Nets,
}

impl<B: PinBlock<Pin>> RustHdl<B> {
    /// # Panics
    /// If the block has an unconnected input or a logic loop: found by building it once.
    pub(super) fn new(mut block: Box<B>) -> Self {
        block.connect_all();
        if let Err(error) = check_all(&*block) {
            panic!("the design does not pass rust-hdl's checks: {error:?}");
        }
        let nets = Nets::of(&*block);
        let mut unit = Self { block, nets };
        unit.phase(false);
        unit
    }

    fn phase(&mut self, high: bool) {
        self.block.set_clock(high);
        let settled = simulate(&mut *self.block, DEEPEST);
        assert!(settled, "the design did not settle: it has a combinational loop");
    }
}

impl<B: PinBlock<Pin>> Runs for RustHdl<B> {
    fn poke(&mut self, pin: Pin, value: u64) {
        self.block.set(pin, value);
    }

    fn settle(&mut self) {
        self.phase(false);
    }

    fn peek(&self, pin: Pin) -> u64 {
        self.block.get(pin)
    }

    fn step(&mut self) {
        self.phase(true);
    }

    fn signals(&self) -> &[Signal] {
        self.nets.signals()
    }

    fn sample(&self, values: &mut Vec<u128>) {
        self.nets.sample(&*self.block, values);
    }
}

/// Where each pin stands in a netlist.
fn places(netlist: &Netlist) -> Vec<(Option<InputId>, Option<NetId>)> {
    let place = |pin: &Pin| (netlist.input_named(pin.name()), netlist.net_named(pin.name()));
    PINS.iter().map(place).collect()
}

/// The netlist, node by node.
pub(super) struct Interpreted {
    interpreter: Interpreter<'static>,
    places: Vec<(Option<InputId>, Option<NetId>)>,
    shown: Shown,
}

impl Interpreted {
    pub(super) fn new(netlist: Netlist, nets: &Nets) -> Self {
        let (places, shown) = (places(&netlist), Shown::new(&netlist, nets));
        // An interpreter borrows its netlist; there are few, and they live as long as the program.
        let netlist: &'static Netlist = Box::leak(Box::new(netlist));
        Self { interpreter: Interpreter::new(netlist), places, shown }
    }
}

impl Runs for Interpreted {
    fn poke(&mut self, pin: Pin, value: u64) {
        if let (Some(input), _) = self.places[pin as usize] {
            self.interpreter.set(input, &Value::new(64, value));
        }
    }

    fn settle(&mut self) {
        self.interpreter.settle();
    }

    fn peek(&self, pin: Pin) -> u64 {
        let (_, net) = self.places[pin as usize];
        net.map_or(0, |net| self.interpreter.get(net).saturated())
    }

    fn step(&mut self) {
        self.interpreter.step();
    }

    fn signals(&self) -> &[Signal] {
        self.shown.signals()
    }

    fn sample(&self, values: &mut Vec<u128>) {
        self.shown.sample(values, |net| self.interpreter.get(net).clone());
    }
}

/// The netlist as machine code.
pub(super) struct Native {
    engine: Compiled,
    slots: Vec<(Option<InputSlot>, Option<OutputSlot>)>,
    shown: Shown,
}

impl Native {
    /// # Errors
    /// [`CompileError`] when there is no machine code for this machine.
    pub(super) fn new(netlist: &Netlist, nets: &Nets) -> Result<Self, CompileError> {
        let engine = Compiled::new(netlist)?;
        let slot = |(input, net): (Option<InputId>, Option<NetId>)| {
            let input = input.and_then(|input| engine.input(input));
            (input, net.and_then(|net| engine.output(net)))
        };
        let slots = places(netlist).into_iter().map(slot).collect();
        Ok(Self { engine, slots, shown: Shown::new(netlist, nets) })
    }
}

impl Runs for Native {
    fn poke(&mut self, pin: Pin, value: u64) {
        if let (Some(slot), _) = self.slots[pin as usize] {
            self.engine.write(slot, value);
        }
    }

    fn settle(&mut self) {
        self.engine.settle();
    }

    fn peek(&self, pin: Pin) -> u64 {
        self.slots[pin as usize].1.map_or(0, |slot| self.engine.read(slot))
    }

    fn step(&mut self) {
        self.engine.step();
    }

    fn signals(&self) -> &[Signal] {
        self.shown.signals()
    }

    fn sample(&self, values: &mut Vec<u128>) {
        self.shown.sample(values, |net| self.engine.get(net));
    }
}
