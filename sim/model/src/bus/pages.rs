//! Sparse storage by pages: pages that were never written read as zero and take no space.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use crate::page::{PAGE_WORDS, PageData, load, store, word};

/// The index of a page in [`Pages`].
pub(super) type Frame = u32;

/// The index of all pages that were never written.
pub(super) const BLANK: Frame = 0;

#[derive(Debug)]
struct Storage {
    data: Box<PageData>,
    watched: Cell<bool>,
    /// It was watched once.
    table: Cell<bool>,
}

/// Pages in order of their first write, found by page number.
#[derive(Debug)]
pub(super) struct Pages {
    storage: Vec<Storage>,
    directory: FxHashMap<u64, Frame>,
}

impl Pages {
    pub(super) fn new() -> Pages {
        Pages { storage: vec![Storage::zero()], directory: FxHashMap::default() }
    }

    /// The number of pages that take space.
    pub(super) fn count(&self) -> usize {
        self.directory.len()
    }

    /// The index of a page, valid until it is first written.
    pub(super) fn find(&self, page: u64) -> Frame {
        self.directory.get(&page).copied().unwrap_or(BLANK)
    }

    /// Allocates storage for a page that was never written; `None` if it has some.
    pub(super) fn make(&mut self, frame: Frame, page: u64) -> Option<Frame> {
        if frame != BLANK {
            return None;
        }
        let frame = self.storage.len() as Frame;
        self.storage.push(Storage::zero());
        self.directory.insert(page, frame);
        Some(frame)
    }

    /// Reads `bytes` (1, 2, 4, 8; aligned), little-endian.
    #[inline]
    pub(super) fn read(&self, frame: Frame, pa: u64, bytes: u8) -> u64 {
        load(&self.storage[frame as usize].data, pa, bytes)
    }

    /// The word in which an address of a page lies.
    #[inline]
    pub(super) fn word(&self, frame: Frame, pa: u64) -> u64 {
        self.storage[frame as usize].data[word(pa)]
    }

    /// Writes the low `bytes` (1, 2, 4, 8; aligned) of `value`, little-endian, to a page with
    /// storage of its own. True if the page was watched; the watch ends.
    #[inline]
    pub(super) fn write(&mut self, frame: Frame, pa: u64, bytes: u8, value: u64) -> bool {
        let storage = &mut self.storage[frame as usize];
        store(&mut storage.data, pa, bytes, value);
        storage.watched.replace(false)
    }

    /// As [`Pages::write`], and the word that was there before, if the page was ever watched.
    #[inline]
    pub(super) fn replace(
        &mut self,
        frame: Frame,
        pa: u64,
        bytes: u8,
        value: u64,
    ) -> (bool, Option<u64>) {
        let storage = &mut self.storage[frame as usize];
        let old = storage.table.get().then(|| storage.data[word(pa)]);
        store(&mut storage.data, pa, bytes, value);
        (storage.watched.replace(false), old)
    }

    /// `count` words from the 8-byte aligned `pa` on, all in one page.
    pub(super) fn words(&self, frame: Frame, pa: u64, count: usize) -> &[u64] {
        let first = word(pa);
        &self.storage[frame as usize].data[first..first + count]
    }

    /// As [`Pages::write`]: words from the 8-byte aligned `pa` on, all in one page.
    pub(super) fn write_all(&mut self, frame: Frame, pa: u64, words: &[u64]) -> bool {
        let storage = &mut self.storage[frame as usize];
        storage.data[word(pa)..][..words.len()].copy_from_slice(words);
        storage.watched.replace(false)
    }

    /// Every page that takes space, by number: its words, and whether it was ever watched.
    pub(super) fn all(&self) -> Vec<(u64, &PageData, bool)> {
        let storage = |frame: &Frame| &self.storage[*frame as usize];
        let of = |(page, frame): (&u64, &Frame)| {
            (*page, &*storage(frame).data, storage(frame).table.get())
        };
        let mut all: Vec<_> = self.directory.iter().map(of).collect();
        all.sort_unstable_by_key(|(page, ..)| *page);
        all
    }

    /// Watches a page: the next write to it reports that. A page that was never written needs no
    /// watch, since its first write changes its index.
    pub(super) fn watch(&self, frame: Frame) {
        let storage = &self.storage[frame as usize];
        storage.watched.set(frame != BLANK);
        storage.table.set(frame != BLANK);
    }
}

impl Storage {
    fn zero() -> Storage {
        Storage {
            data: Box::new([0; PAGE_WORDS]),
            watched: Cell::new(false),
            table: Cell::new(false),
        }
    }
}
