//! A translation port: its TLB, its one outstanding miss, its answers.

use crate::fault::Cause;
use crate::flags::{Judged, Leaf};
use crate::geometry::inside;
use crate::permission::Permission;
use crate::tlb::Cam;
use rust_hdl::prelude::*;

/// Answers translation requests from its TLB, or keeps one miss for the walker.
///
/// Spec: `norm:satp_op_active`; `norm:sfence_vma_sum_mxr_effect` (SUM, MXR and privilege act at
/// once: every request is judged by the context it carried).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `req_valid`, `req_ready` | in, out | 1 | request stream; taken when both are high |
/// | `req_va`, `req_judged` | in | XLEN, struct | the request |
/// | `translate` ... `asid` | in | | what `Scheme32` or `Scheme64` says of the request |
/// | `satp_changed` | in | 1 | `satp` differs from the cycle before |
/// | `fence`, `fence_*` | in | | an accepted fence and its operands |
/// | `resp_valid` | out | 1 | response flow: one cycle, exactly one for each request, in order |
/// | `resp_pa`, `resp_fault`, `resp_cause`, `resp_tval` | out | PA, 1, 4, XLEN | the response |
/// | `waits`, `miss_*` | out | | the miss, stable until `done` |
/// | `done`, `done_*` | in | | the walker's answer to it |
/// | `hit`, `missed`, `refilled`, `page_fault`, `access_fault` | out | 1 | events |
///
/// Timing: hit, fault on a hit, non-canonical address and identity translation answer in the
/// request's own cycle, one a cycle. A miss answers with `done`; the next request is taken in
/// the cycle after. `req_ready` is low while a miss is outstanding or a fence is accepted, and
/// does not depend on `req_valid`.
/// Reset: TLB empty, no miss.
///
/// Invariants: a walk that faulted, was overtaken by a fence, or saw `satp` change since its
/// request was taken refills nothing.
#[derive(LogicBlock)]
pub struct Port<
    const N: usize,
    const IDX: usize,
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const ASID: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A request is presented.
    pub req_valid: Signal<In, Bit>,
    /// It is taken.
    pub req_ready: Signal<Out, Bit>,
    /// Its virtual address.
    pub req_va: Signal<In, Bits<XLEN>>,
    /// Its access and context.
    pub req_judged: Signal<In, Judged>,
    /// The page table decides.
    pub translate: Signal<In, Bit>,
    /// The scheme translates the address.
    pub canonical: Signal<In, Bit>,
    /// The untranslated address exists.
    pub in_range: Signal<In, Bit>,
    /// The root table's level.
    pub top_level: Signal<In, Bits<3>>,
    /// The address space.
    pub asid: Signal<In, Bits<ASID>>,
    /// The root table.
    pub root: Signal<In, Bits<PPN>>,
    /// `satp` differs from the cycle before.
    pub satp_changed: Signal<In, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// It names a page.
    pub fence_by_va: Signal<In, Bit>,
    /// The page.
    pub fence_va: Signal<In, Bits<XLEN>>,
    /// It names an address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// The address space.
    pub fence_asid: Signal<In, Bits<ASID>>,
    /// A response.
    pub resp_valid: Signal<Out, Bit>,
    /// The physical address, zero on a fault.
    pub resp_pa: Signal<Out, Bits<PA>>,
    /// It is a fault.
    pub resp_fault: Signal<Out, Bit>,
    /// Its cause.
    pub resp_cause: Signal<Out, Bits<4>>,
    /// The request's virtual address.
    pub resp_tval: Signal<Out, Bits<XLEN>>,
    /// A miss is outstanding.
    pub waits: Signal<Out, Bit>,
    /// Its virtual page.
    pub miss_vpn: Signal<Out, Bits<VPN>>,
    /// Its root table.
    pub miss_root: Signal<Out, Bits<PPN>>,
    /// Its root table's level.
    pub miss_top_level: Signal<Out, Bits<3>>,
    /// Its access and context.
    pub miss_judged: Signal<Out, Judged>,
    /// The walker answers it.
    pub done: Signal<In, Bit>,
    /// With a page fault.
    pub done_page_fault: Signal<In, Bit>,
    /// With an access fault.
    pub done_access_fault: Signal<In, Bit>,
    /// With this page.
    pub done_ppn: Signal<In, Bits<PPN>>,
    /// And these bits.
    pub done_leaf: Signal<In, Leaf>,
    /// No fence overtook the walk.
    pub done_cacheable: Signal<In, Bit>,
    /// Event: answered from the TLB.
    pub hit: Signal<Out, Bit>,
    /// Event: left to the walker.
    pub missed: Signal<Out, Bit>,
    /// Event: a line was written.
    pub refilled: Signal<Out, Bit>,
    /// Event: a page fault was answered.
    pub page_fault: Signal<Out, Bit>,
    /// Event: an access fault was answered.
    pub access_fault: Signal<Out, Bit>,
    tlb: Cam<N, IDX, VPN, PPN, ASID>,
    permission: Permission,
    cause: Cause,
    miss: DFF<Bit>,
    miss_va: DFF<Bits<XLEN>>,
    miss_context: DFF<Judged>,
    miss_level: DFF<Bits<3>>,
    miss_asid: DFF<Bits<ASID>>,
    miss_table: DFF<Bits<PPN>>,
    orphan: DFF<Bit>,
    page_shift: Constant<Bits<XLEN>>,
    ready: Signal<Local, Bit>,
    taken: Signal<Local, Bit>,
    looked_up: Signal<Local, Bit>,
    answered: Signal<Local, Bit>,
    unmarked: Signal<Local, Bit>,
    va: Signal<Local, Bits<XLEN>>,
    key_va: Signal<Local, Bits<XLEN>>,
    vpn: Signal<Local, Bits<VPN>>,
    judged: Signal<Local, Judged>,
    ppn: Signal<Local, Bits<PPN>>,
    level: Signal<Local, Bits<3>>,
    offset_mask: Signal<Local, Bits<PPN>>,
    superpage_vpn: Signal<Local, Bits<PPN>>,
    is_page_fault: Signal<Local, Bit>,
    is_access_fault: Signal<Local, Bit>,
    identity: Signal<Local, Bit>,
    inside_0: Constant<Bits<PPN>>,
    inside_1: Constant<Bits<PPN>>,
    inside_2: Constant<Bits<PPN>>,
    inside_3: Constant<Bits<PPN>>,
    inside_4: Constant<Bits<PPN>>,
}

impl<
    const N: usize,
    const IDX: usize,
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const ASID: usize,
> Default for Port<N, IDX, XLEN, VPN, PPN, PA, ASID>
{
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            req_valid: Default::default(),
            req_ready: Default::default(),
            req_va: Default::default(),
            req_judged: Default::default(),
            translate: Default::default(),
            canonical: Default::default(),
            in_range: Default::default(),
            top_level: Default::default(),
            asid: Default::default(),
            root: Default::default(),
            satp_changed: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_va: Default::default(),
            fence_by_asid: Default::default(),
            fence_asid: Default::default(),
            resp_valid: Default::default(),
            resp_pa: Default::default(),
            resp_fault: Default::default(),
            resp_cause: Default::default(),
            resp_tval: Default::default(),
            waits: Default::default(),
            miss_vpn: Default::default(),
            miss_root: Default::default(),
            miss_top_level: Default::default(),
            miss_judged: Default::default(),
            done: Default::default(),
            done_page_fault: Default::default(),
            done_access_fault: Default::default(),
            done_ppn: Default::default(),
            done_leaf: Default::default(),
            done_cacheable: Default::default(),
            hit: Default::default(),
            missed: Default::default(),
            refilled: Default::default(),
            page_fault: Default::default(),
            access_fault: Default::default(),
            tlb: Default::default(),
            permission: Default::default(),
            cause: Default::default(),
            miss: Default::default(),
            miss_va: Default::default(),
            miss_context: Default::default(),
            miss_level: Default::default(),
            miss_asid: Default::default(),
            miss_table: Default::default(),
            orphan: Default::default(),
            page_shift: Constant::new(bits::<XLEN>(12)),
            ready: Default::default(),
            taken: Default::default(),
            looked_up: Default::default(),
            answered: Default::default(),
            unmarked: Default::default(),
            va: Default::default(),
            key_va: Default::default(),
            vpn: Default::default(),
            judged: Default::default(),
            ppn: Default::default(),
            level: Default::default(),
            offset_mask: Default::default(),
            superpage_vpn: Default::default(),
            is_page_fault: Default::default(),
            is_access_fault: Default::default(),
            identity: Default::default(),
            inside_0: inside(VPN, 0),
            inside_1: inside(VPN, 1),
            inside_2: inside(VPN, 2),
            inside_3: inside(VPN, 3),
            inside_4: inside(VPN, 4),
        }
    }
}

impl<
    const N: usize,
    const IDX: usize,
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const ASID: usize,
> Logic for Port<N, IDX, XLEN, VPN, PPN, PA, ASID>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            miss,
            miss_va,
            miss_context,
            miss_level,
            miss_asid,
            miss_table,
            orphan
        );
        self.tlb.clock.next = self.clock.val();
        self.tlb.reset.next = self.reset.val();
        self.ready.next = !self.miss.q.val() && !self.fence.val();
        self.req_ready.next = self.ready.val();
        self.taken.next = self.req_valid.val() && self.ready.val();

        // One comparator a line serves lookup, fence and refill: they never coincide.
        self.va.next = self.req_va.val();
        self.judged.next = self.req_judged.val();
        self.tlb.key_asid.next = self.asid.val();
        if self.miss.q.val() {
            self.va.next = self.miss_va.q.val();
            self.judged.next = self.miss_context.q.val();
            self.tlb.key_asid.next = self.miss_asid.q.val();
        }
        self.key_va.next = self.va.val();
        if self.fence.val() {
            self.key_va.next = self.fence_va.val();
            self.tlb.key_asid.next = self.fence_asid.val();
        }
        self.tlb.key_vpn.next = bit_cast::<VPN, XLEN>(self.key_va.val() >> self.page_shift.val());
        self.tlb.fence.next = self.fence.val();
        self.tlb.fence_by_va.next = self.fence_by_va.val();
        self.tlb.fence_by_asid.next = self.fence_by_asid.val();
        self.tlb.new_ppn.next = self.done_ppn.val();
        self.tlb.new_leaf.next = self.done_leaf.val();
        self.tlb.refill.next = false;

        // The page: from the walker while a miss is outstanding, else from the TLB.
        self.ppn.next = self.tlb.ppn.val();
        self.level.next = self.tlb.leaf.val().level;
        if self.miss.q.val() {
            self.ppn.next = self.done_ppn.val();
            self.level.next = self.done_leaf.val().level;
        }
        self.offset_mask.next = self.inside_0.val();
        if self.level.val() == bits::<3>(1) {
            self.offset_mask.next = self.inside_1.val();
        }
        if self.level.val() == bits::<3>(2) {
            self.offset_mask.next = self.inside_2.val();
        }
        if self.level.val() == bits::<3>(3) {
            self.offset_mask.next = self.inside_3.val();
        }
        if self.level.val() == bits::<3>(4) {
            self.offset_mask.next = self.inside_4.val();
        }
        self.vpn.next = bit_cast::<VPN, XLEN>(self.va.val() >> self.page_shift.val());
        self.superpage_vpn.next = bit_cast::<PPN, VPN>(self.vpn.val()) & self.offset_mask.val();

        self.permission.judged.next = self.judged.val();
        self.permission.leaf.next = self.tlb.leaf.val();
        self.unmarked.next = self.permission.unmarked.val();

        self.looked_up.next = self.taken.val() && self.translate.val() && self.canonical.val();
        self.answered.next = false;
        self.is_page_fault.next = false;
        self.is_access_fault.next = false;
        self.identity.next = false;
        self.hit.next = false;
        self.missed.next = false;
        if self.miss.q.val() {
            // A miss is outstanding: the walker's answer is the only one there can be.
            self.orphan.d.next = self.orphan.q.val() || self.satp_changed.val();
            if self.done.val() {
                self.answered.next = true;
                self.is_page_fault.next = self.done_page_fault.val();
                self.is_access_fault.next = self.done_access_fault.val();
                self.tlb.refill.next = self.done_cacheable.val()
                    && !self.done_page_fault.val()
                    && !self.done_access_fault.val()
                    && !self.orphan.q.val()
                    && !self.satp_changed.val();
                self.miss.d.next = false;
            }
        } else {
            if self.taken.val() {
                self.answered.next = true;
                if self.looked_up.val() {
                    if self.tlb.hit.val() {
                        if self.permission.denied.val() {
                            self.is_page_fault.next = true;
                        } else {
                            if self.unmarked.val() {
                                if self.judged.val().adue {
                                    self.answered.next = false;
                                } else {
                                    self.is_page_fault.next = true;
                                }
                            }
                        }
                    } else {
                        self.answered.next = false;
                    }
                    self.hit.next = self.answered.val();
                    self.missed.next = !self.answered.val();
                } else {
                    // Not canonical: no table is read. Not translated: the address itself.
                    self.is_page_fault.next = self.translate.val();
                    self.identity.next = !self.translate.val();
                    self.is_access_fault.next = !self.translate.val() && !self.in_range.val();
                }
            }
        }
        if self.missed.val() {
            self.miss.d.next = true;
            self.miss_va.d.next = self.req_va.val();
            self.miss_context.d.next = self.req_judged.val();
            self.miss_level.d.next = self.top_level.val();
            self.miss_asid.d.next = self.asid.val();
            self.miss_table.d.next = self.root.val();
            self.orphan.d.next = false;
        }

        self.cause.fetch.next = self.judged.val().fetch;
        self.cause.store.next = self.judged.val().store;
        self.cause.access_fault.next = self.is_access_fault.val();
        self.page_fault.next = self.is_page_fault.val();
        self.access_fault.next = self.is_access_fault.val();
        self.resp_valid.next = self.answered.val();
        self.resp_fault.next = self.is_page_fault.val() || self.is_access_fault.val();
        self.resp_cause.next = bits::<4>(0);
        self.resp_tval.next = bits::<XLEN>(0);
        self.resp_pa.next = bits::<PA>(0);
        if self.is_page_fault.val() || self.is_access_fault.val() {
            self.resp_cause.next = self.cause.cause.val();
            self.resp_tval.next = self.va.val();
        } else {
            if self.answered.val() {
                if self.identity.val() {
                    self.resp_pa.next = bit_cast::<PA, XLEN>(self.va.val());
                } else {
                    self.resp_pa.next =
                        (bit_cast::<PA, PPN>(self.ppn.val() | self.superpage_vpn.val())
                            << bits::<PA>(12))
                            | (bit_cast::<PA, XLEN>(self.va.val()) & bits::<PA>(4095));
                }
            }
        }

        self.refilled.next = self.tlb.refill.val();
        self.waits.next = self.miss.q.val();
        self.miss_vpn.next = bit_cast::<VPN, XLEN>(self.miss_va.q.val() >> self.page_shift.val());
        self.miss_root.next = self.miss_table.q.val();
        self.miss_top_level.next = self.miss_level.q.val();
        self.miss_judged.next = self.miss_context.q.val();
        if self.reset.val() {
            self.miss.d.next = false;
        }
    }
}
