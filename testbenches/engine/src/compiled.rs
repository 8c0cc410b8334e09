//! The netlist as machine code.

use super::plan::Plan;
use super::signals::Nets;
use super::simulator::{Code, Outs, Pins, Seen};
use super::{Pin, PinSet, Simulator};
use model::mmu::Signal;
use netlist::Netlist;
use netlist::compile::{CompileError, Compiled, Follower, InputSlot, OutputRun, OutputSlot};
use netlist::optimise::Options;

/// A block simulated by compiled code.
///
/// Implements [`Simulator`] like every engine; used by its own type, it is driven without
/// indirection: [`poke`](Simulator::poke) the inputs that change, [`tick`](Native::tick), and read
/// the outputs of interest.
pub struct Native<P: PinSet = Pin> {
    /// The engine that runs.
    side: Side<P>,
    /// The other one: code that keeps every signal while this one does not, and vice versa.
    other: Option<Side<P>>,
    plan: Plan,
    netlist: Netlist,
}

/// An engine and its pins.
struct Side<P: PinSet> {
    engine: Compiled,
    /// For a pin that is no input, a slot without effect; likewise for outputs.
    inputs: P::PerPin<InputSlot>,
    outputs: P::PerPin<OutputSlot>,
    /// All outputs, in port order.
    outs: OutputRun,
    /// For an engine that keeps every signal.
    follower: Option<Follower>,
}

impl<P: PinSet> Side<P> {
    fn new(netlist: &Netlist, plan: &Plan, follow: bool) -> Result<Self, CompileError> {
        let fields = plan.shown.fields();
        let nets = if follow { fields.iter().map(|field| field.net).collect() } else { Vec::new() };
        let engine = Compiled::with(netlist, &Options { follow: nets, ..Options::default() })?;
        let mut inputs = P::each(engine.no_input());
        let mut outputs = P::each(engine.no_output());
        for (slot, input) in inputs.as_mut().iter_mut().zip(&plan.inputs) {
            *slot = input.and_then(|input| engine.input(input)).unwrap_or(*slot);
        }
        for (slot, net) in outputs.as_mut().iter_mut().zip(&plan.outputs) {
            *slot = net.and_then(|net| engine.output(net)).unwrap_or(*slot);
        }
        let outs = engine.run_of(&outputs.as_ref()[P::INPUTS..]);
        let outs = outs.expect("the netlist has its outputs in port order, as the pins are");
        let follower = if follow { engine.follower(&fields) } else { None };
        Ok(Self { engine, inputs, outputs, outs, follower })
    }

    fn pins(&self, pins: &mut Pins<P>) {
        let outs = &mut pins.as_mut()[P::INPUTS..];
        outs.copy_from_slice(&self.engine.read_run(self.outs)[..outs.len()]);
    }
}

impl<P: PinSet> Native<P> {
    /// Compiles a netlist; `nets` must be of the same block.
    ///
    /// # Errors
    /// [`CompileError`] if Cranelift does not support this machine.
    pub(super) fn new(netlist: &Netlist, nets: &Nets) -> Result<Self, CompileError> {
        let plan = Plan::new::<P>(netlist, nets);
        let side = Side::new(netlist, &plan, false)?;
        Ok(Self { side, other: None, plan, netlist: netlist.clone() })
    }

    /// A whole cycle. Returns its outputs, which [`peek`](Simulator::peek) returns too until the
    /// next call.
    #[inline(always)]
    pub fn tick(&mut self) -> &Outs<P> {
        self.side.engine.cycle();
        P::outs(self.side.engine.read_run(self.side.outs))
    }
}

impl<P: PinSet> Simulator<P> for Native<P> {
    #[inline]
    fn poke(&mut self, pin: P, value: u64) {
        self.side.engine.write(self.side.inputs.as_ref()[pin.number()], value);
    }

    #[inline]
    fn peek(&self, pin: P) -> u64 {
        self.side.engine.read(self.side.outputs.as_ref()[pin.number()])
    }

    fn settle(&mut self) {
        self.side.engine.settle();
    }

    fn step(&mut self) {
        self.side.engine.step();
    }

    fn cycle(&mut self, pins: &mut Pins<P>) {
        self.side.engine.cycle();
        self.side.pins(pins);
    }

    #[inline(always)]
    fn advance<'a>(&'a mut self, _pins: &'a mut Pins<P>) -> &'a Outs<P> {
        self.tick()
    }

    fn outs<'a>(&'a self, _pins: &'a Pins<P>) -> &'a Outs<P> {
        P::outs(self.side.engine.read_run(self.side.outs))
    }

    #[inline]
    fn code(&self) -> Option<Code<'_>> {
        let Self { side, plan, netlist, .. } = self;
        let (inputs, outputs) = (&plan.inputs, &plan.outputs);
        side.follower.is_none().then_some(Code { engine: &side.engine, netlist, inputs, outputs })
    }

    #[inline]
    fn is_quiescent(&self) -> bool {
        self.side.engine.is_quiescent()
    }

    fn power_up(&mut self) -> bool {
        self.side.engine.reset();
        true
    }

    fn state(&self) -> Option<Vec<u64>> {
        Some(self.side.engine.state())
    }

    fn restore(&mut self, state: &[u64]) -> bool {
        self.side.engine.restore(state)
    }

    fn signals(&self) -> Vec<Signal> {
        self.plan.shown.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.plan.shown.sample(values, |net| self.side.engine.get(net));
    }

    fn pick(&self, signals: &[usize]) -> Vec<u128> {
        self.plan.shown.pick(signals, |net| self.side.engine.get(net))
    }

    fn watch(&mut self, on: bool) {
        if on == self.side.follower.is_some() {
            return;
        }
        let other = match self.other.take() {
            Some(side) => Ok(side),
            None => Side::new(&self.netlist, &self.plan, on),
        };
        // Without the other code, signals are interpreted: slower, but the same values.
        if let Ok(mut side) = other {
            side.engine.continue_from(&self.side.engine);
            if let Some(follower) = &mut side.follower {
                follower.forget();
            }
            self.other = Some(std::mem::replace(&mut self.side, side));
        }
    }

    fn cycle_seen(&mut self, pins: &mut Pins<P>, seen: &mut Seen) {
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
