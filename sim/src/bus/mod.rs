//! The memory bus: channels to memory, each property a wrapper around one trait.
//!
//! A [`Channel`] belongs to one master (walker, fetch, data, operating system) and answers in
//! order. Channels of one machine share one memory; masters do not contend for it.

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

/// One in-order path to memory. `now` is the cycle, and never decreases.
pub trait Channel {
    /// Whether a request presented in this cycle is accepted. Asked once a cycle, before it is
    /// known whether there is one.
    fn ready(&mut self, now: u64) -> bool;

    /// Hands over a request in a cycle in which the channel is ready. Its effect on memory
    /// happens in this order of acceptance.
    fn submit(&mut self, now: u64, request: Request);

    /// The response that arrives in this cycle: at the earliest one cycle after its request.
    fn poll(&mut self, now: u64) -> Option<Response>;

    /// The cycle of the next response under way, if there is one and nothing else intervenes;
    /// lets a simulation jump over waiting.
    fn next_response(&self) -> Option<u64>;
}
