//! The privileged specification's terms as types, shared by everything outside the hardware.
//!
//! These are names and encodings only; the translation algorithm itself is in [`crate::golden`].
//!
//! | part | contents |
//! |---|---|
//! | [`Mode`], [`Xlen`], [`Satp`] | the schemes, XLEN, the register that selects |
//! | [`Access`], [`Privilege`], [`Context`] | the type and the context of an access |
//! | [`Cause`], [`Fault`] | why an access is refused |
//! | [`pte`] | the bits of a page-table entry |
//! | [`Attributes`], [`Translation`] | size and memory type of a page, with its address (`attributes`) |
//! | [`Extension`], [`Extensions`] | optional extensions of virtual memory (`extension`) |
//! | [`Physical`], [`Region`], [`PmpConfig`], [`PmpCsr`] | protection of physical memory (`physical`) |
//! | [`Sizes`] | how many bits and which schemes are implemented (`sizes`) |

mod attributes;
mod extension;
mod physical;
pub mod pte;
mod sizes;

pub use attributes::{Attributes, Translation};
pub use extension::{Extension, Extensions};
pub use physical::{Physical, PmpConfig, PmpCsr, PmpMatch, Region, RegionKind};
pub use sizes::Sizes;

use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{IntoStaticStr, VariantNames};

/// Bytes of a base page: 4 KiB in every translation scheme.
pub const PAGE_BYTES: u64 = 4096;

/// A translation scheme, as `satp.MODE` selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// No translation: the virtual address is the physical address.
    Bare,
    /// Two levels, 32-bit virtual, 34-bit physical addresses.
    Sv32,
    /// Three levels, 39-bit virtual, 56-bit physical addresses.
    Sv39,
    /// Four levels, 48-bit virtual, 56-bit physical addresses.
    Sv48,
    /// Five levels, 57-bit virtual, 56-bit physical addresses.
    Sv57,
}

impl Mode {
    /// Page-table levels; 0 when nothing is translated.
    pub fn levels(self) -> u32 {
        match self {
            Mode::Bare => 0,
            Mode::Sv32 => 2,
            Mode::Sv39 => 3,
            Mode::Sv48 => 4,
            Mode::Sv57 => 5,
        }
    }

    /// Bits of a virtual page number's segment that one level translates.
    pub fn segment_bits(self) -> u32 {
        if self == Mode::Sv32 { 10 } else { 9 }
    }

    /// Bytes of one page-table entry.
    pub fn pte_bytes(self) -> u64 {
        if self == Mode::Sv32 { 4 } else { 8 }
    }

    /// Bits of a virtual address that are translated (32, 39, 48, 57).
    pub fn va_bits(self) -> u32 {
        12 + self.levels() * self.segment_bits()
    }

    /// The name as the specification spells it.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The width of the machine, which selects one of the two tops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Xlen {
    /// RV32: Bare and Sv32; 9-bit ASID.
    #[serde(rename = "32")]
    Rv32,
    /// RV64: Bare, Sv39, Sv48 and Sv57; 16-bit ASID.
    #[serde(rename = "64")]
    Rv64,
}

/// The fields of the `satp` register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Satp {
    /// `satp.MODE`.
    pub mode: Mode,
    /// `satp.ASID`: 9 bits in RV32, 16 in RV64.
    pub asid: u16,
    /// `satp.PPN`: the root page table's physical page number.
    pub root: u64,
}

impl Satp {
    /// The register's value on a machine of the given width.
    pub fn encode(self, xlen: Xlen) -> u64 {
        match xlen {
            Xlen::Rv32 => {
                let mode = u64::from(self.mode == Mode::Sv32);
                mode << 31 | u64::from(self.asid & 0x1ff) << 22 | self.root & 0x3f_ffff
            }
            Xlen::Rv64 => {
                let mode = match self.mode {
                    Mode::Sv39 => 8,
                    Mode::Sv48 => 9,
                    Mode::Sv57 => 10,
                    Mode::Bare | Mode::Sv32 => 0,
                };
                mode << 60 | u64::from(self.asid) << 44 | self.root & 0xfff_ffff_ffff
            }
        }
    }

    /// Reads a register value; `None` for a reserved MODE.
    pub fn decode(value: u64, xlen: Xlen) -> Option<Satp> {
        Some(match xlen {
            Xlen::Rv32 => Satp {
                mode: if value >> 31 & 1 == 1 { Mode::Sv32 } else { Mode::Bare },
                asid: (value >> 22 & 0x1ff) as u16,
                root: value & 0x3f_ffff,
            },
            Xlen::Rv64 => Satp {
                mode: match value >> 60 {
                    0 => Mode::Bare,
                    8 => Mode::Sv39,
                    9 => Mode::Sv48,
                    10 => Mode::Sv57,
                    _ => return None,
                },
                asid: (value >> 44) as u16,
                root: value & 0xfff_ffff_ffff,
            },
        })
    }
}

/// The type of a memory access; atomics count as stores.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Access {
    /// An instruction fetch.
    Fetch,
    /// A load.
    Load,
    /// A store or an atomic memory operation; `cbo.zero` is one too.
    Store,
    /// Cache-block management: `cbo.inval`, `cbo.clean`, `cbo.flush`. Allowed where a load or a
    /// store is; sets A and ignores D, and its faults are those of a store.
    #[serde(rename = "cbo")]
    #[strum(serialize = "cbo")]
    CacheBlock,
}

impl Access {
    /// The kind in one lower-case word.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An effective privilege level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Privilege {
    /// U-mode.
    User = 0,
    /// S-mode.
    Supervisor = 1,
    /// M-mode: never translated.
    Machine = 3,
}

/// The context in which an access is checked; every access carries its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Context {
    /// The effective privilege (after `mstatus.MPRV`).
    pub privilege: Privilege,
    /// `sstatus.SUM`: supervisor loads and stores may touch user pages.
    pub sum: bool,
    /// `sstatus.MXR`: loads may read executable pages.
    pub mxr: bool,
}

impl Context {
    /// A user-mode access.
    pub const USER: Context = Context { privilege: Privilege::User, sum: false, mxr: false };
}

/// Exception causes that translation can raise, with their `scause` codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// 1
    InstructionAccessFault = 1,
    /// 5
    LoadAccessFault = 5,
    /// 7
    StoreAccessFault = 7,
    /// 12
    InstructionPageFault = 12,
    /// 13
    LoadPageFault = 13,
    /// 15
    StorePageFault = 15,
}

impl Cause {
    /// The page fault of an access type.
    pub fn page_fault(access: Access) -> Cause {
        match access {
            Access::Fetch => Cause::InstructionPageFault,
            Access::Load => Cause::LoadPageFault,
            Access::Store | Access::CacheBlock => Cause::StorePageFault,
        }
    }

    /// The access fault of an access type.
    pub fn access_fault(access: Access) -> Cause {
        match access {
            Access::Fetch => Cause::InstructionAccessFault,
            Access::Load => Cause::LoadAccessFault,
            Access::Store | Access::CacheBlock => Cause::StoreAccessFault,
        }
    }

    /// The cause with the given `scause` code.
    pub fn from_code(code: u64) -> Option<Cause> {
        Some(match code {
            1 => Cause::InstructionAccessFault,
            5 => Cause::LoadAccessFault,
            7 => Cause::StoreAccessFault,
            12 => Cause::InstructionPageFault,
            13 => Cause::LoadPageFault,
            15 => Cause::StorePageFault,
            _ => return None,
        })
    }

    /// Whether this is one of the three page faults.
    pub fn is_page_fault(self) -> bool {
        self as u8 >= 12
    }

    /// The name that the specification gives it, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Cause::InstructionAccessFault => "instruction access fault",
            Cause::LoadAccessFault => "load access fault",
            Cause::StoreAccessFault => "store access fault",
            Cause::InstructionPageFault => "instruction page fault",
            Cause::LoadPageFault => "load page fault",
            Cause::StorePageFault => "store page fault",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An architectural fault: a value, never an error of the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// Becomes `scause`.
    pub cause: Cause,
    /// Becomes `stval`: the virtual address of the access.
    pub tval: u64,
}
