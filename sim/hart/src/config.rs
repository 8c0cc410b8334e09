//! What a hart implements, chosen when it is made.

use model::isa::{Sizes, Xlen};
use serde::{Deserialize, Serialize};

/// What a hart does with a load or a store whose address is no multiple of its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misaligned {
    /// It does it as several accesses, each aligned. All are translated before the first is made, so
    /// that one that faults changes nothing. Atomic operations trap nevertheless.
    Split,
    /// It traps, with cause 4 or 6.
    Trap,
}

/// What a hart implements. I, Zicsr, Zifencei, Zicntr and the modes M, S and U are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// The width, of all modes.
    pub xlen: Xlen,
    /// `mhartid`.
    pub id: u64,
    /// Where it begins after reset.
    pub reset: u64,
    /// M: multiplication and division.
    pub m: bool,
    /// A: atomic memory operations, LR and SC.
    pub a: bool,
    /// F: single precision.
    pub f: bool,
    /// D: double precision. Without F it is not there.
    pub d: bool,
    /// C: compressed instructions. Without it, jumps to addresses that are no multiples of 4 trap.
    pub c: bool,
    /// Sstc: `stimecmp`.
    pub sstc: bool,
    /// Svinval: `sinval.vma` and its fences.
    pub svinval: bool,
    /// Svadu: `menvcfg.ADUE` can be set.
    pub svadu: bool,
    /// Svpbmt: `menvcfg.PBMTE` can be set. RV64 only.
    pub svpbmt: bool,
    /// What is implemented of `satp`.
    pub sizes: Sizes,
    /// PMP entries.
    pub pmp: usize,
    /// Misaligned loads and stores.
    pub misaligned: Misaligned,
}

impl Config {
    /// Everything, with 16 PMP entries, beginning at an address.
    pub fn all(xlen: Xlen, reset: u64) -> Config {
        Config {
            xlen,
            id: 0,
            reset,
            m: true,
            a: true,
            f: true,
            d: true,
            c: true,
            sstc: true,
            svinval: true,
            svadu: true,
            svpbmt: xlen == Xlen::Rv64,
            sizes: Sizes::ALL,
            pmp: 16,
            misaligned: Misaligned::Split,
        }
    }
}
