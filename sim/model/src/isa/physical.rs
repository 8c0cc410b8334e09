//! Physical memory: the PMP registers, and regions with attributes (PMA).

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// How a PMP entry matches addresses, `pmpcfg.A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum PmpMatch {
    /// Not at all.
    Off = 0,
    /// From the address register of the entry below up to its own, exclusive.
    Tor = 1,
    /// A word of 4 bytes.
    Na4 = 2,
    /// A naturally aligned power of two, 8 bytes or more.
    Napot = 3,
}

/// A PMP entry's configuration, a byte of a `pmpcfg` register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PmpConfig(pub u8);

impl PmpConfig {
    /// R: loads are permitted.
    pub const R: u8 = 1;
    /// W: stores are permitted.
    pub const W: u8 = 2;
    /// X: fetches are permitted.
    pub const X: u8 = 4;
    /// The place of A.
    pub const A: u32 = 3;
    /// L: locked, and M-mode is bound too.
    pub const L: u8 = 0x80;

    /// All of these bits are set.
    pub fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }

    /// A.
    pub fn matches(self) -> PmpMatch {
        PmpMatch::VARIANTS[usize::from(self.0 >> PmpConfig::A & 3)]
    }
}

/// A PMP register, by the number of its CSR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PmpCsr {
    /// `pmpcfgN`.
    Config(u16),
    /// `pmpaddrN`.
    Address(u16),
}

impl PmpCsr {
    /// The register with a CSR number.
    pub fn of(number: u16) -> Option<PmpCsr> {
        match number {
            0x3a0..=0x3af => Some(PmpCsr::Config(number - 0x3a0)),
            0x3b0..=0x3ef => Some(PmpCsr::Address(number - 0x3b0)),
            _ => None,
        }
    }

    /// Its CSR number.
    pub fn number(self) -> u16 {
        match self {
            PmpCsr::Config(n) => 0x3a0 + n,
            PmpCsr::Address(n) => 0x3b0 + n,
        }
    }
}

/// What a range of physical addresses is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegionKind {
    /// Cacheable main memory.
    Memory,
    /// I/O.
    Io,
    /// Nothing.
    Absent,
}

/// A range of physical addresses with its attributes: a naturally aligned power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// Its first address.
    pub base: u64,
    /// log2 of its size in bytes, 12 or more.
    pub log2: u32,
    /// What it is.
    pub kind: RegionKind,
    /// Atomic operations are supported, and with them updates of A and D.
    pub atomics: bool,
    /// Page-table entries may be read there.
    pub tables: bool,
}

/// What is built in to protect physical memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Physical {
    /// PMP entries: 0, 8 or 16.
    pub pmp: usize,
    /// Regions; of those that overlap the last one counts, and an address in none is absent. Without
    /// any, everything is memory and nothing is checked.
    pub regions: &'static [Region],
}

impl Physical {
    /// Nothing.
    pub const NONE: Physical = Physical { pmp: 0, regions: &[] };

    /// Whether there is anything.
    #[inline]
    pub fn is_some(self) -> bool {
        self.pmp != 0 || !self.regions.is_empty()
    }
}
