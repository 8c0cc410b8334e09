//! Physical memory and what is in it: frames, pages, files with their page cache, swap slots.
//!
//! This module only does the accounting and moves no byte: it knows no page table, no hardware, and
//! of processes only their numbers. What it allocates is returned to it: a frame and a slot are
//! freed with their page, a page with its last reference.
//!
//! | file | holds |
//! |---|---|
//! | `frames`, `buddy` | physical memory: which page has which frame; blocks of powers of two |
//! | `colour` | which free frame a page gets, by its colour in a cache |
//! | `page` | one record for each contents, however many mappings it has |
//! | `object`, `content` | files and shared memory with their pages; what files contain |
//! | `swap` | slots of the swap device |
//! | `allocation` | how many frames each process may have |

mod allocation;
mod buddy;
mod colour;
mod content;
mod frames;
mod object;
mod page;
mod swap;

pub use allocation::Allocation;
pub use buddy::{Buddy, BuddyError};
pub use colour::Placement;
pub use content::{FileId, file_page, file_word, scramble};
pub use frames::{Census, FrameSet, Frames, Use, Wanted};
pub use object::{Object, ObjectId, Objects};
pub use page::{Holder, Page, PageId, Pages, ZERO_PAGE};
pub use swap::{Slot, Swap};

use super::replace::Policy;
use super::{MachineConfig, Pid};
/// Memory in the kernel's accounts.
pub struct PhysicalMemory {
    /// The use of each frame.
    pub frames: Frames,
    /// The pages in frames and slots, and their references.
    pub pages: Pages,
    /// Files and shared memory.
    pub objects: Objects,
    /// The slots of the swap device.
    pub swap: Swap,
    /// Chooses the page to evict.
    pub policy: Box<dyn Policy>,
    /// Frames that are not evicted while the kernel works with them.
    pub pinned: FrameSet,
    /// Frames that turned out to have to stay in the present eviction: dirty pages for which there
    /// is no swap slot, or that the disk refuses.
    pub stuck: FrameSet,
    /// Whether any process has ever locked pages; until then, no page is examined for it.
    pub locks_pages: bool,
}

/// The outcome of looking for a free swap slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotFound {
    /// One is free.
    Free,
    /// One was taken from a page that is in memory as well; a holder of that page, or 0.
    TakenFrom(Pid),
    /// There is none.
    Full,
}

impl PhysicalMemory {
    /// Memory at boot: the kernel's frames are taken, nothing else.
    pub fn new(config: &MachineConfig) -> PhysicalMemory {
        let MachineConfig { base, frames, kernel, ref reserved, .. } = *config;
        PhysicalMemory {
            pinned: FrameSet::new(base, frames),
            stuck: FrameSet::new(base, frames),
            frames: Frames::new(base, frames, kernel, reserved).placing(Placement::new(config)),
            pages: Pages::default(),
            objects: Objects::new(config.seed),
            swap: Swap::new(config.swap),
            policy: config.policy.build(config.policy_settings()),
            locks_pages: false,
        }
    }

    /// The frame of a page.
    pub fn frame_of(&self, id: PageId) -> Option<u64> {
        self.pages.get(id)?.frame
    }

    /// The file and page number to which a page is written back, instead of to swap.
    pub fn file_of(&self, page: &Page) -> Option<(FileId, u64)> {
        let (object, index) = page.home?;
        Some((self.objects.get(object)?.file?, index))
    }

    /// Makes a process a holder of a page, at a virtual page.
    pub fn hold(&mut self, id: PageId, pid: Pid, vpn: u64) {
        let page = self.pages.get_mut(id).expect("a page that is held exists");
        page.add_holder((pid, vpn));
    }

    /// Removes a holder from a page; without any reference left, the page is freed.
    pub fn release(&mut self, id: PageId, pid: Pid, vpn: u64) {
        let page = self.pages.get_mut(id).expect("a page that is held exists");
        page.remove_holder((pid, vpn));
        if page.references() == 0 && id != ZERO_PAGE {
            self.discard(id);
        }
    }

    /// Frees the frame and the slot of a page without references.
    pub fn discard(&mut self, id: PageId) {
        let Some(page) = self.pages.remove(id) else { return };
        if let Some(frame) = page.frame {
            self.policy.removed(frame);
            self.frames.release(frame);
        }
        if let Some(slot) = page.slot {
            self.swap.release(slot);
        }
    }

    /// Puts a page into the page cache, if it belongs to an object.
    pub fn set_home(&mut self, id: PageId, home: Option<(ObjectId, u64)>) {
        let Some((object, index)) = home else { return };
        if let Some(object) = self.objects.get_mut(object) {
            object.pages.insert(index, id);
            self.pages.get_mut(id).expect("it was just made").home = home;
        }
    }

    /// Frees the frame of a page that no entry maps and of which the disk has a copy. If it has a
    /// slot, its holders continue to hold it; if a file has it or it was never stored to, the page
    /// is freed, and its former holders are returned.
    pub fn free_frame(&mut self, id: PageId) -> Vec<Holder> {
        let frame = self.pages.set_frame(id, None).expect("it is in a frame");
        let page = self.pages.get_mut(id).expect("a page that is evicted exists");
        page.unsaved = false;
        let forgotten = page.slot.is_none();
        self.policy.removed(frame);
        self.frames.release(frame);
        if !forgotten {
            return Vec::new();
        }
        let page = self.pages.remove(id).expect("it was just found");
        if let Some((object, index)) = page.home
            && let Some(object) = self.objects.get_mut(object)
        {
            object.pages.remove(&index);
        }
        page.into_holders().collect()
    }

    /// Provides a free swap slot: there is one, or the swap file grows by `slots` up to `most`, or
    /// one is taken from a page that is in memory as well, which is then marked unsaved.
    pub fn find_slot(&mut self, slots: u32, most: u32) -> SlotFound {
        if self.swap.has_room() || self.swap.grow(slots, most) {
            return SlotFound::Free;
        }
        let Some(&lender) = self.pages.lenders().first() else { return SlotFound::Full };
        let slot = self.pages.set_slot(lender, None).expect("it lends its slot");
        let page = self.pages.get_mut(lender).expect("as above");
        page.unsaved = true;
        let pid = page.holders().first().map(|&(pid, _)| pid).unwrap_or_default();
        self.swap.release(slot);
        SlotFound::TakenFrom(pid)
    }
}

#[cfg(test)]
mod tests;
