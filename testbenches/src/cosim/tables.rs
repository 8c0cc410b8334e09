//! A sparse memory full of page tables, generated as it is read.

use model::isa::{Extension, Extensions, Mode, PAGE_BYTES, Sizes, Xlen, pte};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Tables of each level; few, so that walks of different addresses share them.
const TABLES_PER_LEVEL: u64 = 4;

/// The page number of the first table. Tables of one level are consecutive.
const FIRST_TABLE: u64 = 0x8_0000;

/// How many levels of tables there are.
const LEVELS: u64 = 5;

/// Entries by physical address. One that was never written is generated at its first read.
pub(super) struct Tables {
    xlen: Xlen,
    extensions: Extensions,
    sizes: Sizes,
    entries: BTreeMap<u64, u64>,
    /// The entries that [`Tables::renew`] keeps.
    fixed: BTreeMap<u64, u64>,
}

impl Tables {
    pub(super) fn new(xlen: Xlen, extensions: Extensions, sizes: Sizes) -> Self {
        Self { xlen, extensions, sizes, entries: BTreeMap::new(), fixed: BTreeMap::new() }
    }

    /// Whether entries may be those of an extension.
    pub(super) fn has(&self, extension: Extension) -> bool {
        self.extensions.has(extension)
    }

    /// The bits of the number of a physical page that are implemented.
    pub(super) fn page_bits(&self) -> u32 {
        self.sizes.pa_bits(self.xlen) - 12
    }

    /// The page number of a table at a level.
    pub(super) fn table(level: u64, which: u64) -> u64 {
        FIRST_TABLE + level * TABLES_PER_LEVEL + which % TABLES_PER_LEVEL
    }

    /// The root table of a mode.
    pub(super) fn root(mode: Mode, which: u64) -> u64 {
        Self::table(u64::from(mode.levels().max(1)) - 1, which)
    }

    /// Reads an entry.
    pub(super) fn read(&mut self, pa: u64, rng: &mut ChaCha8Rng) -> u64 {
        if let Some(&entry) = self.entries.get(&pa) {
            return entry;
        }
        let entry = self.invent(pa, rng);
        self.entries.insert(pa, entry);
        entry
    }

    /// Reads the 64 bytes around an entry, as eight words.
    pub(super) fn line(&mut self, pa: u64, rng: &mut ChaCha8Rng) -> [u64; 8] {
        let first = pa & !63;
        let mut words = [0; 8];
        for (word, pa) in words.iter_mut().zip((first..).step_by(8)) {
            *word = match self.xlen {
                Xlen::Rv32 => self.read(pa, rng) | self.read(pa + 4, rng) << 32,
                Xlen::Rv64 => self.read(pa, rng),
            };
        }
        words
    }

    /// Writes an entry.
    pub(super) fn write(&mut self, pa: u64, entry: u64) {
        self.entries.insert(pa, entry);
    }

    /// Writes an entry that is restored in every phase.
    pub(super) fn fix(&mut self, pa: u64, entry: u64) {
        self.fixed.insert(pa, entry);
        self.entries.insert(pa, entry);
    }

    /// Discards all but the fixed entries, because other agents have damaged most of the others.
    pub(super) fn renew(&mut self) {
        self.entries.clone_from(&self.fixed);
    }

    /// Another agent changes an entry: its A and D bits, its permissions, or all of it.
    pub(super) fn disturb(&mut self, pa: u64, rng: &mut ChaCha8Rng) {
        let old = self.read(pa, rng);
        let leaf = old & 0xe != 0;
        let new = match rng.random_range(0..8) {
            0..3 if leaf => old & !0x80,
            3..6 if leaf => old & !0xc0,
            6 => old ^ 1 << rng.random_range(1..6),
            _ => self.invent(pa, rng),
        };
        // RSW is for software: a change with no other effect.
        self.write(pa, if new == old { old ^ 0x100 } else { new });
    }

    /// Another agent changes one of the entries that were read.
    pub(super) fn disturb_some(&mut self, rng: &mut ChaCha8Rng) {
        let invented: Vec<u64> =
            self.entries.keys().filter(|pa| !self.fixed.contains_key(pa)).copied().collect();
        if !invented.is_empty() {
            self.disturb(invented[rng.random_range(0..invented.len())], rng);
        }
    }

    fn invent(&self, pa: u64, rng: &mut ChaCha8Rng) -> u64 {
        let table = pa / PAGE_BYTES;
        let level = match table.checked_sub(FIRST_TABLE) {
            Some(distance) if distance < LEVELS * TABLES_PER_LEVEL => distance / TABLES_PER_LEVEL,
            // A pointer to another table.
            _ => rng.random_range(0..LEVELS),
        };
        let leaves = [950, 300, 200, 250, 400][level as usize];
        let kind = rng.random_range(0..1000);
        if kind < leaves {
            self.leaf(level, rng)
        } else if kind < 980 && level > 0 {
            self.pointer(level, rng)
        } else {
            // Any value of the bits.
            self.fit(rng.random())
        }
    }

    fn leaf(&self, level: u64, rng: &mut ChaCha8Rng) -> u64 {
        const PERMISSIONS: [u64; 8] = [0x2, 0x6, 0x8, 0xa, 0xe, 0xe, 0xe, 0xe];
        let mut flags = 1 | PERMISSIONS[rng.random_range(0..PERMISSIONS.len())];
        for (bit, per_mille) in [(0x10, 850), (0x20, 150), (0x40, 900), (0x80, 700)] {
            if chance(rng, per_mille) {
                flags |= bit;
            }
        }
        let mut ppn: u64 = rng.random();
        if !chance(rng, 120) {
            let segment = if self.xlen == Xlen::Rv32 { 10 } else { 9 };
            ppn &= u64::MAX << (level * segment);
        }
        // Most pages exist.
        if self.sizes != Sizes::ALL && !chance(rng, 100) {
            ppn &= (1 << self.page_bits()) - 1;
        }
        if self.has(Extension::Svnapot) && chance(rng, 300) {
            flags |= pte::NAPOT;
            // Mostly the encoding of a 64 KiB range.
            ppn = if chance(rng, 900) { ppn & !0xf | 8 } else { ppn };
        }
        if self.has(Extension::Svpbmt) && chance(rng, 300) {
            flags |= [1, 1, 1, 2, 2, 2, 3][rng.random_range(0..7)] << 61;
        }
        let high = if chance(rng, 30) { 1 << rng.random_range(54..64) } else { 0 };
        self.number(ppn) | flags | self.fit(high)
    }

    fn pointer(&self, level: u64, rng: &mut ChaCha8Rng) -> u64 {
        let mut flags = 1;
        if chance(rng, 80) {
            flags |= 0x20;
        }
        if chance(rng, 40) {
            flags |= [0x10, 0x40, 0x80][rng.random_range(0..3)];
        }
        let next = Self::table(level.saturating_sub(1), rng.random_range(0..TABLES_PER_LEVEL));
        let astray = chance(rng, 30);
        self.number(if astray { rng.random() } else { next }) | flags
    }

    /// The PPN field of an entry.
    fn number(&self, ppn: u64) -> u64 {
        match self.xlen {
            Xlen::Rv32 => (ppn & 0x3f_ffff) << 10,
            Xlen::Rv64 => (ppn & 0xfff_ffff_ffff) << 10,
        }
    }

    /// Truncates to the width of an entry.
    fn fit(&self, bits: u64) -> u64 {
        if self.xlen == Xlen::Rv32 { bits & 0xffff_ffff } else { bits }
    }
}

/// True with a probability in per mille.
pub(super) fn chance(rng: &mut ChaCha8Rng, per_mille: u32) -> bool {
    per_mille > 0 && rng.random_range(0..1000) < per_mille
}
