//! The two translation geometries: segment widths, and which page-number bits a level covers.
//!
//! Blocks are generic over the widths `XLEN`, `VPN`, `PPN`, `PA` and `ASID`; values that follow
//! from them are computed when a block is built and become its `Constant`s.
//!
//! | | XLEN | VPN | PPN | PA | ASID | segment |
//! |---|---|---|---|---|---|---|
//! | RV32 | 32 | 20 | 22 | 34 | 9 | 10 |
//! | RV64 | 64 | 45 | 44 | 56 | 16 | 9 |

use rust_hdl::prelude::*;

/// Bits of a virtual page number that one level translates: 10 in Sv32, else 9.
pub(crate) const fn segment_bits(vpn: usize) -> u32 {
    if vpn == 20 { 10 } else { 9 }
}

/// `count` low one bits (at most 63).
pub(crate) const fn ones(count: u32) -> u64 {
    (1 << count) - 1
}

/// The page-number bits inside a page of a level, for a scheme whose VPN has `VPN` bits.
///
/// Spec: `sv32algorithm` ("pa.ppn\[i-1:0\] = va.vpn\[i-1:0\]": these bits of a superpage's
/// number come from the virtual address, and must be zero in its PTE).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `level` | in | 3 | 0: 4 KiB, 1: 2 MiB (RV32: 4 MiB), ... |
/// | `mask` | out | W | ones below the level's segment |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct PageMask<const VPN: usize, const W: usize> {
    /// The page size.
    pub level: Signal<In, Bits<3>>,
    /// Page-number bits inside such a page.
    pub mask: Signal<Out, Bits<W>>,
    mask_1: Constant<Bits<W>>,
    mask_2: Constant<Bits<W>>,
    mask_3: Constant<Bits<W>>,
    mask_4: Constant<Bits<W>>,
}

impl<const VPN: usize, const W: usize> Default for PageMask<VPN, W> {
    fn default() -> Self {
        let mask =
            |level| Constant::new(bits::<W>(ones(W as u32) & ones(level * segment_bits(VPN))));
        Self {
            level: Default::default(),
            mask: Default::default(),
            mask_1: mask(1),
            mask_2: mask(2),
            mask_3: mask(3),
            mask_4: mask(4),
        }
    }
}

impl<const VPN: usize, const W: usize> Logic for PageMask<VPN, W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.mask.next = bits::<W>(0);
        if self.level.val() == bits::<3>(1) {
            self.mask.next = self.mask_1.val();
        }
        if self.level.val() == bits::<3>(2) {
            self.mask.next = self.mask_2.val();
        }
        if self.level.val() == bits::<3>(3) {
            self.mask.next = self.mask_3.val();
        }
        if self.level.val() == bits::<3>(4) {
            self.mask.next = self.mask_4.val();
        }
    }
}
