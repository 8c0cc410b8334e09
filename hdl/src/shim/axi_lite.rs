//! The shims for AXI4-Lite.

use super::{AxiHandshake, DataAccess, WalkerAccess};
use rust_hdl::prelude::*;

/// The walker's memory port as an AXI4-Lite manager, and the lock of its compare-and-swap beside it,
/// for AXI4-Lite has none.
///
/// Spec: none of RISC-V; AXI4-Lite, "Definition of AXI4-Lite" (every access has the width of the
/// bus; no exclusive access).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | ACLK; high while ARESETn is low |
/// | `mem_req_*`, `mem_resp_*` | | | the walker's memory port, as in [`super::SwapByLock`] |
/// | `lock` | out | 1 | a level: while it is high no other master may access memory |
/// | `m_axi_aw*`, `m_axi_w*`, `m_axi_b*`, `m_axi_ar*`, `m_axi_r*` | | | AXI4-Lite with addresses of A and data of D bits |
///
/// Timing: as that of [`super::WalkerAxi4`]. `lock` rises with the ARVALID of a compare-and-swap, and
/// falls the second cycle after its last response.
/// Reset: all VALID low from the next cycle on.
///
/// Invariants: SLVERR and DECERR are errors. No output of AXI depends on an input of AXI within a
/// cycle, through the walker neither.
#[derive(LogicBlock, Default)]
pub struct WalkerAxiLite<
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
    /// A level: no other master may access memory.
    pub lock: Signal<Out, Bit>,
    /// AWADDR: the address of the write.
    pub m_axi_awaddr: Signal<Out, Bits<A>>,
    /// AWPROT: 0.
    pub m_axi_awprot: Signal<Out, Bits<3>>,
    /// AWVALID.
    pub m_axi_awvalid: Signal<Out, Bit>,
    /// AWREADY.
    pub m_axi_awready: Signal<In, Bit>,
    /// WDATA.
    pub m_axi_wdata: Signal<Out, Bits<D>>,
    /// WSTRB: the bytes to write.
    pub m_axi_wstrb: Signal<Out, Bits<DB>>,
    /// WVALID.
    pub m_axi_wvalid: Signal<Out, Bit>,
    /// WREADY.
    pub m_axi_wready: Signal<In, Bit>,
    /// BRESP.
    pub m_axi_bresp: Signal<In, Bits<2>>,
    /// BVALID.
    pub m_axi_bvalid: Signal<In, Bit>,
    /// BREADY: always.
    pub m_axi_bready: Signal<Out, Bit>,
    /// ARADDR: the address of the read.
    pub m_axi_araddr: Signal<Out, Bits<A>>,
    /// ARPROT: 0.
    pub m_axi_arprot: Signal<Out, Bits<3>>,
    /// ARVALID.
    pub m_axi_arvalid: Signal<Out, Bit>,
    /// ARREADY.
    pub m_axi_arready: Signal<In, Bit>,
    /// RDATA.
    pub m_axi_rdata: Signal<In, Bits<D>>,
    /// RRESP.
    pub m_axi_rresp: Signal<In, Bits<2>>,
    /// RVALID.
    pub m_axi_rvalid: Signal<In, Bit>,
    /// RREADY: always.
    pub m_axi_rready: Signal<Out, Bit>,
    access: WalkerAccess<W, B, PA, A, D, DB>,
    axi: AxiHandshake,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Logic for WalkerAxiLite<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clock.next = self.clock.val();
        self.access.reset.next = self.reset.val();
        self.axi.clock.next = self.clock.val();
        self.axi.reset.next = self.reset.val();
        self.access.mem_req_valid.next = self.mem_req_valid.val();
        self.access.mem_req_addr.next = self.mem_req_addr.val();
        self.access.mem_req_swap.next = self.mem_req_swap.val();
        self.access.mem_req_expected.next = self.mem_req_expected.val();
        self.access.mem_req_desired.next = self.mem_req_desired.val();
        self.mem_req_ready.next = self.access.mem_req_ready.val();
        self.mem_resp_valid.next = self.access.mem_resp_valid.val();
        self.mem_resp_data.next = self.access.mem_resp_data.val();
        self.mem_resp_error.next = self.access.mem_resp_error.val();
        self.mem_resp_swapped.next = self.access.mem_resp_swapped.val();
        self.lock.next = self.access.bus_req_lock.val();
        self.axi.bus_req_valid.next = self.access.bus_req_valid.val();
        self.axi.bus_req_write.next = self.access.bus_req_write.val();
        self.access.bus_req_ready.next = self.axi.bus_req_ready.val();
        self.access.bus_resp_valid.next = self.axi.bus_resp_valid.val();
        self.access.bus_resp_error.next = self.axi.bus_resp_error.val();
        self.access.bus_resp_data.next = self.m_axi_rdata.val();
        self.access.bus_resp_locked.next = true;
        self.m_axi_arvalid.next = self.axi.arvalid.val();
        self.axi.arready.next = self.m_axi_arready.val();
        self.m_axi_awvalid.next = self.axi.awvalid.val();
        self.axi.awready.next = self.m_axi_awready.val();
        self.m_axi_wvalid.next = self.axi.wvalid.val();
        self.axi.wready.next = self.m_axi_wready.val();
        self.axi.rvalid.next = self.m_axi_rvalid.val();
        self.axi.rresp.next = self.m_axi_rresp.val();
        self.m_axi_rready.next = self.axi.rready.val();
        self.axi.bvalid.next = self.m_axi_bvalid.val();
        self.axi.bresp.next = self.m_axi_bresp.val();
        self.m_axi_bready.next = self.axi.bready.val();
        self.m_axi_araddr.next = self.access.bus_req_addr.val();
        self.m_axi_arprot.next = bits::<3>(0);
        self.m_axi_awaddr.next = self.access.bus_req_addr.val();
        self.m_axi_awprot.next = bits::<3>(0);
        self.m_axi_wdata.next = self.access.bus_req_data.val();
        self.m_axi_wstrb.next = self.access.bus_req_bytes.val();
    }
}

/// A core's loads and stores, by the MMU, as an AXI4-Lite manager.
///
/// Spec: as that of [`WalkerAxiLite`]. A load reads the whole width of the bus.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | ACLK; high while ARESETn is low |
/// | `core_*`, `data_*` | | | the core, and the MMU's data port, as in [`DataAccess`]; no size |
/// | `m_axi_aw*`, `m_axi_w*`, `m_axi_b*`, `m_axi_ar*`, `m_axi_r*` | | | as in [`WalkerAxiLite`] |
///
/// Timing: [`DataAccess`]; as that of [`super::DataAxi4`].
/// Reset: all VALID low from the next cycle on.
///
/// Invariants: one access in flight.
#[derive(LogicBlock, Default)]
pub struct DataAxiLite<
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
    /// The core presents a load or store.
    pub core_req_valid: Signal<In, Bit>,
    /// It is accepted.
    pub core_req_ready: Signal<Out, Bit>,
    /// A store; otherwise a load.
    pub core_req_store: Signal<In, Bit>,
    /// The bytes of the word that are meant.
    pub core_req_bytes: Signal<In, Bits<B>>,
    /// The word to store.
    pub core_req_data: Signal<In, Bits<W>>,
    /// The response flow.
    pub core_resp_valid: Signal<Out, Bit>,
    /// The word loaded.
    pub core_resp_data: Signal<Out, Bits<W>>,
    /// The access was not made.
    pub core_resp_fault: Signal<Out, Bit>,
    /// Exception code of the fault.
    pub core_resp_cause: Signal<Out, Bits<4>>,
    /// The access is presented to the MMU.
    pub data_req_valid: Signal<Out, Bit>,
    /// The MMU accepts it.
    pub data_req_ready: Signal<In, Bit>,
    /// The MMU answers.
    pub data_resp_valid: Signal<In, Bit>,
    /// Physical address.
    pub data_resp_pa: Signal<In, Bits<PA>>,
    /// The translation faulted.
    pub data_resp_fault: Signal<In, Bit>,
    /// Exception code of the fault.
    pub data_resp_cause: Signal<In, Bits<4>>,
    /// AWADDR: the address of the write.
    pub m_axi_awaddr: Signal<Out, Bits<A>>,
    /// AWPROT: 0.
    pub m_axi_awprot: Signal<Out, Bits<3>>,
    /// AWVALID.
    pub m_axi_awvalid: Signal<Out, Bit>,
    /// AWREADY.
    pub m_axi_awready: Signal<In, Bit>,
    /// WDATA.
    pub m_axi_wdata: Signal<Out, Bits<D>>,
    /// WSTRB: the bytes to write.
    pub m_axi_wstrb: Signal<Out, Bits<DB>>,
    /// WVALID.
    pub m_axi_wvalid: Signal<Out, Bit>,
    /// WREADY.
    pub m_axi_wready: Signal<In, Bit>,
    /// BRESP.
    pub m_axi_bresp: Signal<In, Bits<2>>,
    /// BVALID.
    pub m_axi_bvalid: Signal<In, Bit>,
    /// BREADY: always.
    pub m_axi_bready: Signal<Out, Bit>,
    /// ARADDR: the address of the read.
    pub m_axi_araddr: Signal<Out, Bits<A>>,
    /// ARPROT: 0.
    pub m_axi_arprot: Signal<Out, Bits<3>>,
    /// ARVALID.
    pub m_axi_arvalid: Signal<Out, Bit>,
    /// ARREADY.
    pub m_axi_arready: Signal<In, Bit>,
    /// RDATA.
    pub m_axi_rdata: Signal<In, Bits<D>>,
    /// RRESP.
    pub m_axi_rresp: Signal<In, Bits<2>>,
    /// RVALID.
    pub m_axi_rvalid: Signal<In, Bit>,
    /// RREADY: always.
    pub m_axi_rready: Signal<Out, Bit>,
    access: DataAccess<W, B, PA, A, D, DB>,
    axi: AxiHandshake,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Logic for DataAxiLite<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clock.next = self.clock.val();
        self.access.reset.next = self.reset.val();
        self.axi.clock.next = self.clock.val();
        self.axi.reset.next = self.reset.val();
        self.access.core_req_valid.next = self.core_req_valid.val();
        self.access.core_req_store.next = self.core_req_store.val();
        self.access.core_req_bytes.next = self.core_req_bytes.val();
        self.access.core_req_data.next = self.core_req_data.val();
        self.access.data_req_ready.next = self.data_req_ready.val();
        self.access.data_resp_valid.next = self.data_resp_valid.val();
        self.access.data_resp_pa.next = self.data_resp_pa.val();
        self.access.data_resp_fault.next = self.data_resp_fault.val();
        self.access.data_resp_cause.next = self.data_resp_cause.val();
        self.core_req_ready.next = self.access.core_req_ready.val();
        self.core_resp_valid.next = self.access.core_resp_valid.val();
        self.core_resp_data.next = self.access.core_resp_data.val();
        self.core_resp_fault.next = self.access.core_resp_fault.val();
        self.core_resp_cause.next = self.access.core_resp_cause.val();
        self.data_req_valid.next = self.access.data_req_valid.val();
        self.access.core_req_size.next = bits::<3>(0);
        self.axi.bus_req_valid.next = self.access.bus_req_valid.val();
        self.axi.bus_req_write.next = self.access.bus_req_write.val();
        self.access.bus_req_ready.next = self.axi.bus_req_ready.val();
        self.access.bus_resp_valid.next = self.axi.bus_resp_valid.val();
        self.access.bus_resp_error.next = self.axi.bus_resp_error.val();
        self.access.bus_resp_data.next = self.m_axi_rdata.val();
        self.m_axi_arvalid.next = self.axi.arvalid.val();
        self.axi.arready.next = self.m_axi_arready.val();
        self.m_axi_awvalid.next = self.axi.awvalid.val();
        self.axi.awready.next = self.m_axi_awready.val();
        self.m_axi_wvalid.next = self.axi.wvalid.val();
        self.axi.wready.next = self.m_axi_wready.val();
        self.axi.rvalid.next = self.m_axi_rvalid.val();
        self.axi.rresp.next = self.m_axi_rresp.val();
        self.m_axi_rready.next = self.axi.rready.val();
        self.axi.bvalid.next = self.m_axi_bvalid.val();
        self.axi.bresp.next = self.m_axi_bresp.val();
        self.m_axi_bready.next = self.axi.bready.val();
        self.m_axi_araddr.next = self.access.bus_req_addr.val();
        self.m_axi_arprot.next = bits::<3>(0);
        self.m_axi_awaddr.next = self.access.bus_req_addr.val();
        self.m_axi_awprot.next = bits::<3>(0);
        self.m_axi_wdata.next = self.access.bus_req_data.val();
        self.m_axi_wstrb.next = self.access.bus_req_bytes.val();
    }
}
