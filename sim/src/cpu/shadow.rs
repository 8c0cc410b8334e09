//! What memory must hold, by the program's own view: the oracle for every load and fetch.
//!
//! It is kept by virtual address and knows nothing of frames, swap or translation: that is why
//! it notices when any of these go wrong.

use crate::isa::PAGE_BYTES;
use crate::os::{Backing, PageData, file_page};
use std::collections::HashMap;

/// One process's memory as its program expects it. Only looked up by page, never iterated over.
#[derive(Debug, Default)]
pub struct Shadow {
    seed: u64,
    pages: HashMap<u64, Box<PageData>>,
}

impl Shadow {
    /// Nothing stored yet. The seed is that of the contents of files.
    pub fn new(seed: u64) -> Shadow {
        Shadow { seed, pages: HashMap::new() }
    }

    /// The first contents of a page that is touched for the first time.
    pub fn touch(&mut self, va: u64, backing: impl FnOnce() -> Backing) {
        let seed = self.seed;
        self.pages.entry(va / PAGE_BYTES).or_insert_with(|| match backing() {
            Backing::Zero | Backing::Device { .. } => Box::new([0; 512]),
            Backing::File { file, offset } => file_page(seed, file, offset),
        });
    }

    /// The naturally aligned `bytes` at `va`; `None` if the page was never touched.
    pub fn load(&self, va: u64, bytes: u8) -> Option<u64> {
        let page = self.pages.get(&(va / PAGE_BYTES))?;
        Some(page[word(va)] >> shift(va) & mask(bytes))
    }

    /// Stores the naturally aligned `bytes` at `va`, if the page was touched.
    pub fn store(&mut self, va: u64, bytes: u8, value: u64) {
        if let Some(page) = self.pages.get_mut(&(va / PAGE_BYTES)) {
            let word = &mut page[word(va)];
            *word = *word & !(mask(bytes) << shift(va)) | (value & mask(bytes)) << shift(va);
        }
    }

    /// Forgets pages that the program gave up; when they come back they come back new.
    pub fn forget(&mut self, range: std::ops::Range<u64>) {
        for vpn in range.start / PAGE_BYTES..range.end / PAGE_BYTES {
            self.pages.remove(&vpn);
        }
    }

    /// Pages touched so far.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }
}

fn word(va: u64) -> usize {
    (va % PAGE_BYTES / 8) as usize
}

fn shift(va: u64) -> u64 {
    va % 8 * 8
}

/// The low `bytes` of a word.
pub(super) fn mask(bytes: u8) -> u64 {
    u64::MAX >> (64 - 8 * u32::from(bytes.clamp(1, 8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_words_are_stored_and_loaded() {
        let mut shadow = Shadow::new(0);
        assert_eq!(shadow.load(0x1000, 8), None);
        shadow.touch(0x1000, || Backing::Zero);
        shadow.store(0x1002, 2, 0xffff_abcd);
        shadow.store(0x1007, 1, 0x12);
        assert_eq!(shadow.load(0x1000, 8), Some(0x1200_0000_abcd_0000));
        assert_eq!(shadow.load(0x1002, 1), Some(0xcd));
        shadow.forget(0x1000..0x2000);
        assert_eq!((shadow.load(0x1000, 8), shadow.pages()), (None, 0));
    }
}
