//! The pins of each port and of a line, and which of them are events.

use crate::{EVENTS, PINS, Pin};
use model::mmu::PerPort;

/// The request pins of a port.
pub(super) struct RequestPins {
    pub(super) valid: Pin,
    pub(super) va: Pin,
    pub(super) size: Pin,
    pub(super) privilege: Pin,
    /// The data port's: store, cache-block management, SUM, MXR.
    pub(super) data: Option<[Pin; 4]>,
}

pub(super) const REQUESTS: PerPort<RequestPins> = PerPort([
    RequestPins {
        valid: Pin::FetchReqValid,
        va: Pin::FetchReqVa,
        size: Pin::FetchReqSize,
        privilege: Pin::FetchReqPrivilege,
        data: None,
    },
    RequestPins {
        valid: Pin::DataReqValid,
        va: Pin::DataReqVa,
        size: Pin::DataReqSize,
        privilege: Pin::DataReqPrivilege,
        data: Some([Pin::DataReqStore, Pin::DataReqCbo, Pin::DataReqSum, Pin::DataReqMxr]),
    },
]);

/// The ready and response pins of a port.
#[derive(Clone, Copy)]
pub(super) struct ResponsePins {
    pub(super) ready: Pin,
    pub(super) valid: Pin,
    pub(super) fault: Pin,
    pub(super) pa: Pin,
    pub(super) size: Pin,
    pub(super) pbmt: Pin,
    pub(super) pma: Pin,
    pub(super) cause: Pin,
    pub(super) tval: Pin,
}

pub(super) const RESPONSES: PerPort<ResponsePins> = PerPort([
    ResponsePins {
        ready: Pin::FetchReqReady,
        valid: Pin::FetchRespValid,
        fault: Pin::FetchRespFault,
        pa: Pin::FetchRespPa,
        size: Pin::FetchRespSize,
        pbmt: Pin::FetchRespPbmt,
        pma: Pin::FetchRespPma,
        cause: Pin::FetchRespCause,
        tval: Pin::FetchRespTval,
    },
    ResponsePins {
        ready: Pin::DataReqReady,
        valid: Pin::DataRespValid,
        fault: Pin::DataRespFault,
        pa: Pin::DataRespPa,
        size: Pin::DataRespSize,
        pbmt: Pin::DataRespPbmt,
        pma: Pin::DataRespPma,
        cause: Pin::DataRespCause,
        tval: Pin::DataRespTval,
    },
]);

/// The trace pins of a port.
#[derive(Clone, Copy)]
pub(super) struct TracePins {
    pub(super) source: Pin,
    pub(super) reason: Pin,
    pub(super) start: Pin,
    pub(super) read: Pin,
    pub(super) level: Pin,
    pub(super) addr: Pin,
    pub(super) entry: Pin,
}

pub(super) const TRACES: PerPort<TracePins> = PerPort([
    TracePins {
        source: Pin::FetchTraceSource,
        reason: Pin::FetchTraceReason,
        start: Pin::FetchTraceStart,
        read: Pin::FetchTraceRead,
        level: Pin::FetchTraceLevel,
        addr: Pin::FetchTraceAddr,
        entry: Pin::FetchTraceEntry,
    },
    TracePins {
        source: Pin::DataTraceSource,
        reason: Pin::DataTraceReason,
        start: Pin::DataTraceStart,
        read: Pin::DataTraceRead,
        level: Pin::DataTraceLevel,
        addr: Pin::DataTraceAddr,
        entry: Pin::DataTraceEntry,
    },
]);

/// The words of a line.
pub const WORDS: [Pin; 8] = [
    Pin::MemRespWord0,
    Pin::MemRespWord1,
    Pin::MemRespWord2,
    Pin::MemRespWord3,
    Pin::MemRespWord4,
    Pin::MemRespWord5,
    Pin::MemRespWord6,
    Pin::MemRespWord7,
];

/// The events of hits.
pub(super) const HITS: PerPort<Pin> = PerPort([Pin::EventFetchHit, Pin::EventDataHit]);

/// Events are the last pins.
const _: () = assert!(EVENTS[0] as usize + EVENTS.len() == PINS.len());

/// The events of parts that may be absent: of the walk cache, line fill, the
/// second level and two walkers.
pub(super) const PARTS: [Pin; 8] = [
    Pin::EventWalkCacheHit,
    Pin::EventLineHit,
    Pin::EventLineDoubt,
    Pin::EventL2Hit,
    Pin::EventL2Miss,
    Pin::EventL2Parity,
    Pin::EventL2Sweep,
    Pin::EventMissJoin,
];

/// The place of the first one among the events.
pub(super) const FIRST_OF_PARTS: usize = PARTS[0] as usize - EVENTS[0] as usize;

/// They are consecutive.
const _: () = {
    let mut at = 0;
    while at < PARTS.len() {
        assert!(PARTS[at] as usize == PARTS[0] as usize + at);
        at += 1;
    }
};
