//! The one miss that a port may have outstanding.

use crate::flags::AccessContext;
use crate::pmp::list;
use rust_hdl::prelude::*;

/// Keeps a missed request with its context at the time when it was accepted.
///
/// Spec: `norm:satp_op_active` (a walk may only begin while `satp` is active; one that began need
/// not end with it). A request is translated and checked in the context in which it was made,
/// whatever `satp` is by the time its walk ends.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `take` | in | 1 | a request misses in this cycle; never while `waits` |
/// | `new_*` | in | | the request, and the fields of `satp` for it |
/// | `new_stale` | in | 1 | with registered answers: `satp` has changed since the request was accepted |
/// | `satp_changed` | in | 1 | `satp` differs from the cycle before |
/// | `done` | in | 1 | it is answered in this cycle |
/// | `waits` | out | 1 | a miss is outstanding |
/// | `waits_next` | out | 1 | one is in the next cycle |
/// | `va`, `access`, `top_level`, `asid`, `root` | out | | the miss; stable while `waits`, otherwise the last request presented |
/// | `stale_satp` | out | 1 | `satp` changed since the request was accepted, this cycle included |
///
/// Timing: outputs follow `take` one cycle later. Reset: no miss.
#[derive(LogicBlock, Default)]
pub struct Miss<const XLEN: usize, const PPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A request misses.
    pub take: Signal<In, Bit>,
    /// Its virtual address.
    pub new_va: Signal<In, Bits<XLEN>>,
    /// Its access and context.
    pub new_access: Signal<In, AccessContext>,
    /// Its root table's level.
    pub new_top_level: Signal<In, Bits<3>>,
    /// Its address space.
    pub new_asid: Signal<In, Bits<ASID>>,
    /// Its root table.
    pub new_root: Signal<In, Bits<PPN>>,
    /// With registered answers: `satp` has changed since it was accepted.
    pub new_stale: Vec<Signal<In, Bit>>,
    /// `satp` differs from the cycle before.
    pub satp_changed: Signal<In, Bit>,
    /// The miss is answered.
    pub done: Signal<In, Bit>,
    /// A miss is outstanding.
    pub waits: Signal<Out, Bit>,
    /// One is in the next cycle.
    pub waits_next: Signal<Out, Bit>,
    /// Its virtual address.
    pub va: Signal<Out, Bits<XLEN>>,
    /// Its access and context.
    pub access: Signal<Out, AccessContext>,
    /// Its root table's level.
    pub top_level: Signal<Out, Bits<3>>,
    /// Its address space.
    pub asid: Signal<Out, Bits<ASID>>,
    /// Its root table.
    pub root: Signal<Out, Bits<PPN>>,
    /// `satp` changed since the request was accepted.
    pub stale_satp: Signal<Out, Bit>,
    outstanding: DFF<Bit>,
    goes_on: Signal<Local, Bit>,
    held_va: DFF<Bits<XLEN>>,
    held_access: DFF<AccessContext>,
    held_top_level: DFF<Bits<3>>,
    held_asid: DFF<Bits<ASID>>,
    held_root: DFF<Bits<PPN>>,
    left_behind: DFF<Bit>,
}

impl<const XLEN: usize, const PPN: usize, const ASID: usize> Miss<XLEN, PPN, ASID> {
    /// Of a port whose answers are registered, or not.
    pub fn new(registered: bool) -> Self {
        Self { new_stale: list(usize::from(registered)), ..Self::default() }
    }
}

impl<const XLEN: usize, const PPN: usize, const ASID: usize> Logic for Miss<XLEN, PPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            outstanding,
            held_va,
            held_access,
            held_top_level,
            held_asid,
            held_root,
            left_behind
        );
        self.waits.next = self.outstanding.q.val();
        self.va.next = self.held_va.q.val();
        self.access.next = self.held_access.q.val();
        self.top_level.next = self.held_top_level.q.val();
        self.asid.next = self.held_asid.q.val();
        self.root.next = self.held_root.q.val();
        self.stale_satp.next = self.left_behind.q.val() || self.satp_changed.val();
        if self.satp_changed.val() {
            self.left_behind.d.next = true;
        }
        // Whether the request misses is known late: it is kept before, and only one bit waits.
        if !self.outstanding.q.val() {
            self.held_va.d.next = self.new_va.val();
            self.held_access.d.next = self.new_access.val();
            self.held_top_level.d.next = self.new_top_level.val();
            self.held_asid.d.next = self.new_asid.val();
            self.held_root.d.next = self.new_root.val();
            self.left_behind.d.next = false;
            for i in 0..self.new_stale.len() {
                self.left_behind.d.next = self.new_stale[i].val();
            }
        }
        self.goes_on.next = self.outstanding.q.val() && !self.done.val();
        if self.take.val() {
            self.goes_on.next = true;
        }
        if self.reset.val() {
            self.goes_on.next = false;
        }
        self.outstanding.d.next = self.goes_on.val();
        self.waits_next.next = self.goes_on.val();
    }
}
