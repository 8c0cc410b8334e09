//! Widths and masks of the two translation geometries, computed when a block is built.
//!
//! Blocks are generic over the widths `XLEN`, `VPN`, `PPN`, `PA` and `ASID`; what follows from
//! them (segment width, superpage masks) becomes a `Constant` of the block.
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

/// Low page-number bits that lie inside a superpage of the given level.
fn offset_bits(vpn: usize, level: u32) -> u32 {
    level * segment_bits(vpn)
}

/// The page-number bits inside a superpage of the given level, as a mask `W` bits wide.
pub(crate) fn inside<const W: usize>(vpn: usize, level: u32) -> Constant<Bits<W>> {
    Constant::new(bits::<W>(inside_mask::<W>(vpn, level)))
}

/// The page-number bits that tell pages of the given level apart, as a mask `W` bits wide.
pub(crate) fn outside<const W: usize>(vpn: usize, level: u32) -> Constant<Bits<W>> {
    Constant::new(bits::<W>(ones(W as u32) & !inside_mask::<W>(vpn, level)))
}

/// The distance of a level's segment from the bottom of the VPN, as a shift amount.
pub(crate) fn segment_shift<const W: usize>(vpn: usize, level: u32) -> Constant<Bits<W>> {
    let distance = offset_bits(vpn, level);
    // A level that the scheme does not have is never selected; any legal shift will do.
    Constant::new(bits::<W>(u64::from(if distance < vpn as u32 { distance } else { 0 })))
}

fn inside_mask<const W: usize>(vpn: usize, level: u32) -> u64 {
    ones(W as u32) & ones(offset_bits(vpn, level))
}

/// `count` low one bits (at most 63).
pub(crate) const fn ones(count: u32) -> u64 {
    (1 << count) - 1
}
