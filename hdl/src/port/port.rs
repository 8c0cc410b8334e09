//! The port itself: lookup, decision, response.

use super::{KeyChoice, LateFence, LateRefill, MemoryType, Miss, NextKey, PhysicalAddress, Stage};
use crate::fault::Cause;
use crate::flags::{AccessContext, Leaf};
use crate::pmp::{constants, list};
use crate::tlb::{Cam, Shape};
use crate::{Extensions, Sizes};
use rust_hdl::prelude::*;

/// Answers translation requests from its TLB, or holds one miss for the walker.
///
/// Spec: `norm:satp_op_active`; `norm:sfence_vma_sum_mxr_effect`, `norm:sfence_vma_mode_effect`,
/// `norm:sfence_vma_asid_effect` (SUM, MXR, MODE and ASID act at once: every request is checked in
/// the context that it carries).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `req_valid`, `req_ready` | in, out | 1 | request stream; taken when both are high |
/// | `req_va`, `req_access` | in | XLEN, struct | the request; PBMTE in every cycle |
/// | `translate` ... `asid` | in | | the outputs of `Scheme32` or `Scheme64` for the request |
/// | `req_size`, `req_machine` | in | 3, 1 | with registered answers: log2 of its bytes; its privilege is M |
/// | `paged` | in | 1 | `satp` says that addresses are translated |
/// | `space_changed` | in | 1 | ... in another address space than that of the last cycle with `paged` and without a fence |
/// | `satp_changed` | in | 1 | `satp` differs from the cycle before |
/// | `fence_presented`, `fence_va`, ... | in | | a fence is presented, and its operands |
/// | `fence` | in | 1 | it is accepted; what is answered while it is presented is not cached |
/// | `resp_valid` | out | 1 | response flow: one cycle, exactly one for each request, in order |
/// | `resp_fault` | out | 1 | it is a fault; never high without `resp_valid` |
/// | `resp_pa` | out | PA | the physical address; with `resp_valid`, without `resp_fault` |
/// | `resp_size`, `resp_pbmt` | out | 3, 2 | ... the size and the memory type of its page; 0 without translation |
/// | `resp_cause`, `resp_tval` | out | 4, XLEN | the exception; with `resp_fault` |
/// | `waits`, `miss_*` | out | | the miss, stable until `done` |
/// | `done`, `done_*` | in | | the walker's answer to it |
/// | `checked_pa` | out | PA | the physical address of the access, unless it faults without it |
/// | `refused` | in | 1 | PMP or PMA refuse the access at `checked_pa` |
/// | `judged_access`, `judged_leaf` | out | struct | with an answer: the access, and the leaf that decided it, if one did |
/// | `judged_size`, `judged_machine` | out | 3, 1 | with registered answers: of the access |
/// | `occupied` | out | 1 | ... something changes without new requests, besides a miss |
/// | `hit`, `missed`, `refilled`, `page_fault`, `access_fault` | out | 1 | events |
///
/// Timing: hit, fault on a hit, non-canonical address and identity translation answer in the
/// request's own cycle, one per cycle. A miss answers with `done`; the next request is accepted in
/// the cycle after. `req_ready` is low while a miss is outstanding or a fence is presented, and
/// does not depend on `req_valid`.
/// Where answers are registered, each comes a cycle later, and still one a cycle: a request is looked
/// up in the cycle of its acceptance, and answered from registers in the next, or becomes the miss.
/// The next one may have been accepted by then; if so it waits in the [`Stage`]. `req_ready` depends
/// on registers and `fence_presented` only. It is low while a miss is outstanding, in the cycle
/// after its answer (the entry is written), in the one after that if a request waits (it is looked up
/// again), while a fence is presented, and in the cycle after that (it is compared).
/// Reset: TLB empty, no miss.
///
/// Invariants: there is no refill by a walk that faulted, that was overtaken by a fence, or for
/// whose request `satp` has changed since it was accepted, or PBMTE is another.
#[derive(LogicBlock, Default)]
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
    pub req_access: Signal<In, AccessContext>,
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
    /// With registered answers: log2 of its bytes.
    pub req_size: Vec<Signal<In, Bits<3>>>,
    /// Its privilege is M.
    pub req_machine: Vec<Signal<In, Bit>>,
    /// `satp` says that addresses are translated.
    pub paged: Signal<In, Bit>,
    /// The TLB has not compared the address space yet.
    pub space_changed: Signal<In, Bit>,
    /// `satp` differs from the cycle before.
    pub satp_changed: Signal<In, Bit>,
    /// A fence is presented.
    pub fence_presented: Signal<In, Bit>,
    /// It is accepted.
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
    /// The physical address, unless it is a fault.
    pub resp_pa: Signal<Out, Bits<PA>>,
    /// The size of its page, unless it is a fault; zero without translation.
    pub resp_size: Signal<Out, Bits<3>>,
    /// The memory type of its page, likewise.
    pub resp_pbmt: Signal<Out, Bits<2>>,
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
    pub miss_access: Signal<Out, AccessContext>,
    /// Its address space.
    pub miss_asid: Signal<Out, Bits<ASID>>,
    /// `satp` changed since it was accepted.
    pub miss_stale: Signal<Out, Bit>,
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
    /// The size of that page, decoded.
    pub done_inside: Signal<In, Bits<5>>,
    /// No fence overtook the walk.
    pub done_cacheable: Signal<In, Bit>,
    /// The physical address of the access.
    pub checked_pa: Signal<Out, Bits<PA>>,
    /// PMP or PMA refuse the access.
    pub refused: Signal<In, Bit>,
    /// The access that is answered.
    pub judged_access: Signal<Out, AccessContext>,
    /// The leaf that decided it.
    pub judged_leaf: Signal<Out, Leaf>,
    /// With registered answers: log2 of the bytes of the access.
    pub judged_size: Vec<Signal<Out, Bits<3>>>,
    /// Its privilege is M.
    pub judged_machine: Vec<Signal<Out, Bit>>,
    /// Something changes without new requests, besides a miss.
    pub occupied: Vec<Signal<Out, Bit>>,
    /// Event: answered from the TLB.
    pub hit: Signal<Out, Bit>,
    /// Event: passed to the walker.
    pub missed: Signal<Out, Bit>,
    /// Event: a line was written.
    pub refilled: Signal<Out, Bit>,
    /// Event: a page fault was answered.
    pub page_fault: Signal<Out, Bit>,
    /// Event: an access fault was answered.
    pub access_fault: Signal<Out, Bit>,
    tlb: Cam<N, IDX, VPN, PPN, ASID>,
    cause: Cause,
    miss: Miss<XLEN, PPN, ASID>,
    key: KeyChoice<VPN>,
    // Where not all schemes are implemented: the bits of a virtual page number.
    pages: Vec<Constant<Bits<VPN>>>,
    // With registered answers, one each.
    stage: Vec<Stage<XLEN, PPN, ASID>>,
    next_key: Vec<NextKey<VPN>>,
    late_fence: Vec<LateFence<ASID>>,
    late_refill: Vec<LateRefill<PPN>>,
    memory_type: MemoryType,
    address: PhysicalAddress<XLEN, VPN, PPN, PA>,
    ready: Signal<Local, Bit>,
    taken: Signal<Local, Bit>,
    answered: Signal<Local, Bit>,
    va: Signal<Local, Bits<XLEN>>,
    access: Signal<Local, AccessContext>,
    bypasses: Signal<Local, Bit>,
    looks_up: Signal<Local, Bit>,
    is_page_fault: Signal<Local, Bit>,
    fails: Signal<Local, Bit>,
    is_access_fault: Signal<Local, Bit>,
    is_fault: Signal<Local, Bit>,
}

impl<
    const N: usize,
    const IDX: usize,
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const ASID: usize,
> Port<N, IDX, XLEN, VPN, PPN, PA, ASID>
{
    /// With these extensions, a TLB of this shape, and answers that are registered or not, of these
    /// sizes.
    pub fn new(extensions: Extensions, tlb: Shape, registered: bool, sizes: Sizes) -> Self {
        let stages = usize::from(registered);
        Self {
            tlb: Cam::new(extensions, tlb, registered),
            miss: Miss::new(registered),
            req_size: list(stages),
            req_machine: list(stages),
            judged_size: list(stages),
            judged_machine: list(stages),
            occupied: list(stages),
            stage: list(stages),
            next_key: list(stages),
            late_fence: list(stages),
            late_refill: list(stages),
            address: PhysicalAddress::new(extensions, sizes),
            pages: constants(sizes.virtual_page(VPN)),
            memory_type: MemoryType::new(extensions),
            ..Self::default()
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
        self.ready.next =
            !self.miss.waits.val() && !self.fence_presented.val() && !self.space_changed.val();
        for i in 0..self.stage.len() {
            self.stage[i].clock.next = self.clock.val();
            self.stage[i].reset.next = self.reset.val();
            self.late_fence[i].clock.next = self.clock.val();
            self.late_fence[i].reset.next = self.reset.val();
            self.late_fence[i].presented.next = self.fence_presented.val();
            self.late_fence[i].fence.next = self.fence.val();
            self.late_fence[i].by_va.next = self.fence_by_va.val();
            self.late_fence[i].by_asid.next = self.fence_by_asid.val();
            self.late_fence[i].asid.next = self.fence_asid.val();
            self.stage[i].miss_waits.next = self.miss.waits.val();
            self.stage[i].miss_done.next = self.done.val();
            self.stage[i].compares.next = self.late_fence[i].compares.val();
            self.ready.next = !self.stage[i].holds.val() && !self.fence_presented.val();
            self.occupied[i].next = self.stage[i].occupied.val()
                || self.late_fence[i].compares.val()
                || self.late_fence[i].clears.val();
        }
        self.req_ready.next = self.ready.val();
        self.taken.next = self.req_valid.val() && self.ready.val();

        // A request enters the stage whenever that is free.
        for i in 0..self.stage.len() {
            self.stage[i].taken.next = self.taken.val();
            self.stage[i].new_va.next = self.req_va.val();
            self.stage[i].new_access.next = self.req_access.val();
            self.stage[i].new_translate.next = self.translate.val();
            self.stage[i].new_canonical.next = self.canonical.val();
            self.stage[i].new_in_range.next = self.in_range.val();
            self.stage[i].new_top_level.next = self.top_level.val();
            self.stage[i].new_asid.next = self.asid.val();
            self.stage[i].new_root.next = self.root.val();
            self.stage[i].new_size.next = self.req_size[i].val();
            self.stage[i].new_machine.next = self.req_machine[i].val();
            self.stage[i].satp_changed.next = self.satp_changed.val();
            self.judged_size[i].next = self.stage[i].size.val();
            self.judged_machine[i].next = self.stage[i].machine.val();
        }

        // One comparator per line serves lookup, fence and refill: they never coincide.
        self.va.next = self.req_va.val();
        self.access.next = self.req_access.val();
        self.tlb.key_asid.next = self.asid.val();
        for i in 0..self.stage.len() {
            self.va.next = self.stage[i].va.val();
            self.access.next = self.stage[i].access.val();
        }
        if self.miss.waits.val() {
            self.va.next = self.miss.va.val();
            self.access.next = self.miss.access.val();
        }
        self.key.request.next = bit_cast::<VPN, XLEN>(self.req_va.val() >> bits::<XLEN>(12));
        self.key.miss.next = bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12));
        self.key.fence.next = bit_cast::<VPN, XLEN>(self.fence_va.val() >> bits::<XLEN>(12));
        self.key.waits.next = self.miss.waits.val();
        self.key.fence_presented.next = self.fence_presented.val();
        if self.fence_presented.val() {
            self.tlb.key_asid.next = self.fence_asid.val();
        }
        self.tlb.clock.next = self.clock.val();
        self.tlb.reset.next = self.reset.val();
        self.tlb.looks_ahead.next = self.paged.val() && !self.fence_presented.val();
        self.tlb.fence.next = self.fence.val();
        self.tlb.fence_by_va.next = self.fence_by_va.val();
        self.tlb.fence_by_asid.next = self.fence_by_asid.val();
        self.tlb.new_ppn.next = self.done_ppn.val();
        self.tlb.new_inside.next = self.done_inside.val();
        self.tlb.new_leaf.next = self.done_leaf.val();
        self.tlb.access.next = self.req_access.val();
        self.tlb.filling.next = self.miss.waits.val() && !self.fence_presented.val();
        // Registered: fences and entries change the lines a cycle after they were compared.
        for i in 0..self.stage.len() {
            self.next_key[i].clock.next = self.clock.val();
            self.next_key[i].fence.next = self.fence_presented.val();
            self.next_key[i].fence_page.next =
                bit_cast::<VPN, XLEN>(self.fence_va.val() >> bits::<XLEN>(12));
            self.next_key[i].page.next = bit_cast::<VPN, XLEN>(self.va.val() >> bits::<XLEN>(12));
            self.key.miss.next = self.next_key[i].key.val();
            self.key.waits.next = self.stage[i].holds.val();
            self.key.fence_presented.next = false;
            self.tlb.key_asid.next = self.asid.val();
            if self.late_fence[i].compares.val() {
                self.tlb.key_asid.next = self.late_fence[i].key_asid.val();
            }
            self.tlb.looks_ahead.next = self.paged.val() && !self.late_fence[i].compares.val();
            if self.stage[i].kept.val() {
                self.tlb.access.next = self.stage[i].access.val();
            }
            self.tlb.filling.next = self.miss.waits.val() && !self.late_fence[i].compares.val();
            self.tlb.fence.next = self.late_fence[i].clears.val();
            self.tlb.fence_by_va.next = self.late_fence[i].clears_va.val();
            self.tlb.fence_by_asid.next = self.late_fence[i].clears_asid.val();
            self.late_refill[i].clock.next = self.clock.val();
            self.late_refill[i].reset.next = self.reset.val();
            self.late_refill[i].ppn.next = self.done_ppn.val();
            self.late_refill[i].leaf.next = self.done_leaf.val();
            self.late_refill[i].leaf_inside.next = self.done_inside.val();
            self.tlb.new_ppn.next = self.late_refill[i].new_ppn.val();
            self.tlb.new_leaf.next = self.late_refill[i].new_leaf.val();
            self.tlb.written_vpn[i].next =
                bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12));
            for k in 0..self.pages.len() {
                self.tlb.written_vpn[i].next =
                    bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12))
                        & self.pages[k].val();
            }
            self.tlb.written_asid[i].next = self.miss.asid.val();
            self.tlb.written_inside[i].next = self.late_refill[i].new_inside.val();
        }
        self.tlb.key_vpn.next = self.key.key.val();
        for i in 0..self.pages.len() {
            self.tlb.key_vpn.next = self.key.key.val() & self.pages[i].val();
        }
        self.looks_up.next = self.taken.val() && self.translate.val() && self.canonical.val();
        for i in 0..self.stage.len() {
            self.looks_up.next = self.stage[i].acts.val()
                && self.stage[i].translate.val()
                && self.stage[i].canonical.val();
        }
        self.hit.next = self.looks_up.val() && self.tlb.decides.val();
        self.missed.next = self.looks_up.val() && !self.tlb.decides.val();
        for i in 0..self.stage.len() {
            // What was looked up in another address space than its own is walked.
            if self.stage[i].stale.val() {
                self.hit.next = false;
                self.missed.next = self.looks_up.val();
            }
        }
        self.tlb.used.next = self.hit.val();
        self.miss.take.next = self.missed.val();

        // Not canonical: a fault without a table read. Not translated: the identity.
        self.answered.next = self.hit.val() || (self.taken.val() && !self.looks_up.val());
        self.is_page_fault.next = (self.looks_up.val() && self.tlb.faults.val())
            || (self.taken.val() && self.translate.val() && !self.canonical.val());
        self.fails.next = self.taken.val() && !self.translate.val() && !self.in_range.val();
        for i in 0..self.stage.len() {
            self.answered.next =
                self.hit.val() || (self.stage[i].acts.val() && !self.looks_up.val());
            self.is_page_fault.next =
                (self.looks_up.val() && !self.stage[i].stale.val() && self.tlb.faults.val())
                    || (self.stage[i].acts.val()
                        && self.stage[i].translate.val()
                        && !self.stage[i].canonical.val());
            self.fails.next = self.stage[i].acts.val()
                && !self.stage[i].translate.val()
                && !self.stage[i].in_range.val();
        }
        if self.miss.waits.val() {
            // Only the walker's answer to the outstanding miss is possible.
            self.answered.next = self.done.val();
            self.is_page_fault.next = self.done.val() && self.done_page_fault.val();
            self.fails.next = self.done.val() && self.done_access_fault.val();
        }
        self.refilled.next = self.miss.waits.val()
            && self.done.val()
            && self.done_cacheable.val()
            && !self.done_page_fault.val()
            && !self.done_access_fault.val()
            && !self.miss.stale_satp.val()
            && !self.memory_type.changed.val();
        self.tlb.refill.next = self.refilled.val();
        for i in 0..self.stage.len() {
            self.late_refill[i].refilled.next =
                self.refilled.val() && !self.late_fence[i].compares.val();
            self.tlb.refill.next = self.late_refill[i].refill.val();
        }

        self.miss.clock.next = self.clock.val();
        self.miss.reset.next = self.reset.val();
        self.miss.new_va.next = self.req_va.val();
        self.miss.new_access.next = self.req_access.val();
        self.miss.new_top_level.next = self.top_level.val();
        self.miss.new_asid.next = self.asid.val();
        self.miss.new_root.next = self.root.val();
        for i in 0..self.stage.len() {
            self.miss.new_va.next = self.stage[i].va.val();
            self.miss.new_access.next = self.stage[i].access.val();
            self.miss.new_top_level.next = self.stage[i].top_level.val();
            self.miss.new_asid.next = self.stage[i].asid.val();
            self.miss.new_root.next = self.stage[i].root.val();
            self.miss.new_stale[i].next = self.stage[i].left_behind.val();
        }
        self.memory_type.then.next = self.miss.access.val().pbmte;
        self.memory_type.now.next = self.req_access.val().pbmte;
        self.memory_type.of_line.next = self.tlb.extent.val().pbmt;
        self.memory_type.of_walk.next = self.done_leaf.val().pbmt;
        self.memory_type.walked.next = self.miss.waits.val();
        self.miss.satp_changed.next = self.satp_changed.val();
        self.miss.done.next = self.done.val();
        self.waits.next = self.miss.waits.val();
        self.miss_vpn.next = bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12));
        for i in 0..self.pages.len() {
            self.miss_vpn.next =
                bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12)) & self.pages[i].val();
        }
        self.miss_root.next = self.miss.root.val();
        self.miss_top_level.next = self.miss.top_level.val();
        self.miss_access.next = self.miss.access.val();
        self.miss_asid.next = self.miss.asid.val();
        self.miss_stale.next = self.miss.stale_satp.val();

        // An address that is not translated has neither page nor size.
        self.bypasses.next = !self.miss.waits.val() && !self.translate.val();
        self.address.va.next = self.req_va.val();
        for i in 0..self.stage.len() {
            self.bypasses.next = !self.miss.waits.val() && !self.stage[i].translate.val();
            self.address.va.next = self.stage[i].va.val();
        }
        self.address.line_ppn.next = self.tlb.ppn.val();
        self.address.line_inside.next = self.tlb.extent.val().inside;
        self.address.bypasses.next = self.bypasses.val();
        self.address.walked.next = self.miss.waits.val();
        self.address.walk_va.next = self.miss.va.val();
        self.address.walk_ppn.next = self.done_ppn.val();
        self.address.walk_inside.next = self.done_inside.val();
        self.resp_size.next = self.tlb.extent.val().level;
        self.resp_pbmt.next = self.memory_type.pbmt.val();
        if self.miss.waits.val() {
            self.resp_size.next = self.done_leaf.val().level;
        }
        if self.bypasses.val() {
            self.resp_size.next = bits::<3>(0);
            self.resp_pbmt.next = bits::<2>(0);
        }
        self.resp_pa.next = self.address.pa.val();
        self.checked_pa.next = self.address.pa.val();
        self.judged_access.next = self.access.val();
        self.judged_leaf.next = self.tlb.leaf.val();
        if self.miss.waits.val() {
            self.judged_leaf.next = self.done_leaf.val();
        }
        // Of two faults the page fault came first.
        self.is_access_fault.next = self.fails.val()
            || (self.refused.val() && self.answered.val() && !self.is_page_fault.val());
        self.cause.fetch.next = self.access.val().fetch;
        self.cause.store.next = self.access.val().store || self.access.val().cbo;
        self.cause.access_fault.next = self.is_access_fault.val();
        self.page_fault.next = self.is_page_fault.val();
        self.access_fault.next = self.is_access_fault.val();
        self.is_fault.next = self.is_page_fault.val() || self.is_access_fault.val();
        self.resp_valid.next = self.answered.val();
        self.resp_fault.next = self.is_fault.val();
        self.resp_cause.next = self.cause.cause.val();
        self.resp_tval.next = self.va.val();
    }
}
