//! The requests of both ports, and a page table that needs no memory.

use model::isa::{Mode, PAGE_BYTES, Satp, Xlen};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Memory latency in cycles.
pub const LATENCY: u64 = 20;

/// Requests in a table, after which it is repeated.
pub const REQUESTS: usize = 1 << 14;

/// Pages of each port that stay in a TLB of 16 lines.
const RESIDENT: u64 = 8;

/// Workloads by their miss rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Every request hits, once the TLB is warm.
    Hit,
    /// One request in twenty is for a page that is new to the TLB (and each evicts a line).
    Mixed,
    /// Every request is for such a page.
    Miss,
}

impl Workload {
    /// All of them.
    pub const ALL: &[Workload] = &[Workload::Hit, Workload::Mixed, Workload::Miss];

    /// A word for tables.
    pub fn name(self) -> &'static str {
        match self {
            Workload::Hit => "hits",
            Workload::Mixed => "mixed",
            Workload::Miss => "misses",
        }
    }

    /// Requests that miss, in per cent.
    fn misses(self) -> u32 {
        match self {
            Workload::Hit => 0,
            Workload::Mixed => 5,
            Workload::Miss => 100,
        }
    }
}

/// The requests of both ports, by user-mode code.
pub struct Traffic {
    /// Virtual addresses of fetches.
    pub fetch: Box<[u64; REQUESTS]>,
    /// Virtual addresses of loads and stores, and whether it is a store.
    pub data: Box<[(u64, bool); REQUESTS]>,
    /// The value of `satp`.
    pub satp: u64,
}

impl Traffic {
    /// The requests of a workload, drawn with this seed.
    pub fn new(xlen: Xlen, workload: Workload, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mode = mode(xlen);
        let address = |rng: &mut ChaCha8Rng| {
            let page: u64 = if rng.random_range(0..100) < workload.misses() {
                // The upper half is canonical only sign-extended: stay below it.
                rng.random_range(1 << 16..1 << (mode.va_bits() - 13))
            } else {
                rng.random_range(0..RESIDENT)
            };
            page * PAGE_BYTES + rng.random_range(0..PAGE_BYTES)
        };
        let fetch = table(|| address(&mut rng));
        let data = table(|| (address(&mut rng), rng.random()));
        let root = level_mark(xlen, mode.levels() - 1);
        Self { fetch, data, satp: Satp { mode, asid: 1, root }.encode(xlen) }
    }

    /// In a table's page number: the lowest bit of the level field, and the number of hashed bits
    /// below it.
    pub fn table_bits(xlen: Xlen) -> (u32, u32) {
        if xlen == Xlen::Rv32 { (20, 20) } else { (40, 36) }
    }
}

/// A full table of requests. Its length is known at compile time, so that reading one needs neither
/// a division nor a bounds check.
fn table<T: Copy + Default>(draw: impl FnMut() -> T) -> Box<[T; REQUESTS]> {
    let mut table = Box::new([T::default(); REQUESTS]);
    table.fill_with(draw);
    table
}

fn mode(xlen: Xlen) -> Mode {
    if xlen == Xlen::Rv32 { Mode::Sv32 } else { Mode::Sv39 }
}

/// The level field of a table's page number.
fn level_mark(xlen: Xlen, level: u32) -> u64 {
    u64::from(level) << Traffic::table_bits(xlen).0
}

/// The page-table entry at a physical address: a pointer above level 0, else a leaf with all
/// permissions. Every table exists; its page number is a hash of the address of its pointer.
pub fn entry(xlen: Xlen, pa: u64) -> u64 {
    let (mark, bits) = Traffic::table_bits(xlen);
    let level = pa >> (12 + mark) & 3;
    let mixed = (pa ^ pa >> 23).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits);
    if level == 0 { mixed << 10 | 0xdf } else { ((level - 1) << mark | mixed) << 10 | 1 }
}

/// Adds a response to a checksum.
pub(super) fn fold(checksum: u64, response: u64) -> u64 {
    (checksum.rotate_left(5) ^ response).wrapping_mul(0x1_0000_01b3)
}
