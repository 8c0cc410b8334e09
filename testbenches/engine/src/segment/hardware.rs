//! The unit as the world sees it: pins bundled into transactions.

use machine::contiguous::{Fault, Inputs, Outputs, Reason, SegmentUnit, Shape};
use model::isa::Access;
use model::mmu::Signal;

use super::{Config, Pin, Runs};
use crate::Engine;

/// A hardware unit on any engine, behind the world's [`SegmentUnit`] trait.
pub struct Hardware {
    config: &'static Config,
    engine: Box<dyn Runs>,
    watching: bool,
    /// The signals' values in the last cycle, if it was watched.
    values: Vec<u128>,
}

impl Hardware {
    /// The hardware out of reset.
    ///
    /// # Panics
    /// If the netlist compiler finds fault with the design: a defect found by building it once.
    pub fn new(config: &'static Config, engine: Engine) -> Hardware {
        let engine = config.engine(engine);
        let mut hardware = Hardware { config, engine, watching: false, values: Vec::new() };
        hardware.cycle(&Inputs { reset: true, ..Inputs::default() });
        hardware
    }

    fn flag(&mut self, pin: Pin, value: bool) {
        self.engine.poke(pin, u64::from(value));
    }

    fn high(&self, pin: Pin) -> bool {
        self.engine.peek(pin) == 1
    }

    fn drive(&mut self, inputs: &Inputs) {
        self.flag(Pin::Reset, inputs.reset);
        self.flag(Pin::ReqValid, inputs.request.is_some());
        if let Some(request) = inputs.request {
            self.engine.poke(Pin::ReqVa, request.va);
            self.engine.poke(Pin::ReqSize, u64::from(request.bytes.trailing_zeros()));
            self.flag(Pin::ReqFetch, request.access == Access::Fetch);
            self.flag(Pin::ReqStore, request.access == Access::Store);
            self.flag(Pin::ReqUser, request.user);
        }
        self.flag(Pin::LoadValid, inputs.load.is_some());
        if let Some((index, descriptor)) = inputs.load {
            let present = descriptor.unwrap_or_default();
            self.engine.poke(Pin::LoadIndex, index as u64);
            self.flag(Pin::LoadPresent, descriptor.is_some());
            self.engine.poke(Pin::LoadBase, present.base);
            self.engine.poke(Pin::LoadLimit, present.limit);
            self.flag(Pin::LoadRead, present.rights.read);
            self.flag(Pin::LoadWrite, present.rights.write);
            self.flag(Pin::LoadExecute, present.rights.execute);
            self.flag(Pin::LoadUser, present.rights.user);
            self.flag(Pin::LoadDown, present.rights.down);
        }
        self.flag(Pin::FaultReady, inputs.fault_ready);
    }

    fn fault(&self, cause: Pin, va: Pin) -> Fault {
        let reason = Reason::from_code(self.engine.peek(cause));
        let reason = reason.expect("a fault has one of the three causes");
        Fault { reason, va: self.engine.peek(va) }
    }
}

impl SegmentUnit for Hardware {
    fn name(&self) -> &str {
        self.config.name
    }

    fn shape(&self) -> Shape {
        self.config.shape()
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        self.drive(inputs);
        self.engine.settle();
        let response = self.high(Pin::RespValid).then(|| match self.high(Pin::RespFault) {
            true => Err(self.fault(Pin::RespCause, Pin::RespVa)),
            false => Ok(self.engine.peek(Pin::RespPa)),
        });
        let held = self.high(Pin::FaultValid).then(|| self.fault(Pin::FaultCause, Pin::FaultVa));
        let outputs = Outputs {
            ready: self.high(Pin::ReqReady),
            load_ready: self.high(Pin::LoadReady),
            response,
            held,
        };
        self.values.clear();
        if self.watching {
            self.engine.sample(&mut self.values);
        }
        self.engine.step();
        outputs
    }

    fn signals(&self) -> Vec<Signal> {
        self.engine.signals().to_vec()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.extend(&self.values);
    }

    fn watch(&mut self, on: bool) {
        self.watching = on;
    }
}
