//! The netlist as machine code.

use super::plan::Plan;
use super::signals::Nets;
use super::simulator::Pins;
use super::{PINS, Pin, Simulator};
use netlist::Netlist;
use netlist::compile::{CompileError, Compiled, InputSlot, OutputSlot};
use sim::mmu::Signal;

/// A top simulated by compiled code.
pub(super) struct Native {
    engine: Compiled,
    plan: Plan,
    inputs: [Option<InputSlot>; PINS.len()],
    outputs: Vec<(Pin, OutputSlot)>,
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
        let mut outputs = Vec::new();
        for &pin in PINS {
            inputs[pin as usize] = plan.inputs[pin as usize].and_then(|input| engine.input(input));
            let output = plan.outputs[pin as usize].and_then(|net| engine.output(net));
            outputs.extend(output.map(|slot| (pin, slot)));
        }
        Ok(Self { engine, plan, inputs, outputs })
    }
}

impl Simulator for Native {
    fn poke(&mut self, pin: Pin, value: u64) {
        if let Some(slot) = self.inputs[pin as usize] {
            self.engine.write(slot, value);
        }
    }

    fn peek(&self, pin: Pin) -> u64 {
        let found = self.outputs.iter().find(|(output, _)| *output == pin);
        found.map_or(0, |(_, slot)| self.engine.read(*slot))
    }

    fn settle(&mut self) {
        self.engine.settle();
    }

    fn step(&mut self) {
        self.engine.step();
    }

    fn cycle(&mut self, pins: &mut Pins) {
        self.engine.cycle();
        for (pin, slot) in &self.outputs {
            pins[*pin as usize] = self.engine.read(*slot);
        }
    }

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
