//! The netlist as machine code.

use super::plan::Plan;
use super::signals::Nets;
use super::simulator::{INPUTS, Outs, Pins, Seen};
use super::{PINS, Pin, Simulator};
use model::mmu::Signal;
use netlist::Netlist;
use netlist::compile::{CompileError, Compiled, Follower, InputSlot, OutputRun, OutputSlot};
use netlist::optimise::Options;

/// A top simulated by compiled code.
///
/// Behind [`Simulator`] like every engine; known by its type, it is driven without indirection:
/// [`poke`](Simulator::poke) the inputs that change, [`tick`](Native::tick), and
/// [`peek`](Simulator::peek) the outputs that matter.
pub struct Native {
    /// The engine that runs.
    side: Side,
    /// The other one: code that keeps every signal while nobody looks, and the other way round.
    other: Option<Side>,
    plan: Plan,
    netlist: Netlist,
}

/// An engine and its pins.
struct Side {
    engine: Compiled,
    /// Of a pin that is no input, one that changes nothing; and so with outputs.
    inputs: [InputSlot; PINS.len()],
    outputs: [OutputSlot; PINS.len()],
    /// All outputs, in port order.
    outs: OutputRun,
    /// Of an engine that keeps every signal.
    follower: Option<Follower>,
}

impl Side {
    fn new(netlist: &Netlist, plan: &Plan, follow: bool) -> Result<Self, CompileError> {
        let fields = plan.shown.fields();
        let nets = if follow { fields.iter().map(|field| field.net).collect() } else { Vec::new() };
        let engine = Compiled::with(netlist, &Options { follow: nets, ..Options::default() })?;
        let mut inputs = [engine.no_input(); PINS.len()];
        let mut outputs = [engine.no_output(); PINS.len()];
        for &pin in PINS {
            let input = plan.inputs[pin as usize].and_then(|input| engine.input(input));
            inputs[pin as usize] = input.unwrap_or(inputs[pin as usize]);
            let output = plan.outputs[pin as usize].and_then(|net| engine.output(net));
            outputs[pin as usize] = output.unwrap_or(outputs[pin as usize]);
        }
        let outs = engine.run_of(&outputs[INPUTS..]);
        let outs = outs.expect("the netlist has its outputs in port order, as the pins are");
        let follower = if follow { engine.follower(&fields) } else { None };
        Ok(Self { engine, inputs, outputs, outs, follower })
    }

    fn outs(&self) -> &Outs {
        let outs = self.engine.read_run(self.outs);
        outs.first_chunk().expect("the run is of all outputs")
    }

    fn pins(&self, pins: &mut Pins) {
        pins[INPUTS..].copy_from_slice(self.outs());
    }
}

impl Native {
    /// Compiles a netlist; `nets` is made of the same block.
    ///
    /// # Errors
    /// [`CompileError`] when there is no machine code for this machine.
    pub(super) fn new(netlist: &Netlist, nets: &Nets) -> Result<Self, CompileError> {
        let plan = Plan::new(netlist, nets);
        let side = Side::new(netlist, &plan, false)?;
        Ok(Self { side, other: None, plan, netlist: netlist.clone() })
    }

    /// A whole cycle: afterwards [`peek`](Simulator::peek) tells the outputs of the cycle that
    /// ended, until the next call.
    #[inline]
    pub fn tick(&mut self) {
        self.side.engine.cycle();
    }
}

impl Simulator for Native {
    #[inline]
    fn poke(&mut self, pin: Pin, value: u64) {
        self.side.engine.write(self.side.inputs[pin as usize], value);
    }

    #[inline]
    fn peek(&self, pin: Pin) -> u64 {
        self.side.engine.read(self.side.outputs[pin as usize])
    }

    fn settle(&mut self) {
        self.side.engine.settle();
    }

    fn step(&mut self) {
        self.side.engine.step();
    }

    fn cycle(&mut self, pins: &mut Pins) {
        self.side.engine.cycle();
        self.side.pins(pins);
    }

    #[inline]
    fn advance<'a>(&'a mut self, _pins: &'a mut Pins) -> &'a Outs {
        self.side.engine.cycle();
        self.side.outs()
    }

    #[inline]
    fn is_quiescent(&self) -> bool {
        self.side.engine.is_quiescent()
    }

    fn power_up(&mut self) -> bool {
        self.side.engine.reset();
        true
    }

    fn signals(&self) -> Vec<Signal> {
        self.plan.shown.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.plan.shown.sample(values, |net| self.side.engine.get(net));
    }

    fn watch(&mut self, on: bool) {
        if on == self.side.follower.is_some() {
            return;
        }
        let other = match self.other.take() {
            Some(side) => Ok(side),
            None => Side::new(&self.netlist, &self.plan, on),
        };
        // Without the other code, signals are interpreted: slower, but the same.
        if let Ok(mut side) = other {
            side.engine.continue_from(&self.side.engine);
            if let Some(follower) = &mut side.follower {
                follower.forget();
            }
            self.other = Some(std::mem::replace(&mut self.side, side));
        }
    }

    fn cycle_seen(&mut self, pins: &mut Pins, seen: &mut Seen) {
        let Some(follower) = &mut self.side.follower else {
            seen.look(|values| self.visit(values));
            return self.cycle(pins);
        };
        let count = self.plan.shown.signals().len();
        if seen.values.len() != count {
            seen.values = vec![0; count];
            follower.forget();
        }
        let Seen { values, changed } = seen;
        changed.clear();
        self.side.engine.cycle_following(follower, |at, words| {
            let high = words.get(1).copied().unwrap_or(0);
            values[at] = u128::from(high) << 64 | u128::from(words[0]);
            changed.push(at as u32);
        });
        changed.sort_unstable();
        self.side.pins(pins);
    }
}
