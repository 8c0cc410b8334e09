//! The source of the contents of a page that a process touches and does not map.

use crate::memory::{PageId, Slot};
use crate::space::{Backing, Region};
use crate::{FaultKind, FileId, ObjectId, Os, Pid};
use model::isa::{Access, PAGE_BYTES};

/// The place of a page's contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In a frame.
    Frame(PageId),
    /// In a swap slot.
    Swap(PageId, Slot),
    /// On the disk, as a page of a file.
    File {
        /// The file.
        file: FileId,
        /// The number of its page.
        index: u64,
        /// The object whose page it becomes; `None` for a page that is the process's own.
        home: Option<ObjectId>,
    },
    /// Nowhere: it is zero, a new page of this object, if any.
    Zero(Option<(ObjectId, u64)>),
    /// Nowhere, and it is only read: the zero page suffices.
    ZeroPage,
    /// It is not memory but a device, at this physical page.
    Device(u64),
    /// Beyond the end of the file.
    Beyond,
}

impl Source {
    /// The kind of a fault on such a page.
    pub(crate) fn fault_kind(self) -> FaultKind {
        match self {
            Source::Swap(..) | Source::File { .. } => FaultKind::Major,
            Source::Beyond => FaultKind::Protection,
            _ => FaultKind::Minor,
        }
    }
}

impl Os {
    /// The source of a page that the process does not map.
    pub(crate) fn source(&self, pid: Pid, va: u64, access: Access) -> Source {
        let space = self.space(pid);
        if let Some(held) = space.pages.get(va / PAGE_BYTES) {
            return self.place_of(held.page);
        }
        let zero = match access {
            Access::Load if self.config.zero_page => Source::ZeroPage,
            _ => Source::Zero(None),
        };
        let Some(region) = space.region(va) else { return zero };
        if let Backing::Device { pa } = region.backing {
            return Source::Device((pa + (va - region.start)) / PAGE_BYTES);
        }
        let Some((id, index)) = region.object.zip(region.index(va)) else { return zero };
        let Some(object) = self.memory.objects.get(id) else { return zero };
        if object.length.is_some_and(|length| index >= length) {
            return Source::Beyond;
        }
        match (object.pages.get(&index), object.file) {
            (Some(&page), _) => self.place_of(page),
            (None, Some(file)) => {
                let home = (!self.is_own(id, region)).then_some(id);
                Source::File { file, index, home }
            }
            (None, None) => Source::Zero(Some((id, index))),
        }
    }

    fn place_of(&self, id: PageId) -> Source {
        let page = self.memory.pages.get(id).expect("a page that is held exists");
        match (page.frame, page.slot) {
            (None, Some(slot)) => Source::Swap(id, slot),
            _ => Source::Frame(id),
        }
    }

    /// Whether pages of this region are the process's own from the beginning: writable pages of an
    /// image without a name, which no other process can map, need not go through the page cache.
    fn is_own(&self, object: ObjectId, region: &Region) -> bool {
        let named = self.memory.objects.get(object).is_some_and(|object| object.name.is_some());
        !named && !region.shared && region.permissions.write
    }

    /// Whether a process may write to a page without copying it: others must not see its stores,
    /// unless the region is shared.
    pub(crate) fn in_place(&self, pid: Pid, va: u64, id: PageId) -> bool {
        let page = self.memory.pages.get(id).expect("a page that is held exists");
        let own = page.holders().len() == 1 && page.home.is_none() && id != crate::ZERO_PAGE;
        own || self.space(pid).region(va).is_some_and(|region| region.shared)
    }
}
