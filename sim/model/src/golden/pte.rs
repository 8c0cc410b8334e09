//! One page-table entry, decoded.

use crate::isa::{Extension, Extensions, Mode};

/// A page-table entry in the format of its translation scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pte {
    mode: Mode,
    bits: u64,
}

impl Pte {
    /// Accessed.
    pub const A: u64 = 1 << 6;
    /// Dirty.
    pub const D: u64 = 1 << 7;
    /// NAPOT range.
    pub const N: u64 = 1 << 63;
    /// `pte.napot_bits` of the one range size that is defined: 16 pages.
    pub const NAPOT_BITS: u32 = 4;

    /// Decodes the value of an entry.
    pub fn new(mode: Mode, bits: u64) -> Pte {
        Pte { mode, bits }
    }

    /// The entry's value in memory.
    pub fn bits(self) -> u64 {
        self.bits
    }

    fn bit(self, n: u32) -> bool {
        self.bits >> n & 1 == 1
    }

    /// V: the entry is valid.
    pub fn valid(self) -> bool {
        self.bit(0)
    }

    /// R: the page may be read.
    pub fn readable(self) -> bool {
        self.bit(1)
    }

    /// W: the page may be written.
    pub fn writable(self) -> bool {
        self.bit(2)
    }

    /// X: the page may be executed.
    pub fn executable(self) -> bool {
        self.bit(3)
    }

    /// U: the page belongs to user mode.
    pub fn user(self) -> bool {
        self.bit(4)
    }

    /// G: the mapping exists in all address spaces.
    pub fn global(self) -> bool {
        self.bit(5)
    }

    /// A: the page has been accessed since the bit was cleared.
    pub fn accessed(self) -> bool {
        self.bit(6)
    }

    /// D: the page has been written since the bit was cleared.
    pub fn dirty(self) -> bool {
        self.bit(7)
    }

    /// R or X set: the entry maps a page. Otherwise it points to a table.
    pub fn is_leaf(self) -> bool {
        self.readable() || self.executable()
    }

    /// The physical page number: 22 bits in Sv32, 44 in the others.
    pub fn ppn(self) -> u64 {
        let bits = if self.mode == Mode::Sv32 { 22 } else { 44 };
        self.bits >> 10 & ((1 << bits) - 1)
    }

    /// Those bits above the PPN that these extensions leave reserved. Sv32 has none.
    pub fn reserved(self, extensions: Extensions) -> u64 {
        if self.mode == Mode::Sv32 {
            return 0;
        }
        let mut known = 0;
        if extensions.has(Extension::Svnapot) {
            known |= Pte::N;
        }
        if extensions.has(Extension::Svpbmt) {
            known |= 3 << 61;
        }
        if extensions.has(Extension::Svrsw60t59b) {
            known |= 3 << 59;
        }
        (self.bits & !known) >> 54
    }

    /// N: the entry belongs to a NAPOT range, if Svnapot is implemented. Sv32 has no such bit.
    pub fn is_napot(self) -> bool {
        self.mode != Mode::Sv32 && self.bits & Pte::N != 0
    }

    /// PBMT: the memory type of the page, if Svpbmt is in effect. Sv32 has no such field.
    pub fn pbmt(self) -> u8 {
        if self.mode == Mode::Sv32 { 0 } else { (self.bits >> 61 & 3) as u8 }
    }

    /// What an implicit read of this NAPOT entry returns: its copy for a page of its range, whose
    /// number in the table is given. `None` if its encoding is reserved: only 64 KiB ranges, at
    /// level 0, are defined.
    pub fn napot_copy(self, level: u32, vpn: u64) -> Option<Pte> {
        let low = (1 << Pte::NAPOT_BITS) - 1;
        if level != 0 || self.ppn() & low != 0b1000 {
            return None;
        }
        Some(Pte { bits: self.bits & !(low << 10) | (vpn & low) << 10, ..self })
    }
}
