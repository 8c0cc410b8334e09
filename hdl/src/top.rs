//! The two tops: ports, schemes and walker wired together. No logic of their own.

use crate::fault::HeldFault;
use crate::flags::Judged;
use crate::port::Port;
use crate::scheme::{Scheme32, Scheme64};
use crate::walker::{Choice, Walker};
use rust_hdl::prelude::*;

/// Defines one top from its widths; the two differ in nothing else.
macro_rules! mmu_top {
    ($(#[$doc:meta])* $name:ident, $scheme:ty,
     $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal, $asid:literal) => {
        $(#[$doc])*
        ///
        /// `N` lines in each TLB, `IDX` = log2 N. Every channel, its rules and timing diagrams
        /// stand in `docs/interfaces.md`; ports are flat so that the exported Verilog is plain.
        ///
        /// Timing, for memory of latency L >= 1 and d levels read: hit, permission fault on a
        /// hit, non-canonical address and identity translation in the request's own cycle, one a
        /// cycle and port; a miss 2 + d·L cycles after its request; setting A or D adds L + 1; a
        /// fence one cycle. Two misses at once are walked one after the other.
        ///
        /// Reset: synchronous; TLBs empty, no miss, no fault held. Memory must forget requests
        /// under way as well.
        ///
        /// Invariants: see the five laws in `ARCHITECTURE.md`.
        #[derive(LogicBlock, Default)]
        pub struct $name<const N: usize, const IDX: usize> {
            /// Rising edge.
            pub clock: Signal<In, Clock>,
            /// Synchronous reset.
            pub reset: Signal<In, Bit>,
            /// The `satp` register; sampled by a request when it is taken.
            pub satp: Signal<In, Bits<$xlen>>,
            /// `menvcfg.ADUE`; sampled likewise.
            pub adue: Signal<In, Bit>,
            /// Fetch request stream.
            pub fetch_req_valid: Signal<In, Bit>,
            /// Taken when both are high.
            pub fetch_req_ready: Signal<Out, Bit>,
            /// Virtual address.
            pub fetch_req_va: Signal<In, Bits<$xlen>>,
            /// Effective privilege: 0 U, 1 S, 3 M.
            pub fetch_req_privilege: Signal<In, Bits<2>>,
            /// Fetch response flow.
            pub fetch_resp_valid: Signal<Out, Bit>,
            /// Physical address; zero on a fault.
            pub fetch_resp_pa: Signal<Out, Bits<$pa>>,
            /// The translation faulted.
            pub fetch_resp_fault: Signal<Out, Bit>,
            /// Exception code of the fault.
            pub fetch_resp_cause: Signal<Out, Bits<4>>,
            /// Virtual address of the fault.
            pub fetch_resp_tval: Signal<Out, Bits<$xlen>>,
            /// Load and store request stream.
            pub data_req_valid: Signal<In, Bit>,
            /// Taken when both are high.
            pub data_req_ready: Signal<Out, Bit>,
            /// Virtual address.
            pub data_req_va: Signal<In, Bits<$xlen>>,
            /// Store or atomic; otherwise a load.
            pub data_req_store: Signal<In, Bit>,
            /// Effective privilege after MPRV: 0 U, 1 S, 3 M.
            pub data_req_privilege: Signal<In, Bits<2>>,
            /// sstatus.SUM of this access.
            pub data_req_sum: Signal<In, Bit>,
            /// sstatus.MXR of this access.
            pub data_req_mxr: Signal<In, Bit>,
            /// Data response flow.
            pub data_resp_valid: Signal<Out, Bit>,
            /// Physical address; zero on a fault.
            pub data_resp_pa: Signal<Out, Bits<$pa>>,
            /// The translation faulted.
            pub data_resp_fault: Signal<Out, Bit>,
            /// Exception code of the fault.
            pub data_resp_cause: Signal<Out, Bits<4>>,
            /// Virtual address of the fault.
            pub data_resp_tval: Signal<Out, Bits<$xlen>>,
            /// SFENCE.VMA stream.
            pub fence_valid: Signal<In, Bit>,
            /// Always high: a fence takes one cycle.
            pub fence_ready: Signal<Out, Bit>,
            /// rs1 is not x0.
            pub fence_by_va: Signal<In, Bit>,
            /// The value of rs1.
            pub fence_va: Signal<In, Bits<$xlen>>,
            /// rs2 is not x0.
            pub fence_by_asid: Signal<In, Bit>,
            /// The value of rs2.
            pub fence_asid: Signal<In, Bits<$asid>>,
            /// The walker's request stream to memory.
            pub mem_req_valid: Signal<Out, Bit>,
            /// Taken when both are high.
            pub mem_req_ready: Signal<In, Bit>,
            /// Physical address of a page-table entry.
            pub mem_req_addr: Signal<Out, Bits<$pa>>,
            /// Compare-and-swap; otherwise a read.
            pub mem_req_swap: Signal<Out, Bit>,
            /// Compare-and-swap: the value that must be found.
            pub mem_req_expected: Signal<Out, Bits<$xlen>>,
            /// Compare-and-swap: the value to write.
            pub mem_req_desired: Signal<Out, Bits<$xlen>>,
            /// Memory's response flow, in order.
            pub mem_resp_valid: Signal<In, Bit>,
            /// The value read.
            pub mem_resp_data: Signal<In, Bits<$xlen>>,
            /// Nothing there, or refused.
            pub mem_resp_error: Signal<In, Bit>,
            /// The compare-and-swap was made.
            pub mem_resp_swapped: Signal<In, Bit>,
            /// The oldest fault not yet taken.
            pub fault_valid: Signal<Out, Bit>,
            /// It is taken.
            pub fault_ready: Signal<In, Bit>,
            /// Becomes `scause`.
            pub fault_cause: Signal<Out, Bits<4>>,
            /// Becomes `stval`.
            pub fault_tval: Signal<Out, Bits<$xlen>>,
            /// A miss is outstanding.
            pub busy: Signal<Out, Bit>,
            /// A translated fetch was answered from its TLB.
            pub event_fetch_hit: Signal<Out, Bit>,
            /// A translated fetch was left to the walker.
            pub event_fetch_miss: Signal<Out, Bit>,
            /// A translated load or store was answered from its TLB.
            pub event_data_hit: Signal<Out, Bit>,
            /// A translated load or store was left to the walker.
            pub event_data_miss: Signal<Out, Bit>,
            /// The walker took up a miss.
            pub event_walk_start: Signal<Out, Bit>,
            /// The walker answered.
            pub event_walk_done: Signal<Out, Bit>,
            /// Memory accepted the read of an entry.
            pub event_pte_read: Signal<Out, Bit>,
            /// A or D was written.
            pub event_pte_update: Signal<Out, Bit>,
            /// An update found a changed entry.
            pub event_update_retry: Signal<Out, Bit>,
            /// A fence overtook the walk.
            pub event_walk_restart: Signal<Out, Bit>,
            /// A TLB line was written.
            pub event_refill: Signal<Out, Bit>,
            /// A fence was accepted.
            pub event_fence: Signal<Out, Bit>,
            /// A page fault was answered.
            pub event_page_fault: Signal<Out, Bit>,
            /// An access fault was answered.
            pub event_access_fault: Signal<Out, Bit>,
            fetch_scheme: $scheme,
            data_scheme: $scheme,
            fetch: Port<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>,
            data: Port<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>,
            choice: Choice<$vpn, $ppn>,
            walker: Walker<$xlen, $vpn, $ppn, $pa>,
            held_fault: HeldFault<$xlen>,
            satp_before: DFF<Bits<$xlen>>,
            satp_changed: Signal<Local, Bit>,
            fetch_judged: Signal<Local, Judged>,
            data_judged: Signal<Local, Judged>,
        }

        impl<const N: usize, const IDX: usize> Logic for $name<N, IDX> {
            #[hdl_gen]
            fn update(&mut self) {
                self.satp_before.clock.next = self.clock.val();
                self.satp_before.d.next = self.satp.val();
                self.satp_changed.next = self.satp_before.q.val() != self.satp.val();

                self.fetch_scheme.satp.next = self.satp.val();
                self.fetch_scheme.va.next = self.fetch_req_va.val();
                self.fetch_scheme.machine.next = self.fetch_req_privilege.val().all();
                self.fetch_judged.next.fetch = true;
                self.fetch_judged.next.store = false;
                self.fetch_judged.next.user = !self.fetch_req_privilege.val().any();
                self.fetch_judged.next.sum = false;
                self.fetch_judged.next.mxr = false;
                self.fetch_judged.next.adue = self.adue.val();
                self.fetch.clock.next = self.clock.val();
                self.fetch.reset.next = self.reset.val();
                self.fetch.req_valid.next = self.fetch_req_valid.val();
                self.fetch.req_va.next = self.fetch_req_va.val();
                self.fetch.req_judged.next = self.fetch_judged.val();
                self.fetch.translate.next = self.fetch_scheme.translate.val();
                self.fetch.canonical.next = self.fetch_scheme.canonical.val();
                self.fetch.in_range.next = self.fetch_scheme.in_range.val();
                self.fetch.top_level.next = self.fetch_scheme.top_level.val();
                self.fetch.asid.next = self.fetch_scheme.asid.val();
                self.fetch.root.next = self.fetch_scheme.root.val();
                self.fetch.satp_changed.next = self.satp_changed.val();
                self.fetch.fence.next = self.fence_valid.val();
                self.fetch.fence_by_va.next = self.fence_by_va.val();
                self.fetch.fence_va.next = self.fence_va.val();
                self.fetch.fence_by_asid.next = self.fence_by_asid.val();
                self.fetch.fence_asid.next = self.fence_asid.val();
                self.fetch.done.next = self.walker.done.val() && !self.walker.data_side.val();
                self.fetch.done_page_fault.next = self.walker.page_fault.val();
                self.fetch.done_access_fault.next = self.walker.access_fault.val();
                self.fetch.done_ppn.next = self.walker.ppn.val();
                self.fetch.done_leaf.next = self.walker.leaf.val();
                self.fetch.done_cacheable.next = self.walker.cacheable.val();
                self.fetch_req_ready.next = self.fetch.req_ready.val();
                self.fetch_resp_valid.next = self.fetch.resp_valid.val();
                self.fetch_resp_pa.next = self.fetch.resp_pa.val();
                self.fetch_resp_fault.next = self.fetch.resp_fault.val();
                self.fetch_resp_cause.next = self.fetch.resp_cause.val();
                self.fetch_resp_tval.next = self.fetch.resp_tval.val();

                self.data_scheme.satp.next = self.satp.val();
                self.data_scheme.va.next = self.data_req_va.val();
                self.data_scheme.machine.next = self.data_req_privilege.val().all();
                self.data_judged.next.fetch = false;
                self.data_judged.next.store = self.data_req_store.val();
                self.data_judged.next.user = !self.data_req_privilege.val().any();
                self.data_judged.next.sum = self.data_req_sum.val();
                self.data_judged.next.mxr = self.data_req_mxr.val();
                self.data_judged.next.adue = self.adue.val();
                self.data.clock.next = self.clock.val();
                self.data.reset.next = self.reset.val();
                self.data.req_valid.next = self.data_req_valid.val();
                self.data.req_va.next = self.data_req_va.val();
                self.data.req_judged.next = self.data_judged.val();
                self.data.translate.next = self.data_scheme.translate.val();
                self.data.canonical.next = self.data_scheme.canonical.val();
                self.data.in_range.next = self.data_scheme.in_range.val();
                self.data.top_level.next = self.data_scheme.top_level.val();
                self.data.asid.next = self.data_scheme.asid.val();
                self.data.root.next = self.data_scheme.root.val();
                self.data.satp_changed.next = self.satp_changed.val();
                self.data.fence.next = self.fence_valid.val();
                self.data.fence_by_va.next = self.fence_by_va.val();
                self.data.fence_va.next = self.fence_va.val();
                self.data.fence_by_asid.next = self.fence_by_asid.val();
                self.data.fence_asid.next = self.fence_asid.val();
                self.data.done.next = self.walker.done.val() && self.walker.data_side.val();
                self.data.done_page_fault.next = self.walker.page_fault.val();
                self.data.done_access_fault.next = self.walker.access_fault.val();
                self.data.done_ppn.next = self.walker.ppn.val();
                self.data.done_leaf.next = self.walker.leaf.val();
                self.data.done_cacheable.next = self.walker.cacheable.val();
                self.data_req_ready.next = self.data.req_ready.val();
                self.data_resp_valid.next = self.data.resp_valid.val();
                self.data_resp_pa.next = self.data.resp_pa.val();
                self.data_resp_fault.next = self.data.resp_fault.val();
                self.data_resp_cause.next = self.data.resp_cause.val();
                self.data_resp_tval.next = self.data.resp_tval.val();

                self.walker.clock.next = self.clock.val();
                self.walker.reset.next = self.reset.val();
                self.choice.free.next = self.walker.free.val();
                self.choice.owner.next = self.walker.data_side.val();
                self.choice.fetch_waits.next = self.fetch.waits.val();
                self.choice.fetch_vpn.next = self.fetch.miss_vpn.val();
                self.choice.fetch_root.next = self.fetch.miss_root.val();
                self.choice.fetch_top_level.next = self.fetch.miss_top_level.val();
                self.choice.fetch_judged.next = self.fetch.miss_judged.val();
                self.choice.data_waits.next = self.data.waits.val();
                self.choice.data_vpn.next = self.data.miss_vpn.val();
                self.choice.data_root.next = self.data.miss_root.val();
                self.choice.data_top_level.next = self.data.miss_top_level.val();
                self.choice.data_judged.next = self.data.miss_judged.val();
                self.walker.waits.next = self.choice.some.val();
                self.walker.waits_data.next = self.choice.serves_data.val();
                self.walker.vpn.next = self.choice.vpn.val();
                self.walker.root.next = self.choice.root.val();
                self.walker.top_level.next = self.choice.top_level.val();
                self.walker.judged.next = self.choice.judged.val();
                self.walker.fence.next = self.fence_valid.val();
                self.fence_ready.next = true;
                self.mem_req_valid.next = self.walker.mem_req_valid.val();
                self.walker.mem_req_ready.next = self.mem_req_ready.val();
                self.mem_req_addr.next = self.walker.mem_req_addr.val();
                self.mem_req_swap.next = self.walker.mem_req_swap.val();
                self.mem_req_expected.next = self.walker.mem_req_expected.val();
                self.mem_req_desired.next = self.walker.mem_req_desired.val();
                self.walker.mem_resp_valid.next = self.mem_resp_valid.val();
                self.walker.mem_resp_data.next = self.mem_resp_data.val();
                self.walker.mem_resp_error.next = self.mem_resp_error.val();
                self.walker.mem_resp_swapped.next = self.mem_resp_swapped.val();

                self.held_fault.clock.next = self.clock.val();
                self.held_fault.reset.next = self.reset.val();
                self.held_fault.data_valid.next = self.data.resp_fault.val();
                self.held_fault.data_cause.next = self.data.resp_cause.val();
                self.held_fault.data_tval.next = self.data.resp_tval.val();
                self.held_fault.fetch_valid.next = self.fetch.resp_fault.val();
                self.held_fault.fetch_cause.next = self.fetch.resp_cause.val();
                self.held_fault.fetch_tval.next = self.fetch.resp_tval.val();
                self.held_fault.ready.next = self.fault_ready.val();
                self.fault_valid.next = self.held_fault.valid.val();
                self.fault_cause.next = self.held_fault.cause.val();
                self.fault_tval.next = self.held_fault.tval.val();

                self.busy.next = self.fetch.waits.val() || self.data.waits.val();
                self.event_fetch_hit.next = self.fetch.hit.val();
                self.event_fetch_miss.next = self.fetch.missed.val();
                self.event_data_hit.next = self.data.hit.val();
                self.event_data_miss.next = self.data.missed.val();
                self.event_walk_start.next = self.walker.started.val();
                self.event_walk_done.next = self.walker.done.val();
                self.event_pte_read.next = self.walker.read.val();
                self.event_pte_update.next = self.walker.updated.val();
                self.event_update_retry.next = self.walker.retried.val();
                self.event_walk_restart.next = self.walker.restarted.val();
                self.event_refill.next = self.fetch.refilled.val() || self.data.refilled.val();
                self.event_fence.next = self.fence_valid.val();
                self.event_page_fault.next =
                    self.fetch.page_fault.val() || self.data.page_fault.val();
                self.event_access_fault.next =
                    self.fetch.access_fault.val() || self.data.access_fault.val();
            }
        }
    };
}

mmu_top!(
    /// The RV32 MMU: Bare and Sv32, 34-bit physical addresses, 9-bit ASIDs.
    Rv32Mmu, Scheme32, 32, 20, 22, 34, 9
);

mmu_top!(
    /// The RV64 MMU: Bare, Sv39, Sv48 and Sv57 chosen by `satp.MODE` at run time, 56-bit physical
    /// addresses, 16-bit ASIDs.
    Rv64Mmu, Scheme64, 64, 45, 44, 56, 16
);
