//! Addresses that a bus does not have.

use rust_hdl::prelude::*;

/// Stands between the walker's memory port and a bus of A address bits: a request whose other bits
/// are not zero is not forwarded, but answered with an error.
///
/// Spec: `norm:pma_vm_hw_tbl_acc` (what is not there, or cannot be read, is an access fault).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `mem_req_valid`, `mem_req_ready` | in, out | 1 | the walker's request stream |
/// | `mem_req_addr` | in | PA | with valid |
/// | `mem_resp_valid`, `mem_resp_error` | out | 1 | the response flow, in order |
/// | `bus_req_valid`, `bus_req_ready` | out, in | 1 | the requests that the bus can have |
/// | `bus_req_addr` | out | A | with valid: the low bits of the address |
/// | `bus_resp_valid`, `bus_resp_error` | in | 1 | their responses, in order; in a later cycle than their request |
///
/// All other signals of the memory port go past this block.
///
/// Timing: combinational, 0 cycles, except for the error: a request that is refused is accepted when
/// nothing is in flight, and answered in the next cycle.
/// Reset: no error is due, nothing in flight.
///
/// Invariants: responses are in the order of their requests. Up to three requests may be in flight.
#[derive(LogicBlock, Default)]
pub struct NarrowAddress<const PA: usize, const A: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The walker presents a request.
    pub mem_req_valid: Signal<In, Bit>,
    /// It is accepted.
    pub mem_req_ready: Signal<Out, Bit>,
    /// Its physical address.
    pub mem_req_addr: Signal<In, Bits<PA>>,
    /// A response for the walker.
    pub mem_resp_valid: Signal<Out, Bit>,
    /// It is an error.
    pub mem_resp_error: Signal<Out, Bit>,
    /// The request is presented to the bus.
    pub bus_req_valid: Signal<Out, Bit>,
    /// The bus accepts it.
    pub bus_req_ready: Signal<In, Bit>,
    /// Its address on the bus.
    pub bus_req_addr: Signal<Out, Bits<A>>,
    /// The bus responds, in order.
    pub bus_resp_valid: Signal<In, Bit>,
    /// With an error.
    pub bus_resp_error: Signal<In, Bit>,
    in_flight: DFF<Bits<2>>,
    due: DFF<Bit>,
    reachable: Signal<Local, Bit>,
    accepted: Signal<Local, Bit>,
    refused: Signal<Local, Bit>,
}

impl<const PA: usize, const A: usize> Logic for NarrowAddress<PA, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, in_flight, due);
        self.bus_req_addr.next = bit_cast::<A, PA>(self.mem_req_addr.val());
        self.reachable.next = self.mem_req_addr.val() == bit_cast::<PA, A>(self.bus_req_addr.val());
        self.bus_req_valid.next = self.mem_req_valid.val() && self.reachable.val();
        self.accepted.next = self.bus_req_valid.val() && self.bus_req_ready.val();
        self.refused.next = self.mem_req_valid.val()
            && !self.reachable.val()
            && (self.in_flight.q.val() == bits::<2>(0));
        self.mem_req_ready.next = self.accepted.val() || self.refused.val();

        if self.accepted.val() && !self.bus_resp_valid.val() {
            self.in_flight.d.next = self.in_flight.q.val() + bits::<2>(1);
        }
        if self.bus_resp_valid.val() && !self.accepted.val() {
            self.in_flight.d.next = self.in_flight.q.val() - bits::<2>(1);
        }
        self.due.d.next = self.refused.val();
        self.mem_resp_valid.next = self.bus_resp_valid.val() || self.due.q.val();
        self.mem_resp_error.next = self.bus_resp_error.val() || self.due.q.val();
        if self.reset.val() {
            self.in_flight.d.next = bits::<2>(0);
            self.due.d.next = false;
        }
    }
}
