//! The outputs of the hardware, made of pin values.

use super::pins::{FIRST_OF_PARTS, HITS, PARTS, RESPONSES, ResponsePins, TRACES, TracePins};
use crate::simulator::{INPUTS, Outs};
use crate::{Config, EVENTS, Pin};
use model::isa::{Attributes, Cause, Extension, Fault, Translation};
use model::mmu::{
    EntryRead, Events, Inputs, MemoryRequest, Organisation, Outputs, PerPort, Port, Reason,
    Request, Response, Source, Traced,
};

/// The outputs of a cycle as pin values.
pub(super) struct Sample<'a>(pub(super) &'a Outs);

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

    /// Of an answer that is a page; else none.
    fn attributes(&self, pins: &ResponsePins) -> Attributes {
        if !self.high(pins.valid) || self.high(pins.fault) {
            return Attributes::default();
        }
        let [size, pbmt, pma] = [pins.size, pins.pbmt, pins.pma].map(|pin| self.pin(pin) as u8);
        Attributes { size, pbmt, pma }
    }

    /// The address of an answer, with its page's attributes; 0 without an answer, as the pins mean
    /// nothing then.
    fn translation(&self, pins: &ResponsePins) -> Translation {
        let some = self.pin(pins.valid).wrapping_neg();
        let [size, pbmt, pma] = [pins.size, pins.pbmt, pins.pma].map(|pin| self.pin(pin) & some);
        Translation::of_codes(self.pin(pins.pa) & some, size, pbmt, pma)
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

    pub(super) fn outputs(&self, traced: bool) -> Outputs {
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

    /// The answers of a cycle that contained only hits.
    pub(super) fn by_definition(&self, inputs: &Inputs) -> Option<PerPort<Translation>> {
        let hits = inputs.only_hit(&self.outputs(false));
        hits.then(|| RESPONSES.map(|pins| self.translation(&pins)))
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

    /// The answers of a cycle that contained only hits, as [`Inputs::only_hit`] defines it, in an
    /// MMU without further parts. Inlined, since most cycles of a long run come here.
    #[inline(always)]
    pub(super) fn only_hits(
        &self,
        requests: &PerPort<Option<Request>>,
    ) -> Option<PerPort<Translation>> {
        let [fetch, data] = &RESPONSES.0;
        let asked = |port: Port| u64::from(requests[port].is_some());
        let (fetches, loads) = (asked(Port::Fetch), asked(Port::Data));
        let mut wrong =
            self.pin(Pin::MemReqValid) | self.pin(Pin::FaultValid) | self.pin(Pin::Busy);
        wrong |= self.no_hit(Port::Fetch, fetch, fetches) | self.no_hit(Port::Data, data, loads);
        // Each event is 0 or 1: there are no others if the sum is right.
        let (before, rest) = self.happened().split_at(FIRST_OF_PARTS);
        let events = before.iter().chain(&rest[PARTS.len()..]);
        wrong |= events.sum::<u64>() ^ (fetches + loads);
        let answer = |pins: &ResponsePins| {
            let some = self.pin(pins.valid).wrapping_neg();
            Translation::of_codes(self.pin(pins.pa) & some, self.pin(pins.size) & some, 0, 0)
        };
        (wrong == 0).then(|| PerPort([answer(fetch), answer(data)]))
    }

    /// In an MMU with further parts, what they make of the result of [`Sample::only_hits`].
    #[inline]
    pub(super) fn of_parts(
        &self,
        hits: Option<PerPort<Translation>>,
    ) -> Option<PerPort<Translation>> {
        let happened = self.happened()[FIRST_OF_PARTS..][..PARTS.len()].iter();
        let some = happened.fold(0, |all, event| all | event) != 0;
        hits.filter(|_| !some).map(|_| RESPONSES.map(|pins| self.translation(&pins)))
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

/// Whether an MMU has some of these parts, or pages with a memory type or PMAs. In others these
/// pins are 0, and [`Sample::only_hits`] does not need them.
pub(super) fn has_parts(config: &Config) -> bool {
    let Organisation { walk_cache, line_fill, l2, two_walkers, .. } = config.organisation;
    let parts = walk_cache != 0 || line_fill != 0 || l2 != 0 || two_walkers;
    parts || config.extensions.has(Extension::Svpbmt) || config.physical.is_some()
}
