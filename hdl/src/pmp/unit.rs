//! All of it.

use super::{AccessCheck, Physical, PmpRegisters, list};
use rust_hdl::prelude::*;

/// The PMP registers, with a check for each port. The walkers have theirs in
/// [`WalkMemory`](crate::walker::WalkMemory).
///
/// Spec: `norm:pmp_with_paging` ("the PMP checks apply to all of these accesses"). PMP and PMA are
/// checked in parallel.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `csr`, `write`, `data`, `read` | | | see [`PmpRegisters`] |
/// | `fetch_*`, `data_*` | | | see [`AccessCheck`] |
/// | `active`, `first`, `last`, `rights` | out | | of each entry, see [`PmpRegisters`] |
///
/// Timing: a written register counts from the next cycle on. Reset: every entry is off.
#[derive(LogicBlock, Default)]
pub struct Protection<const XLEN: usize, const PA: usize, const GA: usize> {
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
    /// The address of the fetch port's answer.
    pub fetch_pa: Signal<In, Bits<PA>>,
    /// log2 of the bytes of its request.
    pub fetch_size: Signal<In, Bits<3>>,
    /// Its privilege is M.
    pub fetch_machine: Signal<In, Bit>,
    /// It misses.
    pub fetch_take: Signal<In, Bit>,
    /// The answer is that of the miss.
    pub fetch_waits: Signal<In, Bit>,
    /// The fetch is not allowed.
    pub fetch_refused: Signal<Out, Bit>,
    /// The attributes of its memory.
    pub fetch_attributes: Signal<Out, Bits<2>>,
    /// The address of the data port's answer.
    pub data_pa: Signal<In, Bits<PA>>,
    /// log2 of the bytes of its request.
    pub data_size: Signal<In, Bits<3>>,
    /// It is a store.
    pub data_store: Signal<In, Bit>,
    /// Its privilege is M.
    pub data_machine: Signal<In, Bit>,
    /// It misses.
    pub data_take: Signal<In, Bit>,
    /// The answer is that of the miss.
    pub data_waits: Signal<In, Bit>,
    /// The access is not allowed.
    pub data_refused: Signal<Out, Bit>,
    /// The attributes of its memory.
    pub data_attributes: Signal<Out, Bits<2>>,
    /// Entry i matches something.
    pub active: Vec<Signal<Out, Bit>>,
    /// The first granule that it matches.
    pub first: Vec<Signal<Out, Bits<GA>>>,
    /// The last one.
    pub last: Vec<Signal<Out, Bits<GA>>>,
    /// Its configuration byte.
    pub rights: Vec<Signal<Out, Bits<8>>>,
    registers: PmpRegisters<XLEN, GA>,
    fetch: AccessCheck<PA, GA>,
    data_port: AccessCheck<PA, GA>,
}

impl<const XLEN: usize, const PA: usize, const GA: usize> Protection<XLEN, PA, GA> {
    /// With these parts.
    ///
    /// # Panics
    /// Unless GA = PA - 2, or if there are other numbers of entries than 0, 8 and 16.
    pub fn new(physical: Physical) -> Self {
        assert_eq!(GA + 2, PA, "a granule is 4 bytes");
        assert!([0, 8, 16].contains(&physical.pmp), "0, 8 or 16 PMP entries");
        Self {
            registers: PmpRegisters::new(physical.pmp),
            fetch: AccessCheck::new(physical),
            data_port: AccessCheck::new(physical),
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            ..Self::default()
        }
    }
}

impl<const XLEN: usize, const PA: usize, const GA: usize> Logic for Protection<XLEN, PA, GA> {
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
            self.fetch.active[i].next = self.registers.active[i].val();
            self.fetch.first[i].next = self.registers.first[i].val();
            self.fetch.last[i].next = self.registers.last[i].val();
            self.fetch.rights[i].next = self.registers.rights[i].val();
            self.data_port.active[i].next = self.registers.active[i].val();
            self.data_port.first[i].next = self.registers.first[i].val();
            self.data_port.last[i].next = self.registers.last[i].val();
            self.data_port.rights[i].next = self.registers.rights[i].val();
        }

        self.fetch.clock.next = self.clock.val();
        self.fetch.pa.next = self.fetch_pa.val();
        self.fetch.size.next = self.fetch_size.val();
        self.fetch.fetch.next = true;
        self.fetch.store.next = false;
        self.fetch.machine.next = self.fetch_machine.val();
        self.fetch.take.next = self.fetch_take.val();
        self.fetch.waits.next = self.fetch_waits.val();
        self.fetch_refused.next = self.fetch.refused.val();
        self.fetch_attributes.next = self.fetch.attributes.val();

        self.data_port.clock.next = self.clock.val();
        self.data_port.pa.next = self.data_pa.val();
        self.data_port.size.next = self.data_size.val();
        self.data_port.fetch.next = false;
        self.data_port.store.next = self.data_store.val();
        self.data_port.machine.next = self.data_machine.val();
        self.data_port.take.next = self.data_take.val();
        self.data_port.waits.next = self.data_waits.val();
        self.data_refused.next = self.data_port.refused.val();
        self.data_attributes.next = self.data_port.attributes.val();
    }
}
