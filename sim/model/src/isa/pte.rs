//! Page-table entries, as the kernel and the tools write them: the bits that all schemes share, and
//! those of extensions.
//!
//! The golden model has its own decoder.

use super::Mode;

/// `V`: the entry is valid.
pub const VALID: u64 = 1 << 0;
/// `R`: loads.
pub const READ: u64 = 1 << 1;
/// `W`: stores.
pub const WRITE: u64 = 1 << 2;
/// `X`: fetches.
pub const EXECUTE: u64 = 1 << 3;
/// `U`: user mode.
pub const USER: u64 = 1 << 4;
/// `G`: in every address space.
pub const GLOBAL: u64 = 1 << 5;
/// `A`: accessed.
pub const ACCESSED: u64 = 1 << 6;
/// `D`: dirty.
pub const DIRTY: u64 = 1 << 7;

/// `N`: one entry of a NAPOT range (Svnapot).
pub const NAPOT: u64 = 1 << 63;

/// The letters of the bits 0 to 7, `V` first.
pub const LETTERS: &str = "VRWXUGAD";

/// An entry's bits with the physical page number put in its place (bit 10 in every scheme).
pub fn entry(ppn: u64, bits: u64) -> u64 {
    ppn << 10 | bits
}

/// The physical page number of an entry.
pub fn ppn(mode: Mode, entry: u64) -> u64 {
    let bits = if mode == Mode::Sv32 { 22 } else { 44 };
    entry >> 10 & ((1 << bits) - 1)
}
