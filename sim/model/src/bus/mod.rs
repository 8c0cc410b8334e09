//! The memory bus: channels to memory, each property a wrapper around one trait.
//!
//! A [`Channel`] belongs to one master (walker, fetch, data, operating system) and answers in
//! order. Channels of one machine share one memory; masters do not contend for it.
//!
//! | part | what it is |
//! |---|---|
//! | [`SharedMemory`] | RAM, ROM and devices at their physical addresses; no time |
//! | `pages` | its bytes, sparse: what was never written takes no space |
//! | [`Device`], [`Console`] | what may answer beside memory |
//! | [`FixedLatency`], [`RandomLatency`] | memory seen through time: the innermost channels |
//! | [`LatencySpec`] (`latency_spec`) | which of them, as a scenario states it |
//! | [`BackPressure`], [`FaultInjection`], [`Traced`] | wrappers around any channel |
//!
//! A request takes effect, and a read samples its value, in the cycle of its acceptance; latency
//! only delays the news. So the order of acceptance over all channels is the order of memory.

mod back_pressure;
mod device;
mod fault_injection;
mod latency;
mod latency_spec;
mod memory;
mod pages;
mod traced;

pub use back_pressure::BackPressure;
pub use device::{Console, Device};
pub use fault_injection::{FaultInjection, FaultPlan};
pub use latency::{
    Cache, CacheLatency, Delayed, Fixed, FixedLatency, Random, RandomLatency, Timing,
};
pub use latency_spec::LatencySpec;
pub use memory::{BusError, MapError, SharedMemory};
pub use traced::{Trace, TraceEvent, Traced};

/// What a master asks of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Read `bytes` (1, 2, 4 or 8, naturally aligned) at `pa`.
    Read {
        /// Physical address.
        pa: u64,
        /// Size.
        bytes: u8,
    },
    /// Write the low `bytes` of `value` at `pa`.
    Write {
        /// Physical address.
        pa: u64,
        /// Size.
        bytes: u8,
        /// Little-endian value.
        value: u64,
    },
    /// Atomically write `desired` if memory still holds `expected`.
    CompareSwap {
        /// Physical address.
        pa: u64,
        /// Size.
        bytes: u8,
        /// The value that must be found.
        expected: u64,
        /// The value to write.
        desired: u64,
    },
}

/// Memory's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The value read (compare-and-swap: found); 0 for a write or an error.
    pub value: u64,
    /// Nothing answered at that address, or it refused.
    pub error: bool,
    /// Of a compare-and-swap: the write was made.
    pub swapped: bool,
}

/// A response that is known before it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The cycle in which it arrives.
    pub due: u64,
    /// What it is.
    pub response: Response,
}

/// A run of naturally aligned 8-byte words, from a physical address on.
#[derive(Debug)]
pub enum Burst<'a> {
    /// Read them.
    Read {
        /// Physical address of the first.
        pa: u64,
        /// Where they go.
        words: &'a mut [u64],
    },
    /// Write them.
    Write {
        /// Physical address of the first.
        pa: u64,
        /// The values.
        words: &'a [u64],
    },
}

/// One in-order path to memory. `now` is the cycle, and never decreases.
pub trait Channel {
    /// Whether a request presented in this cycle is accepted. Asked once a cycle, before it is
    /// known whether there is one.
    fn ready(&mut self, now: u64) -> bool;

    /// Hands over a request in a cycle in which the channel is ready. Its effect on memory
    /// happens in this order of acceptance.
    fn submit(&mut self, now: u64, request: Request);

    /// Whether it is ready in every cycle, whatever happens.
    fn is_always_ready(&self) -> bool {
        false
    }

    /// The latency of a channel that is memory behind this latency and nothing else: it is always
    /// ready, what it does is what memory does, and a master may ask memory itself instead, in
    /// the same cycles.
    fn fixed_latency(&self) -> Option<u64> {
        None
    }

    /// As [`Channel::submit`], where it is known at once what will be answered, and in which
    /// cycle: the response takes its place among the others, but [`Channel::poll`] does not tell
    /// it again. `None`, and nothing is done, where that is not known.
    fn carry(&mut self, _now: u64, _request: Request) -> Option<Known> {
        None
    }

    /// The response that arrives in this cycle: at the earliest one cycle after its request.
    fn poll(&mut self, now: u64) -> Option<Response>;

    /// The cycle of the next response under way, if there is one and nothing else intervenes;
    /// lets a simulation jump over waiting.
    fn next_response(&self) -> Option<u64>;

    /// Carries out a run at once, exactly as if each word were submitted by itself in the first
    /// cycle from `now` on in which the channel is ready, and polled when it is due; returns the
    /// cycle of the last response. Only for a master that has nothing else under way, while no
    /// other master accesses memory. `None`, and nothing is done, where the channel cannot know
    /// that all will go well.
    fn burst(&mut self, _now: u64, _burst: &mut Burst<'_>) -> Option<u64> {
        None
    }
}

impl<C: Channel + ?Sized> Channel for Box<C> {
    fn ready(&mut self, now: u64) -> bool {
        (**self).ready(now)
    }

    fn submit(&mut self, now: u64, request: Request) {
        (**self).submit(now, request);
    }

    fn is_always_ready(&self) -> bool {
        (**self).is_always_ready()
    }

    fn fixed_latency(&self) -> Option<u64> {
        (**self).fixed_latency()
    }

    fn carry(&mut self, now: u64, request: Request) -> Option<Known> {
        (**self).carry(now, request)
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        (**self).poll(now)
    }

    fn next_response(&self) -> Option<u64> {
        (**self).next_response()
    }

    fn burst(&mut self, now: u64, burst: &mut Burst<'_>) -> Option<u64> {
        (**self).burst(now, burst)
    }
}

#[cfg(test)]
mod tests;
