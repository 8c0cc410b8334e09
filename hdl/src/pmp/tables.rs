//! The check of a walker's accesses, before memory sees them.

use super::{Physical, PmaCheck, PmpCheck, list};
use rust_hdl::prelude::*;

/// Stands between a walker and memory: a request that is not allowed is not forwarded, but answered
/// with an error in the next cycle.
///
/// Spec: `norm:pmp_check_pagetable_access` ("for which the effective privilege mode is S"),
/// `sv32algorithm` ("if accessing pte violates a PMA or PMP check", and likewise for "a store to the
/// PTE"), `norm:pma_vm_hw_tbl_acc`. An update of A and D reads and writes, atomically.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `walk_valid`, `walk_addr`, `walk_swap` | in | 1, PA, 1 | the walker's request |
/// | `walk_ready`, `walk_answered`, `walk_error` | out | 1 | memory's side, as the walker sees it |
/// | `mem_valid`, `mem_ready` | out, in | 1 | the request as memory sees it |
/// | `mem_answered`, `mem_error` | in | 1 | memory's response |
/// | `active`, `first`, `last`, `rights` | in | | the PMP entries |
///
/// Timing: combinational, except for the error. Reset: no error is due.
///
/// Invariants: a request that memory has seen stays presented until it is accepted, whatever is
/// written to PMP registers in the meantime. The walker has one request outstanding at most.
#[derive(LogicBlock)]
pub struct TableCheck<const PA: usize, const GA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The walker presents a request.
    pub walk_valid: Signal<In, Bit>,
    /// The physical address of an entry.
    pub walk_addr: Signal<In, Bits<PA>>,
    /// An update of A and D, otherwise a read.
    pub walk_swap: Signal<In, Bit>,
    /// The request is taken.
    pub walk_ready: Signal<Out, Bit>,
    /// A response for the walker.
    pub walk_answered: Signal<Out, Bit>,
    /// It is an error.
    pub walk_error: Signal<Out, Bit>,
    /// The request is presented to memory.
    pub mem_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub mem_ready: Signal<In, Bit>,
    /// Memory responds.
    pub mem_answered: Signal<In, Bit>,
    /// With an error.
    pub mem_error: Signal<In, Bit>,
    /// The entries: each matches something,
    pub active: Vec<Signal<In, Bit>>,
    /// from this granule
    pub first: Vec<Signal<In, Bits<GA>>>,
    /// to this one,
    pub last: Vec<Signal<In, Bits<GA>>>,
    /// with this configuration.
    pub rights: Vec<Signal<In, Bits<8>>>,
    due: DFF<Bit>,
    presented: DFF<Bit>,
    pmp: PmpCheck<GA>,
    pma: PmaCheck<GA>,
    refused: Signal<Local, Bit>,
    stops: Signal<Local, Bit>,
    forwards: Signal<Local, Bit>,
    rest: Constant<Bits<GA>>,
}

impl<const PA: usize, const GA: usize> Default for TableCheck<PA, GA> {
    fn default() -> Self {
        Self::new(Physical::default(), 8)
    }
}

impl<const PA: usize, const GA: usize> TableCheck<PA, GA> {
    /// With these parts. An entry has `bytes` bytes, 4 or 8.
    pub fn new(physical: Physical, bytes: usize) -> Self {
        Self {
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            pmp: PmpCheck::new(physical.pmp),
            pma: PmaCheck::new(physical.regions),
            rest: Constant::new((bytes as u64 / 4 - 1).into()),
            clock: Default::default(),
            reset: Default::default(),
            walk_valid: Default::default(),
            walk_addr: Default::default(),
            walk_swap: Default::default(),
            walk_ready: Default::default(),
            walk_answered: Default::default(),
            walk_error: Default::default(),
            mem_valid: Default::default(),
            mem_ready: Default::default(),
            mem_answered: Default::default(),
            mem_error: Default::default(),
            due: Default::default(),
            presented: Default::default(),
            refused: Default::default(),
            stops: Default::default(),
            forwards: Default::default(),
        }
    }
}

impl<const PA: usize, const GA: usize> Logic for TableCheck<PA, GA> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, due, presented);
        self.pmp.from.next = bit_cast::<GA, PA>(self.walk_addr.val() >> bits::<PA>(2));
        self.pmp.to.next =
            bit_cast::<GA, PA>(self.walk_addr.val() >> bits::<PA>(2)) | self.rest.val();
        self.pmp.read.next = true;
        self.pmp.write.next = self.walk_swap.val();
        self.pmp.execute.next = false;
        self.pmp.machine.next = false;
        for i in 0..self.active.len() {
            self.pmp.active[i].next = self.active[i].val();
            self.pmp.first[i].next = self.first[i].val();
            self.pmp.last[i].next = self.last[i].val();
            self.pmp.rights[i].next = self.rights[i].val();
        }
        self.pma.granule.next = bit_cast::<GA, PA>(self.walk_addr.val() >> bits::<PA>(2));
        self.refused.next = self.pmp.refused.val()
            || self.pma.absent.val()
            || self.pma.barred.val()
            || (self.walk_swap.val() && self.pma.plain.val());

        self.stops.next = self.walk_valid.val() && self.refused.val() && !self.presented.q.val();
        self.forwards.next = self.walk_valid.val() && !self.stops.val();
        self.mem_valid.next = self.forwards.val();
        self.walk_ready.next = self.mem_ready.val() || self.stops.val();
        self.presented.d.next = self.forwards.val() && !self.mem_ready.val();
        self.due.d.next = self.stops.val();
        self.walk_answered.next = self.mem_answered.val() || self.due.q.val();
        self.walk_error.next = self.mem_error.val() || self.due.q.val();
        if self.reset.val() {
            self.due.d.next = false;
            self.presented.d.next = false;
        }
    }
}
