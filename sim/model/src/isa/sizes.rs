//! The sizes that the specification leaves to an implementation.

use super::{Mode, Xlen};
use serde::{Deserialize, Serialize};

/// How much of `satp` and of physical addresses an MMU implements. What a width does not have is
/// not implemented there, whatever this says: RV32 has 9 bits of an ASID, 34 of a physical address,
/// and Sv32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sizes {
    /// ASIDLEN, the bits of `satp.ASID` that are implemented: the lowest. The others are read-only
    /// zero (`norm:asidlen`).
    pub asid_bits: u32,
    /// Bits of a physical address. Nothing is at addresses that need more.
    pub pa_bits: u32,
    /// The scheme of RV64 with the most levels; those with fewer are implemented too.
    pub deepest: Mode,
}

impl Sizes {
    /// Everything that the specification has.
    pub const ALL: Sizes = Sizes { asid_bits: 16, pa_bits: 56, deepest: Mode::Sv57 };

    /// Implemented bits of an ASID.
    pub fn asid_bits(self, xlen: Xlen) -> u32 {
        self.asid_bits.min(if xlen == Xlen::Rv32 { 9 } else { 16 })
    }

    /// Implemented bits of a physical address.
    pub fn pa_bits(self, xlen: Xlen) -> u32 {
        self.pa_bits.min(if xlen == Xlen::Rv32 { 34 } else { 56 })
    }

    /// The part of an ASID that is implemented; the rest is ignored
    /// (`norm:asidlen`, `norm:sfence_vma_rs2_bits`).
    #[inline]
    pub fn asid(self, asid: u16, xlen: Xlen) -> u16 {
        (u32::from(asid) & ((1 << self.asid_bits(xlen)) - 1)) as u16
    }

    /// The value that `satp` has after one is written: an ASID has its implemented bits only.
    #[inline]
    pub fn satp(self, value: u64, xlen: Xlen) -> u64 {
        let (at, all) = if xlen == Xlen::Rv32 { (22, 0x1ff) } else { (44, 0xffff) };
        value & !(all << at) | u64::from(self.asid((value >> at) as u16, xlen)) << at
    }

    /// Whether a scheme is implemented.
    #[inline]
    pub fn has(self, mode: Mode) -> bool {
        mode.levels() <= self.deepest.levels()
    }

    /// Whether a physical address exists.
    #[inline]
    pub fn exists(self, pa: u64, xlen: Xlen) -> bool {
        pa >> self.pa_bits(xlen) == 0
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Satp;

    #[test]
    fn what_is_not_implemented_reads_as_zero() {
        let sizes = Sizes { asid_bits: 4, pa_bits: 40, deepest: Mode::Sv39 };
        for (xlen, mode) in [(Xlen::Rv32, Mode::Sv32), (Xlen::Rv64, Mode::Sv39)] {
            let written = Satp { mode, asid: 0x1f5, root: 0x3f_ffff };
            let read = Satp::decode(sizes.satp(written.encode(xlen), xlen), xlen);
            assert_eq!(read, Some(Satp { asid: 5, ..written }));
            assert_eq!(Sizes::ALL.satp(u64::MAX, Xlen::Rv64), u64::MAX);
            assert_eq!(Sizes { asid_bits: 0, ..sizes }.asid(0x1f5, xlen), 0);
        }
        assert!(sizes.exists((1 << 40) - 1, Xlen::Rv64) && !sizes.exists(1 << 40, Xlen::Rv64));
        assert!(!sizes.exists(1 << 34, Xlen::Rv32));
        assert!(sizes.has(Mode::Sv32) && sizes.has(Mode::Sv39) && !sizes.has(Mode::Sv48));
    }
}
