//! The walker's memory port as single accesses of a bus.

use super::{Lanes, NarrowAddress, SwapByLock};
use rust_hdl::prelude::*;

/// What the walker's shims for AXI4, AXI4-Lite and Wishbone have in common: addresses beyond the bus
/// are refused, a compare-and-swap is a locked read and write, an entry finds its lane, and
/// responses are registered.
///
/// Spec: none of RISC-V; rules 1 to 6 of the memory port.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `mem_req_*`, `mem_resp_*` | | | the walker's memory port, as in [`SwapByLock`]; addresses of PA bits |
/// | `bus_req_valid`, `bus_req_ready` | out, in | 1 | the plain port: the request stream |
/// | `bus_req_addr` | out | A | with valid: the address of the entry |
/// | `bus_req_write`, `bus_req_lock` | out | 1 | as in [`SwapByLock`] |
/// | `bus_req_data`, `bus_req_bytes` | out | D, DB | with a write: the entry in its lane, and the lane's bytes, which are those of a read, too |
/// | `bus_resp_valid`, `bus_resp_error`, `bus_resp_locked` | in | 1 | the response flow, in order |
/// | `bus_resp_data` | in | D | with valid, after a read: the whole width of the bus |
///
/// Timing: with a bus of latency N (a request accepted in cycle k is answered in cycle k + N; N >= 0), the
/// walker sees memory of latency L = N + 1: no path leads from the bus through the walker back to
/// the bus. For a compare-and-swap see [`SwapByLock`].
/// Reset: nothing in flight. The bus must forget its requests at the same time.
///
/// Invariants: an entry is one transfer, never two halves: a bus narrower than an entry is refused
/// when the block is made. Two walkers may have a request in flight each.
#[derive(LogicBlock)]
pub struct WalkerAccess<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The walker presents a request.
    pub mem_req_valid: Signal<In, Bit>,
    /// It is accepted.
    pub mem_req_ready: Signal<Out, Bit>,
    /// Physical address of a page-table entry.
    pub mem_req_addr: Signal<In, Bits<PA>>,
    /// Compare-and-swap; otherwise a read.
    pub mem_req_swap: Signal<In, Bit>,
    /// The value that memory must hold.
    pub mem_req_expected: Signal<In, Bits<W>>,
    /// The value to write.
    pub mem_req_desired: Signal<In, Bits<W>>,
    /// The response flow, in order.
    pub mem_resp_valid: Signal<Out, Bit>,
    /// The entry read.
    pub mem_resp_data: Signal<Out, Bits<W>>,
    /// Access refused.
    pub mem_resp_error: Signal<Out, Bit>,
    /// The compare-and-swap was made.
    pub mem_resp_swapped: Signal<Out, Bit>,
    /// A request is presented to the bus.
    pub bus_req_valid: Signal<Out, Bit>,
    /// The bus accepts it.
    pub bus_req_ready: Signal<In, Bit>,
    /// The address of the entry.
    pub bus_req_addr: Signal<Out, Bits<A>>,
    /// A write; otherwise a read.
    pub bus_req_write: Signal<Out, Bit>,
    /// A level: no other master may access the entry.
    pub bus_req_lock: Signal<Out, Bit>,
    /// The entry to write, in its lane.
    pub bus_req_data: Signal<Out, Bits<D>>,
    /// The bytes of the entry.
    pub bus_req_bytes: Signal<Out, Bits<DB>>,
    /// The bus responds, in order.
    pub bus_resp_valid: Signal<In, Bit>,
    /// What was read, on the whole width of the bus.
    pub bus_resp_data: Signal<In, Bits<D>>,
    /// With an error.
    pub bus_resp_error: Signal<In, Bit>,
    /// After a locked read: the lock is there. After a locked write: it was written.
    pub bus_resp_locked: Signal<In, Bit>,
    narrow: NarrowAddress<PA, A>,
    swap: SwapByLock<W, A>,
    /// One, or none where the bus is as wide as an entry.
    lanes: Vec<Lanes<W, B, D, DB>>,
    answered: DFF<Bit>,
    word: DFF<Bits<W>>,
    error: DFF<Bit>,
    locked: DFF<Bit>,
    accepted: Signal<Local, Bit>,
    every_byte: Constant<Bits<B>>,
    upper_half: Constant<Bits<A>>,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Default for WalkerAccess<W, B, PA, A, D, DB>
{
    fn default() -> Self {
        assert!(W == 8 * B && D == 8 * DB, "bytes have eight bits");
        assert!(D == W || D == 2 * W, "a bus of one entry or two; an entry is never two halves");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            mem_req_valid: Default::default(),
            mem_req_ready: Default::default(),
            mem_req_addr: Default::default(),
            mem_req_swap: Default::default(),
            mem_req_expected: Default::default(),
            mem_req_desired: Default::default(),
            mem_resp_valid: Default::default(),
            mem_resp_data: Default::default(),
            mem_resp_error: Default::default(),
            mem_resp_swapped: Default::default(),
            bus_req_valid: Default::default(),
            bus_req_ready: Default::default(),
            bus_req_addr: Default::default(),
            bus_req_write: Default::default(),
            bus_req_lock: Default::default(),
            bus_req_data: Default::default(),
            bus_req_bytes: Default::default(),
            bus_resp_valid: Default::default(),
            bus_resp_data: Default::default(),
            bus_resp_error: Default::default(),
            bus_resp_locked: Default::default(),
            narrow: Default::default(),
            swap: Default::default(),
            lanes: (W..D).step_by(W).map(|_| Lanes::default()).collect(),
            answered: Default::default(),
            word: Default::default(),
            error: Default::default(),
            locked: Default::default(),
            accepted: Default::default(),
            every_byte: Constant::new(((1_u64 << B) - 1).into()),
            upper_half: Constant::new((B as u64).into()),
        }
    }
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Logic for WalkerAccess<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, answered, word, error, locked);
        self.narrow.clock.next = self.clock.val();
        self.narrow.reset.next = self.reset.val();
        self.swap.clock.next = self.clock.val();
        self.swap.reset.next = self.reset.val();

        self.narrow.mem_req_valid.next = self.mem_req_valid.val();
        self.narrow.mem_req_addr.next = self.mem_req_addr.val();
        self.narrow.bus_req_ready.next = self.swap.mem_req_ready.val();
        self.swap.mem_req_valid.next = self.narrow.bus_req_valid.val();
        self.swap.mem_req_addr.next = self.narrow.bus_req_addr.val();
        self.swap.mem_req_swap.next = self.mem_req_swap.val();
        self.swap.mem_req_expected.next = self.mem_req_expected.val();
        self.swap.mem_req_desired.next = self.mem_req_desired.val();
        self.mem_req_ready.next = self.narrow.mem_req_ready.val();

        self.swap.bus_req_ready.next = self.bus_req_ready.val();
        self.bus_req_valid.next = self.swap.bus_req_valid.val();
        self.bus_req_addr.next = self.swap.bus_req_addr.val();
        self.bus_req_write.next = self.swap.bus_req_write.val();
        self.bus_req_lock.next = self.swap.bus_req_lock.val();
        self.bus_req_data.next = bit_cast::<D, W>(self.swap.bus_req_data.val());
        self.bus_req_bytes.next = bit_cast::<DB, B>(self.every_byte.val());

        // The register between the bus and the walker.
        self.accepted.next = self.swap.bus_req_valid.val() && self.bus_req_ready.val();
        self.answered.d.next = self.bus_resp_valid.val();
        self.error.d.next = self.bus_resp_error.val();
        self.locked.d.next = self.bus_resp_locked.val();
        self.word.d.next = bit_cast::<W, D>(self.bus_resp_data.val());
        for i in 0..self.lanes.len() {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].reset.next = self.reset.val();
            self.lanes[i].accepted.next = self.accepted.val();
            self.lanes[i].upper.next = (self.swap.bus_req_addr.val() & self.upper_half.val()).any();
            self.lanes[i].data.next = self.swap.bus_req_data.val();
            self.lanes[i].bytes.next = self.every_byte.val();
            self.lanes[i].answered.next = self.bus_resp_valid.val();
            self.lanes[i].bus_word.next = self.bus_resp_data.val();
            self.bus_req_data.next = self.lanes[i].bus_data.val();
            self.bus_req_bytes.next = self.lanes[i].bus_bytes.val();
            self.word.d.next = self.lanes[i].word.val();
        }
        self.swap.bus_resp_valid.next = self.answered.q.val();
        self.swap.bus_resp_data.next = self.word.q.val();
        self.swap.bus_resp_error.next = self.error.q.val();
        self.swap.bus_resp_locked.next = self.locked.q.val();

        self.narrow.bus_resp_valid.next = self.swap.mem_resp_valid.val();
        self.narrow.bus_resp_error.next = self.swap.mem_resp_error.val();
        self.mem_resp_valid.next = self.narrow.mem_resp_valid.val();
        self.mem_resp_error.next = self.narrow.mem_resp_error.val();
        self.mem_resp_data.next = self.swap.mem_resp_data.val();
        self.mem_resp_swapped.next = self.swap.mem_resp_swapped.val();
        if self.reset.val() {
            self.answered.d.next = false;
        }
    }
}
