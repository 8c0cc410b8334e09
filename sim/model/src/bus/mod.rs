//! The memory bus: channels to memory, each property a wrapper around one trait.
//!
//! A [`Channel`] belongs to one master (walker, fetch, data, operating system) and answers in
//! order. Channels of one machine share one memory; masters do not contend for it.
//!
//! | part | what it is |
//! |---|---|
//! | [`SharedMemory`] | RAM, ROM and devices at their physical addresses; no timing |
//! | `pages` | sparse storage: pages that were never written take no space |
//! | [`Device`], [`Console`] | devices, which answer like memory |
//! | [`FixedLatency`], [`RandomLatency`] | memory with latency: the innermost channels |
//! | [`LatencySpec`] (`latency_spec`) | the choice of a latency, as in scenarios |
//! | [`BackPressure`], [`FaultInjection`], [`Traced`] | wrappers around any channel |
//! | [`Cached`] | a wrapper that looks requests up in a model of a cache |
//!
//! A request takes effect, and a read samples its value, in the cycle of its acceptance; latency
//! only delays the response. So the order of acceptance over all channels is the order of memory.

mod back_pressure;
mod cached;
mod device;
mod fault_injection;
mod latency;
mod latency_spec;
mod memory;
mod pages;
mod traced;

pub use back_pressure::BackPressure;
pub use cached::Cached;
pub use device::{Console, Device};
pub use fault_injection::{FaultInjection, FaultPlan};
pub use latency::{
    Cache, CacheLatency, Delayed, Fixed, FixedLatency, Random, RandomLatency, Timing,
};
pub use latency_spec::LatencySpec;
pub use memory::{BusError, FoundPage, MapError, SharedMemory};
pub use traced::{Trace, TraceEvent, Traced};

/// A master's request to memory.
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
        /// The expected value.
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
    /// For a compare-and-swap: whether the write was made.
    pub swapped: bool,
}

/// A response that is known before it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The cycle in which it arrives.
    pub due: u64,
    /// The response.
    pub response: Response,
}

/// A run of naturally aligned 8-byte words, from a physical address on.
#[derive(Debug)]
pub enum Burst<'a> {
    /// Read them.
    Read {
        /// Physical address of the first.
        pa: u64,
        /// The destination.
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
    /// Whether a request presented in this cycle is accepted. Called once per cycle, before it is
    /// known whether there is one.
    fn ready(&mut self, now: u64) -> bool;

    /// Passes a request in a cycle in which the channel is ready. Requests take effect on memory in
    /// this order.
    fn submit(&mut self, now: u64, request: Request);

    /// Whether it is ready in every cycle, whatever happens.
    fn is_always_ready(&self) -> bool {
        false
    }

    /// The latency of a channel that is memory behind this latency and nothing else: it is always
    /// ready, and a master may access memory directly instead, with the same effect in the same
    /// cycles.
    fn fixed_latency(&self) -> Option<u64> {
        None
    }

    /// As [`Channel::submit`], if the answer and its cycle are known at once: the response keeps
    /// its place among the others, but [`Channel::poll`] does not return it again. `None`, with
    /// nothing done, if they are not known.
    fn carry(&mut self, _now: u64, _request: Request) -> Option<Known> {
        None
    }

    /// The response that arrives in this cycle: at the earliest one cycle after its request.
    fn poll(&mut self, now: u64) -> Option<Response>;

    /// The cycle of the next outstanding response, if there is one and no other request intervenes;
    /// allows a simulation to skip waiting.
    fn next_response(&self) -> Option<u64>;

    /// The aligned line of 64 bytes around an address as it is in this cycle, as eight little-endian
    /// words, where memory behind the channel answers with lines. `None` where it does not.
    fn line(&self, _pa: u64) -> Option<[u64; 8]> {
        None
    }

    /// Performs a run at once, exactly as if each word were submitted by itself in the first cycle
    /// from `now` on in which the channel is ready, and polled when it is due; returns the cycle of
    /// the last response. Only for a master without other outstanding requests, while no other
    /// master accesses memory. `None`, with nothing done, if the channel cannot know that all
    /// requests will succeed.
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

    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        (**self).line(pa)
    }

    fn burst(&mut self, now: u64, burst: &mut Burst<'_>) -> Option<u64> {
        (**self).burst(now, burst)
    }
}

#[cfg(test)]
mod tests;
