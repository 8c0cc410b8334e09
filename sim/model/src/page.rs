//! A page's contents as words, and the naturally aligned parts of these.

use crate::isa::PAGE_BYTES;

/// Words of a page.
pub const PAGE_WORDS: usize = (PAGE_BYTES / 8) as usize;

/// A page's contents as 64-bit little-endian words.
pub type PageData = [u64; PAGE_WORDS];

/// Reads the naturally aligned `bytes` (1, 2, 4, 8) at an address of the page.
#[inline]
pub fn load(page: &PageData, address: u64, bytes: u8) -> u64 {
    page[word(address)] >> shift(address) & mask(bytes)
}

/// Replaces the naturally aligned `bytes` (1, 2, 4, 8) at an address of the page by the low ones of
/// `value`; returns the old value.
#[inline]
pub fn store(page: &mut PageData, address: u64, bytes: u8, value: u64) -> u64 {
    let word = &mut page[word(address)];
    let (shift, mask) = (shift(address), mask(bytes));
    let old = *word >> shift & mask;
    *word = *word & !(mask << shift) | (value & mask) << shift;
    old
}

/// The low `bytes` (1 to 8) of a word.
#[inline]
pub fn mask(bytes: u8) -> u64 {
    u64::MAX >> (64 - 8 * u32::from(bytes.clamp(1, 8)))
}

/// The number of the word that an address lies in.
#[inline]
pub fn word(address: u64) -> usize {
    (address % PAGE_BYTES / 8) as usize
}

#[inline]
fn shift(address: u64) -> u64 {
    address % 8 * 8
}
