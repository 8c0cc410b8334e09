//! All of it.

use super::{AccessCheck, Physical, PmpRegisters, TableCheck};
use rust_hdl::prelude::*;

/// The PMP registers with a check for each port and for each walker.
///
/// Spec: `norm:pmp_with_paging` ("the PMP checks apply to all of these accesses"). PMP and PMA are
/// checked in parallel.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `csr`, `write`, `data`, `read` | | | see [`PmpRegisters`] |
/// | `fetch_*`, `data_*` | | | see [`AccessCheck`] |
/// | `walk_*`, `mem_*`, `stopped` | | | see [`TableCheck`] |
/// | `second_*` | | | the same for a second walker; `mem_error` serves both |
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
    /// A request of the walker is refused.
    pub stopped: Signal<Out, Bit>,
    /// The same for a second walker.
    pub second_walk_valid: Signal<In, Bit>,
    /// The physical address of an entry.
    pub second_walk_addr: Signal<In, Bits<PA>>,
    /// An update of A and D, otherwise a read.
    pub second_walk_swap: Signal<In, Bit>,
    /// The request is taken.
    pub second_walk_ready: Signal<Out, Bit>,
    /// A response for the second walker.
    pub second_walk_answered: Signal<Out, Bit>,
    /// It is an error.
    pub second_walk_error: Signal<Out, Bit>,
    /// The request is presented to memory.
    pub second_mem_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub second_mem_ready: Signal<In, Bit>,
    /// Memory responds to it.
    pub second_mem_answered: Signal<In, Bit>,
    /// A request of the second walker is refused.
    pub second_stopped: Signal<Out, Bit>,
    registers: PmpRegisters<XLEN, GA>,
    fetch: AccessCheck<PA, GA>,
    data_port: AccessCheck<PA, GA>,
    tables: TableCheck<PA, GA>,
    /// That of the second walker, if there is one.
    second: Vec<TableCheck<PA, GA>>,
    entries: Vec<Signal<Local, Bit>>,
}

impl<const XLEN: usize, const PA: usize, const GA: usize> Protection<XLEN, PA, GA> {
    /// With these parts.
    ///
    /// # Panics
    /// Unless GA = PA - 2, or if there are other numbers of entries than 0, 8 and 16.
    pub fn new(physical: Physical, two_walkers: bool) -> Self {
        assert_eq!(GA + 2, PA, "a granule is 4 bytes");
        assert!([0, 8, 16].contains(&physical.pmp), "0, 8 or 16 PMP entries");
        Self {
            registers: PmpRegisters::new(physical.pmp),
            fetch: AccessCheck::new(physical),
            data_port: AccessCheck::new(physical),
            tables: TableCheck::new(physical, XLEN / 8),
            second: (0..usize::from(two_walkers))
                .map(|_| TableCheck::new(physical, XLEN / 8))
                .collect(),
            entries: super::list(physical.pmp),
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
        for i in 0..self.entries.len() {
            self.entries[i].next = self.registers.active[i].val();
            self.fetch.active[i].next = self.entries[i].val();
            self.fetch.first[i].next = self.registers.first[i].val();
            self.fetch.last[i].next = self.registers.last[i].val();
            self.fetch.rights[i].next = self.registers.rights[i].val();
            self.data_port.active[i].next = self.entries[i].val();
            self.data_port.first[i].next = self.registers.first[i].val();
            self.data_port.last[i].next = self.registers.last[i].val();
            self.data_port.rights[i].next = self.registers.rights[i].val();
            self.tables.active[i].next = self.entries[i].val();
            self.tables.first[i].next = self.registers.first[i].val();
            self.tables.last[i].next = self.registers.last[i].val();
            self.tables.rights[i].next = self.registers.rights[i].val();
            for j in 0..self.second.len() {
                self.second[j].active[i].next = self.entries[i].val();
                self.second[j].first[i].next = self.registers.first[i].val();
                self.second[j].last[i].next = self.registers.last[i].val();
                self.second[j].rights[i].next = self.registers.rights[i].val();
            }
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

        self.tables.clock.next = self.clock.val();
        self.tables.reset.next = self.reset.val();
        self.tables.walk_valid.next = self.walk_valid.val();
        self.tables.walk_addr.next = self.walk_addr.val();
        self.tables.walk_swap.next = self.walk_swap.val();
        self.walk_ready.next = self.tables.walk_ready.val();
        self.walk_answered.next = self.tables.walk_answered.val();
        self.walk_error.next = self.tables.walk_error.val();
        self.mem_valid.next = self.tables.mem_valid.val();
        self.tables.mem_ready.next = self.mem_ready.val();
        self.tables.mem_answered.next = self.mem_answered.val();
        self.tables.mem_error.next = self.mem_error.val();
        self.stopped.next = self.tables.stopped.val();

        self.second_walk_ready.next = self.second_mem_ready.val();
        self.second_walk_answered.next = self.second_mem_answered.val();
        self.second_walk_error.next = self.mem_error.val();
        self.second_mem_valid.next = self.second_walk_valid.val();
        self.second_stopped.next = false;
        for j in 0..self.second.len() {
            self.second[j].clock.next = self.clock.val();
            self.second[j].reset.next = self.reset.val();
            self.second[j].walk_valid.next = self.second_walk_valid.val();
            self.second[j].walk_addr.next = self.second_walk_addr.val();
            self.second[j].walk_swap.next = self.second_walk_swap.val();
            self.second_walk_ready.next = self.second[j].walk_ready.val();
            self.second_walk_answered.next = self.second[j].walk_answered.val();
            self.second_walk_error.next = self.second[j].walk_error.val();
            self.second_mem_valid.next = self.second[j].mem_valid.val();
            self.second[j].mem_ready.next = self.second_mem_ready.val();
            self.second[j].mem_answered.next = self.second_mem_answered.val();
            self.second[j].mem_error.next = self.mem_error.val();
            self.second_stopped.next = self.second[j].stopped.val();
        }
    }
}
