//! Pages as the kernel counts them: one record for each contents, however many show it.
//!
//! A page is *held* by processes (at one virtual page each) and, if it is a file's or shared
//! memory's, by the page cache. Its references are its holders; with the last it goes. That it
//! is one record makes it one in swap as well: a slot needs no count of its own.

use crate::memory::Slot;
use crate::{ObjectId, Pid};
use std::collections::{BTreeMap, BTreeSet};

/// A page's number, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(pub u64);

/// The one page of zeroes, shared by all that read memory that was never written. It is never evicted.
pub const ZERO_PAGE: PageId = PageId(0);

/// One page's contents, and who holds them.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The frame that it is in.
    pub frame: Option<u64>,
    /// The swap slot that holds its contents, as of its last write-back.
    pub slot: Option<Slot>,
    /// It differs from its slot or its file although D may be clear: D was gathered from an
    /// entry that is gone, or its slot was taken away.
    pub unsaved: bool,
    /// It was used although A may be clear: a sample of working sets cleared it, and replacement
    /// has not looked since.
    pub young: bool,
    /// Where the page cache has it: object and page number.
    pub home: Option<(ObjectId, u64)>,
    /// The processes that hold it, each at a virtual page.
    pub holders: BTreeSet<(Pid, u64)>,
}

impl Page {
    /// References: holders, and the page cache.
    pub fn references(&self) -> u64 {
        self.holders.len() as u64 + u64::from(self.home.is_some())
    }
}

/// All pages.
#[derive(Debug, Default)]
pub struct Pages {
    pages: BTreeMap<PageId, Page>,
    next: u64,
}

impl Pages {
    /// A new page.
    pub fn add(&mut self, page: Page) -> PageId {
        self.next += 1;
        let id = PageId(self.next);
        self.pages.insert(id, page);
        id
    }

    /// Puts the zero page into its frame.
    pub fn add_zero(&mut self, frame: u64) {
        self.pages.insert(ZERO_PAGE, Page { frame: Some(frame), ..Page::default() });
    }

    /// One page.
    pub fn get(&self, id: PageId) -> Option<&Page> {
        self.pages.get(&id)
    }

    /// One page, to change it.
    pub fn get_mut(&mut self, id: PageId) -> Option<&mut Page> {
        self.pages.get_mut(&id)
    }

    /// Forgets a page.
    pub fn remove(&mut self, id: PageId) -> Option<Page> {
        self.pages.remove(&id)
    }

    /// All pages in order.
    pub fn iter(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.pages.iter().map(|(id, page)| (*id, page))
    }

    /// All pages in order, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (PageId, &mut Page)> {
        self.pages.iter_mut().map(|(id, page)| (*id, page))
    }
}
