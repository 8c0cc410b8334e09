//! The two translation geometries: segment widths, and which page-number bits a level covers.
//!
//! Blocks are generic over the widths `XLEN`, `VPN`, `PPN`, `PA` and `ASID`; values that follow
//! from them are computed when a block is built and become its `Constant`s.
//!
//! | | XLEN | VPN | PPN | PA | ASID | segment |
//! |---|---|---|---|---|---|---|
//! | RV32 | 32 | 20 | 22 | 34 | 9 | 10 |
//! | RV64 | 64 | 45 | 44 | 56 | 16 | 9 |

use crate::Extensions;
use rust_hdl::prelude::*;

/// Bits of a virtual page number that one level translates: 10 in Sv32, else 9.
pub(crate) const fn segment_bits(vpn: usize) -> u32 {
    if vpn == 20 { 10 } else { 9 }
}

/// The code for the size of a NAPOT range where otherwise a level stands.
pub(crate) const NAPOT: u64 = 5;

/// Page-number bits inside a NAPOT range: 16 pages of 4 KiB.
pub(crate) const NAPOT_BITS: u32 = 4;

/// Page-number bits inside the smallest page that is larger than 4 KiB.
pub const fn smallest_larger_page(extensions: Extensions, vpn: usize) -> u32 {
    if has_napot(extensions, vpn) { NAPOT_BITS } else { segment_bits(vpn) }
}

/// Whether a scheme can have NAPOT ranges: those of RV64 (`norm:Svnapot_depends_Sv39`).
pub(crate) const fn has_napot(extensions: Extensions, vpn: usize) -> bool {
    extensions.svnapot && vpn != 20
}

/// Of Sv32: the level of its root's table, and all bits that a level has, since every other table is
/// of level 0. Of schemes with more levels nothing.
pub(crate) fn level_of_two(vpn: usize) -> Vec<Constant<Bits<3>>> {
    (0..usize::from(vpn == 20)).map(|_| Constant::new(bits::<3>(1))).collect()
}

/// `count` low one bits (at most 63).
pub(crate) const fn ones(count: u32) -> u64 {
    (1 << count) - 1
}

/// The bits of a page number that are inside a page of a given size.
///
/// `VPN`: bits of the scheme's virtual page numbers; `W`: of this one.
///
/// Spec: `sv32algorithm` ("pa.ppn\[i-1:0\] = va.vpn\[i-1:0\]": these bits of a superpage's
/// number come from the virtual address, and must be zero in its PTE);
/// `norm:Svnapot_implicit_read_ppn_subst` (so do the low four of a NAPOT range).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `level` | in | 3 | 0: 4 KiB, 1: 2 MiB (RV32: 4 MiB), ...; with Svnapot, 5: 64 KiB |
/// | `mask` | out | W | ones below the level's segment, or for a place inside 64 KiB |
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
    mask_napot: Constant<Bits<W>>,
    napot: Constant<Bits<3>>,
    svnapot: Constant<Bit>,
}

impl<const VPN: usize, const W: usize> Default for PageMask<VPN, W> {
    fn default() -> Self {
        Self::new(Extensions::default())
    }
}

impl<const VPN: usize, const W: usize> PageMask<VPN, W> {
    /// With these extensions.
    pub fn new(extensions: Extensions) -> Self {
        let mask =
            |level| Constant::new(bits::<W>(ones(W as u32) & ones(level * segment_bits(VPN))));
        Self {
            level: Default::default(),
            mask: Default::default(),
            mask_1: mask(1),
            mask_2: mask(2),
            mask_3: mask(3),
            mask_4: mask(4),
            mask_napot: Constant::new(bits::<W>(ones(NAPOT_BITS))),
            napot: Constant::new(bits::<3>(NAPOT)),
            svnapot: Constant::new(has_napot(extensions, VPN)),
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
        if self.svnapot.val() && (self.level.val() == self.napot.val()) {
            self.mask.next = self.mask_napot.val();
        }
    }
}

/// The page size decoded: one bit for each part of a page number that may be inside a page.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `level` | in | 3 | the page size, as for [`PageMask`] |
/// | `parts` | out | 5 | bit k < 4: the segment of level k is inside the page; bit 4: a NAPOT range |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct Inside {
    /// The page size.
    pub level: Signal<In, Bits<3>>,
    /// Parts of the page number inside such a page.
    pub parts: Signal<Out, Bits<5>>,
    napot: Constant<Bits<3>>,
    svnapot: Constant<Bit>,
    some: Constant<Bits<5>>,
}

impl Default for Inside {
    fn default() -> Self {
        Self::new(Extensions::default(), 45)
    }
}

impl Inside {
    /// With these extensions, for a VPN of so many bits.
    pub fn new(extensions: Extensions, vpn: usize) -> Self {
        let segments = vpn as u32 / segment_bits(vpn);
        Self {
            level: Default::default(),
            parts: Default::default(),
            napot: Constant::new(bits::<3>(NAPOT)),
            svnapot: Constant::new(has_napot(extensions, vpn)),
            some: Constant::new(bits::<5>(ones(segments - 1))),
        }
    }
}

impl Logic for Inside {
    #[hdl_gen]
    fn update(&mut self) {
        self.parts.next = bits::<5>(0);
        if self.level.val() == bits::<3>(1) {
            self.parts.next = bits::<5>(1) & self.some.val();
        }
        if self.level.val() == bits::<3>(2) {
            self.parts.next = bits::<5>(3) & self.some.val();
        }
        if self.level.val() == bits::<3>(3) {
            self.parts.next = bits::<5>(7) & self.some.val();
        }
        if self.level.val() == bits::<3>(4) {
            self.parts.next = bits::<5>(15) & self.some.val();
        }
        if self.svnapot.val() && (self.level.val() == self.napot.val()) {
            self.parts.next = bits::<5>(16);
        }
    }
}

/// The page-number bits inside a page whose size is decoded.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `parts` | in | 5 | the page size ([`Inside`]) |
/// | `mask` | out | W | page-number bits inside such a page |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct InsideMask<const VPN: usize, const W: usize> {
    /// The page size.
    pub parts: Signal<In, Bits<5>>,
    /// Page-number bits inside such a page.
    pub mask: Signal<Out, Bits<W>>,
    segment: Vec<Constant<Bits<W>>>,
    at: Vec<Constant<Bits<5>>>,
}

impl<const VPN: usize, const W: usize> InsideMask<VPN, W> {
    /// With these extensions.
    pub fn new(extensions: Extensions) -> Self {
        Self::of(extensions, VPN)
    }

    /// The same for virtual page numbers of which only so many bits are implemented: parts of larger
    /// pages are ignored.
    pub fn of(extensions: Extensions, vpn: usize) -> Self {
        let width = segment_bits(VPN);
        let below = |level| ones(W as u32) & ones(level * width);
        let levels = vpn as u32 / width - 1;
        let mut parts: Vec<(u64, u64)> =
            (0..levels).map(|level| (1 << level, below(level + 1) & !below(level))).collect();
        if has_napot(extensions, VPN) {
            parts.push((16, ones(NAPOT_BITS)));
        }
        Self {
            parts: Default::default(),
            mask: Default::default(),
            segment: parts.iter().map(|&(_, mask)| Constant::new(bits::<W>(mask))).collect(),
            at: parts.iter().map(|&(at, _)| Constant::new(bits::<5>(at))).collect(),
        }
    }
}

impl<const VPN: usize, const W: usize> Default for InsideMask<VPN, W> {
    fn default() -> Self {
        Self::new(Extensions::default())
    }
}

impl<const VPN: usize, const W: usize> Logic for InsideMask<VPN, W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.mask.next = bits::<W>(0);
        for i in 0..self.segment.len() {
            if (self.parts.val() & self.at[i].val()).any() {
                self.mask.next = self.mask.val() | self.segment[i].val();
            }
        }
    }
}
