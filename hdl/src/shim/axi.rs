//! One bus access on the channels of AXI.

use rust_hdl::prelude::*;

/// The handshakes of AXI4 and AXI4-Lite for single transfers; addresses and data are wired beside it.
///
/// Spec: none of RISC-V; AXI, "Handshake process", "Relationships between the channels" and
/// "Dependencies between channel handshake signals", "Read and write response structure",
/// "Exclusive accesses".
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `bus_req_valid`, `bus_req_ready`, `bus_req_write` | in, out, in | 1 | the plain port: the request |
/// | `bus_resp_valid`, `bus_resp_error`, `bus_resp_locked` | out | 1 | its response: an error is SLVERR or DECERR, locked is EXOKAY |
/// | `arvalid`, `arready` | out, in | 1 | the read address channel |
/// | `rvalid`, `rready`, `rresp` | in, out, in | 1, 1, 2 | the read data channel |
/// | `awvalid`, `awready` | out, in | 1 | the write address channel |
/// | `wvalid`, `wready` | out, in | 1 | the write data channel |
/// | `bvalid`, `bready`, `bresp` | in, out, in | 1, 1, 2 | the write response channel |
///
/// Timing: combinational, except that a write's address and data may be accepted in different
/// cycles. RREADY and BREADY are always high.
/// Reset: neither address nor data of a write is accepted.
///
/// Invariants: a VALID depends on no READY of its cycle, and stays high until its READY. Several
/// reads may be in flight; they have one ID, and so are in order.
#[derive(LogicBlock, Default)]
pub struct AxiHandshake {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A request is presented.
    pub bus_req_valid: Signal<In, Bit>,
    /// It is accepted.
    pub bus_req_ready: Signal<Out, Bit>,
    /// It is a write.
    pub bus_req_write: Signal<In, Bit>,
    /// The bus responds.
    pub bus_resp_valid: Signal<Out, Bit>,
    /// With an error.
    pub bus_resp_error: Signal<Out, Bit>,
    /// An exclusive access was made.
    pub bus_resp_locked: Signal<Out, Bit>,
    /// ARVALID.
    pub arvalid: Signal<Out, Bit>,
    /// ARREADY.
    pub arready: Signal<In, Bit>,
    /// RVALID.
    pub rvalid: Signal<In, Bit>,
    /// RREADY.
    pub rready: Signal<Out, Bit>,
    /// RRESP.
    pub rresp: Signal<In, Bits<2>>,
    /// AWVALID.
    pub awvalid: Signal<Out, Bit>,
    /// AWREADY.
    pub awready: Signal<In, Bit>,
    /// WVALID.
    pub wvalid: Signal<Out, Bit>,
    /// WREADY.
    pub wready: Signal<In, Bit>,
    /// BVALID.
    pub bvalid: Signal<In, Bit>,
    /// BREADY.
    pub bready: Signal<Out, Bit>,
    /// BRESP.
    pub bresp: Signal<In, Bits<2>>,
    // Of the write that is presented, this channel's transfer was made in an earlier cycle.
    address_sent: DFF<Bit>,
    data_sent: DFF<Bit>,
    writes: Signal<Local, Bit>,
    address_goes: Signal<Local, Bit>,
    data_goes: Signal<Local, Bit>,
    written: Signal<Local, Bit>,
    response: Signal<Local, Bits<2>>,
}

impl Logic for AxiHandshake {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, address_sent, data_sent);
        self.arvalid.next = self.bus_req_valid.val() && !self.bus_req_write.val();
        self.writes.next = self.bus_req_valid.val() && self.bus_req_write.val();
        self.awvalid.next = self.writes.val() && !self.address_sent.q.val();
        self.wvalid.next = self.writes.val() && !self.data_sent.q.val();
        self.address_goes.next = self.address_sent.q.val() || self.awready.val();
        self.data_goes.next = self.data_sent.q.val() || self.wready.val();
        self.written.next = self.writes.val() && self.address_goes.val() && self.data_goes.val();
        self.bus_req_ready.next = self.written.val() || (self.arvalid.val() && self.arready.val());
        self.address_sent.d.next =
            self.writes.val() && self.address_goes.val() && !self.written.val();
        self.data_sent.d.next = self.writes.val() && self.data_goes.val() && !self.written.val();

        self.rready.next = true;
        self.bready.next = true;
        self.response.next = self.bresp.val();
        if self.rvalid.val() {
            self.response.next = self.rresp.val();
        }
        self.bus_resp_valid.next = self.rvalid.val() || self.bvalid.val();
        self.bus_resp_error.next = self.response.val().get_bit(1);
        self.bus_resp_locked.next = self.response.val() == bits::<2>(1);
        if self.reset.val() {
            self.address_sent.d.next = false;
            self.data_sent.d.next = false;
        }
    }
}
