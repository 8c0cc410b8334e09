//! Pages as the kernel accounts for them: one record for each contents, however many mappings it
//! has.
//!
//! A page is *held* by processes (at one virtual page each) and, if it belongs to a file or shared
//! memory, by the page cache. Each of them is a reference, and the page is freed with the last.
//! Since it is one record, it is one page in swap as well, and a slot needs no reference count.

use crate::memory::Slot;
use crate::{ObjectId, Pid};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// A page's number, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(pub u64);

/// The zero page, shared by all mappings of memory that was only read. It is never evicted.
pub const ZERO_PAGE: PageId = PageId(0);

/// A process that holds a page, and at which virtual page.
pub type Holder = (Pid, u64);

/// One page's contents, and its holders.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its frame: see [`Pages::set_frame`].
    pub frame: Option<u64>,
    /// The swap slot that holds its contents, as of its last write-back: see [`Pages::set_slot`].
    pub slot: Option<Slot>,
    /// It differs from its slot or its file although D may be clear: D was collected from an entry
    /// that no longer exists, or its slot was taken away.
    pub unsaved: bool,
    /// It was used although A may be clear: a sample of working sets cleared A, and the replacement
    /// policy has not sampled it since.
    pub young: bool,
    /// Its place in the page cache: object and page number.
    pub home: Option<(ObjectId, u64)>,
    holders: Holders,
    /// Those of them whose entries map it; none is kept for the zero page, which many map.
    mappers: Holders,
}

/// Processes, each at a virtual page, in order: one of them, mostly.
type Holders = SmallVec<[Holder; 1]>;

impl Page {
    /// A page in this frame, which none holds yet.
    pub fn in_frame(frame: u64) -> Page {
        Page { frame: Some(frame), ..Page::default() }
    }

    /// The processes that hold it, each at a virtual page, in order.
    pub fn holders(&self) -> &[Holder] {
        &self.holders
    }

    /// Whether a process holds it at this virtual page.
    pub fn is_held_by(&self, holder: Holder) -> bool {
        self.holders.binary_search(&holder).is_ok()
    }

    /// The same, of a page that ends.
    pub fn into_holders(self) -> impl Iterator<Item = Holder> {
        self.holders.into_iter()
    }

    /// The processes whose entries map it, each at a virtual page, in order.
    pub fn mappers(&self) -> &[Holder] {
        &self.mappers
    }

    /// Adds a holder.
    pub fn add_holder(&mut self, holder: Holder) {
        if let Err(at) = self.holders.binary_search(&holder) {
            self.holders.insert(at, holder);
        }
    }

    /// Removes a holder, which maps it no more either.
    pub fn remove_holder(&mut self, holder: Holder) {
        if let Ok(at) = self.holders.binary_search(&holder) {
            self.holders.remove(at);
        }
        self.remove_mapper(holder);
    }

    /// Records that an entry of a holder maps it.
    pub fn add_mapper(&mut self, holder: Holder) {
        if let Err(at) = self.mappers.binary_search(&holder) {
            self.mappers.insert(at, holder);
        }
    }

    /// Records that no entry of a holder maps it.
    pub fn remove_mapper(&mut self, holder: Holder) {
        if let Ok(at) = self.mappers.binary_search(&holder) {
            self.mappers.remove(at);
        }
    }

    /// References: holders, and the page cache.
    pub fn references(&self) -> u64 {
        self.holders.len() as u64 + u64::from(self.home.is_some())
    }

    /// Whether it is in a frame as well as in a slot, so that the slot could be given to another.
    pub fn lends(&self) -> bool {
        self.frame.is_some() && self.slot.is_some()
    }
}

/// All pages.
#[derive(Debug, Default)]
pub struct Pages {
    pages: FxHashMap<PageId, Page>,
    /// Those that are both in a frame and in a slot.
    lenders: BTreeSet<PageId>,
    next: u64,
}

impl Pages {
    /// A new page.
    pub fn add(&mut self, page: Page) -> PageId {
        self.next += 1;
        let id = PageId(self.next);
        if page.lends() {
            self.lenders.insert(id);
        }
        self.pages.insert(id, page);
        id
    }

    /// Puts the zero page into its frame.
    pub fn add_zero(&mut self, frame: u64) {
        self.pages.insert(ZERO_PAGE, Page::in_frame(frame));
    }

    /// One page.
    pub fn get(&self, id: PageId) -> Option<&Page> {
        self.pages.get(&id)
    }

    /// Puts a page into a frame, or takes it out of its frame; the former frame.
    ///
    /// # Panics
    /// If there is no such page.
    pub fn set_frame(&mut self, id: PageId, frame: Option<u64>) -> Option<u64> {
        self.change(id, |page| std::mem::replace(&mut page.frame, frame))
    }

    /// Gives a page a slot, or takes its slot away; the former slot.
    ///
    /// # Panics
    /// If there is no such page.
    pub fn set_slot(&mut self, id: PageId, slot: Option<Slot>) -> Option<Slot> {
        self.change(id, |page| std::mem::replace(&mut page.slot, slot))
    }

    /// Changes the frame or the slot of a page, and keeps the lenders up to date.
    fn change<T>(&mut self, id: PageId, change: impl FnOnce(&mut Page) -> T) -> T {
        let page = self.pages.get_mut(&id).expect("a page that is moved exists");
        let lent = page.lends();
        let before = change(page);
        match (lent, page.lends()) {
            (false, true) => _ = self.lenders.insert(id),
            (true, false) => _ = self.lenders.remove(&id),
            _ => {}
        }
        before
    }

    /// The pages that are both in a frame and in a slot, in order.
    pub fn lenders(&self) -> &BTreeSet<PageId> {
        &self.lenders
    }

    /// One page, mutable; its frame and slot have methods of their own.
    pub fn get_mut(&mut self, id: PageId) -> Option<&mut Page> {
        self.pages.get_mut(&id)
    }

    /// Removes a page.
    pub fn remove(&mut self, id: PageId) -> Option<Page> {
        let page = self.pages.remove(&id)?;
        if page.lends() {
            self.lenders.remove(&id);
        }
        Some(page)
    }

    /// All pages, in any order.
    pub fn iter(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.pages.iter().map(|(id, page)| (*id, page))
    }
}
