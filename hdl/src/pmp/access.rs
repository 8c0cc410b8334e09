//! The check of a port's final access.

use super::{Physical, PmaCheck, PmpCheck, list};
use rust_hdl::prelude::*;

/// Judges the access itself: the physical address that a port is about to answer, for its type, size
/// and privilege. Nothing is cached: every answer is judged when it is given.
///
/// An access has 2^size bytes from its address on, but never more than up to the end of its page.
///
/// Spec: `norm:pmp_check_priv_modes`, `norm:pmp_with_paging`; `norm:cbm_access` (cache-block
/// management needs what a load or a store needs, and a store needs R too); `norm:pma_chk_paddr`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock` | in | 1 | rising edge |
/// | `pa` | in | PA | the address of this cycle's answer |
/// | `size`, `store`, `machine` | in | 3, 1 | the request of this cycle: log2 of its bytes, type, privilege M |
/// | `fetch` | in | 1 | this cycle's answer is that of a fetch |
/// | `take` | in | 1 | it misses: it is answered in a later cycle |
/// | `waits` | in | 1 | the answer is that of the miss |
/// | `active`, `first`, `last`, `rights` | in | | the PMP entries |
/// | `refused` | out | 1 | the access is not allowed |
/// | `attributes` | out | 2 | bit 0: I/O; bit 1: no atomic operations |
///
/// Timing: combinational; what a miss needs is kept until its answer. Reset: none needed.
#[derive(LogicBlock, Default)]
pub struct AccessCheck<const PA: usize, const GA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// The physical address of the answer.
    pub pa: Signal<In, Bits<PA>>,
    /// log2 of the request's bytes.
    pub size: Signal<In, Bits<3>>,
    /// It is a fetch.
    pub fetch: Signal<In, Bit>,
    /// It is a store.
    pub store: Signal<In, Bit>,
    /// Its privilege is M.
    pub machine: Signal<In, Bit>,
    /// It misses.
    pub take: Signal<In, Bit>,
    /// The answer is that of the miss.
    pub waits: Signal<In, Bit>,
    /// The entries: each matches something,
    pub active: Vec<Signal<In, Bit>>,
    /// from this granule
    pub first: Vec<Signal<In, Bits<GA>>>,
    /// to this one,
    pub last: Vec<Signal<In, Bits<GA>>>,
    /// with this configuration.
    pub rights: Vec<Signal<In, Bits<8>>>,
    /// The access is not allowed.
    pub refused: Signal<Out, Bit>,
    /// The attributes of its memory.
    pub attributes: Signal<Out, Bits<2>>,
    held_size: DFF<Bits<3>>,
    held_store: DFF<Bit>,
    held_machine: DFF<Bit>,
    bytes_log2: Signal<Local, Bits<3>>,
    is_store: Signal<Local, Bit>,
    more: Signal<Local, Bits<13>>,
    last_byte: Signal<Local, Bits<13>>,
    end_in_page: Signal<Local, Bits<10>>,
    pmp: PmpCheck<GA>,
    pma: PmaCheck<GA>,
}

impl<const PA: usize, const GA: usize> AccessCheck<PA, GA> {
    /// With these parts.
    pub fn new(physical: Physical) -> Self {
        Self {
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            pmp: PmpCheck::new(physical.pmp),
            pma: PmaCheck::new(physical.regions),
            ..Self::default()
        }
    }
}

impl<const PA: usize, const GA: usize> Logic for AccessCheck<PA, GA> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_size, held_store, held_machine);
        if self.take.val() {
            self.held_size.d.next = self.size.val();
            self.held_store.d.next = self.store.val();
            self.held_machine.d.next = self.machine.val();
        }
        self.bytes_log2.next = self.size.val();
        self.is_store.next = self.store.val();
        self.pmp.machine.next = self.machine.val();
        if self.waits.val() {
            self.bytes_log2.next = self.held_size.q.val();
            self.is_store.next = self.held_store.q.val();
            self.pmp.machine.next = self.held_machine.q.val();
        }

        // The last byte: at most that of the page.
        self.more.next = bits::<13>(0);
        if self.bytes_log2.val() == bits::<3>(1) {
            self.more.next = bits::<13>(1);
        }
        if self.bytes_log2.val() == bits::<3>(2) {
            self.more.next = bits::<13>(3);
        }
        if self.bytes_log2.val() == bits::<3>(3) {
            self.more.next = bits::<13>(7);
        }
        if self.bytes_log2.val() == bits::<3>(4) {
            self.more.next = bits::<13>(15);
        }
        if self.bytes_log2.val() == bits::<3>(5) {
            self.more.next = bits::<13>(31);
        }
        if self.bytes_log2.val() == bits::<3>(6) {
            self.more.next = bits::<13>(63);
        }
        if self.bytes_log2.val() == bits::<3>(7) {
            self.more.next = bits::<13>(127);
        }
        self.last_byte.next =
            bit_cast::<13, PA>(self.pa.val() & bits::<PA>(0xFFF)) + self.more.val();
        self.end_in_page.next = self.last_byte.val().get_bits::<10>(2);
        if self.last_byte.val().get_bit(12) {
            self.end_in_page.next = bits::<10>(0x3FF);
        }
        self.pmp.from.next = bit_cast::<GA, PA>(self.pa.val() >> bits::<PA>(2));
        self.pmp.to.next = (bit_cast::<GA, PA>(self.pa.val() >> bits::<PA>(12)) << bits::<GA>(10))
            | bit_cast::<GA, 10>(self.end_in_page.val());
        self.pmp.read.next = !self.fetch.val() && !self.is_store.val();
        self.pmp.write.next = self.is_store.val();
        self.pmp.execute.next = self.fetch.val();
        for i in 0..self.active.len() {
            self.pmp.active[i].next = self.active[i].val();
            self.pmp.first[i].next = self.first[i].val();
            self.pmp.last[i].next = self.last[i].val();
            self.pmp.rights[i].next = self.rights[i].val();
        }
        self.pma.granule.next = bit_cast::<GA, PA>(self.pa.val() >> bits::<PA>(2));
        self.refused.next = self.pmp.refused.val() || self.pma.absent.val();
        self.attributes.next = bits::<2>(0);
        if self.pma.io.val() {
            self.attributes.next = bits::<2>(1);
        }
        if self.pma.plain.val() {
            self.attributes.next = bits::<2>(2);
        }
        if self.pma.io.val() && self.pma.plain.val() {
            self.attributes.next = bits::<2>(3);
        }
    }
}
