//! Virtual addresses that compete for the lines of a TLB.

use super::tables::chance;
use model::isa::{Mode, Satp, Xlen};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// A changing pool of pages, somewhat more than a TLB holds.
pub(super) struct Addresses {
    xlen: Xlen,
    hot: Vec<u64>,
}

impl Addresses {
    pub(super) fn new(xlen: Xlen, entries: usize, rng: &mut ChaCha8Rng) -> Self {
        let mut addresses = Self { xlen, hot: Vec::new() };
        for _ in 0..entries + entries / 2 {
            let page = addresses.invent(rng);
            addresses.hot.push(page);
        }
        addresses
    }

    /// The address of the next request under a `satp` value.
    pub(super) fn pick(&mut self, satp: u64, rng: &mut ChaCha8Rng) -> u64 {
        let which = rng.random_range(0..self.hot.len());
        if chance(rng, 15) {
            self.hot[which] = self.invent(rng);
        }
        let mut va = self.hot[which] | rng.random_range(0..4096);
        if chance(rng, 150) {
            // Another address in the same superpage.
            va ^= rng.random::<u64>() & ((1 << rng.random_range(12..40)) - 1);
        }
        if chance(rng, 20) {
            va = rng.random();
        }
        if self.xlen == Xlen::Rv32 {
            return va & 0xffff_ffff;
        }
        match Satp::decode(satp, self.xlen).map(|satp| satp.mode) {
            Some(mode) if mode != Mode::Bare && !chance(rng, 30) => canonical(va, mode),
            _ => va,
        }
    }

    /// A page whose VPN fields have a few values each, so that tables are shared.
    fn invent(&self, rng: &mut ChaCha8Rng) -> u64 {
        let (levels, bits) = if self.xlen == Xlen::Rv32 { (2, 10) } else { (5, 9) };
        let top = (1 << bits) - 1;
        let mut va = 0;
        for level in 0..levels {
            let low = level == 0;
            let segment = match rng.random_range(0..if low { 8 } else { 3 }) {
                0 => 0,
                1 => top,
                other => other as u64,
            };
            va |= segment << (12 + level * bits);
        }
        va
    }
}

/// The address with the bits above the mode's set to copies of its highest.
pub(super) fn canonical(va: u64, mode: Mode) -> u64 {
    let unused = 64 - mode.va_bits();
    ((va << unused) as i64 >> unused) as u64
}
