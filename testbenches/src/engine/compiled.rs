//! The netlist as machine code.

use super::plan::Plan;
use super::signals::Nets;
use super::simulator::Pins;
use super::{PINS, Pin, Simulator};
use netlist::Netlist;
use netlist::compile::{CompileError, Compiled, InputSlot, OutputSlot};
use sim::mmu::Signal;

/// A top simulated by compiled code.
///
/// Behind [`Simulator`] like every engine; known by its type, it is driven without indirection:
/// [`poke`](Simulator::poke) the inputs that change, [`advance`](Native::advance), and
/// [`peek`](Simulator::peek) the outputs that matter.
pub struct Native {
    engine: Compiled,
    plan: Plan,
    inputs: [Option<InputSlot>; PINS.len()],
    outputs: [Option<OutputSlot>; PINS.len()],
    /// The outputs again, without gaps.
    driven: Vec<(Pin, OutputSlot)>,
}

impl Native {
    /// Compiles a netlist; `nets` is made of the same block.
    ///
    /// # Errors
    /// [`CompileError`] when there is no machine code for this machine.
    pub(super) fn new(netlist: &Netlist, nets: &Nets) -> Result<Self, CompileError> {
        let plan = Plan::new(netlist, nets);
        let engine = Compiled::new(netlist)?;
        let mut inputs = [None; PINS.len()];
        let mut outputs = [None; PINS.len()];
        for &pin in PINS {
            inputs[pin as usize] = plan.inputs[pin as usize].and_then(|input| engine.input(input));
            outputs[pin as usize] = plan.outputs[pin as usize].and_then(|net| engine.output(net));
        }
        let slot = |&pin: &Pin| outputs[pin as usize].map(|slot| (pin, slot));
        let driven = PINS.iter().filter_map(slot).collect();
        Ok(Self { engine, plan, inputs, outputs, driven })
    }

    /// A whole cycle: afterwards [`peek`](Simulator::peek) tells the outputs of the cycle that
    /// ended, until the next call.
    #[inline]
    pub fn advance(&mut self) {
        self.engine.cycle();
    }
}

impl Simulator for Native {
    #[inline]
    fn poke(&mut self, pin: Pin, value: u64) {
        if let Some(slot) = self.inputs[pin as usize] {
            self.engine.write(slot, value);
        }
    }

    #[inline]
    fn peek(&self, pin: Pin) -> u64 {
        self.outputs[pin as usize].map_or(0, |slot| self.engine.read(slot))
    }

    fn settle(&mut self) {
        self.engine.settle();
    }

    fn step(&mut self) {
        self.engine.step();
    }

    fn cycle(&mut self, pins: &mut Pins) {
        self.engine.cycle();
        for (pin, slot) in &self.driven {
            pins[*pin as usize] = self.engine.read(*slot);
        }
    }

    #[inline]
    fn is_quiescent(&self) -> bool {
        self.engine.is_quiescent()
    }

    fn signals(&self) -> Vec<Signal> {
        self.plan.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.plan.sample(values, |net| self.engine.get(net));
    }
}
