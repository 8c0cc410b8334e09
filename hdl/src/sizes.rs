//! How many bits and which schemes are implemented.

use crate::geometry::{ones, segment_bits};

/// What an MMU implements of ASIDs, of physical addresses and of schemes. Blocks take it when they
/// are made (`new`), as masks that are constants: what is not implemented costs nothing.
/// [`Default`] is everything; what a width does not have is not there, whatever this says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Bits of an ASID, 0 to 16 (RV32: 9).
    pub asid_bits: usize,
    /// Bits of a physical address, 32 to 56 (RV32: 34). A page of the largest size must fit.
    pub pa_bits: usize,
    /// Levels of the deepest scheme of RV64: 3, 4 or 5.
    pub levels: u32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { asid_bits: 16, pa_bits: 56, levels: 5 }
    }
}

/// A mask for so many of the low bits of a word; `None` if that is all of them.
fn low(bits: usize, width: usize) -> Option<u64> {
    (bits < width).then(|| ones(bits as u32))
}

impl Sizes {
    /// Checks that there can be such an MMU, with virtual page numbers of so many bits.
    ///
    /// # Panics
    /// If there cannot.
    pub(crate) fn check(self, vpn: usize) {
        let Sizes { asid_bits, pa_bits, levels } = self;
        assert!(asid_bits <= 16, "{asid_bits} bits of an ASID");
        assert!((32..=56).contains(&pa_bits), "{pa_bits} bits of a physical address");
        assert!((3..=5).contains(&levels), "a scheme of {levels} levels");
        let largest = 12 + self.vpn_bits(vpn) - segment_bits(vpn) as usize;
        assert!(largest <= pa_bits, "a page of {largest} bits in an address of {pa_bits}");
    }

    /// The bits of an ASID, if not all of them are implemented.
    pub(crate) fn asid(self, asid: usize) -> Option<u64> {
        low(self.asid_bits, asid)
    }

    /// The bits of a physical page number, likewise.
    pub(crate) fn page(self, ppn: usize) -> Option<u64> {
        low(self.pa_bits - 12, ppn)
    }

    /// The bits of a physical address, likewise.
    pub(crate) fn address(self, pa: usize) -> Option<u64> {
        low(self.pa_bits, pa)
    }

    /// The bits of a virtual page number, likewise. Addresses above them are not canonical.
    pub(crate) fn virtual_page(self, vpn: usize) -> Option<u64> {
        low(self.vpn_bits(vpn), vpn)
    }

    /// How many of the bits of a virtual page number are implemented.
    pub fn vpn_bits(self, vpn: usize) -> usize {
        vpn.min((self.levels * segment_bits(vpn)) as usize)
    }

    /// The bits of a level, likewise.
    pub(crate) fn level(self, vpn: usize) -> Option<u64> {
        let deepest = self.vpn_bits(vpn) as u64 / u64::from(segment_bits(vpn)) - 1;
        low(deepest.ilog2() as usize + 1, 3)
    }

    /// The bits of a `satp` but MODE, if not all of them are implemented.
    pub(crate) fn satp(self, xlen: usize, asid: usize, ppn: usize) -> Option<u64> {
        if self.asid(asid).is_none() && self.page(ppn).is_none() {
            return None;
        }
        let all = |bits: usize| ones(bits as u32);
        let fields = self.asid(asid).unwrap_or(all(asid)) << ppn;
        let mode = !all(ppn + asid) & if xlen == 64 { u64::MAX } else { all(32) };
        Some(mode | fields | self.page(ppn).unwrap_or(all(ppn)))
    }
}
