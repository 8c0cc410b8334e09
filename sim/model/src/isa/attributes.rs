//! What an answer says of the page besides the address.

use std::fmt;

/// Size and memory type of a page, with the codes of the pins. All zero on a fault, and for an
/// address that is not translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes {
    /// The leaf's level, or [`Attributes::NAPOT`].
    pub size: u8,
    /// PTE.PBMT: 0 PMA, 1 NC, 2 IO.
    pub pbmt: u8,
}

impl Attributes {
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
        write!(f, "size {}, memory type {}", self.size_name(), self.type_name())
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
        let Attributes { size, pbmt } = attributes;
        Translation::of_codes(pa, size.into(), pbmt.into())
    }

    /// The same, from the values of pins.
    #[inline(always)]
    pub fn of_codes(pa: u64, size: u64, pbmt: u64) -> Translation {
        Translation(pa | size << ADDRESS_BITS | pbmt << (ADDRESS_BITS + 3))
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
        Attributes { size: (above & 7) as u8, pbmt: (above >> 3 & 3) as u8 }
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
