//! The expected contents of memory, from the program's own view: the oracle for every load and
//! fetch.
//!
//! It is kept by virtual address and knows nothing of frames, swap or translation; so it notices
//! when any of these go wrong. What several processes see under different addresses, files and
//! shared memory, is kept once, in [`Common`], which all shadows of a machine share.

use kernel::{FileId, ObjectId, file_page};
use model::isa::PAGE_BYTES;
use model::page::{self, PAGE_WORDS, PageData};
use model::recent::Recent;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::ops::Range;
use std::rc::Rc;

/// A page with the same contents for all processes that map it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A file's page of this number.
    File(FileId, u64),
    /// A shared memory's page of this number.
    Memory(ObjectId, u64),
}

/// The contents of an address at its first access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Private zeroes.
    Zero,
    /// A file's page until the process stores to it; then a private copy.
    Copied(Key),
    /// Shared contents, including the stores of all.
    Shared(Key),
    /// A device: its answers are not checked.
    Device,
}

/// The place of a page in a shadow, valid until the shadow forgets pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(NonZeroU32);

impl Place {
    fn new(index: usize) -> Place {
        Place(NonZeroU32::MIN.saturating_add(index as u32))
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
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

    /// Gives a file's page these contents instead of generated ones.
    pub fn provide(&self, file: FileId, page: u64, data: Box<PageData>) {
        let cell = Rc::new(RefCell::new(data));
        self.pages.borrow_mut().insert(Key::File(file, page), cell);
    }

    fn page(&self, key: Key) -> Cell {
        let fresh = || match key {
            Key::File(file, page) => file_page(self.seed, file, page * PAGE_BYTES),
            Key::Memory(..) => Box::new([0; PAGE_WORDS]),
        };
        let mut pages = self.pages.borrow_mut();
        pages.entry(key).or_insert_with(|| Rc::new(RefCell::new(fresh()))).clone()
    }
}

#[derive(Clone, Debug)]
enum Held {
    /// The process's own bytes; a forked child's are the same until either stores.
    Own(Rc<PageData>),
    /// A file's page, not yet stored to.
    Seen(Cell),
    Shared(Cell),
    Device,
}

/// One process's memory as its program expects it. Only looked up by page, never iterated over.
#[derive(Clone, Debug, Default)]
pub struct Shadow {
    common: Rc<Common>,
    /// The index in `pages` of each virtual page.
    places: FxHashMap<u64, usize>,
    pages: Vec<Held>,
    /// Places that are unused again.
    free: Vec<usize>,
    recent: Recent<usize, 64>,
    /// How often pages were given up, or moved.
    forgotten: u64,
}

impl Shadow {
    /// Nothing touched yet.
    pub fn new(common: Rc<Common>) -> Shadow {
        Shadow { common, ..Shadow::default() }
    }

    /// The initial contents of a page at its first access.
    #[inline]
    pub fn touch(&mut self, va: u64, origin: impl FnOnce() -> Origin) -> Place {
        match self.place(va) {
            Some(place) => Place::new(place),
            None => self.add(va, origin()),
        }
    }

    fn add(&mut self, va: u64, origin: Origin) -> Place {
        let held = match origin {
            Origin::Zero => Held::Own(Rc::new([0; PAGE_WORDS])),
            Origin::Copied(key) => Held::Seen(self.common.page(key)),
            Origin::Shared(key) => Held::Shared(self.common.page(key)),
            Origin::Device => Held::Device,
        };
        let place = self.free.pop().unwrap_or(self.pages.len());
        match self.pages.get_mut(place) {
            Some(free) => *free = held,
            None => self.pages.push(held),
        }
        self.places.insert(va / PAGE_BYTES, place);
        Place::new(place)
    }

    /// The place of a page, if it was touched.
    #[inline]
    fn place(&self, va: u64) -> Option<usize> {
        let vpn = va / PAGE_BYTES;
        self.recent.get(vpn).or_else(|| {
            let place = *self.places.get(&vpn)?;
            self.recent.put(vpn, place);
            Some(place)
        })
    }

    /// The naturally aligned `bytes` at `va`; `None` if the page was never touched, or is a
    /// device's.
    #[inline]
    pub fn load(&self, va: u64, bytes: u8) -> Option<u64> {
        self.load_at(self.place_of(va)?, va, bytes)
    }

    /// [`Shadow::load`] of a page at a known place.
    #[inline]
    fn load_at(&self, place: Place, va: u64, bytes: u8) -> Option<u64> {
        match &self.pages[place.index()] {
            Held::Own(page) => Some(page::load(page, va, bytes)),
            Held::Seen(page) | Held::Shared(page) => Some(page::load(&page.borrow(), va, bytes)),
            Held::Device => None,
        }
    }

    /// The aligned 64-bit word in which an address lies, of a page at a known place; `None` if the
    /// page is a device's. The place is valid as long as no page is forgotten.
    #[inline]
    pub fn word_at(&self, place: Place, va: u64) -> Option<u64> {
        match &self.pages[place.index()] {
            Held::Own(page) => Some(page[page::word(va)]),
            Held::Seen(page) | Held::Shared(page) => Some(page.borrow()[page::word(va)]),
            Held::Device => None,
        }
    }

    /// The place of a page that was touched.
    fn place_of(&self, va: u64) -> Option<Place> {
        self.place(va).map(Place::new)
    }

    /// Stores the naturally aligned `bytes` at `va`, if the page was touched; returns what
    /// [`Shadow::load`] would have.
    #[inline]
    pub fn store(&mut self, va: u64, bytes: u8, value: u64) -> Option<u64> {
        let place = self.place(va)?;
        let held = &mut self.pages[place];
        if let Held::Seen(page) = held {
            let copy: PageData = **page.borrow();
            *held = Held::Own(Rc::new(copy));
        }
        match held {
            Held::Own(page) => Some(page::store(Rc::make_mut(page), va, bytes, value)),
            Held::Shared(page) => Some(page::store(&mut page.borrow_mut(), va, bytes, value)),
            Held::Seen(_) | Held::Device => None,
        }
    }

    /// Forgets pages that the program gave up; if they are used again, they start from new
    /// contents.
    pub fn forget(&mut self, range: Range<u64>) {
        let vpns = range.start / PAGE_BYTES..range.end.div_ceil(PAGE_BYTES);
        let Shadow { places, pages, free, .. } = self;
        places.retain(|vpn, place| {
            let gone = vpns.contains(vpn);
            if gone {
                pages[*place] = Held::Device;
                free.push(*place);
            }
            !gone
        });
        self.recent.clear();
        self.forgotten += 1;
    }

    /// Pages move to other addresses, with their contents; what was there before is forgotten.
    pub fn relocate(&mut self, from: &Range<u64>, to: u64) {
        let vpns = from.start / PAGE_BYTES..from.end / PAGE_BYTES;
        let moved: Vec<_> =
            vpns.clone().filter_map(|vpn| Some((vpn, self.places.remove(&vpn)?))).collect();
        self.forget(to..to + (from.end - from.start));
        let to = to / PAGE_BYTES;
        self.places.extend(moved.into_iter().map(|(vpn, place)| (to + vpn - vpns.start, place)));
    }

    /// A forked child's view: its own copy of what is private, shared access to what is shared.
    #[must_use]
    pub fn fork(&self) -> Shadow {
        self.clone()
    }

    /// A new image: everything is forgotten.
    pub fn clear(&mut self) {
        let forgotten = self.forgotten + 1;
        *self = Shadow { forgotten, ..Shadow::new(self.common.clone()) };
    }

    /// How often it has forgotten pages so far; as long as this is the same, places are valid.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Pages touched so far.
    pub fn pages(&self) -> usize {
        self.places.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::file_word;

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

    #[test]
    fn what_is_forgotten_comes_back_new_in_whatever_place() {
        let mut shadow = Shadow::default();
        for vpn in 0..200 {
            shadow.touch(vpn << 12, || Origin::Zero);
            assert_eq!(shadow.store(vpn << 12, 8, vpn + 1), Some(0));
        }
        shadow.forget(0x10_000..0x20_001);
        for vpn in 0..200 {
            let gone = (0x10..0x21).contains(&vpn);
            assert_eq!(shadow.load(vpn << 12, 8), (!gone).then_some(vpn + 1));
        }
        for vpn in (300..310).chain(0x10..0x21) {
            assert_eq!(shadow.store(vpn << 12, 8, 7), None);
            shadow.touch(vpn << 12, || Origin::Zero);
            assert_eq!(shadow.load(vpn << 12, 8), Some(0));
        }
        assert_eq!((shadow.pages(), shadow.load(0, 8)), (210, Some(1)));
        shadow.clear();
        assert_eq!((shadow.pages(), shadow.load(0, 8)), (0, None));
    }
}
