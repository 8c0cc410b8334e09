//! The contents of a line of a vector file.

use std::ops::Range;

use crate::bus::{MapError, SharedMemory};
use crate::golden::Regime;
use crate::isa::{Cause, Extension, Extensions, Mode, Xlen};
use crate::mmu::{Fence, Request};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A new scenario: empty memory, empty TLB.
    Scenario(Box<Scenario>),
    /// A page-table word in memory before the first access (RAM or ROM).
    Word {
        /// Physical address.
        pa: u64,
        /// The word, [`Mode::pte_bytes`] wide.
        value: u64,
    },
    /// One access and its expected outcome.
    Access(VectorAccess),
    /// Software writes a page-table word.
    Write {
        /// Physical address.
        pa: u64,
        /// The word, [`Mode::pte_bytes`] wide.
        value: u64,
    },
    /// Software executes `SFENCE.VMA`.
    Fence(Fence),
    /// Software writes satp, without a fence.
    Satp(u64),
    /// The scenario's end.
    End,
}

/// The machine of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its name within the file.
    pub id: String,
    /// The scheme of the tables.
    pub mode: Mode,
    /// The machine's width.
    pub xlen: Xlen,
    /// `menvcfg.ADUE`.
    pub adue: bool,
    /// `menvcfg.PBMTE`: Svpbmt is implemented and enabled.
    pub pbmte: bool,
    /// Svnapot is implemented.
    pub svnapot: bool,
    /// The scenario may be replayed without clearing the TLB between accesses.
    pub warm: bool,
    /// The first value of satp.
    pub satp: u64,
    /// The address ranges of RAM.
    pub ram: Vec<Range<u64>>,
    /// The address ranges of ROM.
    pub rom: Vec<Range<u64>>,
    /// The number of bits in which the ASIDs used fit, where it matters.
    pub asid_bits: Option<u32>,
    /// The PMP entries stated; without any, all memory is allowed.
    pub pmp: Vec<PmpEntry>,
}

/// One PMP entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PmpEntry {
    /// Its number.
    pub index: u32,
    /// Its `pmpcfg` byte.
    pub cfg: u8,
    /// Its `pmpaddr` value.
    pub addr: u64,
}

/// An extension that a scenario needs and no MMU of this project has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsupported {
    /// Physical memory protection.
    Pmp,
}

impl Scenario {
    /// The first extension needed that is not implemented, if there is one.
    pub fn unsupported(&self) -> Option<Unsupported> {
        (!self.pmp.is_empty()).then_some(Unsupported::Pmp)
    }

    /// The extensions that must be implemented.
    pub fn extensions(&self) -> Extensions {
        let svnapot = if self.svnapot { &[Extension::Svnapot][..] } else { &[] };
        let svpbmt = if self.pbmte { &[Extension::Svpbmt][..] } else { &[] };
        Extensions::of(svnapot).with(Extensions::of(svpbmt))
    }

    /// Whether an MMU with these extensions can run it: it has those needed, and what it has besides
    /// is switched off.
    pub fn runs_on(&self, extensions: Extensions) -> bool {
        let switched = Extensions::of(&[Extension::Svpbmt]);
        extensions.has_all(self.extensions())
            && extensions.without(switched) == self.extensions().without(switched)
    }

    /// The registers at the scenario's start.
    pub fn regime(&self) -> Regime {
        let extensions = self.extensions();
        let Scenario { xlen, satp, adue, pbmte, .. } = *self;
        Regime { xlen, satp, adue, pbmte, extensions }
    }

    /// Memory with the scenario's RAM and ROM, all zero.
    ///
    /// # Errors
    /// [`MapError`] when the regions overlap or are not whole pages.
    pub fn memory(&self) -> Result<SharedMemory, MapError> {
        let memory = SharedMemory::new();
        for region in &self.ram {
            memory.map_ram(region.clone())?;
        }
        for region in &self.rom {
            memory.map_rom(region.clone())?;
        }
        Ok(memory)
    }
}

/// One access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VectorAccess {
    /// The access in its effective privilege: MPRV is applied already.
    pub request: Request,
    /// Its size; aligned, never across a page.
    pub bytes: u8,
    /// Its expected outcome.
    pub expected: Expected,
}

/// An access's expected outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The physical address, or the cause.
    pub result: Result<u64, Cause>,
    /// The translated address even where PMP then refused the access.
    pub walk_pa: Option<u64>,
    /// The number of page-table words that a walk from the root reads.
    pub reads: u32,
    /// The last of them.
    pub last: Option<LastRead>,
    /// The page-table word written to set A or D: address and value.
    pub update: Option<(u64, u64)>,
}

/// The last page-table word that a walk reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRead {
    /// Its physical address.
    pub pa: u64,
    /// Its value; `None` for a bus error.
    pub value: Option<u64>,
}
