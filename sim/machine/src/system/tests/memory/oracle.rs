//! The expected contents of memory, from what was stored: it knows nothing of frames, swap and
//! copies.

use kernel::{Backing, Identity, ObjectId, Os, PAGE_WORDS, PageData, Pid, file_page};
use model::isa::PAGE_BYTES;
use std::collections::BTreeMap;

/// The expected contents of memory: pages that a process stored to itself, and pages of objects.
#[derive(Default)]
pub(super) struct Oracle {
    pub(super) own: BTreeMap<(Pid, u64), Box<PageData>>,
    objects: BTreeMap<(ObjectId, u64), Box<PageData>>,
}

impl Oracle {
    /// The page at an address as a process must see it; `None` for a device.
    pub(super) fn page(
        &mut self,
        os: &Os,
        pid: Pid,
        va: u64,
        stores: bool,
    ) -> Option<&mut PageData> {
        let vpn = va / PAGE_BYTES;
        let space = os.process(pid)?.space.as_ref()?;
        let region = space.region(va)?;
        let fresh = || match space.backing(va) {
            Backing::File { file, offset } => file_page(os.config().seed, file, offset),
            _ => Box::new([0; PAGE_WORDS]),
        };
        let shared = match os.identity(pid, va) {
            Identity::Device => return None,
            Identity::Shared { object, offset } => {
                assert_eq!(offset % PAGE_BYTES, va % PAGE_BYTES);
                return Some(
                    self.objects.entry((object, offset / PAGE_BYTES)).or_insert_with(fresh),
                );
            }
            // Until a process stores to its private page it sees the file's.
            Identity::Private => region.object.zip(region.index(va)),
        };
        let key = shared.filter(|_| !stores && !self.own.contains_key(&(pid, vpn)));
        if let Some(key) = key {
            return Some(self.objects.entry(key).or_insert_with(fresh));
        }
        let objects = &mut self.objects;
        let first = || match shared {
            Some(key) => objects.entry(key).or_insert_with(fresh).clone(),
            None => fresh(),
        };
        Some(self.own.entry((pid, vpn)).or_insert_with(first))
    }
}
