//! Translated pages, found by the page number and the context of an access.

use model::isa::PAGE_BYTES;

const ENTRIES: usize = 512;

/// The tag of an empty entry, which no access has.
const EMPTY: u64 = PAGE_BYTES - 1;

/// The pages translated for one type of access.
#[derive(Debug)]
pub(super) struct Tlb {
    /// Tag and physical page.
    entries: Box<[(u64, u64); ENTRIES]>,
    /// log2 of the size of the page of which an entry is a part.
    sizes: Box<[u8; ENTRIES]>,
}

#[inline(always)]
fn index(tag: u64) -> usize {
    (tag / PAGE_BYTES) as usize % ENTRIES
}

impl Tlb {
    pub(super) fn new() -> Tlb {
        Tlb { entries: Box::new([(EMPTY, 0); ENTRIES]), sizes: Box::new([0; ENTRIES]) }
    }

    #[inline(always)]
    pub(super) fn find(&self, tag: u64) -> Option<u64> {
        let (kept, page) = self.entries[index(tag)];
        (kept == tag).then_some(page)
    }

    pub(super) fn keep(&mut self, tag: u64, page: u64, size: u32) {
        self.entries[index(tag)] = (tag, page);
        self.sizes[index(tag)] = size as u8;
    }

    /// Forgets all parts of the pages that an address is in.
    pub(super) fn forget(&mut self, va: u64) {
        for (entry, size) in self.entries.iter_mut().zip(self.sizes.iter()) {
            if (entry.0 ^ va) >> size == 0 {
                entry.0 = EMPTY;
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries.fill((EMPTY, 0));
    }
}
