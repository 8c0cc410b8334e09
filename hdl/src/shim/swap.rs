//! Compare-and-swap by a read and a write under a lock.

use rust_hdl::prelude::*;

/// What a compare-and-swap is waiting for.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum SwapState {
    /// None is under way: reads pass. One that is presented begins with its read in this cycle.
    Idle,
    /// For the response to its read.
    Read,
    /// For the bus to accept its write.
    Write,
    /// For the response to its write.
    Written,
    /// For nothing: the walker's request is accepted in this cycle.
    Done,
}

/// Serves the walker's memory port from memory that can only read and write.
///
/// Spec: none of RISC-V; rules 2 to 4 of the memory port. On AXI4 the lock is an exclusive access
/// (AXI, "Exclusive accesses"), elsewhere the bus grants nobody else while `bus_req_lock` is high.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `mem_req_valid`, `mem_req_ready` | in, out | 1 | the walker's request stream |
/// | `mem_req_addr` | in | A | with valid: the address of an entry |
/// | `mem_req_swap` | in | 1 | with valid: compare-and-swap; otherwise a read |
/// | `mem_req_expected`, `mem_req_desired` | in | W | with swap: the value that memory must hold, and the new one |
/// | `mem_resp_valid` | out | 1 | the response flow, in order |
/// | `mem_resp_data` | out | W | with valid, after a read: the entry |
/// | `mem_resp_error` | out | 1 | with valid: refused |
/// | `mem_resp_swapped` | out | 1 | with valid, after a compare-and-swap: it was made |
/// | `bus_req_valid`, `bus_req_ready` | out, in | 1 | the request stream to memory |
/// | `bus_req_addr` | out | A | with valid |
/// | `bus_req_write`, `bus_req_data` | out | 1, W | with valid: a write of this word; otherwise a read |
/// | `bus_req_lock` | out | 1 | a level: from the request of the read until the last response no other master may access the entry |
/// | `bus_resp_valid` | in | 1 | the response flow, in order; in a later cycle than its request |
/// | `bus_resp_data`, `bus_resp_error` | in | W, 1 | with valid: the word read; refused |
/// | `bus_resp_locked` | in | 1 | with valid, if the request was locked: after a read, the lock is there; after a write, it was written. Tie it high where the lock cannot fail |
///
/// Timing, with memory of latency L that is always ready: a read takes L cycles (it passes, both
/// ways, combinationally). A compare-and-swap is accepted L + 1 cycles after it was presented if
/// memory holds another value, else 2L + 2, and answered in the next cycle.
/// Reset: nothing in flight. Memory must forget its requests at the same time.
///
/// Invariants: a compare-and-swap is accepted only when it has taken effect, so that a fence, which
/// waits for an update that is presented, never passes one (rule 9 of the MMU). It begins only when no read
/// is in flight. It writes only what it has compared under the same lock. A read that has no lock
/// although it asked for one is an error, for memory then cannot do a compare-and-swap. Up to three
/// reads may be in flight.
#[derive(LogicBlock, Default)]
pub struct SwapByLock<const W: usize, const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The walker presents a request.
    pub mem_req_valid: Signal<In, Bit>,
    /// It is accepted.
    pub mem_req_ready: Signal<Out, Bit>,
    /// Address of a page-table entry.
    pub mem_req_addr: Signal<In, Bits<A>>,
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
    /// A request is presented to memory.
    pub bus_req_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub bus_req_ready: Signal<In, Bit>,
    /// Its address.
    pub bus_req_addr: Signal<Out, Bits<A>>,
    /// A write; otherwise a read.
    pub bus_req_write: Signal<Out, Bit>,
    /// The word to write.
    pub bus_req_data: Signal<Out, Bits<W>>,
    /// A level: no other master may access the entry.
    pub bus_req_lock: Signal<Out, Bit>,
    /// Memory responds, in order.
    pub bus_resp_valid: Signal<In, Bit>,
    /// The word read.
    pub bus_resp_data: Signal<In, Bits<W>>,
    /// Access refused.
    pub bus_resp_error: Signal<In, Bit>,
    /// After a locked read: the lock is there. After a locked write: it was written.
    pub bus_resp_locked: Signal<In, Bit>,
    state: DFF<SwapState>,
    // Reads.
    in_flight: DFF<Bits<2>>,
    // A compare-and-swap is answered in this cycle.
    answers: DFF<Bit>,
    swapped: DFF<Bit>,
    failed: DFF<Bit>,
    idle: Signal<Local, Bit>,
    reads: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    writes: Signal<Local, Bit>,
    accepted: Signal<Local, Bit>,
    answered: Signal<Local, Bit>,
    equal: Signal<Local, Bit>,
}

impl<const W: usize, const A: usize> Logic for SwapByLock<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, in_flight, answers, swapped, failed);
        self.idle.next = self.state.q.val() == SwapState::Idle;
        self.reads.next = self.idle.val() && self.mem_req_valid.val() && !self.mem_req_swap.val();
        self.begins.next = self.idle.val()
            && self.mem_req_valid.val()
            && self.mem_req_swap.val()
            && (self.in_flight.q.val() == bits::<2>(0));
        self.writes.next = self.state.q.val() == SwapState::Write;
        self.equal.next = self.bus_resp_data.val() == self.mem_req_expected.val();

        self.bus_req_valid.next = self.reads.val() || self.begins.val() || self.writes.val();
        self.bus_req_addr.next = self.mem_req_addr.val();
        self.bus_req_write.next = self.writes.val();
        self.bus_req_data.next = self.mem_req_desired.val();
        self.bus_req_lock.next =
            self.begins.val() || (!self.idle.val() && (self.state.q.val() != SwapState::Done));

        // What responds while no compare-and-swap is under way answers a read.
        self.accepted.next = self.reads.val() && self.bus_req_ready.val();
        self.answered.next = self.idle.val() && self.bus_resp_valid.val();
        if self.accepted.val() && !self.answered.val() {
            self.in_flight.d.next = self.in_flight.q.val() + bits::<2>(1);
        }
        if self.answered.val() && !self.accepted.val() {
            self.in_flight.d.next = self.in_flight.q.val() - bits::<2>(1);
        }

        match self.state.q.val() {
            SwapState::Idle => {
                if self.begins.val() && self.bus_req_ready.val() {
                    self.state.d.next = SwapState::Read;
                }
            }
            SwapState::Read => {
                if self.bus_resp_valid.val() {
                    self.state.d.next = SwapState::Done;
                    self.swapped.d.next = false;
                    self.failed.d.next = self.bus_resp_error.val() || !self.bus_resp_locked.val();
                    if self.equal.val() && self.bus_resp_locked.val() && !self.bus_resp_error.val()
                    {
                        self.state.d.next = SwapState::Write;
                    }
                }
            }
            SwapState::Write => {
                if self.bus_req_ready.val() {
                    self.state.d.next = SwapState::Written;
                }
            }
            SwapState::Written => {
                if self.bus_resp_valid.val() {
                    self.state.d.next = SwapState::Done;
                    self.swapped.d.next = self.bus_resp_locked.val() && !self.bus_resp_error.val();
                    self.failed.d.next = self.bus_resp_error.val();
                }
            }
            SwapState::Done => {
                self.state.d.next = SwapState::Idle;
            }
        }
        self.answers.d.next = self.state.q.val() == SwapState::Done;

        self.mem_req_ready.next = self.accepted.val() || (self.state.q.val() == SwapState::Done);
        self.mem_resp_valid.next = self.answered.val() || self.answers.q.val();
        self.mem_resp_data.next = self.bus_resp_data.val();
        self.mem_resp_error.next = (self.answered.val() && self.bus_resp_error.val())
            || (self.answers.q.val() && self.failed.q.val());
        self.mem_resp_swapped.next = self.swapped.q.val();

        if self.reset.val() {
            self.state.d.next = SwapState::Idle;
            self.in_flight.d.next = bits::<2>(0);
            self.answers.d.next = false;
        }
    }
}
