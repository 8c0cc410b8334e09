//! The shims for Wishbone B4, in its standard (classic) mode.

use super::{DataAccess, WalkerAccess};
use rust_hdl::prelude::*;

/// The bits of an address that name a word of the bus.
fn words<const A: usize>(bytes: usize) -> Constant<Bits<A>> {
    let all: Bits<A> = !Bits::<A>::from(0);
    Constant::new(all ^ Bits::<A>::from(bytes as u64 - 1))
}

/// The walker's memory port as a Wishbone B4 master in standard mode: reads are single cycles, a
/// compare-and-swap is a read-modify-write cycle.
///
/// Spec: none of RISC-V; Wishbone B4, RULE 3.25 (CYC_O throughout a cycle), RULE 3.55 (ACK_I that is
/// always high), RULE 3.60 (what STB_O qualifies), "RMW cycle"; LOCK_O of its signal description.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | CLK_I, RST_I |
/// | `mem_req_*`, `mem_resp_*` | | | the walker's memory port, as in [`super::SwapByLock`] |
/// | `wb_cyc_o`, `wb_stb_o`, `wb_we_o`, `wb_lock_o` | out | 1 | |
/// | `wb_adr_o` | out | A | with STB_O: in bytes, a multiple of the width of the bus |
/// | `wb_dat_o`, `wb_sel_o` | out | D, DB | with STB_O |
/// | `wb_dat_i`, `wb_ack_i`, `wb_err_i` | in | D, 1, 1 | the end of a transfer |
///
/// Timing: a read that ends S cycles after it was presented (S >= 0) is accepted in that cycle and
/// answered in the next: memory of latency 1 that is ready after S cycles. Compare-and-swap:
/// [`super::SwapByLock`].
/// Reset: CYC_O and STB_O low from the next cycle on.
///
/// Invariants: CYC_O and LOCK_O stay high from a compare-and-swap's read until its end. ERR_I is an
/// error. There is no RTY_I. STB_O depends on no ACK_I of its cycle, through the walker neither.
#[derive(LogicBlock)]
pub struct WalkerWishbone<
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
    /// CYC_O: a cycle is under way; of a compare-and-swap until its last response.
    pub wb_cyc_o: Signal<Out, Bit>,
    /// STB_O: a transfer is presented.
    pub wb_stb_o: Signal<Out, Bit>,
    /// WE_O: a write; otherwise a read.
    pub wb_we_o: Signal<Out, Bit>,
    /// ADR_O, in bytes; those within the width of the bus are 0.
    pub wb_adr_o: Signal<Out, Bits<A>>,
    /// DAT_O: the data to write.
    pub wb_dat_o: Signal<Out, Bits<D>>,
    /// SEL_O: the bytes that are meant, of reads, too.
    pub wb_sel_o: Signal<Out, Bits<DB>>,
    /// LOCK_O: the cycle must not be interrupted.
    pub wb_lock_o: Signal<Out, Bit>,
    /// DAT_I: the data read.
    pub wb_dat_i: Signal<In, Bits<D>>,
    /// ACK_I: the transfer is made.
    pub wb_ack_i: Signal<In, Bit>,
    /// ERR_I: it is refused.
    pub wb_err_i: Signal<In, Bit>,
    access: WalkerAccess<W, B, PA, A, D, DB>,
    ends: Signal<Local, Bit>,
    whole: Constant<Bits<A>>,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Default for WalkerWishbone<W, B, PA, A, D, DB>
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
            wb_cyc_o: Default::default(),
            wb_stb_o: Default::default(),
            wb_we_o: Default::default(),
            wb_adr_o: Default::default(),
            wb_dat_o: Default::default(),
            wb_sel_o: Default::default(),
            wb_lock_o: Default::default(),
            wb_dat_i: Default::default(),
            wb_ack_i: Default::default(),
            wb_err_i: Default::default(),
            access: Default::default(),
            ends: Default::default(),
            whole: words(DB),
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
> Logic for WalkerWishbone<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clock.next = self.clock.val();
        self.access.reset.next = self.reset.val();
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
        self.ends.next =
            self.access.bus_req_valid.val() && (self.wb_ack_i.val() || self.wb_err_i.val());
        self.access.bus_req_ready.next = self.ends.val();
        self.access.bus_resp_valid.next = self.ends.val();
        self.access.bus_resp_error.next = self.wb_err_i.val();
        self.access.bus_resp_data.next = self.wb_dat_i.val();
        self.access.bus_resp_locked.next = true;
        self.wb_cyc_o.next = self.access.bus_req_valid.val() || self.access.bus_req_lock.val();
        self.wb_lock_o.next = self.access.bus_req_lock.val();
        self.wb_stb_o.next = self.access.bus_req_valid.val();
        self.wb_we_o.next = self.access.bus_req_write.val();
        self.wb_adr_o.next = self.access.bus_req_addr.val() & self.whole.val();
        self.wb_dat_o.next = self.access.bus_req_data.val();
        self.wb_sel_o.next = self.access.bus_req_bytes.val();
    }
}

/// A core's loads and stores, by the MMU, as a Wishbone B4 master in standard mode.
///
/// Spec: as that of [`WalkerWishbone`].
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | CLK_I, RST_I |
/// | `core_*`, `data_*` | | | the core, and the MMU's data port, as in [`DataAccess`]; no size |
/// | `wb_*` | | | as in [`WalkerWishbone`] |
///
/// Timing: [`DataAccess`]; STB_O rises h + 1 cycles after the request, and the core is answered in
/// the cycle of ACK_I or ERR_I.
/// Reset: CYC_O and STB_O low from the next cycle on.
///
/// Invariants: one access at a time, each a single cycle of its own; LOCK_O is low.
#[derive(LogicBlock)]
pub struct DataWishbone<
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
    /// CYC_O: a cycle is under way.
    pub wb_cyc_o: Signal<Out, Bit>,
    /// STB_O: a transfer is presented.
    pub wb_stb_o: Signal<Out, Bit>,
    /// WE_O: a write; otherwise a read.
    pub wb_we_o: Signal<Out, Bit>,
    /// ADR_O, in bytes; those within the width of the bus are 0.
    pub wb_adr_o: Signal<Out, Bits<A>>,
    /// DAT_O: the data to write.
    pub wb_dat_o: Signal<Out, Bits<D>>,
    /// SEL_O: the bytes that are meant, of reads, too.
    pub wb_sel_o: Signal<Out, Bits<DB>>,
    /// LOCK_O: never.
    pub wb_lock_o: Signal<Out, Bit>,
    /// DAT_I: the data read.
    pub wb_dat_i: Signal<In, Bits<D>>,
    /// ACK_I: the transfer is made.
    pub wb_ack_i: Signal<In, Bit>,
    /// ERR_I: it is refused.
    pub wb_err_i: Signal<In, Bit>,
    access: DataAccess<W, B, PA, A, D, DB>,
    ends: Signal<Local, Bit>,
    whole: Constant<Bits<A>>,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Default for DataWishbone<W, B, PA, A, D, DB>
{
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            core_req_valid: Default::default(),
            core_req_ready: Default::default(),
            core_req_store: Default::default(),
            core_req_bytes: Default::default(),
            core_req_data: Default::default(),
            core_resp_valid: Default::default(),
            core_resp_data: Default::default(),
            core_resp_fault: Default::default(),
            core_resp_cause: Default::default(),
            data_req_valid: Default::default(),
            data_req_ready: Default::default(),
            data_resp_valid: Default::default(),
            data_resp_pa: Default::default(),
            data_resp_fault: Default::default(),
            data_resp_cause: Default::default(),
            wb_cyc_o: Default::default(),
            wb_stb_o: Default::default(),
            wb_we_o: Default::default(),
            wb_adr_o: Default::default(),
            wb_dat_o: Default::default(),
            wb_sel_o: Default::default(),
            wb_lock_o: Default::default(),
            wb_dat_i: Default::default(),
            wb_ack_i: Default::default(),
            wb_err_i: Default::default(),
            access: Default::default(),
            ends: Default::default(),
            whole: words(DB),
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
> Logic for DataWishbone<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clock.next = self.clock.val();
        self.access.reset.next = self.reset.val();
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
        self.ends.next =
            self.access.bus_req_valid.val() && (self.wb_ack_i.val() || self.wb_err_i.val());
        self.access.bus_req_ready.next = self.ends.val();
        self.access.bus_resp_valid.next = self.ends.val();
        self.access.bus_resp_error.next = self.wb_err_i.val();
        self.access.bus_resp_data.next = self.wb_dat_i.val();
        self.wb_cyc_o.next = self.access.bus_req_valid.val();
        self.wb_lock_o.next = false;
        self.wb_stb_o.next = self.access.bus_req_valid.val();
        self.wb_we_o.next = self.access.bus_req_write.val();
        self.wb_adr_o.next = self.access.bus_req_addr.val() & self.whole.val();
        self.wb_dat_o.next = self.access.bus_req_data.val();
        self.wb_sel_o.next = self.access.bus_req_bytes.val();
    }
}
