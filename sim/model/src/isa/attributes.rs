//! What an answer says of the page besides the address.

use std::fmt;

/// Size and memory type of a page, and the attributes of physical memory, with the codes of the
/// pins. All zero on a fault; size and memory type also for an address that is not translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes {
    /// The leaf's level, or [`Attributes::NAPOT`].
    pub size: u8,
    /// PTE.PBMT: 0 PMA, 1 NC, 2 IO.
    pub pbmt: u8,
    /// The attributes of physical memory, a sum of [`Attributes::IO`] and
    /// [`Attributes::NO_ATOMICS`]; 0 is memory without restrictions. Of an address that is not
    /// translated too.
    pub pma: u8,
}

impl Attributes {
    /// I/O instead of cacheable memory.
    pub const IO: u8 = 1;

    /// Atomic operations are not supported.
    pub const NO_ATOMICS: u8 = 2;

    /// Names of the attributes of physical memory by code.
    pub const MEMORIES: [&str; 4] =
        ["memory", "io", "memory without atomics", "io without atomics"];

    /// The size of a NAPOT range.
    pub const NAPOT: u8 = 5;

    /// Names of the sizes by code: those of the specification, from 4 KiB on.
    pub const SIZES: [&str; 6] = ["base", "mega", "giga", "tera", "peta", "napot"];

    /// Names of the memory types by code; the last is reserved.
    pub const TYPES: [&str; 4] = ["pma", "nc", "io", "reserved"];

    /// The name of the size.
    pub fn size_name(self) -> &'static str {
        Attributes::SIZES.get(usize::from(self.size)).copied().unwrap_or("no size")
    }

    /// The name of the memory type.
    pub fn type_name(self) -> &'static str {
        Attributes::TYPES.get(usize::from(self.pbmt)).copied().unwrap_or("no type")
    }
}

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "size {}, memory type {}", self.size_name(), self.type_name())?;
        match Attributes::MEMORIES.get(usize::from(self.pma)) {
            None => write!(f, ", no attributes of memory"),
            Some(_) if self.pma == 0 => Ok(()),
            Some(name) => write!(f, ", {name}"),
        }
    }
}

/// A physical address with the attributes of its page, in one word, so that both are compared at
/// once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Translation(u64);

/// Bits of the word that hold the address; no scheme has more.
const ADDRESS_BITS: u32 = 56;

impl Translation {
    /// Joins them.
    #[inline(always)]
    pub fn new(pa: u64, attributes: Attributes) -> Translation {
        let Attributes { size, pbmt, pma } = attributes;
        Translation::of_codes(pa, size.into(), pbmt.into(), pma.into())
    }

    /// The same, from the values of pins.
    #[inline(always)]
    pub fn of_codes(pa: u64, size: u64, pbmt: u64, pma: u64) -> Translation {
        let above = size | pbmt << 3 | pma << 5;
        Translation(pa | above << ADDRESS_BITS)
    }

    /// The physical address.
    #[inline(always)]
    pub fn pa(self) -> u64 {
        self.0 & ((1 << ADDRESS_BITS) - 1)
    }

    /// The attributes.
    #[inline]
    pub fn attributes(self) -> Attributes {
        let above = self.0 >> ADDRESS_BITS;
        let (size, pbmt, pma) = (above & 7, above >> 3 & 3, above >> 5);
        Attributes { size: size as u8, pbmt: pbmt as u8, pma: pma as u8 }
    }

    /// The word of the page: with the offset of an address in it, that address's.
    #[inline(always)]
    pub fn page(self) -> u64 {
        self.0 & !(super::PAGE_BYTES - 1)
    }

    /// Whether this is an address in a page, at an offset of a virtual address.
    #[inline(always)]
    pub fn is_in(self, page: u64, va: u64) -> bool {
        page | (va % super::PAGE_BYTES) == self.0
    }

    /// The address in a page at an offset of a virtual address.
    #[inline]
    pub fn at(page: u64, va: u64) -> Translation {
        Translation(page | (va % super::PAGE_BYTES))
    }
}
