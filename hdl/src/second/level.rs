//! The second level as a whole: which miss is looked up, and its answer.

use super::{Bank, SecondShape};
use crate::flags::{AccessContext, Leaf};
use crate::geometry::{Inside, NAPOT, has_napot};
use crate::permission::Permission;
use crate::{Extensions, Sizes};
use rust_hdl::prelude::*;

/// Looks up the misses of both ports before they are walked.
///
/// Spec: `sv32algorithm` (address-translation cache), `norm:sfence_vma_ordering_semantics` (any one
/// of several translations of an address may be used, never a mixture);
/// `norm:Svnapot_cache_entries` (a NAPOT range is one entry here).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `fetch_waits`, `fetch_vpn`, `fetch_asid`, `fetch_access` | in | | the fetch port's miss, until it is answered |
/// | `data_*` | in | | the data port's |
/// | `fetch_done`, `data_done` | out | 1 | the miss is answered in this cycle |
/// | `page_fault` | out | 1 | ... with a page fault |
/// | `ppn`, `leaf` | out | PPN, struct | ... with this page |
/// | `leaf_inside` | out | 5 | ... of this size, decoded ([`Inside`]) |
/// | `fetch_walks`, `data_walks` | out | 1 | the miss was not found, and waits for a walk |
/// | `fetch_keep`, `data_keep` | in | 1 | the leaf of the port's walk enters its TLB, and is kept here too |
/// | `fetch_new_ppn`, `fetch_new_leaf` | in | PPN, struct | that leaf of the fetch port's miss |
/// | `data_new_ppn`, `data_new_leaf` | in | PPN, struct | that of the data port's |
/// | `inject` | in | 1 | what is kept gets wrong parity: to test what follows |
/// | `fence_presented`, `fence`, `fence_by_va`, `fence_vpn` | in | | a fence; accepted |
/// | `hit`, `missed`, `broken`, `swept` | out | 1 | events |
///
/// Timing: a miss that waits in cycle k, and is alone, is answered or walks in cycle k + 1. Of two,
/// the data port's goes first, the other one a cycle later. No lookup is made while a fence is
/// presented. A store to a page whose D is clear walks if hardware sets D. Of two leaves in one cycle
/// the data port's is kept.
/// Reset: empty.
///
/// Invariants: each miss is looked up once. What is found is legal since it was in a page table after
/// the last fence that names it; a fence in the cycle between forgets the lookup, which is repeated.
///
/// A bank for each page size: pages of 4 KiB have `entries`, those of level 1 and NAPOT ranges a
/// quarter, larger ones four sets.
#[derive(LogicBlock)]
pub struct SecondLevel<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The fetch port has a miss.
    pub fetch_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub fetch_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub fetch_asid: Signal<In, Bits<ASID>>,
    /// Its access.
    pub fetch_access: Signal<In, AccessContext>,
    /// The data port has a miss.
    pub data_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub data_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub data_asid: Signal<In, Bits<ASID>>,
    /// Its access.
    pub data_access: Signal<In, AccessContext>,
    /// The fetch port's miss is answered.
    pub fetch_done: Signal<Out, Bit>,
    /// The data port's miss is answered.
    pub data_done: Signal<Out, Bit>,
    /// With a page fault.
    pub page_fault: Signal<Out, Bit>,
    /// With this page.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// And these bits.
    pub leaf: Signal<Out, Leaf>,
    /// The size of that page, decoded.
    pub leaf_inside: Signal<Out, Bits<5>>,
    /// The fetch port's miss waits for a walk.
    pub fetch_walks: Signal<Out, Bit>,
    /// The data port's miss waits for a walk.
    pub data_walks: Signal<Out, Bit>,
    /// The leaf of the fetch port's walk enters its TLB.
    pub fetch_keep: Signal<In, Bit>,
    /// Its page.
    pub fetch_new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub fetch_new_leaf: Signal<In, Leaf>,
    /// The leaf of the data port's walk enters its TLB.
    pub data_keep: Signal<In, Bit>,
    /// Its page.
    pub data_new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub data_new_leaf: Signal<In, Leaf>,
    /// What is kept gets wrong parity.
    pub inject: Signal<In, Bit>,
    /// A fence is presented.
    pub fence_presented: Signal<In, Bit>,
    /// It is accepted.
    pub fence: Signal<In, Bit>,
    /// It names a page.
    pub fence_by_va: Signal<In, Bit>,
    /// That page.
    pub fence_vpn: Signal<In, Bits<VPN>>,
    /// Event: a miss was answered.
    pub hit: Signal<Out, Bit>,
    /// Event: a miss was not found.
    pub missed: Signal<Out, Bit>,
    /// Event: an entry with wrong parity was read.
    pub broken: Signal<Out, Bit>,
    /// Event: a fence without address forgets everything.
    pub swept: Signal<Out, Bit>,
    banks: Vec<Bank<VPN, PPN, ASID, TAG>>,
    size: Vec<Constant<Bits<3>>>,
    permission: Permission,
    fetch_asked: DFF<Bit>,
    data_asked: DFF<Bit>,
    answers: DFF<Bit>,
    answers_data: DFF<Bit>,
    asks: Signal<Local, Bit>,
    asks_data: Signal<Local, Bit>,
    // The fetch port's miss, or 0.
    fetch_key: Signal<Local, Bits<VPN>>,
    fetch_space: Signal<Local, Bits<ASID>>,
    ask_vpn: Signal<Local, Bits<VPN>>,
    key_vpn: Signal<Local, Bits<VPN>>,
    key_asid: Signal<Local, Bits<ASID>>,
    access: Signal<Local, AccessContext>,
    found: Signal<Local, Bit>,
    found_leaf: Signal<Local, Leaf>,
    decoded: Inside,
    some_broken: Signal<Local, Bit>,
    served: Signal<Local, Bit>,
    new_vpn: Signal<Local, Bits<VPN>>,
    new_asid: Signal<Local, Bits<ASID>>,
    new_ppn: Signal<Local, Bits<PPN>>,
    new_leaf: Signal<Local, Leaf>,
    no_leaf: Constant<Leaf>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize>
    SecondLevel<VPN, PPN, ASID, TAG>
{
    /// Of a shape, with these extensions, of these sizes.
    ///
    /// # Panics
    /// If the shape is not possible.
    pub fn new(shape: SecondShape, extensions: Extensions, sizes: Sizes) -> Self {
        assert!(shape.is_possible(), "a second level of shape {shape:?}");
        let levels = if VPN == 20 { 2 } else { u64::from(sizes.levels) };
        let napot = has_napot(extensions, VPN).then_some(NAPOT);
        let pages: Vec<u64> = (0..levels).chain(napot).collect();
        Self {
            clock: Default::default(),
            reset: Default::default(),
            fetch_waits: Default::default(),
            fetch_vpn: Default::default(),
            fetch_asid: Default::default(),
            fetch_access: Default::default(),
            data_waits: Default::default(),
            data_vpn: Default::default(),
            data_asid: Default::default(),
            data_access: Default::default(),
            fetch_done: Default::default(),
            data_done: Default::default(),
            page_fault: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            leaf_inside: Default::default(),
            fetch_walks: Default::default(),
            data_walks: Default::default(),
            fetch_keep: Default::default(),
            fetch_new_ppn: Default::default(),
            fetch_new_leaf: Default::default(),
            data_keep: Default::default(),
            data_new_ppn: Default::default(),
            data_new_leaf: Default::default(),
            inject: Default::default(),
            fence_presented: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_vpn: Default::default(),
            hit: Default::default(),
            missed: Default::default(),
            broken: Default::default(),
            swept: Default::default(),
            banks: pages.iter().map(|&size| Bank::new(size, shape)).collect(),
            size: pages.iter().map(|&size| Constant::new(bits::<3>(size))).collect(),
            permission: Default::default(),
            fetch_asked: Default::default(),
            data_asked: Default::default(),
            answers: Default::default(),
            answers_data: Default::default(),
            asks: Default::default(),
            asks_data: Default::default(),
            fetch_key: Default::default(),
            fetch_space: Default::default(),
            ask_vpn: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            access: Default::default(),
            found: Default::default(),
            found_leaf: Default::default(),
            decoded: Inside::new(extensions, sizes.vpn_bits(VPN)),
            some_broken: Default::default(),
            served: Default::default(),
            new_vpn: Default::default(),
            new_asid: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            no_leaf: Constant::new(Leaf::default()),
        }
    }
}

impl<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize> Logic
    for SecondLevel<VPN, PPN, ASID, TAG>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, fetch_asked, data_asked, answers, answers_data);

        // The lookup that begins in this cycle.
        self.asks_data.next = self.data_waits.val() && !self.data_asked.q.val();
        self.asks.next = !self.fence_presented.val()
            && (self.asks_data.val() || (self.fetch_waits.val() && !self.fetch_asked.q.val()));
        // Without a miss nothing moves: no RAM is read at changing addresses.
        self.fetch_key.next = bits::<VPN>(0);
        self.fetch_space.next = bits::<ASID>(0);
        if self.fetch_waits.val() {
            self.fetch_key.next = self.fetch_vpn.val();
            self.fetch_space.next = self.fetch_asid.val();
        }
        self.ask_vpn.next = self.fetch_key.val();
        if self.asks_data.val() {
            self.ask_vpn.next = self.data_vpn.val();
        }
        self.answers.d.next = self.asks.val();
        self.answers_data.d.next = self.asks_data.val();
        if self.asks.val() && self.asks_data.val() {
            self.data_asked.d.next = true;
        }
        if self.asks.val() && !self.asks_data.val() {
            self.fetch_asked.d.next = true;
        }
        if !self.data_waits.val() {
            self.data_asked.d.next = false;
        }
        if !self.fetch_waits.val() {
            self.fetch_asked.d.next = false;
        }

        // The leaf that is kept: what ends without one does not displace the other port's.
        self.new_vpn.next = self.fetch_key.val();
        self.new_asid.next = self.fetch_space.val();
        self.new_ppn.next = self.fetch_new_ppn.val();
        self.new_leaf.next = self.fetch_new_leaf.val();
        if self.data_keep.val() {
            self.new_vpn.next = self.data_vpn.val();
            self.new_asid.next = self.data_asid.val();
            self.new_ppn.next = self.data_new_ppn.val();
            self.new_leaf.next = self.data_new_leaf.val();
        }

        // The lookup that ends in this cycle.
        self.key_vpn.next = self.fetch_key.val();
        self.key_asid.next = self.fetch_space.val();
        self.access.next = self.fetch_access.val();
        if self.answers_data.q.val() {
            self.key_vpn.next = self.data_vpn.val();
            self.key_asid.next = self.data_asid.val();
            self.access.next = self.data_access.val();
        }
        self.found.next = false;
        self.ppn.next = bits::<PPN>(0);
        self.found_leaf.next = self.no_leaf.val();
        self.some_broken.next = false;
        for i in 0..self.banks.len() {
            self.banks[i].clock.next = self.clock.val();
            self.banks[i].reset.next = self.reset.val();
            self.banks[i].ask_vpn.next = self.ask_vpn.val();
            self.banks[i].key_vpn.next = self.key_vpn.val();
            self.banks[i].key_asid.next = self.key_asid.val();
            self.banks[i].keep_fetch.next = self.answers.q.val() && !self.answers_data.q.val();
            self.banks[i].keep_data.next = self.answers.q.val() && self.answers_data.q.val();
            self.banks[i].write.next = (self.fetch_keep.val() || self.data_keep.val())
                && (self.new_leaf.val().level == self.size[i].val());
            self.banks[i].write_data.next = self.data_keep.val();
            self.banks[i].new_vpn.next = self.new_vpn.val();
            self.banks[i].new_asid.next = self.new_asid.val();
            self.banks[i].new_ppn.next = self.new_ppn.val();
            self.banks[i].new_leaf.next = self.new_leaf.val();
            self.banks[i].inject.next = self.inject.val();
            self.banks[i].fence.next = self.fence.val();
            self.banks[i].fence_by_va.next = self.fence_by_va.val();
            self.banks[i].fence_vpn.next = self.fence_vpn.val();
            if self.banks[i].broken.val() {
                self.some_broken.next = true;
            }
            if self.banks[i].hit.val() {
                self.found.next = true;
                self.ppn.next = self.banks[i].ppn.val();
                self.found_leaf.next = self.banks[i].leaf.val();
            }
        }
        self.leaf.next = self.found_leaf.val();
        self.decoded.level.next = self.found_leaf.val().level;
        self.leaf_inside.next = self.decoded.parts.val();
        self.permission.access.next = self.access.val();
        self.permission.leaf.next = self.found_leaf.val();
        self.served.next = self.answers.q.val()
            && self.found.val()
            && (self.permission.denied.val()
                || !self.permission.unmarked.val()
                || !self.access.val().adue);
        self.page_fault.next = self.permission.denied.val() || self.permission.unmarked.val();
        self.fetch_done.next = self.served.val() && !self.answers_data.q.val();
        self.data_done.next = self.served.val() && self.answers_data.q.val();
        self.fetch_walks.next = self.fetch_waits.val()
            && self.fetch_asked.q.val()
            && (!self.served.val() || self.answers_data.q.val());
        self.data_walks.next = self.data_waits.val()
            && self.data_asked.q.val()
            && (!self.served.val() || !self.answers_data.q.val());
        self.hit.next = self.served.val();
        self.missed.next = self.answers.q.val() && !self.served.val();
        self.broken.next = self.answers.q.val() && self.some_broken.val();
        self.swept.next = self.fence.val() && !self.fence_by_va.val();
        if self.reset.val() {
            self.fetch_asked.d.next = false;
            self.data_asked.d.next = false;
            self.answers.d.next = false;
        }
    }
}
