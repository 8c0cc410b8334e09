//! The hardware as seen by the simulated system: pins bundled into transactions.

mod pins;
mod recall;
mod sample;
mod turns;

use super::simulator::{INPUTS, Pins, Seen};
use super::{Config, PINS, Pin, PinSet, Simulator};
use model::isa::{Access, Extensions, Physical, Privilege, Translation, Xlen};
use model::mmu::{
    Inputs, Mmu, MmuState, Organisation, OtherMmu, Outputs, PerPort, Port, Request, Signal,
};
pub use pins::WORDS;
use pins::{REQUESTS, RequestPins};
use recall::Recall;
use sample::{Sample, has_parts};
use turns::Turns;

/// A hardware MMU on any engine, which implements [`Mmu`].
pub struct HardwareMmu<S: ?Sized> {
    simulator: Box<S>,
    pins: Pins,
    config: Config,
    /// As [`has_parts`] determines it.
    parts: bool,
    watching: bool,
    seen: Seen,
    /// The inputs of the last cycle.
    driven: Inputs,
    /// If there is one port.
    turns: Turns,
    recall: Recall,
}

impl<S: Simulator + ?Sized> HardwareMmu<S> {
    /// Takes over a design whose inputs are all 0, and resets it.
    pub fn new(simulator: Box<S>, config: Config) -> Self {
        let mut mmu = Self {
            simulator,
            pins: [0; PINS.len()],
            config,
            parts: has_parts(&config),
            watching: false,
            seen: Seen::default(),
            driven: Inputs::default(),
            turns: Turns::default(),
            recall: Recall::new(Some(recall::PATIENCE)),
        };
        mmu.reset();
        mmu
    }

    /// From now on hits are recalled instead of evaluated, where that is proven to make no
    /// difference, after so many cycles of hits; `None`: never. A new one begins by itself.
    pub fn recall_after(&mut self, hits: Option<u32>) {
        self.make_up();
        self.recall = Recall::new(hits);
    }

    /// Cycles of hits that were recalled.
    pub fn recalled(&self) -> u64 {
        self.recall.recalled()
    }

    /// Restores the state after reset. False if the engine cannot; then it must not be used any
    /// more.
    pub(super) fn begin_anew(&mut self) -> bool {
        self.watch(false);
        if !self.simulator.power_up() {
            return false;
        }
        self.driven = Inputs::default();
        self.turns = Turns::default();
        self.recall.forget();
        self.reset();
        true
    }

    fn reset(&mut self) {
        self.cycle(&Inputs { reset: true, ..Inputs::default() });
        self.cycle(&Inputs::default());
    }

    fn flag(&mut self, pin: Pin, value: bool) {
        self.simulator.poke(pin, u64::from(value));
    }

    /// Pokes the pins that changed. In a long run most pins keep their values from cycle to cycle.
    fn drive(&mut self, inputs: &Inputs) {
        let before = self.driven;
        let state = |of: &Inputs| {
            let Inputs { reset, satp, adue, pbmte, l2_inject, csr, .. } = *of;
            (reset, satp, adue, pbmte, l2_inject, csr, of.memory_ready, of.fault_ready)
        };
        if state(&before) != state(inputs) {
            self.recall.inputs_changed();
            self.flag(Pin::Reset, inputs.reset);
            self.simulator.poke(Pin::Satp, inputs.satp);
            self.flag(Pin::Adue, inputs.adue);
            self.flag(Pin::Pbmte, inputs.pbmte);
            self.flag(Pin::L2Inject, inputs.l2_inject);
            self.simulator.poke(Pin::PmpCsr, inputs.csr.number.into());
            self.flag(Pin::PmpWriteValid, inputs.csr.write.is_some());
            self.simulator.poke(Pin::PmpWriteData, inputs.csr.write.unwrap_or(0));
            self.flag(Pin::MemReqReady, inputs.memory_ready);
            self.flag(Pin::FaultReady, inputs.fault_ready);
        }
        for (port, pins) in REQUESTS.iter() {
            let request = inputs.requests[port];
            if before.requests[port] != request {
                self.flag(pins.valid, request.is_some());
                if let Some(request) = request {
                    self.request(pins, request);
                }
            }
        }
        if before.fence != inputs.fence {
            self.flag(Pin::FenceValid, inputs.fence.is_some());
            if let Some(fence) = inputs.fence {
                self.flag(Pin::FenceByVa, fence.va.is_some());
                self.simulator.poke(Pin::FenceVa, fence.va.unwrap_or(0));
                self.flag(Pin::FenceByAsid, fence.asid.is_some());
                self.simulator.poke(Pin::FenceAsid, u64::from(fence.asid.unwrap_or(0)));
            }
        }
        if before.memory != inputs.memory {
            self.flag(Pin::MemRespValid, inputs.memory.is_some());
            if let Some(response) = inputs.memory {
                self.simulator.poke(Pin::MemRespData, response.data);
                self.flag(Pin::MemRespError, response.error);
                self.flag(Pin::MemRespSwapped, response.swapped);
                if self.config.organisation.line_fill > 0 {
                    self.flag(Pin::MemRespLine, response.line.is_some());
                    for (pin, word) in WORDS.into_iter().zip(response.line.unwrap_or_default()) {
                        self.simulator.poke(pin, word);
                    }
                }
            }
        }
        self.driven = *inputs;
    }

    /// [`HardwareMmu::drive`] when only requests may have changed. Most are like the last one of
    /// their port except for the address.
    #[inline]
    fn drive_requests(&mut self, requests: &PerPort<Option<Request>>) {
        self.drive_request(Port::Fetch, &REQUESTS.0[0], requests[Port::Fetch]);
        self.drive_request(Port::Data, &REQUESTS.0[1], requests[Port::Data]);
    }

    /// Inlined, so that each pin is a constant.
    #[inline(always)]
    fn drive_request(&mut self, port: Port, pins: &RequestPins, request: Option<Request>) {
        let before = self.driven.requests[port];
        self.driven.requests[port] = request;
        let Some(Request { va, access, bytes, context }) = request else {
            if before.is_some() {
                self.flag(pins.valid, false);
            }
            return;
        };
        match before {
            Some(before) if before.context == context => {
                self.simulator.poke(pins.va, va);
                if before.bytes != bytes {
                    self.size(pins, bytes);
                }
                if before.access != access
                    && let Some([store, cbo, ..]) = pins.data
                {
                    self.flag(store, access == Access::Store);
                    self.flag(cbo, access == Access::CacheBlock);
                }
            }
            _ => {
                self.flag(pins.valid, true);
                self.request(pins, Request { va, access, bytes, context });
            }
        }
    }

    /// The size of a request, which matters only where physical memory is protected.
    fn size(&mut self, pins: &RequestPins, bytes: u8) {
        if self.config.physical.is_some() {
            self.simulator.poke(pins.size, bytes.trailing_zeros().into());
        }
    }

    fn request(&mut self, pins: &RequestPins, request: Request) {
        let Request { va, access, bytes, context } = request;
        self.simulator.poke(pins.va, va);
        self.size(pins, bytes);
        self.simulator.poke(pins.privilege, privilege_code(context.privilege));
        if let Some([store, cbo, sum, mxr]) = pins.data {
            self.flag(store, access == Access::Store);
            self.flag(cbo, access == Access::CacheBlock);
            if self.has_one_port() {
                self.flag(Pin::DataReqFetch, access == Access::Fetch);
            }
            self.flag(sum, context.sum);
            self.flag(mxr, context.mxr);
        }
    }
}

impl<S: Simulator + ?Sized> HardwareMmu<S> {
    fn has_one_port(&self) -> bool {
        self.config.organisation.one_port
    }

    /// A cycle in which the pins are these.
    fn cycle_of_pins(&mut self, inputs: &Inputs) -> Outputs {
        self.make_up();
        self.drive(inputs);
        let traced = self.config.organisation.trace;
        if self.watching {
            self.simulator.cycle_seen(&mut self.pins, &mut self.seen);
            return Sample(Pin::outs(&self.pins[INPUTS..])).outputs(traced);
        }
        let outputs = Sample(self.simulator.advance(&mut self.pins)).outputs(traced);
        self.recall.disturbed(self.simulator.code());
        outputs
    }

    /// Evaluates the cycles that are owed.
    #[inline(always)]
    fn make_up(&mut self) {
        if self.recall.owes() {
            self.make_up_now();
        }
    }

    #[inline(never)]
    fn make_up_now(&mut self) {
        while let Some(requests) = self.recall.pay() {
            self.drive_requests(&requests);
            self.simulator.advance(&mut self.pins);
        }
    }

    /// [`Mmu::cycle_of_requests`] while signals are watched.
    #[cold]
    fn cycle_watched(
        &mut self,
        inputs: &Inputs,
        outputs: &mut Outputs,
    ) -> Option<PerPort<Translation>> {
        *outputs = self.cycle(inputs);
        Sample(Pin::outs(&self.pins[INPUTS..])).by_definition(inputs)
    }
}

fn privilege_code(privilege: Privilege) -> u64 {
    privilege as u64
}

impl<S: Simulator + ?Sized> Mmu for HardwareMmu<S> {
    fn xlen(&self) -> Xlen {
        self.config.xlen
    }

    fn name(&self) -> &str {
        self.config.name
    }

    fn entries(&self) -> usize {
        self.config.entries
    }

    fn extensions(&self) -> Extensions {
        self.config.extensions
    }

    fn organisation(&self) -> Organisation {
        self.config.organisation
    }

    fn physical(&self) -> Physical {
        self.config.physical
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        if !self.has_one_port() {
            return self.cycle_of_pins(inputs);
        }
        let merged = self.turns.merged(inputs);
        let outputs = self.cycle_of_pins(&merged);
        self.turns.split(inputs, &outputs)
    }

    fn cycle_of_requests(
        &mut self,
        inputs: &Inputs,
        outputs: &mut Outputs,
    ) -> Option<PerPort<Translation>> {
        if self.has_one_port() {
            *outputs = self.cycle(inputs);
            return inputs.hits(outputs);
        }
        if self.watching {
            return self.cycle_watched(inputs, outputs);
        }
        if let Some(answers) = self.recall.look(&inputs.requests) {
            return Some(answers);
        }
        self.make_up();
        let rested = self.recall.begin(self.simulator.code());
        self.drive_requests(&inputs.requests);
        let traced = self.config.organisation.trace;
        debug_assert_eq!(self.driven, *inputs, "only requests change");
        let sample = Sample(self.simulator.advance(&mut self.pins));
        let mut answers = sample.only_hits(&inputs.requests);
        if self.parts {
            answers = sample.of_parts(answers);
        }
        debug_assert_eq!(answers, sample.by_definition(inputs));
        if answers.is_none() {
            *outputs = sample.outputs(traced);
        }
        let Self { recall, simulator, .. } = self;
        recall.end(simulator.code(), &inputs.requests, answers.as_ref(), rested);
        answers
    }

    fn show_outputs(&mut self, outputs: &mut Outputs) {
        self.make_up();
        // With one port they are set in each cycle.
        if !self.watching && !self.has_one_port() {
            *outputs =
                Sample(self.simulator.outs(&self.pins)).outputs(self.config.organisation.trace);
        }
    }

    fn is_quiescent(&self) -> bool {
        !self.recall.owes() && self.simulator.is_quiescent()
    }

    fn state(&mut self) -> Option<MmuState> {
        self.make_up();
        let words = self.simulator.state()?;
        self.turns.is_idle().then(|| MmuState {
            words,
            driven: self.driven,
            last: self.turns.last(),
        })
    }

    fn restore(&mut self, state: &MmuState) -> Result<(), OtherMmu> {
        self.watch(false);
        if !self.simulator.restore(&state.words) {
            return Err(OtherMmu);
        }
        self.recall.forget();
        self.driven = state.driven;
        self.turns = Turns::after(state.last);
        Ok(())
    }

    fn signals(&self) -> Vec<Signal> {
        self.simulator.signals()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.clear();
        values.extend_from_slice(&self.seen.values);
    }

    fn changes(&self, tell: &mut dyn FnMut(usize, u128)) {
        for &at in &self.seen.changed {
            tell(at as usize, self.seen.values[at as usize]);
        }
    }

    fn watch(&mut self, on: bool) {
        if on != self.watching {
            self.make_up();
            self.recall.forget();
            self.simulator.watch(on);
            self.seen = Seen::default();
            self.watching = on;
        }
    }
}
