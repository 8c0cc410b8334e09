//! Conserved quantities, recounted from scratch and compared with the kernel's accounts.

use super::memory::{Page, Use, ZERO_PAGE};
use super::space::table::{self, PageTable};
use super::space::{Bounds, Region};
use super::{AddressSpace, Hal, Os, OsError, PAGE_WORDS, PageData, PageId, Pid};
use model::isa::{Mode, PAGE_BYTES, pte};
use std::collections::BTreeSet;

/// A leaf entry: virtual and physical page number, and its bits.
type Leaf = (u64, u64, u64);
/// A table below the root: its level, the first page that it serves, its frame.
type Table = (u32, u64, u64);
/// A page and one of its holders.
type Holder = (PageId, (Pid, u64));
/// What the record of a process says of a page: virtual and physical page number, and the page,
/// unless a device is there.
type Mapped<'a> = (u64, u64, Option<(PageId, &'a Page)>);

/// Words of a table that are compared at once.
const CHUNK: usize = 8;

impl Os {
    /// Checks every conserved quantity by a debugger's read of memory, at no cost in cycles.
    ///
    /// - frames: kernel + reserved + free + tables + pages = total;
    /// - the leaf entries in memory are exactly the pages and devices that processes map, so that
    ///   no free frame is mapped;
    /// - the tables in memory are exactly those that processes have linked, and the spare tables of
    ///   superpages are linked nowhere;
    /// - each frame's use agrees with the page or table recorded in it;
    /// - a page's references are exactly its holders and the page cache;
    /// - no page visible to more than one process is writable, unless it is shared on purpose;
    /// - swap slots in use are exactly those that pages have, each once;
    /// - the pages whose slots could be taken are exactly those that are in frames as well;
    /// - a page that is locked is in a frame;
    /// - no frame is reserved for a process that is suspended: others could wait for it for ever.
    ///
    /// # Errors
    /// [`OsError::Invariant`] with the figures of the first that is violated.
    pub fn check(&self, hal: &dyn Hal) -> Result<(), OsError> {
        self.broken(hal).map_or(Ok(()), |what| Err(OsError::Invariant { cycle: hal.now(), what }))
    }

    fn broken(&self, hal: &dyn Hal) -> Option<String> {
        let census = self.memory.frames.census();
        let sum = census.kernel + census.reserved + census.free + census.tables + census.pages;
        if sum != self.memory.frames.total() {
            return Some(format!(
                "frames {census:?} do not add up to {}",
                self.memory.frames.total()
            ));
        }
        if let Some(pid) = self.schedule.suspended().find(|&pid| self.disk.holds_for(pid)) {
            return Some(format!("a frame is held for process {pid}, which is suspended"));
        }
        let mut tables = 0;
        let mut holders: Vec<Holder> = Vec::new();
        let mut data = [0; PAGE_WORDS];
        for process in self.processes.values() {
            let Some(space) = &process.space else { continue };
            tables += space.table.tables().len() as u64;
            holders.extend(space.pages.iter().map(|(&vpn, held)| (held.page, (process.pid, vpn))));
            let broken = self
                .broken_tables(process.pid, space)
                .or_else(|| self.broken_space(hal, process.pid, space, &mut data));
            if broken.is_some() {
                return broken;
            }
        }
        let pages =
            self.memory.pages.iter().filter(|(_, page)| page.frame.is_some()).count() as u64;
        if (tables, pages) != (census.tables, census.pages) {
            return Some(format!("{tables} tables and {pages} pages, but frames say {census:?}"));
        }
        holders.sort_unstable();
        self.broken_pages(&holders).or_else(|| self.broken_slots())
    }

    fn broken_tables(&self, pid: Pid, space: &AddressSpace) -> Option<String> {
        let table = &space.table;
        let linked = table.all_linked().map(|(_, _, frame)| frame);
        let mut known: Vec<u64> =
            linked.chain(space.runs.values().copied()).chain([table.root()]).collect();
        let mut kept = table.tables().to_vec();
        known.sort_unstable();
        kept.sort_unstable();
        if known != kept {
            return Some(format!("process {pid} has tables {kept:x?}, but uses {known:x?}"));
        }
        let wrong = table
            .tables()
            .iter()
            .find(|&&frame| self.memory.frames.usage(frame) != Some(Use::Table(pid)))?;
        let usage = self.memory.frames.usage(*wrong);
        Some(format!("frame {wrong:#x} holds a table of process {pid}, but is {usage:?}"))
    }

    /// One address space: its entries against its own record of mapped pages.
    fn broken_space(
        &self,
        hal: &dyn Hal,
        pid: Pid,
        space: &AddressSpace,
        data: &mut PageData,
    ) -> Option<String> {
        let (leaves, tables) = self.leaves(hal, &space.table, data);
        if !space.table.all_linked().eq(tables.iter().copied()) {
            let linked: Vec<_> = space.table.all_linked().collect();
            return Some(format!("process {pid}: tables {tables:x?}, linked were {linked:x?}"));
        }
        let mut mapped: Vec<Mapped<'_>> =
            space.devices.iter().map(|(v, p)| (*v, *p, None)).collect();
        let mut resident = 0;
        for (&vpn, held) in space.pages.iter().filter(|(_, held)| held.mapped) {
            let page = self.memory.pages.get(held.page);
            let Some((page, frame)) = page.and_then(|page| Some((page, page.frame?))) else {
                return Some(format!("process {pid} maps page {vpn:#x}, which is in no frame"));
            };
            mapped.push((vpn, frame, Some((held.page, page))));
            resident += u64::from(held.page != ZERO_PAGE);
        }
        mapped.sort_unstable_by_key(|&(vpn, ppn, _)| (vpn, ppn));
        let recorded = mapped.iter().map(|&(vpn, ppn, _)| (vpn, ppn));
        if !leaves.iter().map(|&(vpn, ppn, _)| (vpn, ppn)).eq(recorded.clone()) {
            let recorded: Vec<_> = recorded.collect();
            return Some(format!(
                "process {pid}: entries map {leaves:x?}, its record says {recorded:x?}"
            ));
        }
        let locked = |vpn: u64| space.region(vpn * PAGE_BYTES).is_some_and(|r| r.locked);
        let mut absent = space.pages.iter().filter(|(_, held)| !held.mapped);
        if let Some((vpn, _)) = absent.find(|(vpn, _)| space.has_locks && locked(**vpn)) {
            return Some(format!("process {pid}: page {vpn:#x} is locked, and in no frame"));
        }
        if resident != space.resident {
            let count = space.resident;
            return Some(format!("process {pid}: {resident} pages are mapped, counted {count}"));
        }
        // Neighbours are in one region, mostly.
        let mut region: Option<&Region> = None;
        leaves.iter().zip(&mapped).find_map(|(leaf, (.., page))| {
            let va = leaf.0 * PAGE_BYTES;
            region = region.filter(|region| region.contains(va)).or_else(|| space.region(va));
            broken_entry(pid, space, leaf, region, *page)
        })
    }

    /// Each page: its references, its frame, its place in the page cache. The holders are in
    /// order.
    fn broken_pages(&self, holders: &[Holder]) -> Option<String> {
        let mut left = holders;
        for (id, page) in self.memory.pages.iter() {
            // Both are in order, and there are few holders of each.
            let last = left.iter().position(|(held, _)| *held > id).unwrap_or(left.len());
            if left.first().is_some_and(|(held, _)| *held < id) {
                return unknown_page(left);
            }
            let counted = left[..last].iter().map(|(_, holder)| holder);
            if !counted.clone().eq(&page.holders) {
                let (counted, recorded) = (counted.collect::<Vec<_>>(), &page.holders);
                return Some(format!("{id:?} is held by {counted:x?}, recorded {recorded:x?}"));
            }
            left = &left[last..];
            if let Some(what) = self.broken_page(id, page) {
                return Some(format!("{id:?}: {what}"));
            }
        }
        if let Some(unknown_page) = unknown_page(left) {
            return Some(unknown_page);
        }
        for (object, held) in self.memory.objects.iter() {
            for (&index, &id) in &held.pages {
                let home = self.memory.pages.get(id).and_then(|page| page.home);
                if home != Some((object, index)) {
                    return Some(format!("{object:?} has {id:?} as page {index}, it has {home:?}"));
                }
            }
        }
        None
    }

    fn broken_page(&self, id: PageId, page: &Page) -> Option<String> {
        if page.references() == 0 && id != ZERO_PAGE {
            return Some("it has no reference".to_owned());
        }
        if page.frame.is_none() && page.slot.is_none() {
            return Some("it is neither in a frame nor in swap".to_owned());
        }
        if let Some(frame) = page.frame
            && self.memory.frames.usage(frame) != Some(Use::Page(id))
        {
            let usage = self.memory.frames.usage(frame);
            return Some(format!("it is in frame {frame:#x}, which is {usage:?}"));
        }
        let (object, index) = page.home?;
        let cached = self.memory.objects.get(object).and_then(|object| object.pages.get(&index));
        (cached != Some(&id)).then(|| format!("page {index} of {object:?} is {cached:?}"))
    }

    fn broken_slots(&self) -> Option<String> {
        let mut slots = BTreeSet::new();
        for slot in self.memory.pages.iter().filter_map(|(_, page)| page.slot) {
            if !slots.insert(slot) {
                return Some(format!("swap slot {slot} is held by two pages"));
            }
        }
        let lend = self.memory.pages.iter().filter(|(_, page)| page.lends()).map(|(id, _)| id);
        let (lend, recorded): (Vec<_>, Vec<_>) =
            (lend.collect(), self.memory.pages.lenders().collect());
        if lend != recorded {
            return Some(format!("{lend:?} are in frames and have slots, recorded {recorded:?}"));
        }
        let used = self.memory.swap.used();
        (!slots.iter().copied().eq(self.memory.swap.allocated()))
            .then(|| format!("pages hold {} swap slots, {used} are in use", slots.len()))
    }

    /// The user leaves of a page table, in order of the VPN, and the tables below the root, in
    /// order; `data` is room for a table.
    fn leaves(
        &self,
        hal: &dyn Hal,
        table: &PageTable,
        data: &mut PageData,
    ) -> (Vec<Leaf>, Vec<Table>) {
        let mode = self.config.mode;
        let bits = mode.segment_bits();
        let kernel = Bounds::new(mode).kernel_index();
        let mut tables = vec![(table.root(), 0)];
        let (mut leaves, mut linked) = (Vec::new(), Vec::new());
        for level in (0..mode.levels()).rev() {
            let mut below = Vec::new();
            for (frame, prefix) in tables {
                if !hal.peek_page(frame * PAGE_BYTES, data) {
                    continue;
                }
                for (index, entry) in entries(mode, data) {
                    let root = level + 1 == mode.levels();
                    let shows = level == 0 && entry & table::INACCESSIBLE != 0;
                    if entry & pte::VALID == 0 && !shows || root && index == kernel {
                        continue;
                    }
                    let (ppn, vpn) = (pte::ppn(mode, entry), prefix << bits | index);
                    if !shows && entry & (pte::READ | pte::WRITE | pte::EXECUTE) == 0 {
                        linked.push((level - 1, vpn << (bits * level), ppn));
                        below.push((ppn, vpn));
                        continue;
                    }
                    let pages = 1 << (bits * level);
                    leaves.extend((0..pages).map(|n| (vpn * pages + n, ppn + n, entry & 0x3ff)));
                }
            }
            tables = below;
        }
        leaves.sort_unstable();
        linked.sort_unstable();
        (leaves, linked)
    }
}

/// One entry: it may allow stores only to pages that are the process's own, or shared on
/// purpose.
fn broken_entry(
    pid: Pid,
    space: &AddressSpace,
    &(vpn, ppn, bits): &Leaf,
    region: Option<&Region>,
    page: Option<(PageId, &Page)>,
) -> Option<String> {
    let va = vpn * PAGE_BYTES;
    let Some(region) = region else {
        return Some(format!("process {pid} maps {va:#x}, where no region is"));
    };
    let permissions = space.permissions_in(Some(region), va);
    let surplus = [
        (pte::READ, permissions.read),
        (pte::WRITE, permissions.write),
        (pte::EXECUTE, permissions.execute),
    ];
    if surplus.iter().any(|&(bit, allowed)| bits & bit != 0 && !allowed) {
        return Some(format!("process {pid}: the entry of {va:#x} allows more than its region"));
    }
    if permissions.is_none() != (bits & pte::VALID == 0) {
        return Some(format!("process {pid}: {va:#x} is {permissions:?}, its entry {bits:#x}"));
    }
    if bits & (pte::READ | pte::WRITE) == pte::WRITE {
        return Some(format!("process {pid}: the entry of {va:#x} has W without R"));
    }
    let (id, page) = page?;
    let own = page.references() == 1 && id != ZERO_PAGE;
    let writable = bits & pte::WRITE != 0;
    (writable && !own && !region.shared).then(|| {
        let holders = &page.holders;
        format!("frame {ppn:#x} is writable in private page {va:#x} of {pid}: {holders:x?}")
    })
}

/// The message for a holder of a page that does not exist.
fn unknown_page(holders: &[Holder]) -> Option<String> {
    let (page, _) = holders.first()?;
    let held: Vec<_> = holders.iter().filter(|(id, _)| id == page).map(|(_, by)| by).collect();
    Some(format!("{page:?} is held by {held:x?}, but does not exist"))
}

/// The entries of a table that are not zero, with their indices.
fn entries(mode: Mode, table: &PageData) -> impl Iterator<Item = (u64, u64)> {
    let bytes = mode.pte_bytes();
    let (in_word, ones) = (8 / bytes, u64::MAX >> (64 - 8 * bytes));
    let chunks = table.chunks_exact(CHUNK).enumerate();
    let used = chunks.filter(|(_, words)| words.iter().fold(0, |all, word| all | word) != 0);
    used.flat_map(|(chunk, words)| (chunk * CHUNK..).zip(words)).flat_map(move |(at, word)| {
        let part = move |n| (at as u64 * in_word + n, word >> (8 * bytes * n) & ones);
        (0..in_word).map(part).filter(|(_, entry)| *entry != 0)
    })
}
