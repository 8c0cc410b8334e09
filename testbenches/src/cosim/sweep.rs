//! The directed part of the stimulus: every low byte that a leaf can have, and leaves of every
//! level, aligned and not.

use super::addresses::canonical;
use super::tables::Tables;
use model::isa::{Extension, Mode, PAGE_BYTES, Satp, Xlen, pte};

/// Page numbers of the sweep's own tables, one for each level.
const FIRST_TABLE: u64 = 0x9_0000;

/// The index of the pointer to the next table in every table of the sweep.
const THROUGH: u64 = 1;

/// The first of the sweep's 16 entries with N.
const NAPOT_INDEX: u64 = 0x130;

/// The first of its four entries with a memory type.
const PBMT_INDEX: u64 = 0x140;

/// The ASID of the sweep.
const ASID: u16 = 0x55;

/// Directed addresses and the tables behind them.
pub(super) struct Sweep {
    addresses: Vec<u64>,
    /// The position of each of the two ports.
    at: [usize; 2],
    /// The `satp` value for which the addresses are made.
    pub(super) satp: u64,
}

impl Sweep {
    /// Writes the tables. One mode for each width: deeper ones only repeat levels.
    pub(super) fn new(xlen: Xlen, tables: &mut Tables) -> Self {
        let mode = if xlen == Xlen::Rv32 { Mode::Sv32 } else { Mode::Sv39 };
        let levels = u64::from(mode.levels());
        let segment = u64::from(mode.segment_bits());
        let through = |down_to: u64| -> u64 {
            (down_to..levels).map(|level| THROUGH << (12 + level * segment)).sum()
        };
        let entry_pa =
            |level: u64, index: u64| (FIRST_TABLE + level) * PAGE_BYTES + index * mode.pte_bytes();
        let mut addresses = Vec::new();
        // The page number of all its larger pages: one that exists.
        let pages = 1 << (tables.page_bits() - 1).min(20);
        for level in 1..levels {
            tables.fix(entry_pa(level, THROUGH), (FIRST_TABLE + level - 1) << 10 | 1);
            // Superpages with all permissions: aligned, and with one PPN bit too many.
            for (place, low_bit) in (0..level * segment).map(Some).chain([None]).enumerate() {
                let index = 2 + place as u64;
                let ppn = pages | low_bit.map_or(0, |bit| 1 << bit);
                tables.fix(entry_pa(level, index), ppn << 10 | 0xdf);
                addresses.push(through(level + 1) | index << (12 + level * segment) | 0x5a_5a5a);
            }
        }
        for low_byte in 0..256 {
            let index = 2 + low_byte;
            tables.fix(entry_pa(0, index), (0x1_2300 + low_byte) << 10 | low_byte);
            addresses.push(through(1) | index << 12 | low_byte << 4);
        }
        if tables.has(Extension::Svnapot) {
            // Every low digit of a page number with N; only one of them encodes a range.
            for digit in 0..16 {
                let index = NAPOT_INDEX + digit;
                let ppn = pages | digit;
                tables.fix(entry_pa(0, index), pte::NAPOT | ppn << 10 | 0xdf);
                addresses.push(through(1) | index << 12 | 0x5a8);
            }
        }
        if tables.has(Extension::Svpbmt) {
            for pbmt in 0..4 {
                let index = PBMT_INDEX + pbmt;
                tables.fix(entry_pa(0, index), pbmt << 61 | (pages | pbmt) << 10 | 0xdf);
                addresses.push(through(1) | index << 12 | 0xa58);
            }
        }
        for va in &mut addresses {
            *va = if xlen == Xlen::Rv32 { *va & 0xffff_ffff } else { canonical(*va, mode) };
        }
        let satp = Satp { mode, asid: ASID, root: FIRST_TABLE + levels - 1 }.encode(xlen);
        Self { addresses, at: [0; 2], satp }
    }

    /// The next address of a port. Each is requested twice: a miss, then whatever was cached.
    pub(super) fn next(&mut self, port: usize) -> u64 {
        let va = self.addresses[self.at[port] / 2 % self.addresses.len()];
        self.at[port] += 1;
        va
    }
}
