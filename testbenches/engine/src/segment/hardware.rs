//! The unit as seen by the simulated system: pins bundled into transactions.

use machine::contiguous::{Fault, Inputs, Outputs, Reason, SegmentUnit, Shape};
use model::isa::Access;
use model::mmu::Signal;

use super::{Config, PINS, Pin};
use crate::{Engine, Pins, Seen, Simulator};

/// A hardware unit on any engine, which implements [`SegmentUnit`].
pub struct Hardware {
    config: &'static Config,
    simulator: Box<dyn Simulator<Pin>>,
    pins: Pins<Pin>,
    watching: bool,
    seen: Seen,
}

impl Hardware {
    /// The hardware after reset.
    ///
    /// # Panics
    /// If the netlist compiler reports a finding: a defect of the design, which the first build
    /// reveals.
    pub fn new(config: &'static Config, engine: Engine) -> Hardware {
        let (simulator, pins) = (config.simulator(engine), [0; PINS.len()]);
        let mut hardware =
            Hardware { config, simulator, pins, watching: false, seen: Seen::default() };
        hardware.cycle(&Inputs { reset: true, ..Inputs::default() });
        hardware
    }

    fn flag(&mut self, pin: Pin, value: bool) {
        self.simulator.poke(pin, u64::from(value));
    }

    fn high(&self, pin: Pin) -> bool {
        self.pins[pin as usize] == 1
    }

    fn drive(&mut self, inputs: &Inputs) {
        self.flag(Pin::Reset, inputs.reset);
        self.flag(Pin::ReqValid, inputs.request.is_some());
        if let Some(request) = inputs.request {
            self.simulator.poke(Pin::ReqVa, request.va);
            self.simulator.poke(Pin::ReqSize, u64::from(request.bytes.trailing_zeros()));
            self.flag(Pin::ReqFetch, request.access == Access::Fetch);
            self.flag(Pin::ReqStore, request.access == Access::Store);
            self.flag(Pin::ReqUser, request.user);
        }
        self.flag(Pin::LoadValid, inputs.load.is_some());
        if let Some((index, descriptor)) = inputs.load {
            let present = descriptor.unwrap_or_default();
            self.simulator.poke(Pin::LoadIndex, index as u64);
            self.flag(Pin::LoadPresent, descriptor.is_some());
            self.simulator.poke(Pin::LoadBase, present.base);
            self.simulator.poke(Pin::LoadLimit, present.limit);
            self.flag(Pin::LoadRead, present.rights.read);
            self.flag(Pin::LoadWrite, present.rights.write);
            self.flag(Pin::LoadExecute, present.rights.execute);
            self.flag(Pin::LoadUser, present.rights.user);
            self.flag(Pin::LoadDown, present.rights.down);
        }
        self.flag(Pin::FaultReady, inputs.fault_ready);
    }

    fn fault(&self, cause: Pin, va: Pin) -> Fault {
        let reason = Reason::from_code(self.pins[cause as usize]);
        let reason = reason.expect("a fault has one of the three causes");
        Fault { reason, va: self.pins[va as usize] }
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
        match self.watching {
            true => self.simulator.cycle_seen(&mut self.pins, &mut self.seen),
            false => self.simulator.cycle(&mut self.pins),
        }
        let response = self.high(Pin::RespValid).then(|| match self.high(Pin::RespFault) {
            true => Err(self.fault(Pin::RespCause, Pin::RespVa)),
            false => Ok(self.pins[Pin::RespPa as usize]),
        });
        let held = self.high(Pin::FaultValid).then(|| self.fault(Pin::FaultCause, Pin::FaultVa));
        Outputs {
            ready: self.high(Pin::ReqReady),
            load_ready: self.high(Pin::LoadReady),
            response,
            held,
        }
    }

    fn signals(&self) -> Vec<Signal> {
        self.simulator.signals()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.extend(&self.seen.values);
    }

    fn watch(&mut self, on: bool) {
        if on != self.watching {
            self.simulator.watch(on);
            self.seen = Seen::default();
            self.watching = on;
        }
    }
}
