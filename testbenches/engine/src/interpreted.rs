//! The netlist, interpreted node by node: slow and obviously correct.

use super::plan::Plan;
use super::signals::Nets;
use super::{PinSet, Simulator};
use model::mmu::Signal;
use netlist::ir::Value;
use netlist::{Interpreter, Netlist};

/// A top simulated by interpreting its netlist.
pub(super) struct Interpreted {
    interpreter: Interpreter<'static>,
    plan: Plan,
}

impl Interpreted {
    /// Takes over a netlist and the signals of the same block.
    pub(super) fn new<P: PinSet>(netlist: Netlist, nets: &Nets) -> Self {
        let plan = Plan::new::<P>(&netlist, nets);
        // An interpreter borrows its netlist; there are few, and they live as long as the program.
        let netlist: &'static Netlist = Box::leak(Box::new(netlist));
        Self { interpreter: Interpreter::new(netlist), plan }
    }
}

impl<P: PinSet> Simulator<P> for Interpreted {
    fn poke(&mut self, pin: P, value: u64) {
        if let Some(input) = self.plan.inputs[pin.number()] {
            self.interpreter.set(input, &Value::new(64, value));
        }
    }

    fn peek(&self, pin: P) -> u64 {
        self.plan.outputs[pin.number()].map_or(0, |net| self.interpreter.get(net).saturated())
    }

    fn settle(&mut self) {
        self.interpreter.settle();
    }

    fn step(&mut self) {
        self.interpreter.step();
    }

    fn signals(&self) -> Vec<Signal> {
        self.plan.shown.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.plan.shown.sample(values, |net| self.interpreter.get(net).clone());
    }
}
