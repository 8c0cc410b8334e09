//! What memory must hold, by the program's own view: the oracle for every load and fetch.
//!
//! It is kept by virtual address and knows nothing of frames, swap or translation: that is why
//! it notices when any of these go wrong. What several processes see under different addresses,
//! files and shared memory, is kept once, in [`Common`], which all shadows of a machine share.

use crate::isa::PAGE_BYTES;
use crate::os::{FileId, ObjectId, PageData, file_page};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// A page that is the same for everybody who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A file's page of this number.
    File(FileId, u64),
    /// A shared memory's page of this number.
    Memory(ObjectId, u64),
}

/// What an address shows when it is touched for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Zeroes of the process's own.
    Zero,
    /// A file's page until the process stores to it: then a copy of its own.
    Copied(Key),
    /// What everybody sees, stores included.
    Shared(Key),
    /// A device: what it answers is its own business.
    Device,
}

type Cell = Rc<RefCell<Box<PageData>>>;

/// Files and shared memory as all programs see them. Only looked up, never iterated over.
#[derive(Debug, Default)]
pub struct Common {
    seed: u64,
    pages: RefCell<HashMap<Key, Cell>>,
}

impl Common {
    /// Nothing was stored yet. The seed is that of the contents of files.
    pub fn new(seed: u64) -> Common {
        Common { seed, pages: RefCell::default() }
    }

    /// A file's page has these contents, not generated ones.
    pub fn provide(&self, file: FileId, page: u64, data: Box<PageData>) {
        let cell = Rc::new(RefCell::new(data));
        self.pages.borrow_mut().insert(Key::File(file, page), cell);
    }

    fn page(&self, key: Key) -> Cell {
        let fresh = || match key {
            Key::File(file, page) => file_page(self.seed, file, page * PAGE_BYTES),
            Key::Memory(..) => Box::new([0; 512]),
        };
        let mut pages = self.pages.borrow_mut();
        pages.entry(key).or_insert_with(|| Rc::new(RefCell::new(fresh()))).clone()
    }
}

#[derive(Clone, Debug)]
enum Held {
    /// The process's own bytes; a forked child's are the same until either stores.
    Own(Rc<PageData>),
    /// A file's, not yet stored to.
    Seen(Cell),
    Shared(Cell),
    Device,
}

/// One process's memory as its program expects it. Only looked up by page, never iterated over.
#[derive(Clone, Debug, Default)]
pub struct Shadow {
    common: Rc<Common>,
    pages: HashMap<u64, Held>,
}

impl Shadow {
    /// Nothing touched yet.
    pub fn new(common: Rc<Common>) -> Shadow {
        Shadow { common, pages: HashMap::new() }
    }

    /// The first contents of a page that is touched for the first time.
    pub fn touch(&mut self, va: u64, origin: impl FnOnce() -> Origin) {
        let common = &self.common;
        self.pages.entry(va / PAGE_BYTES).or_insert_with(|| match origin() {
            Origin::Zero => Held::Own(Rc::new([0; 512])),
            Origin::Copied(key) => Held::Seen(common.page(key)),
            Origin::Shared(key) => Held::Shared(common.page(key)),
            Origin::Device => Held::Device,
        });
    }

    /// The naturally aligned `bytes` at `va`; `None` if the page was never touched, or is a
    /// device's.
    pub fn load(&self, va: u64, bytes: u8) -> Option<u64> {
        let word = match self.pages.get(&(va / PAGE_BYTES))? {
            Held::Own(page) => page[word(va)],
            Held::Seen(page) | Held::Shared(page) => page.borrow()[word(va)],
            Held::Device => return None,
        };
        Some(word >> shift(va) & mask(bytes))
    }

    /// Stores the naturally aligned `bytes` at `va`, if the page was touched.
    pub fn store(&mut self, va: u64, bytes: u8, value: u64) {
        let Some(held) = self.pages.get_mut(&(va / PAGE_BYTES)) else { return };
        if let Held::Seen(page) = held {
            let copy: PageData = **page.borrow();
            *held = Held::Own(Rc::new(copy));
        }
        let change = |word: &mut u64| {
            *word = *word & !(mask(bytes) << shift(va)) | (value & mask(bytes)) << shift(va);
        };
        match held {
            Held::Own(page) => change(&mut Rc::make_mut(page)[word(va)]),
            Held::Shared(page) => change(&mut page.borrow_mut()[word(va)]),
            Held::Seen(_) | Held::Device => {}
        }
    }

    /// Forgets pages that the program gave up; when they come back they come back new.
    pub fn forget(&mut self, range: Range<u64>) {
        let vpns = range.start / PAGE_BYTES..range.end.div_ceil(PAGE_BYTES);
        self.pages.retain(|vpn, _| !vpns.contains(vpn));
    }

    /// Pages move to other addresses, with what they hold; what was there before is forgotten.
    pub fn relocate(&mut self, from: &Range<u64>, to: u64) {
        let vpns = from.start / PAGE_BYTES..from.end / PAGE_BYTES;
        let moved: Vec<_> =
            vpns.clone().filter_map(|v| Some((v, self.pages.remove(&v)?))).collect();
        let to = to / PAGE_BYTES;
        self.pages.retain(|vpn, _| !(to..to + (vpns.end - vpns.start)).contains(vpn));
        self.pages.extend(moved.into_iter().map(|(vpn, held)| (to + vpn - vpns.start, held)));
    }

    /// What a forked child sees: its own copy of what is private, the same of what is shared.
    #[must_use]
    pub fn fork(&self) -> Shadow {
        self.clone()
    }

    /// A new image: everything is forgotten.
    pub fn clear(&mut self) {
        self.pages.clear();
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
    use crate::os::file_word;

    #[test]
    fn parts_of_words_are_stored_and_loaded() {
        let mut shadow = Shadow::default();
        assert_eq!(shadow.load(0x1000, 8), None);
        shadow.touch(0x1000, || Origin::Zero);
        shadow.store(0x1002, 2, 0xffff_abcd);
        shadow.store(0x1007, 1, 0x12);
        assert_eq!(shadow.load(0x1000, 8), Some(0x1200_0000_abcd_0000));
        assert_eq!(shadow.load(0x1002, 1), Some(0xcd));
        shadow.touch(0x6000, || Origin::Zero);
        shadow.relocate(&(0x1000..0x3000), 0x5000);
        assert_eq!((shadow.load(0x1000, 8), shadow.load(0x5002, 2)), (None, Some(0xabcd)));
        assert_eq!(shadow.load(0x6000, 8), None, "what was there is gone");
        shadow.relocate(&(0x5000..0x6000), 0x1000);
        shadow.forget(0x1000..0x2000);
        assert_eq!((shadow.load(0x1000, 8), shadow.pages()), (None, 0));
    }

    #[test]
    fn a_fork_copies_what_is_private_and_shares_what_is_shared() {
        let key = Key::Memory(ObjectId(1), 0);
        let mut parent = Shadow::new(Rc::new(Common::new(1)));
        parent.touch(0x1000, || Origin::Zero);
        parent.touch(0x2000, || Origin::Shared(key));
        parent.touch(0x3000, || Origin::Device);
        parent.store(0x1000, 8, 1);
        let mut child = parent.fork();
        child.store(0x1000, 8, 2);
        child.store(0x2000, 8, 3);
        child.store(0x3000, 8, 4);
        assert_eq!((parent.load(0x1000, 8), child.load(0x1000, 8)), (Some(1), Some(2)));
        assert_eq!((parent.load(0x2000, 8), child.load(0x2000, 8)), (Some(3), Some(3)));
        assert_eq!((parent.load(0x3000, 8), child.load(0x3000, 8)), (None, None));
    }

    #[test]
    fn a_private_mapping_follows_its_file_until_it_is_stored_to() {
        let common = Rc::new(Common::new(7));
        let key = Key::File(FileId(3), 2);
        let (mut private, mut shared) = (Shadow::new(common.clone()), Shadow::new(common));
        private.touch(0x5000, || Origin::Copied(key));
        shared.touch(0x9000, || Origin::Shared(key));
        let first = Some(file_word(7, FileId(3), 8192));
        assert_eq!((private.load(0x5000, 8), shared.load(0x9000, 8)), (first, first));
        shared.store(0x9000, 8, 11);
        assert_eq!(private.load(0x5000, 8), Some(11));
        private.store(0x5008, 8, 12);
        shared.store(0x9000, 8, 13);
        assert_eq!((private.load(0x5000, 8), private.load(0x5008, 8)), (Some(11), Some(12)));
        assert_ne!(shared.load(0x9008, 8), Some(12));
    }
}
