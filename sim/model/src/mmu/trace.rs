//! What the MMU tells about its answers and walks, if the part `trace` is built in.

use std::fmt;

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The port's TLB.
    Tlb,
    /// The second-level TLB.
    SecondLevel,
    /// A walk, of this miss or of the other port's to the same page.
    Walk,
}

/// Why an access faulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The upper bits of the virtual address are not copies of its sign.
    NotCanonical,
    /// An entry with V clear.
    NotValid,
    /// An entry with an encoding that is reserved, or a pointer at the last level.
    Reserved,
    /// A superpage whose address is no multiple of its size.
    Misaligned,
    /// R, W, X, U do not allow it.
    Permission,
    /// A is clear, and the kernel has to set it.
    AccessedClear,
    /// D is clear before a store, and the kernel has to set it.
    DirtyClear,
    /// Memory, PMP or PMA refused an entry of the page table.
    EntryRefused,
    /// PMP or PMA refuse the access, or its physical address does not exist.
    AccessRefused,
}

/// An entry of a page table that a walk read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRead {
    /// The level of its table; 0 is the last.
    pub level: u8,
    /// Its physical address.
    pub pa: u64,
    /// The entry.
    pub entry: u64,
}

/// What happened at one port in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Traced {
    /// Where the answer of this cycle came from; `None` also if no page table decided it.
    pub source: Option<Source>,
    /// Why it is a fault.
    pub reason: Option<Reason>,
    /// A walk started, at a table of this level.
    pub start: Option<u8>,
    /// An entry arrived for the port's walk.
    pub read: Option<EntryRead>,
}

impl Source {
    /// All, in the order of their codes, from 1.
    pub const ALL: [Source; 3] = [Source::Tlb, Source::SecondLevel, Source::Walk];

    /// By the code of the hardware's pin; 0 is none.
    pub fn from_code(code: u64) -> Option<Source> {
        Source::ALL.get(usize::try_from(code).ok()?.checked_sub(1)?).copied()
    }

    /// Its word in scenarios and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tlb => "tlb",
            Self::SecondLevel => "l2",
            Self::Walk => "walk",
        }
    }
}

impl Reason {
    /// All, in the order of their codes, from 1.
    pub const ALL: [Reason; 9] = [
        Reason::NotCanonical,
        Reason::NotValid,
        Reason::Reserved,
        Reason::Misaligned,
        Reason::Permission,
        Reason::AccessedClear,
        Reason::DirtyClear,
        Reason::EntryRefused,
        Reason::AccessRefused,
    ];

    /// By the code of the hardware's pin; 0 is none.
    pub fn from_code(code: u64) -> Option<Reason> {
        Reason::ALL.get(usize::try_from(code).ok()?.checked_sub(1)?).copied()
    }

    /// Its words in scenarios and reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotCanonical => "not canonical",
            Self::NotValid => "not valid",
            Self::Reserved => "reserved",
            Self::Misaligned => "misaligned",
            Self::Permission => "permission",
            Self::AccessedClear => "A clear",
            Self::DirtyClear => "D clear",
            Self::EntryRefused => "entry refused",
            Self::AccessRefused => "access refused",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
