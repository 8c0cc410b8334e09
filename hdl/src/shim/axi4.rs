//! The shims for AXI4.

use super::{AxiHandshake, DataAccess, WalkerAccess};
use rust_hdl::prelude::*;

/// The walker's memory port as an AXI4 manager: reads are single transfers, a compare-and-swap is an
/// exclusive read and an exclusive write.
///
/// Spec: none of RISC-V; AXI4, "Exclusive accesses" and "Exclusive access restrictions", "Memory
/// types": AxCACHE is 0, Device Non-bufferable, so that no transfer is split or merged, none is
/// answered before its final destination, and each is seen by the exclusive access monitor.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | ACLK; high while ARESETn is low |
/// | `mem_req_*`, `mem_resp_*` | | | the walker's memory port, as in [`super::SwapByLock`] |
/// | `m_axi_aw*`, `m_axi_w*`, `m_axi_b*`, `m_axi_ar*`, `m_axi_r*` | | | AXI4 with addresses of A and data of D bits, without IDs (all are 0), QOS, REGION and USER |
///
/// Timing: a read whose ARREADY comes in its first cycle, and whose RVALID comes R cycles later
/// (R >= 1), is memory of latency L = R + 1. Compare-and-swap: [`super::SwapByLock`], whose write's
/// latency is that of BVALID.
/// Reset: all VALID low from the next cycle on.
///
/// Invariants: an exclusive write that fails (OKAY) is a compare-and-swap that was not made. An
/// exclusive read without EXOKAY is an error: there is no monitor, and nothing is written. SLVERR and
/// DECERR are errors. No output of AXI depends on an input of AXI within a cycle, through the walker
/// neither.
#[derive(LogicBlock)]
pub struct WalkerAxi4<
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
    /// AWADDR: the address of the write.
    pub m_axi_awaddr: Signal<Out, Bits<A>>,
    /// AWLEN: one transfer.
    pub m_axi_awlen: Signal<Out, Bits<8>>,
    /// AWSIZE: log2 of its bytes.
    pub m_axi_awsize: Signal<Out, Bits<3>>,
    /// AWBURST: INCR.
    pub m_axi_awburst: Signal<Out, Bits<2>>,
    /// AWLOCK: an exclusive access.
    pub m_axi_awlock: Signal<Out, Bit>,
    /// AWCACHE: as it is, by its final destination.
    pub m_axi_awcache: Signal<Out, Bits<4>>,
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
    /// WLAST: always.
    pub m_axi_wlast: Signal<Out, Bit>,
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
    /// ARLEN: one transfer.
    pub m_axi_arlen: Signal<Out, Bits<8>>,
    /// ARSIZE: log2 of its bytes.
    pub m_axi_arsize: Signal<Out, Bits<3>>,
    /// ARBURST: INCR.
    pub m_axi_arburst: Signal<Out, Bits<2>>,
    /// ARLOCK: an exclusive access.
    pub m_axi_arlock: Signal<Out, Bit>,
    /// ARCACHE: as it is, by its final destination.
    pub m_axi_arcache: Signal<Out, Bits<4>>,
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
    /// RLAST; not looked at.
    pub m_axi_rlast: Signal<In, Bit>,
    /// RVALID.
    pub m_axi_rvalid: Signal<In, Bit>,
    /// RREADY: always.
    pub m_axi_rready: Signal<Out, Bit>,
    access: WalkerAccess<W, B, PA, A, D, DB>,
    axi: AxiHandshake,
    size: Constant<Bits<3>>,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Default for WalkerAxi4<W, B, PA, A, D, DB>
{
    fn default() -> Self {
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
            m_axi_awaddr: Default::default(),
            m_axi_awlen: Default::default(),
            m_axi_awsize: Default::default(),
            m_axi_awburst: Default::default(),
            m_axi_awlock: Default::default(),
            m_axi_awcache: Default::default(),
            m_axi_awprot: Default::default(),
            m_axi_awvalid: Default::default(),
            m_axi_awready: Default::default(),
            m_axi_wdata: Default::default(),
            m_axi_wstrb: Default::default(),
            m_axi_wlast: Default::default(),
            m_axi_wvalid: Default::default(),
            m_axi_wready: Default::default(),
            m_axi_bresp: Default::default(),
            m_axi_bvalid: Default::default(),
            m_axi_bready: Default::default(),
            m_axi_araddr: Default::default(),
            m_axi_arlen: Default::default(),
            m_axi_arsize: Default::default(),
            m_axi_arburst: Default::default(),
            m_axi_arlock: Default::default(),
            m_axi_arcache: Default::default(),
            m_axi_arprot: Default::default(),
            m_axi_arvalid: Default::default(),
            m_axi_arready: Default::default(),
            m_axi_rdata: Default::default(),
            m_axi_rresp: Default::default(),
            m_axi_rlast: Default::default(),
            m_axi_rvalid: Default::default(),
            m_axi_rready: Default::default(),
            access: Default::default(),
            axi: Default::default(),
            size: Constant::new(u64::from(B.ilog2()).into()),
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
> Logic for WalkerAxi4<W, B, PA, A, D, DB>
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
        self.axi.bus_req_valid.next = self.access.bus_req_valid.val();
        self.axi.bus_req_write.next = self.access.bus_req_write.val();
        self.access.bus_req_ready.next = self.axi.bus_req_ready.val();
        self.access.bus_resp_valid.next = self.axi.bus_resp_valid.val();
        self.access.bus_resp_error.next = self.axi.bus_resp_error.val();
        self.access.bus_resp_data.next = self.m_axi_rdata.val();
        self.access.bus_resp_locked.next = self.axi.bus_resp_locked.val();
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
        self.m_axi_arlen.next = bits::<8>(0);
        self.m_axi_arsize.next = self.size.val();
        self.m_axi_arburst.next = bits::<2>(1);
        self.m_axi_arlock.next = self.access.bus_req_lock.val();
        self.m_axi_arcache.next = bits::<4>(0);
        self.m_axi_arprot.next = bits::<3>(0);
        self.m_axi_awaddr.next = self.access.bus_req_addr.val();
        self.m_axi_awlen.next = bits::<8>(0);
        self.m_axi_awsize.next = self.size.val();
        self.m_axi_awburst.next = bits::<2>(1);
        self.m_axi_awlock.next = self.access.bus_req_lock.val();
        self.m_axi_awcache.next = bits::<4>(0);
        self.m_axi_awprot.next = bits::<3>(0);
        self.m_axi_wdata.next = self.access.bus_req_data.val();
        self.m_axi_wstrb.next = self.access.bus_req_bytes.val();
        self.m_axi_wlast.next = true;
    }
}

/// A core's loads and stores, by the MMU, as an AXI4 manager.
///
/// Spec: as that of [`WalkerAxi4`]: AxCACHE is 0, so that a device sees each access as it is.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | ACLK; high while ARESETn is low |
/// | `core_*`, `data_*` | | | the core, and the MMU's data port, as in [`DataAccess`] |
/// | `m_axi_aw*`, `m_axi_w*`, `m_axi_b*`, `m_axi_ar*`, `m_axi_r*` | | | as in [`WalkerAxi4`] |
///
/// Timing: [`DataAccess`]; the address is presented h + 1 cycles after the request, and the core
/// answered in the cycle of RVALID or BVALID.
/// Reset: all VALID low from the next cycle on.
///
/// Invariants: one access in flight; none is exclusive. AxSIZE is the core's size, and the address
/// its own, so that a device sees no byte that the core has not named.
#[derive(LogicBlock, Default)]
pub struct DataAxi4<
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
    /// log2 of the bytes of the transfer.
    pub core_req_size: Signal<In, Bits<3>>,
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
    /// AWLEN: one transfer.
    pub m_axi_awlen: Signal<Out, Bits<8>>,
    /// AWSIZE: log2 of its bytes.
    pub m_axi_awsize: Signal<Out, Bits<3>>,
    /// AWBURST: INCR.
    pub m_axi_awburst: Signal<Out, Bits<2>>,
    /// AWLOCK: never.
    pub m_axi_awlock: Signal<Out, Bit>,
    /// AWCACHE: as it is, by its final destination.
    pub m_axi_awcache: Signal<Out, Bits<4>>,
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
    /// WLAST: always.
    pub m_axi_wlast: Signal<Out, Bit>,
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
    /// ARLEN: one transfer.
    pub m_axi_arlen: Signal<Out, Bits<8>>,
    /// ARSIZE: log2 of its bytes.
    pub m_axi_arsize: Signal<Out, Bits<3>>,
    /// ARBURST: INCR.
    pub m_axi_arburst: Signal<Out, Bits<2>>,
    /// ARLOCK: never.
    pub m_axi_arlock: Signal<Out, Bit>,
    /// ARCACHE: as it is, by its final destination.
    pub m_axi_arcache: Signal<Out, Bits<4>>,
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
    /// RLAST; not looked at.
    pub m_axi_rlast: Signal<In, Bit>,
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
> Logic for DataAxi4<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clock.next = self.clock.val();
        self.access.reset.next = self.reset.val();
        self.axi.clock.next = self.clock.val();
        self.axi.reset.next = self.reset.val();
        self.access.core_req_valid.next = self.core_req_valid.val();
        self.access.core_req_store.next = self.core_req_store.val();
        self.access.core_req_size.next = self.core_req_size.val();
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
        self.m_axi_arlen.next = bits::<8>(0);
        self.m_axi_arsize.next = self.access.bus_req_size.val();
        self.m_axi_arburst.next = bits::<2>(1);
        self.m_axi_arlock.next = false;
        self.m_axi_arcache.next = bits::<4>(0);
        self.m_axi_arprot.next = bits::<3>(0);
        self.m_axi_awaddr.next = self.access.bus_req_addr.val();
        self.m_axi_awlen.next = bits::<8>(0);
        self.m_axi_awsize.next = self.access.bus_req_size.val();
        self.m_axi_awburst.next = bits::<2>(1);
        self.m_axi_awlock.next = false;
        self.m_axi_awcache.next = bits::<4>(0);
        self.m_axi_awprot.next = bits::<3>(0);
        self.m_axi_wdata.next = self.access.bus_req_data.val();
        self.m_axi_wstrb.next = self.access.bus_req_bytes.val();
        self.m_axi_wlast.next = true;
    }
}
