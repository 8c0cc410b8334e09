//! The hardware as seen by the simulated system: pins bundled into transactions.

mod pins;

use super::simulator::{INPUTS, Outs, Pins, Seen};
use super::{Config, EVENTS, PINS, Pin, PinSet, Simulator};
use model::isa::{
    Access, Attributes, Cause, Extensions, Fault, Physical, Privilege, Translation, Xlen,
};
use model::mmu::{
    EntryRead, Events, Inputs, MemoryRequest, Mmu, Organisation, Outputs, PerPort, Port, Reason,
    Request, Response, Signal, Source, Traced,
};
pub use pins::WORDS;
use pins::{HITS, REQUESTS, RESPONSES, RequestPins, ResponsePins, TRACES, TracePins};

/// A hardware MMU on any engine, which implements [`Mmu`].
pub struct HardwareMmu<S: ?Sized> {
    simulator: Box<S>,
    pins: Pins,
    config: Config,
    watching: bool,
    seen: Seen,
    /// The inputs of the last cycle.
    driven: Inputs,
    /// The outputs of the last cycle, if they were kept here.
    outputs: Option<Outputs>,
}

impl<S: Simulator + ?Sized> HardwareMmu<S> {
    /// Takes over a design whose inputs are all 0, and resets it.
    pub fn new(simulator: Box<S>, config: Config) -> Self {
        let mut mmu = Self {
            simulator,
            pins: [0; PINS.len()],
            config,
            watching: false,
            seen: Seen::default(),
            driven: Inputs::default(),
            outputs: None,
        };
        mmu.reset();
        mmu
    }

    /// Restores the state after reset. False if the engine cannot; then it must not be used any
    /// more.
    pub(super) fn begin_anew(&mut self) -> bool {
        self.watch(false);
        if !self.simulator.power_up() {
            return false;
        }
        self.driven = Inputs::default();
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

    /// Pokes the pins that changed; returns whether none did. In a long run most pins keep their
    /// values from cycle to cycle.
    fn drive(&mut self, inputs: &Inputs) -> bool {
        let before = self.driven;
        let mut same = true;
        let state = |of: &Inputs| {
            let Inputs { reset, satp, adue, pbmte, l2_inject, csr, .. } = *of;
            (reset, satp, adue, pbmte, l2_inject, csr, of.memory_ready, of.fault_ready)
        };
        if state(&before) != state(inputs) {
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
            same = false;
        }
        for (port, pins) in REQUESTS.iter() {
            let request = inputs.requests[port];
            if before.requests[port] != request {
                self.flag(pins.valid, request.is_some());
                if let Some(request) = request {
                    self.request(pins, request);
                }
                same = false;
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
            same = false;
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
            same = false;
        }
        self.driven = *inputs;
        same
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
            self.flag(sum, context.sum);
            self.flag(mxr, context.mxr);
        }
    }
}

/// The outputs of a cycle as pin values.
struct Sample<'a>(&'a Outs);

impl Sample<'_> {
    fn pin(&self, pin: Pin) -> u64 {
        self.0[pin as usize - INPUTS]
    }

    fn high(&self, pin: Pin) -> bool {
        self.pin(pin) == 1
    }

    fn response(&self, pins: &ResponsePins) -> Option<Response> {
        if !self.high(pins.valid) {
            return None;
        }
        let faulted = self.high(pins.fault);
        let fault = || self.fault(pins.cause, pins.tval);
        Some(if faulted { Err(fault()) } else { Ok(self.pin(pins.pa)) })
    }

    fn attributes(&self, pins: &ResponsePins) -> Attributes {
        let [size, pbmt, pma] = [pins.size, pins.pbmt, pins.pma].map(|pin| self.pin(pin) as u8);
        Attributes { size, pbmt, pma }
    }

    /// The address of an answer, with its page's attributes.
    #[inline(always)]
    fn translation(&self, pins: &ResponsePins) -> Translation {
        let [size, pbmt, pma] = [pins.size, pins.pbmt, pins.pma].map(|pin| self.pin(pin));
        Translation::of_codes(self.pin(pins.pa), size, pbmt, pma)
    }

    fn fault(&self, cause: Pin, tval: Pin) -> Fault {
        let code = self.pin(cause);
        Fault {
            cause: Cause::from_code(code).expect("the cause block makes only these six codes"),
            tval: self.pin(tval),
        }
    }

    fn memory_request(&self) -> Option<MemoryRequest> {
        if !self.high(Pin::MemReqValid) {
            return None;
        }
        let pa = self.pin(Pin::MemReqAddr);
        Some(if self.high(Pin::MemReqSwap) {
            let expected = self.pin(Pin::MemReqExpected);
            let desired = self.pin(Pin::MemReqDesired);
            MemoryRequest::CompareSwap { pa, expected, desired }
        } else {
            MemoryRequest::Read { pa }
        })
    }

    fn outputs(&self, traced: bool) -> Outputs {
        Outputs {
            ready: RESPONSES.map(|pins| self.high(pins.ready)),
            fence_ready: self.high(Pin::FenceReady),
            responses: RESPONSES.map(|pins| self.response(&pins)),
            attributes: RESPONSES.map(|pins| self.attributes(&pins)),
            memory: self.memory_request(),
            fault: self.high(Pin::FaultValid).then(|| self.fault(Pin::FaultCause, Pin::FaultTval)),
            csr: self.pin(Pin::PmpReadData),
            busy: self.high(Pin::Busy),
            events: self.events(),
            trace: if traced { TRACES.map(|pins| self.traced(&pins)) } else { PerPort::default() },
        }
    }

    fn traced(&self, pins: &TracePins) -> Traced {
        let level = self.pin(pins.level) as u8;
        let (pa, entry) = (self.pin(pins.addr), self.pin(pins.entry));
        Traced {
            source: Source::from_code(self.pin(pins.source)),
            reason: Reason::from_code(self.pin(pins.reason)),
            start: self.high(pins.start).then_some(level),
            read: self.high(pins.read).then_some(EntryRead { level, pa, entry }),
        }
    }

    /// The answers of a cycle that contained only hits, as [`Inputs::only_hit`] defines it.
    #[inline]
    fn only_hits(&self, requests: &PerPort<Option<Request>>) -> Option<PerPort<Translation>> {
        let [fetch, data] = &RESPONSES.0;
        let asked = |port: Port| u64::from(requests[port].is_some());
        let (fetches, loads) = (asked(Port::Fetch), asked(Port::Data));
        let mut wrong =
            self.pin(Pin::MemReqValid) | self.pin(Pin::FaultValid) | self.pin(Pin::Busy);
        wrong |= self.no_hit(Port::Fetch, fetch, fetches) | self.no_hit(Port::Data, data, loads);
        // Each event is 0 or 1: there are no others if the sum is right.
        wrong |= self.happened().iter().sum::<u64>() ^ (fetches + loads);
        (wrong == 0).then(|| PerPort([self.translation(fetch), self.translation(data)]))
    }

    /// A port's part of [`Sample::only_hits`]: 0 if a request hit, or if nothing happened without
    /// one. `asked` is 1 if there is a request. Inlined, so that each pin is a constant.
    #[inline(always)]
    fn no_hit(&self, port: Port, pins: &ResponsePins, asked: u64) -> u64 {
        let answered = self.pin(pins.valid) ^ asked;
        let hit = self.pin(HITS[port]) ^ asked;
        let refused = (self.pin(pins.ready) ^ 1) | self.pin(pins.fault);
        answered | hit | (refused & asked)
    }

    /// The event pins.
    fn happened(&self) -> &[u64; EVENTS.len()] {
        self.0.last_chunk().expect("events are outputs")
    }

    fn events(&self) -> Events {
        let bits = self.happened().iter().rev().fold(0, |bits, event| bits << 1 | event);
        Events::from_bits(bits as u32)
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
        let same = self.drive(inputs);
        let traced = self.config.organisation.trace;
        if self.watching {
            self.simulator.cycle_seen(&mut self.pins, &mut self.seen);
            return *self.outputs.insert(Sample(Pin::outs(&self.pins)).outputs(traced));
        }
        let rests = same && self.simulator.is_quiescent();
        if let Some(outputs) = self.outputs.filter(|_| rests) {
            return outputs;
        }
        let outs = self.simulator.advance(&mut self.pins);
        *self.outputs.insert(Sample(outs).outputs(traced))
    }

    fn cycle_of_requests(
        &mut self,
        inputs: &Inputs,
        outputs: &mut Outputs,
    ) -> Option<PerPort<Translation>> {
        if self.watching {
            *outputs = self.cycle(inputs);
            return Sample(Pin::outs(&self.pins)).only_hits(&inputs.requests);
        }
        self.drive_requests(&inputs.requests);
        let traced = self.config.organisation.trace;
        debug_assert_eq!(self.driven, *inputs, "only requests change");
        self.outputs = None;
        let sample = Sample(self.simulator.advance(&mut self.pins));
        let answers = sample.only_hits(&inputs.requests);
        debug_assert_eq!(answers.is_some(), inputs.only_hit(&sample.outputs(traced)));
        if answers.is_none() {
            *outputs = *self.outputs.insert(sample.outputs(traced));
        }
        answers
    }

    fn show_outputs(&self, outputs: &mut Outputs) {
        if !self.watching {
            *outputs =
                Sample(self.simulator.outs(&self.pins)).outputs(self.config.organisation.trace);
        }
    }

    fn is_quiescent(&self) -> bool {
        self.simulator.is_quiescent()
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
            self.simulator.watch(on);
            self.seen = Seen::default();
            self.watching = on;
        }
    }
}
