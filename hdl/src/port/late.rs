//! What a port does to its TLB a cycle after it is known: fences, and entries of walks.

use crate::flags::Leaf;
use rust_hdl::prelude::*;

/// Where answers are registered: a fence compares in the cycle after it is accepted, and clears in
/// the one after that, so that nothing between its pins and the lines takes more than a cycle.
///
/// Spec: that of [`CamLine`](crate::tlb::CamLine).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `presented`, `fence` | in | 1 | a fence is presented; it is accepted in this cycle |
/// | `by_va`, `by_asid`, `asid` | in | 1, 1, ASID | its operands but for the page |
/// | `compares` | out | 1 | a fence was presented in the cycle before: the lines are compared with it |
/// | `key_by_asid`, `key_asid` | out | 1, ASID | ... if it names an address space; with this one |
/// | `clears` | out | 1 | the lines were compared in the cycle before: those that it names are cleared |
/// | `clears_va`, `clears_asid` | out | 1 | ... and it names a page, an address space |
///
/// Timing: registered. A fence that must wait is compared in vain, so that nothing wide depends on
/// whether it is accepted. Reset: no fence.
#[derive(LogicBlock, Default)]
pub struct LateFence<const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A fence is presented.
    pub presented: Signal<In, Bit>,
    /// It is accepted.
    pub fence: Signal<In, Bit>,
    /// It names a page.
    pub by_va: Signal<In, Bit>,
    /// It names an address space.
    pub by_asid: Signal<In, Bit>,
    /// That address space.
    pub asid: Signal<In, Bits<ASID>>,
    /// The lines are compared.
    pub compares: Signal<Out, Bit>,
    /// It names an address space.
    pub key_by_asid: Signal<Out, Bit>,
    /// With this address space.
    pub key_asid: Signal<Out, Bits<ASID>>,
    /// Lines are cleared.
    pub clears: Signal<Out, Bit>,
    /// Those of a page.
    pub clears_va: Signal<Out, Bit>,
    /// Those of an address space.
    pub clears_asid: Signal<Out, Bit>,
    shown: DFF<Bit>,
    accepted: DFF<Bit>,
    accepted_va: DFF<Bit>,
    accepted_asid: DFF<Bit>,
    held_asid: DFF<Bits<ASID>>,
    compared: DFF<Bit>,
    compared_va: DFF<Bit>,
    compared_asid: DFF<Bit>,
}

impl<const ASID: usize> Logic for LateFence<ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            shown,
            accepted,
            accepted_va,
            accepted_asid,
            held_asid,
            compared,
            compared_va,
            compared_asid
        );
        self.shown.d.next = self.presented.val();
        self.accepted.d.next = self.fence.val();
        self.accepted_va.d.next = self.by_va.val();
        self.accepted_asid.d.next = self.by_asid.val();
        self.held_asid.d.next = self.asid.val();
        self.compared.d.next = self.accepted.q.val();
        self.compared_va.d.next = self.accepted_va.q.val();
        self.compared_asid.d.next = self.accepted_asid.q.val();
        self.compares.next = self.shown.q.val();
        self.key_by_asid.next = self.accepted_asid.q.val();
        self.key_asid.next = self.held_asid.q.val();
        self.clears.next = self.compared.q.val();
        self.clears_va.next = self.compared_va.q.val();
        self.clears_asid.next = self.compared_asid.q.val();
        if self.reset.val() {
            self.shown.d.next = false;
            self.accepted.d.next = false;
            self.compared.d.next = false;
        }
    }
}

/// Where answers are registered: the entry with which a miss ended, written in the cycle after.
///
/// The lines that it overlaps are known from the cycle of the answer, in which they were compared
/// with the miss.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `refilled` | in | 1 | the miss ends in this cycle with an entry to keep |
/// | `ppn`, `leaf`, `leaf_inside` | in | PPN, struct, 5 | that entry |
/// | `refill`, `new_ppn`, `new_leaf`, `new_inside` | out | | the same a cycle later |
///
/// Timing: registered. Reset: nothing is written.
#[derive(LogicBlock, Default)]
pub struct LateRefill<const PPN: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The miss ends with an entry to keep.
    pub refilled: Signal<In, Bit>,
    /// Its page.
    pub ppn: Signal<In, Bits<PPN>>,
    /// Its bits.
    pub leaf: Signal<In, Leaf>,
    /// The size of its page, decoded.
    pub leaf_inside: Signal<In, Bits<5>>,
    /// An entry is written.
    pub refill: Signal<Out, Bit>,
    /// Its page.
    pub new_ppn: Signal<Out, Bits<PPN>>,
    /// Its bits.
    pub new_leaf: Signal<Out, Leaf>,
    /// The size of its page, decoded.
    pub new_inside: Signal<Out, Bits<5>>,
    writes: DFF<Bit>,
    held_ppn: DFF<Bits<PPN>>,
    held_leaf: DFF<Leaf>,
    held_inside: DFF<Bits<5>>,
}

impl<const PPN: usize> Logic for LateRefill<PPN> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, writes, held_ppn, held_leaf, held_inside);
        self.writes.d.next = self.refilled.val();
        self.held_ppn.d.next = self.ppn.val();
        self.held_leaf.d.next = self.leaf.val();
        self.held_inside.d.next = self.leaf_inside.val();
        self.refill.next = self.writes.q.val();
        self.new_ppn.next = self.held_ppn.q.val();
        self.new_leaf.next = self.held_leaf.q.val();
        self.new_inside.next = self.held_inside.q.val();
        if self.reset.val() {
            self.writes.d.next = false;
        }
    }
}
