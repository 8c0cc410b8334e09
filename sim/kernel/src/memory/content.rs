//! The contents of files: a function of file and offset, so that any page of any file exists
//! without being stored, and every load from it can be checked.

use crate::PageData;
use model::isa::PAGE_BYTES;

/// A file's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// Scrambles 64 bits so that neighbouring inputs give unrelated outputs (the finaliser of
/// SplitMix64).
#[inline]
pub fn scramble(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The 64-bit little-endian word of a file at a byte offset that is a multiple of 8.
pub fn file_word(seed: u64, file: FileId, offset: u64) -> u64 {
    scramble(file_key(seed, file) ^ (offset / 8))
}

/// The page of a file that begins at `offset`.
pub fn file_page(seed: u64, file: FileId, offset: u64) -> Box<PageData> {
    let mut page = Box::new([0; (PAGE_BYTES / 8) as usize]);
    fill_page(seed, file, offset, &mut page);
    page
}

/// As [`file_page`], into `page`.
pub(crate) fn fill_page(seed: u64, file: FileId, offset: u64, page: &mut PageData) {
    let key = file_key(seed, file);
    for (word, index) in page.iter_mut().zip(offset / 8..) {
        *word = scramble(key ^ index);
    }
}

/// What the contents of a file depend on, besides the place.
fn file_key(seed: u64, file: FileId) -> u64 {
    scramble(seed ^ (u64::from(file.0) << 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_differ_by_file_offset_and_seed() {
        let word = file_word(1, FileId(1), 8);
        assert_ne!(word, file_word(1, FileId(1), 16));
        assert_ne!(word, file_word(1, FileId(2), 8));
        assert_ne!(word, file_word(2, FileId(1), 8));
        assert_eq!(file_page(1, FileId(1), 0)[1], word);
    }
}
