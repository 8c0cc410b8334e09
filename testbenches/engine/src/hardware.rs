//! The hardware as seen by the simulated system: pins bundled into transactions.

use super::simulator::{INPUTS, Outs, Pins, Seen};
use super::{EVENTS, PINS, Pin, PinSet, Simulator};
use model::isa::{Access, Cause, Fault, Privilege, Xlen};
use model::mmu::{
    Events, Inputs, MemoryRequest, Mmu, Outputs, PerPort, Port, Pulse, Request, Response, Signal,
};

/// A hardware MMU on any engine, which implements [`Mmu`].
pub struct HardwareMmu<S: ?Sized> {
    simulator: Box<S>,
    pins: Pins,
    name: &'static str,
    xlen: Xlen,
    entries: usize,
    watching: bool,
    seen: Seen,
    /// The inputs of the last cycle.
    driven: Inputs,
    /// The outputs of the last cycle, if they were kept here.
    outputs: Option<Outputs>,
}

impl<S: Simulator + ?Sized> HardwareMmu<S> {
    /// Takes over a design whose inputs are all 0, and resets it.
    pub fn new(simulator: Box<S>, name: &'static str, xlen: Xlen, entries: usize) -> Self {
        let mut mmu = Self {
            simulator,
            pins: [0; PINS.len()],
            name,
            xlen,
            entries,
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
        let state = |of: &Inputs| (of.reset, of.adue, of.memory_ready, of.fault_ready, of.satp);
        if state(&before) != state(inputs) {
            self.flag(Pin::Reset, inputs.reset);
            self.simulator.poke(Pin::Satp, inputs.satp);
            self.flag(Pin::Adue, inputs.adue);
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
        let Some(Request { va, access, context }) = request else {
            if before.is_some() {
                self.flag(pins.valid, false);
            }
            return;
        };
        match before {
            Some(before) if before.context == context => {
                self.simulator.poke(pins.va, va);
                if before.access != access
                    && let Some([store, cbo, ..]) = pins.data
                {
                    self.flag(store, access == Access::Store);
                    self.flag(cbo, access == Access::CacheBlock);
                }
            }
            _ => {
                self.flag(pins.valid, true);
                self.request(pins, Request { va, access, context });
            }
        }
    }

    fn request(&mut self, pins: &RequestPins, Request { va, access, context }: Request) {
        self.simulator.poke(pins.va, va);
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

    fn outputs(&self) -> Outputs {
        Outputs {
            ready: RESPONSES.map(|pins| self.high(pins.ready)),
            fence_ready: self.high(Pin::FenceReady),
            responses: RESPONSES.map(|pins| self.response(&pins)),
            memory: self.memory_request(),
            fault: self.high(Pin::FaultValid).then(|| self.fault(Pin::FaultCause, Pin::FaultTval)),
            busy: self.high(Pin::Busy),
            events: self.events(),
        }
    }

    /// Whether the cycle contained only hits, as [`Inputs::only_hit`] defines it; then `outputs`
    /// are set.
    #[inline]
    fn only_hit(&self, requests: &PerPort<Option<Request>>, outputs: &mut Outputs) -> bool {
        let fetch = self.port(Port::Fetch, &RESPONSES.0[0], requests, outputs);
        let data = self.port(Port::Data, &RESPONSES.0[1], requests, outputs);
        let mut wrong = fetch | data;
        wrong |= self.pin(Pin::MemReqValid) | self.pin(Pin::FaultValid) | self.pin(Pin::Busy);
        let mut events = Events::default();
        events.add_if(Pulse::FetchHit, requests[Port::Fetch].is_some());
        events.add_if(Pulse::DataHit, requests[Port::Data].is_some());
        let hits = u64::from(events.bits().count_ones());
        // Each event is 0 or 1: there are no others if the sum is right.
        let happened: &[u64; EVENTS.len()] = self.0.last_chunk().expect("events are outputs");
        wrong |= happened.iter().sum::<u64>() ^ hits;
        outputs.fence_ready = self.high(Pin::FenceReady);
        (outputs.memory, outputs.fault, outputs.busy) = (None, None, false);
        outputs.events = events;
        wrong == 0
    }

    /// A port's part of [`Sample::only_hit`]: 0 if a request hit, or if nothing happened without
    /// one. Inlined, so that each pin is a constant.
    #[inline(always)]
    fn port(
        &self,
        port: Port,
        pins: &ResponsePins,
        requests: &PerPort<Option<Request>>,
        outputs: &mut Outputs,
    ) -> u64 {
        let asked = requests[port].is_some();
        let accepted = self.pin(pins.ready);
        let answered = self.pin(pins.valid) ^ u64::from(asked);
        let hit = self.pin(HITS[port]) ^ u64::from(asked);
        outputs.ready[port] = accepted == 1;
        outputs.responses[port] = asked.then(|| Ok(self.pin(pins.pa)));
        let refused = (accepted ^ 1) | self.pin(pins.fault);
        answered | hit | if asked { refused } else { 0 }
    }

    fn events(&self) -> Events {
        let bit = |(at, &pin): (usize, &Pin)| (self.pin(pin) as u32) << at;
        Events::from_bits(EVENTS.iter().enumerate().map(bit).sum())
    }
}

/// The request pins of a port.
struct RequestPins {
    valid: Pin,
    va: Pin,
    privilege: Pin,
    /// The data port's: store, cache-block management, SUM, MXR.
    data: Option<[Pin; 4]>,
}

const REQUESTS: PerPort<RequestPins> = PerPort([
    RequestPins {
        valid: Pin::FetchReqValid,
        va: Pin::FetchReqVa,
        privilege: Pin::FetchReqPrivilege,
        data: None,
    },
    RequestPins {
        valid: Pin::DataReqValid,
        va: Pin::DataReqVa,
        privilege: Pin::DataReqPrivilege,
        data: Some([Pin::DataReqStore, Pin::DataReqCbo, Pin::DataReqSum, Pin::DataReqMxr]),
    },
]);

/// The ready and response pins of a port.
#[derive(Clone, Copy)]
struct ResponsePins {
    ready: Pin,
    valid: Pin,
    fault: Pin,
    pa: Pin,
    cause: Pin,
    tval: Pin,
}

const RESPONSES: PerPort<ResponsePins> = PerPort([
    ResponsePins {
        ready: Pin::FetchReqReady,
        valid: Pin::FetchRespValid,
        fault: Pin::FetchRespFault,
        pa: Pin::FetchRespPa,
        cause: Pin::FetchRespCause,
        tval: Pin::FetchRespTval,
    },
    ResponsePins {
        ready: Pin::DataReqReady,
        valid: Pin::DataRespValid,
        fault: Pin::DataRespFault,
        pa: Pin::DataRespPa,
        cause: Pin::DataRespCause,
        tval: Pin::DataRespTval,
    },
]);

/// The events of hits.
const HITS: PerPort<Pin> = PerPort([Pin::EventFetchHit, Pin::EventDataHit]);

/// Events are the last pins.
const _: () = assert!(EVENTS[0] as usize + EVENTS.len() == PINS.len());

fn privilege_code(privilege: Privilege) -> u64 {
    privilege as u64
}

impl<S: Simulator + ?Sized> Mmu for HardwareMmu<S> {
    fn xlen(&self) -> Xlen {
        self.xlen
    }

    fn name(&self) -> &str {
        self.name
    }

    fn entries(&self) -> usize {
        self.entries
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let same = self.drive(inputs);
        if self.watching {
            self.simulator.cycle_seen(&mut self.pins, &mut self.seen);
            return *self.outputs.insert(Sample(Pin::outs(&self.pins)).outputs());
        }
        let rests = same && self.simulator.is_quiescent();
        if let Some(outputs) = self.outputs.filter(|_| rests) {
            return outputs;
        }
        let outs = self.simulator.advance(&mut self.pins);
        *self.outputs.insert(Sample(outs).outputs())
    }

    fn cycle_of_requests(&mut self, inputs: &Inputs, outputs: &mut Outputs) -> bool {
        if self.watching {
            *outputs = self.cycle(inputs);
            return inputs.only_hit(outputs);
        }
        self.drive_requests(&inputs.requests);
        debug_assert_eq!(self.driven, *inputs, "only requests change");
        self.outputs = None;
        let sample = Sample(self.simulator.advance(&mut self.pins));
        let hit = sample.only_hit(&inputs.requests, outputs);
        debug_assert_eq!(hit, inputs.only_hit(&sample.outputs()));
        if hit {
            debug_assert_eq!(*outputs, sample.outputs());
        } else {
            *outputs = *self.outputs.insert(sample.outputs());
        }
        hit
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
