//! All of it where one port serves fetches and data.

use super::{AccessCheck, Physical, PmpRegisters, list};
use crate::flags::AccessContext;
use rust_hdl::prelude::*;

/// The PMP registers, with the check of the only port; otherwise as
/// [`Protection`](super::Protection).
///
/// Spec: `norm:pmp_with_paging`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `csr`, `write`, `data`, `read` | | | see [`PmpRegisters`] |
/// | `port_access` | in | struct | the access that is answered in this cycle, or misses |
/// | `port_*` | | | see [`AccessCheck`] |
/// | `active`, `first`, `last`, `rights` | out | | of each entry, see [`PmpRegisters`] |
///
/// Timing: a written register counts from the next cycle on. Reset: every entry is off.
#[derive(LogicBlock, Default)]
pub struct SingleProtection<const XLEN: usize, const PA: usize, const GA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The number of a CSR.
    pub csr: Signal<In, Bits<12>>,
    /// It is written.
    pub write: Signal<In, Bit>,
    /// With this value.
    pub data: Signal<In, Bits<XLEN>>,
    /// Its value.
    pub read: Signal<Out, Bits<XLEN>>,
    /// The address of the port's answer.
    pub port_pa: Signal<In, Bits<PA>>,
    /// The access that it answers.
    pub port_access: Signal<In, AccessContext>,
    /// log2 of the bytes of its request.
    pub port_size: Signal<In, Bits<3>>,
    /// Its privilege is M.
    pub port_machine: Signal<In, Bit>,
    /// It misses.
    pub port_take: Signal<In, Bit>,
    /// The answer is that of the miss.
    pub port_waits: Signal<In, Bit>,
    /// The access is not allowed.
    pub port_refused: Signal<Out, Bit>,
    /// The attributes of its memory.
    pub port_attributes: Signal<Out, Bits<2>>,
    /// Entry i matches something.
    pub active: Vec<Signal<Out, Bit>>,
    /// The first granule that it matches.
    pub first: Vec<Signal<Out, Bits<GA>>>,
    /// The last one.
    pub last: Vec<Signal<Out, Bits<GA>>>,
    /// Its configuration byte.
    pub rights: Vec<Signal<Out, Bits<8>>>,
    registers: PmpRegisters<XLEN, GA>,
    check: AccessCheck<PA, GA>,
}

impl<const XLEN: usize, const PA: usize, const GA: usize> SingleProtection<XLEN, PA, GA> {
    /// With these parts.
    ///
    /// # Panics
    /// Unless GA = PA - 2, or if there are other numbers of entries than 0, 8 and 16.
    pub fn new(physical: Physical) -> Self {
        assert_eq!(GA + 2, PA, "a granule is 4 bytes");
        assert!([0, 8, 16].contains(&physical.pmp), "0, 8 or 16 PMP entries");
        Self {
            registers: PmpRegisters::new(physical.pmp),
            check: AccessCheck::new(physical),
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            ..Self::default()
        }
    }
}

impl<const XLEN: usize, const PA: usize, const GA: usize> Logic for SingleProtection<XLEN, PA, GA> {
    #[hdl_gen]
    fn update(&mut self) {
        self.registers.clock.next = self.clock.val();
        self.registers.reset.next = self.reset.val();
        self.registers.csr.next = self.csr.val();
        self.registers.write.next = self.write.val();
        self.registers.data.next = self.data.val();
        self.read.next = self.registers.read.val();
        for i in 0..self.active.len() {
            self.active[i].next = self.registers.active[i].val();
            self.first[i].next = self.registers.first[i].val();
            self.last[i].next = self.registers.last[i].val();
            self.rights[i].next = self.registers.rights[i].val();
            self.check.active[i].next = self.registers.active[i].val();
            self.check.first[i].next = self.registers.first[i].val();
            self.check.last[i].next = self.registers.last[i].val();
            self.check.rights[i].next = self.registers.rights[i].val();
        }
        self.check.clock.next = self.clock.val();
        self.check.pa.next = self.port_pa.val();
        self.check.fetch.next = self.port_access.val().fetch;
        self.check.size.next = self.port_size.val();
        self.check.store.next = self.port_access.val().store;
        self.check.machine.next = self.port_machine.val();
        self.check.take.next = self.port_take.val();
        self.check.waits.next = self.port_waits.val();
        self.port_refused.next = self.check.refused.val();
        self.port_attributes.next = self.check.attributes.val();
    }
}
