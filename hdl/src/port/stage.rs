//! The request between its acceptance and its answer.

use crate::flags::AccessContext;
use rust_hdl::prelude::*;

/// Where answers are registered: keeps a request while it is answered in the cycle after its
/// acceptance, and for as long as it waits behind a miss.
///
/// It is accepted before it is known whether the one before it misses. If that one does, this one
/// stays here, is looked up again after the miss's answer, and is answered a cycle later. Whether it
/// stays depends on registers only, so that no verdict enables what is wide.
///
/// Spec: that of [`Miss`](super::Miss): a request is translated in the context in which it was made.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `taken` | in | 1 | a request is accepted, and looked up, in this cycle; never while `holds` |
/// | `new_*` | in | | the request, and the fields of `satp` for it |
/// | `satp_changed` | in | 1 | `satp` differs from the cycle before |
/// | `miss_waits`, `miss_done` | in | 1 | a miss is outstanding; it is answered in this cycle |
/// | `compares` | in | 1 | the comparators are those of a fence in this cycle |
/// | `miss_waits_next`, `compares_next` | in | 1 | the same of the next cycle |
/// | `acts` | out | 1 | the request here is answered in this cycle, or becomes the miss |
/// | `kept` | out | 1 | it waits, and is looked up again in the first cycle in which that is possible |
/// | `holds` | out | 1 | no request can be accepted in this cycle; a register |
/// | `occupied` | out | 1 | something changes without new requests |
/// | `va`, `access`, `translate` ... `machine` | out | | the request |
/// | `stale` | out | 1 | `satp` changed between its acceptance and its lookup, which does not count |
/// | `left_behind` | out | 1 | ... since its acceptance, this cycle included |
///
/// Timing: a request accepted in cycle k acts in k + 1, unless a miss waits then. One that is kept
/// behind a miss answered in cycle t acts in t + 3: in t + 1 the entry is written, in t + 2 it is
/// looked up; a cycle later for each fence that is compared in t + 2.
/// Reset: no request.
///
/// Invariants: at most one request is here, and it is the oldest of its port after the miss.
#[derive(LogicBlock, Default)]
pub struct Stage<const XLEN: usize, const PPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A request is accepted.
    pub taken: Signal<In, Bit>,
    /// Its virtual address.
    pub new_va: Signal<In, Bits<XLEN>>,
    /// Its access and context.
    pub new_access: Signal<In, AccessContext>,
    /// The page table decides.
    pub new_translate: Signal<In, Bit>,
    /// The scheme translates the address.
    pub new_canonical: Signal<In, Bit>,
    /// The untranslated address exists.
    pub new_in_range: Signal<In, Bit>,
    /// Its root table's level.
    pub new_top_level: Signal<In, Bits<3>>,
    /// Its address space.
    pub new_asid: Signal<In, Bits<ASID>>,
    /// Its root table.
    pub new_root: Signal<In, Bits<PPN>>,
    /// log2 of its bytes.
    pub new_size: Signal<In, Bits<3>>,
    /// Its privilege is M.
    pub new_machine: Signal<In, Bit>,
    /// `satp` differs from the cycle before.
    pub satp_changed: Signal<In, Bit>,
    /// A miss is outstanding.
    pub miss_waits: Signal<In, Bit>,
    /// It is answered.
    pub miss_done: Signal<In, Bit>,
    /// A fence is compared.
    pub compares: Signal<In, Bit>,
    /// A miss is outstanding in the next cycle.
    pub miss_waits_next: Signal<In, Bit>,
    /// A fence is compared then.
    pub compares_next: Signal<In, Bit>,
    /// The request is answered or becomes the miss.
    pub acts: Signal<Out, Bit>,
    /// It waits, and is looked up again.
    pub kept: Signal<Out, Bit>,
    /// No request can be accepted.
    pub holds: Signal<Out, Bit>,
    /// Something changes without new requests.
    pub occupied: Signal<Out, Bit>,
    /// Its virtual address.
    pub va: Signal<Out, Bits<XLEN>>,
    /// Its access and context.
    pub access: Signal<Out, AccessContext>,
    /// The page table decides.
    pub translate: Signal<Out, Bit>,
    /// The scheme translates the address.
    pub canonical: Signal<Out, Bit>,
    /// The untranslated address exists.
    pub in_range: Signal<Out, Bit>,
    /// Its root table's level.
    pub top_level: Signal<Out, Bits<3>>,
    /// Its address space.
    pub asid: Signal<Out, Bits<ASID>>,
    /// Its root table.
    pub root: Signal<Out, Bits<PPN>>,
    /// log2 of its bytes.
    pub size: Signal<Out, Bits<3>>,
    /// Its privilege is M.
    pub machine: Signal<Out, Bit>,
    /// Its lookup does not count.
    pub stale: Signal<Out, Bit>,
    /// `satp` changed since it was accepted.
    pub left_behind: Signal<Out, Bit>,
    // It was looked up in the cycle before.
    looked_up: DFF<Bit>,
    waiting: DFF<Bit>,
    // The miss was answered in the cycle before: the lines change.
    settles: DFF<Bit>,
    held_stale: DFF<Bit>,
    held_va: DFF<Bits<XLEN>>,
    held_access: DFF<AccessContext>,
    held_translate: DFF<Bit>,
    held_canonical: DFF<Bit>,
    held_in_range: DFF<Bit>,
    held_top_level: DFF<Bits<3>>,
    held_asid: DFF<Bits<ASID>>,
    held_root: DFF<Bits<PPN>>,
    held_size: DFF<Bits<3>>,
    held_machine: DFF<Bit>,
    held_back: DFF<Bit>,
    waits_next: Signal<Local, Bit>,
    stays: Signal<Local, Bit>,
}

impl<const XLEN: usize, const PPN: usize, const ASID: usize> Logic for Stage<XLEN, PPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            looked_up,
            waiting,
            settles,
            held_back,
            held_stale,
            held_va,
            held_access,
            held_translate,
            held_canonical,
            held_in_range,
            held_top_level,
            held_asid,
            held_root,
            held_size,
            held_machine
        );
        self.stays.next = self.miss_waits.val() || self.waiting.q.val();
        self.acts.next = self.looked_up.q.val() && !self.miss_waits.val();
        self.kept.next = self.waiting.q.val();
        self.holds.next = self.held_back.q.val();
        self.occupied.next = self.looked_up.q.val() || self.waiting.q.val() || self.settles.q.val();

        self.settles.d.next = self.miss_done.val();
        self.looked_up.d.next = self.taken.val();
        self.waits_next.next = false;
        if self.miss_waits.val() {
            self.looked_up.d.next = false;
            self.waits_next.next = self.looked_up.q.val() || self.waiting.q.val();
        } else {
            if self.waiting.q.val() {
                if self.settles.q.val() || self.compares.val() {
                    self.waits_next.next = true;
                } else {
                    self.looked_up.d.next = true;
                }
            }
        }

        self.waiting.d.next = self.waits_next.val();
        // What selects the key is known ahead.
        self.held_back.d.next = self.miss_waits_next.val()
            || self.waits_next.val()
            || self.miss_done.val()
            || self.compares_next.val();

        self.held_stale.d.next = self.held_stale.q.val() || self.satp_changed.val();
        if !self.stays.val() {
            self.held_stale.d.next = false;
            self.held_va.d.next = self.new_va.val();
            self.held_access.d.next = self.new_access.val();
            self.held_translate.d.next = self.new_translate.val();
            self.held_canonical.d.next = self.new_canonical.val();
            self.held_in_range.d.next = self.new_in_range.val();
            self.held_top_level.d.next = self.new_top_level.val();
            self.held_asid.d.next = self.new_asid.val();
            self.held_root.d.next = self.new_root.val();
            self.held_size.d.next = self.new_size.val();
            self.held_machine.d.next = self.new_machine.val();
        }
        self.va.next = self.held_va.q.val();
        self.access.next = self.held_access.q.val();
        self.translate.next = self.held_translate.q.val();
        self.canonical.next = self.held_canonical.q.val();
        self.in_range.next = self.held_in_range.q.val();
        self.top_level.next = self.held_top_level.q.val();
        self.asid.next = self.held_asid.q.val();
        self.root.next = self.held_root.q.val();
        self.size.next = self.held_size.q.val();
        self.machine.next = self.held_machine.q.val();
        self.stale.next = self.held_stale.q.val();
        self.left_behind.next = self.held_stale.q.val() || self.satp_changed.val();
        if self.reset.val() {
            self.looked_up.d.next = false;
            self.waiting.d.next = false;
            self.settles.d.next = false;
            self.held_back.d.next = false;
        }
    }
}
