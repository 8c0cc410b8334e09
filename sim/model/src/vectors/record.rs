//! The contents of a line of a vector file.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::bus::{MapError, SharedMemory};
use crate::golden::{Pmp, Regime};
use crate::isa::{Cause, Extension, Extensions, Mode, Physical, PmpCsr, Sizes, Xlen};
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

impl Scenario {
    /// The number of PMP entries that must be implemented: 0 if memory is not protected.
    pub fn pmp_entries(&self) -> usize {
        self.pmp.iter().map(|entry| entry.index as usize + 1).max().unwrap_or(0)
    }

    /// The PMP registers of an MMU with so many entries, as software has set them up.
    pub fn pmp(&self, entries: usize) -> Pmp {
        let mut pmp = Pmp::new(self.xlen, entries);
        self.pmp_writes(&pmp).into_iter().for_each(|(csr, value)| pmp.write(csr, value));
        pmp
    }

    /// The writes of CSRs by which software sets up the entries: addresses first, since entries may
    /// be locked. Entries that are not stated are off, and their address is 0.
    pub fn pmp_writes(&self, registers: &Pmp) -> Vec<(u16, u64)> {
        let entry = |index: usize| self.pmp.iter().find(|entry| entry.index as usize == index);
        let numbers = 0..registers.len();
        let address =
            |index| (PmpCsr::Address(index as u16).number(), entry(index).map_or(0, |e| e.addr));
        let mut configs: BTreeMap<u16, u64> = BTreeMap::new();
        for index in numbers.clone() {
            let (register, byte) = registers.config_of(index);
            let config = entry(index).map_or(0, |entry| u64::from(entry.cfg));
            *configs.entry(register.number()).or_default() |= config << (8 * byte);
        }
        numbers.map(address).chain(configs).collect()
    }

    /// The extensions that must be implemented.
    pub fn extensions(&self) -> Extensions {
        let svnapot = if self.svnapot { &[Extension::Svnapot][..] } else { &[] };
        let svpbmt = if self.pbmte { &[Extension::Svpbmt][..] } else { &[] };
        Extensions::of(svnapot).with(Extensions::of(svpbmt))
    }

    /// Whether an MMU with these extensions, and this protection of memory, can run it: it has what
    /// is needed, and what it has besides is switched off.
    pub fn runs_on(&self, extensions: Extensions, physical: Physical) -> bool {
        let entries = self.pmp_entries();
        let protected = (entries > 0) == (physical.pmp > 0) && physical.pmp >= entries;
        let switched = Extensions::of(&[Extension::Svpbmt]);
        protected
            && physical.regions.is_empty()
            && extensions.has_all(self.extensions())
            && extensions.without(switched) == self.extensions().without(switched)
    }

    /// The registers at the scenario's start.
    pub fn regime(&self) -> Regime {
        let extensions = self.extensions();
        let Scenario { xlen, satp, adue, pbmte, .. } = *self;
        Regime { xlen, satp, adue, pbmte, extensions, sizes: Sizes::ALL }
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
