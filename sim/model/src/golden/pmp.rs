//! Physical memory protection, as the specification words it: entry by entry, word by word.

use crate::isa::{Access, PAGE_BYTES, PmpConfig, PmpCsr, PmpMatch, Privilege, Xlen};
use serde::{Deserialize, Serialize};

/// The unit that PMP addresses count.
const GRANULE: u64 = 4;

/// What an access needs of the entry that decides about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The first byte.
    pub pa: u64,
    /// Bytes; never across a page.
    pub bytes: u64,
    /// The permissions needed, bits of [`PmpConfig`].
    pub needs: u8,
    /// The effective privilege is M.
    pub machine: bool,
}

impl Operation {
    /// The final access of a translation. Its bytes end with the page: an access that goes on there
    /// is a request of its own.
    pub fn of(access: Access, privilege: Privilege, pa: u64, bytes: u8) -> Operation {
        let needs = match access {
            Access::Fetch => PmpConfig::X,
            // Where a load or a store is permitted (`norm:cbm_access`): W is never set without R.
            Access::Load | Access::CacheBlock => PmpConfig::R,
            Access::Store => PmpConfig::W,
        };
        let bytes = u64::from(bytes).min(PAGE_BYTES - pa % PAGE_BYTES);
        Operation { pa, bytes, needs, machine: privilege == Privilege::Machine }
    }

    /// A walker's read of an entry, or its update of A and D (`norm:pmp_check_pagetable_access`).
    pub fn on_table(pa: u64, bytes: u64, update: bool) -> Operation {
        let needs = if update { PmpConfig::R | PmpConfig::W } else { PmpConfig::R };
        Operation { pa, bytes, needs, machine: false }
    }
}

/// The PMP registers of a hart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pmp {
    xlen: Xlen,
    entries: Vec<(PmpConfig, u64)>,
}

impl Pmp {
    /// So many entries, off.
    pub fn new(xlen: Xlen, entries: usize) -> Pmp {
        Pmp { xlen, entries: vec![(PmpConfig::default(), 0); entries] }
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has as many entries as another, of the same width.
    pub fn is_like(&self, other: &Pmp) -> bool {
        self.xlen == other.xlen && self.len() == other.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Reset: all entries are off and unlocked.
    pub fn reset(&mut self) {
        self.entries.iter_mut().for_each(|(config, _)| *config = PmpConfig::default());
    }

    /// Bytes of a `pmpcfg` register.
    fn bytes(&self) -> usize {
        match self.xlen {
            Xlen::Rv32 => 4,
            Xlen::Rv64 => 8,
        }
    }

    /// The first entry whose configuration is in `pmpcfgN`; RV64 has the even ones only.
    fn first_of(&self, n: u16) -> Option<usize> {
        let exists = self.xlen == Xlen::Rv32 || n.is_multiple_of(2);
        exists.then_some(usize::from(n) * 4)
    }

    /// The `pmpcfg` register with an entry's configuration, and its place there.
    pub fn config_of(&self, entry: usize) -> (PmpCsr, usize) {
        let register = entry / self.bytes() * self.bytes() / 4;
        (PmpCsr::Config(register as u16), entry % self.bytes())
    }

    /// The value of a register: 0 if it is not implemented.
    pub fn read(&self, csr: u16) -> u64 {
        match PmpCsr::of(csr) {
            Some(PmpCsr::Address(n)) => self.entries.get(usize::from(n)).map_or(0, |e| e.1),
            Some(PmpCsr::Config(n)) => {
                let Some(first) = self.first_of(n) else { return 0 };
                let configs = self.entries.iter().skip(first).take(self.bytes());
                configs.rev().fold(0, |value, (config, _)| value << 8 | u64::from(config.0))
            }
            None => 0,
        }
    }

    /// Software writes a register: the fields that are locked or do not exist keep their values.
    pub fn write(&mut self, csr: u16, value: u64) {
        match PmpCsr::of(csr) {
            Some(PmpCsr::Address(n)) => {
                let n = usize::from(n);
                let above = self.entries.get(n + 1).map_or(PmpConfig::default(), |above| above.0);
                let bound = above.has(PmpConfig::L) && above.matches() == PmpMatch::Tor;
                let bits = if self.xlen == Xlen::Rv32 { 32 } else { 54 };
                if let Some((config, address)) = self.entries.get_mut(n)
                    && !config.has(PmpConfig::L)
                    && !bound
                {
                    *address = value & ((1 << bits) - 1);
                }
            }
            Some(PmpCsr::Config(n)) => {
                let Some(first) = self.first_of(n) else { return };
                let bytes = value.to_le_bytes().into_iter().take(self.bytes());
                for ((config, _), byte) in self.entries.iter_mut().skip(first).zip(bytes) {
                    if !config.has(PmpConfig::L) {
                        // Bits 6 and 5 do not exist, and W without R is reserved.
                        let legal = byte & 0b1001_1111;
                        let readable = legal & PmpConfig::R != 0;
                        *config = PmpConfig(if readable { legal } else { legal & !PmpConfig::W });
                    }
                }
            }
            None => {}
        }
    }

    /// Whether an entry matches the word at a physical address.
    fn matches(&self, entry: usize, pa: u64) -> bool {
        let word = pa / GRANULE;
        let (config, address) = self.entries[entry];
        match config.matches() {
            PmpMatch::Off => false,
            PmpMatch::Tor => {
                let bottom = if entry == 0 { 0 } else { self.entries[entry - 1].1 };
                (bottom..address).contains(&word)
            }
            PmpMatch::Na4 => word == address,
            PmpMatch::Napot => {
                // The ones at the low end: none of them mean 8 bytes, two words.
                let words = 2 << address.trailing_ones();
                word / words == address / words
            }
        }
    }

    /// Whether an operation succeeds.
    pub fn allows(&self, operation: Operation) -> bool {
        let Operation { pa, bytes, needs, machine } = operation;
        let first = pa - pa % GRANULE;
        let words = || (first..pa + bytes).step_by(GRANULE as usize);
        for entry in 0..self.entries.len() {
            if words().any(|word| self.matches(entry, word)) {
                let (config, _) = self.entries[entry];
                let permitted = config.has(needs) || machine && !config.has(PmpConfig::L);
                return permitted && words().all(|word| self.matches(entry, word));
            }
        }
        machine || self.entries.is_empty()
    }

    /// The writes by which firmware allows everything to everyone, in the last entry.
    pub fn open(&self) -> Vec<(u16, u64)> {
        let Some(last) = self.entries.len().checked_sub(1) else { return Vec::new() };
        let (register, byte) = self.config_of(last);
        let config = (PmpMatch::Napot as u64) << PmpConfig::A | 7;
        vec![
            (PmpCsr::Address(last as u16).number(), u64::MAX),
            (register.number(), config << (8 * byte)),
        ]
    }

    /// Everything is allowed, whatever its address and size: nothing is implemented, or the entry
    /// that firmware opened is the only one.
    pub fn is_open(&self) -> bool {
        let Some(((config, address), others)) = self.entries.split_last() else { return true };
        let all = self.xlen == Xlen::Rv32 && *address == 0xffff_ffff
            || self.xlen == Xlen::Rv64 && *address == (1 << 54) - 1;
        all && config.0 == (PmpMatch::Napot as u8) << PmpConfig::A | 7
            && others.iter().all(|(config, _)| config.matches() == PmpMatch::Off)
    }

    /// Each entry's configuration and address.
    pub fn entries(&self) -> impl Iterator<Item = (PmpConfig, u64)> {
        self.entries.iter().copied()
    }
}

#[cfg(test)]
mod tests;
