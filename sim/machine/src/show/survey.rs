//! What changed while the kernel ran: processes, regions, frames, slots.

use super::{Hex, What};
use kernel::{Os, Page, Pid, Process, Use, ZERO_PAGE};
use model::isa::PAGE_BYTES;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// The most holders of a page that are named: the zero page may have thousands.
const HOLDERS: usize = 16;

/// The kernel's accounts, as they were told.
#[derive(Debug, Default)]
pub(super) struct Survey {
    names: BTreeMap<Pid, String>,
    roots: BTreeMap<Pid, Option<Hex>>,
    regions: BTreeMap<(Pid, u64), What>,
    frames: FxHashMap<u64, What>,
    slots: BTreeMap<u32, Vec<(Pid, Hex)>>,
}

impl Survey {
    /// Tells everything that is different.
    pub(super) fn look(&mut self, os: &Os, mut tell: impl FnMut(What)) {
        for process in os.processes() {
            self.process(process, &mut tell);
        }
        self.frames(os, &mut tell);
        self.slots(os, &mut tell);
    }

    fn process(&mut self, process: &Process, tell: &mut impl FnMut(What)) {
        let Process { pid, name, space, .. } = process;
        let pid = *pid;
        if self.names.get(&pid) != Some(name) {
            self.names.insert(pid, name.clone());
            tell(What::Process { pid, name: name.clone() });
        }
        let root = space.as_ref().map(|space| Hex(space.table.root()));
        if self.roots.insert(pid, root) != Some(root) {
            tell(What::Root { pid, root });
        }
        let mut gone: BTreeSet<u64> =
            self.regions.range((pid, 0)..=(pid, u64::MAX)).map(|((_, start), _)| *start).collect();
        for region in space.iter().flat_map(|space| space.regions.values()) {
            gone.remove(&region.start);
            let what = What::Region {
                pid,
                name: region.name.clone(),
                kind: region.kind.name(),
                start: Hex(region.start),
                end: Hex(region.end),
                perm: region.permissions.into(),
                gone: false,
            };
            let key = (pid, region.start);
            if self.regions.get(&key) != Some(&what) {
                self.regions.insert(key, what.clone());
                tell(what);
            }
        }
        for start in gone {
            if let Some(What::Region { pid, name, kind, start, end, perm, .. }) =
                self.regions.remove(&(pid, start))
            {
                tell(What::Region { pid, name, kind, start, end, perm, gone: true });
            }
        }
    }

    fn frames(&mut self, os: &Os, tell: &mut impl FnMut(What)) {
        let (first, total) = (os.frames().first(), os.frames().total());
        for frame in first..first + total {
            let purpose = os.frames().usage(frame).unwrap_or(Use::Free);
            if purpose == Use::Free && !self.frames.contains_key(&frame) {
                continue;
            }
            let what = use_of(os, frame, purpose);
            if self.frames.get(&frame) != Some(&what) {
                self.frames.insert(frame, what.clone());
                tell(what);
            }
        }
    }

    fn slots(&mut self, os: &Os, tell: &mut impl FnMut(What)) {
        let mut gone: BTreeSet<u32> = self.slots.keys().copied().collect();
        let pages = os.memory().pages.iter().filter_map(|(_, page)| Some((page.slot?, page)));
        let mut pages: Vec<_> = pages.collect();
        pages.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, page) in pages {
            gone.remove(&slot);
            let held = holders(page);
            if self.slots.get(&slot) != Some(&held) {
                self.slots.insert(slot, held.clone());
                tell(What::Slot { slot, pids: Some(held) });
            }
        }
        for slot in gone {
            self.slots.remove(&slot);
            tell(What::Slot { slot, pids: None });
        }
    }
}

fn use_of(os: &Os, frame: u64, purpose: Use) -> What {
    let (ppn, none) = (Hex(frame), (None, Vec::new(), None, None));
    let (purpose, (pid, pids, what, slot)) = match purpose {
        Use::Kernel => ("kernel", none),
        Use::Reserved => ("reserved", none),
        Use::Free => ("free", none),
        Use::Table(pid) => ("table", (Some(pid), Vec::new(), None, None)),
        Use::Page(id) => {
            let page = os.memory().pages.get(id);
            let what = match page {
                _ if id == ZERO_PAGE => Some("zero"),
                Some(page) => page.holders().iter().find_map(|held| kind_of(os, *held)),
                None => None,
            };
            let slot = page.and_then(|page| page.slot);
            ("page", (None, page.map(holders).unwrap_or_default(), what.or(Some("cache")), slot))
        }
    };
    What::Frame { ppn, purpose, pid, pids, what, slot }
}

/// The kind of the region in which a process holds a page.
fn kind_of(os: &Os, (pid, vpn): (Pid, u64)) -> Option<&'static str> {
    let space = os.process(pid)?.space.as_ref()?;
    Some(space.region(vpn * PAGE_BYTES)?.kind.name())
}

fn holders(page: &Page) -> Vec<(Pid, Hex)> {
    page.holders().iter().take(HOLDERS).map(|(pid, vpn)| (*pid, Hex(*vpn))).collect()
}
