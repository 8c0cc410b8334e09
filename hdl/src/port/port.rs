//! The port itself: ports and blocks. `wiring` connects them.

mod wiring;

use super::{KeyChoice, LateFence, LateRefill, MemoryType, Miss, NextKey, PhysicalAddress, Stage};
use crate::fault::Cause;
use crate::flags::{AccessContext, Extent, Leaf};
use crate::pmp::{constants, list};
use crate::tlb::{Cam, PageSets, Shape};
use crate::{Extensions, OneOfFour, Sizes};
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
    // The 4 KiB pages, if lines keep larger ones only.
    pages: Vec<PageSets<VPN, PPN, ASID>>,
    word: Vec<OneOfFour<PPN>>,
    cause: Cause,
    miss: Miss<XLEN, PPN, ASID>,
    key: KeyChoice<VPN>,
    // Where not all schemes are implemented: the bits of a virtual page number.
    page_bits: Vec<Constant<Bits<VPN>>>,
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
    missed_page: Signal<Local, Bits<VPN>>,
    decides: Signal<Local, Bit>,
    faults: Signal<Local, Bit>,
    found_ppn: Signal<Local, Bits<PPN>>,
    found: Signal<Local, Extent>,
    found_leaf: Signal<Local, Leaf>,
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
    /// sizes. With registered answers there may be sets of so many ways for 4 KiB pages.
    ///
    /// # Panics
    /// If there are such sets without registered answers.
    pub fn new(
        extensions: Extensions,
        tlb: Shape,
        registered: bool,
        page_ways: usize,
        sizes: Sizes,
    ) -> Self {
        assert!(registered || page_ways == 0, "sets of pages need registered answers");
        let stages = usize::from(registered);
        Self {
            tlb: Cam::new(extensions, tlb, registered, page_ways > 0),
            pages: (0..page_ways.min(1)).map(|_| PageSets::new(page_ways)).collect(),
            word: list(page_ways.min(1)),
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
            page_bits: constants(sizes.virtual_page(VPN)),
            memory_type: MemoryType::new(extensions),
            ..Self::default()
        }
    }
}
