//! The PMP registers as CSRs.

use super::{PmpEntry, constants, list};
use rust_hdl::prelude::*;

/// The number of the first `pmpcfg` register, and of the first `pmpaddr` register.
const PMPCFG: u64 = 0x3A0;
const PMPADDR: u64 = 0x3B0;

/// Holds the entries, and reads and writes them by the numbers of their CSRs.
///
/// Spec: `norm:pmp_cfg_rv32_layout`, `norm:pmp_cfg_rv64_layout` (the bytes of a `pmpcfg` register),
/// `norm:pmp_csrs_warl_access` (what is not implemented reads as zero),
/// `norm:pmp_l_bit_write_protection`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `csr` | in | 12 | the number of a CSR |
/// | `write`, `data` | in | 1, XLEN | it is written |
/// | `read` | out | XLEN | its value before the write; 0 if it is not implemented |
/// | `active`, `first`, `last`, `rights` | out | | of each entry, see [`PmpEntry`] |
///
/// Timing: reads are combinational; a write shows one cycle later. Reset: every entry is off.
#[derive(LogicBlock, Default)]
pub struct PmpRegisters<const XLEN: usize, const GA: usize> {
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
    /// Entry i matches something.
    pub active: Vec<Signal<Out, Bit>>,
    /// The first granule that it matches.
    pub first: Vec<Signal<Out, Bits<GA>>>,
    /// The last one.
    pub last: Vec<Signal<Out, Bits<GA>>>,
    /// Its configuration byte.
    pub rights: Vec<Signal<Out, Bits<8>>>,
    entries: Vec<PmpEntry<XLEN, GA>>,
    config_csr: Vec<Constant<Bits<12>>>,
    address_csr: Vec<Constant<Bits<12>>>,
    /// The place of its byte in the register.
    lane: Vec<Constant<Bits<XLEN>>>,
    rights_byte: Vec<Signal<Local, Bits<XLEN>>>,
    /// The value read from the entries below this one.
    joined: Vec<Signal<Local, Bits<XLEN>>>,
    /// The address register below each entry, and whether the entry above each binds it.
    below: Vec<Signal<Local, Bits<GA>>>,
    bound: Vec<Signal<Local, Bit>>,
}

impl<const XLEN: usize, const GA: usize> PmpRegisters<XLEN, GA> {
    /// With so many entries.
    pub fn new(entries: usize) -> Self {
        // RV64 has the even registers only, with eight bytes each.
        let bytes = XLEN as u64 / 8;
        let step = bytes / 4;
        let numbers = || 0..entries as u64;
        Self {
            active: list(entries),
            first: list(entries),
            last: list(entries),
            rights: list(entries),
            entries: list(entries),
            config_csr: constants(numbers().map(|i| PMPCFG + i / bytes * step)),
            address_csr: constants(numbers().map(|i| PMPADDR + i)),
            lane: constants(numbers().map(|i| i % bytes * 8)),
            rights_byte: list(entries),
            joined: list(entries + 1),
            below: list(entries + 1),
            bound: list(entries + 1),
            ..Self::default()
        }
    }
}

impl<const XLEN: usize, const GA: usize> Logic for PmpRegisters<XLEN, GA> {
    #[hdl_gen]
    fn update(&mut self) {
        self.below[0].next = bits::<GA>(0);
        // Above the last entry there is nothing.
        for i in 0..self.bound.len() {
            self.bound[i].next = false;
        }
        for i in 0..self.entries.len() {
            self.bound[i].next = self.entries[i].binds_below.val();
        }
        self.joined[0].next = bits::<XLEN>(0);
        self.read.next = bits::<XLEN>(0);
        for i in 0..self.entries.len() {
            self.entries[i].clock.next = self.clock.val();
            self.entries[i].reset.next = self.reset.val();
            self.entries[i].new_rights.next = self.data.val() >> self.lane[i].val();
            self.entries[i].write_rights.next =
                self.write.val() && (self.csr.val() == self.config_csr[i].val());
            self.entries[i].new_address.next = self.data.val();
            self.entries[i].write_address.next =
                self.write.val() && (self.csr.val() == self.address_csr[i].val());
            self.entries[i].below.next = self.below[i].val();
            self.below[i + 1].next = self.entries[i].address.val();
            self.entries[i].bound.next = self.bound[i + 1].val();

            self.rights_byte[i].next = self.entries[i].read_rights.val() << self.lane[i].val();
            self.joined[i + 1].next = self.joined[i].val();
            if self.csr.val() == self.config_csr[i].val() {
                self.joined[i + 1].next = self.joined[i].val() | self.rights_byte[i].val();
            }
            if self.csr.val() == self.address_csr[i].val() {
                self.joined[i + 1].next = self.entries[i].read_address.val();
            }
            self.read.next = self.joined[i + 1].val();

            self.active[i].next = self.entries[i].active.val();
            self.first[i].next = self.entries[i].first.val();
            self.last[i].next = self.entries[i].last.val();
            self.rights[i].next = self.entries[i].rights.val();
        }
    }
}
