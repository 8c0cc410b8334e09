//! Conserved quantities, recounted from scratch and compared with the kernel's accounts.

use super::memory::{Holder, Page, Use, ZERO_PAGE};
use super::space::table::{self, PageTable};
use super::space::{Bounds, Held, Region};
use super::{AddressSpace, Hal, Os, OsError, PAGE_WORDS, PageData, PageId, Pid};
use model::isa::{Mode, PAGE_BYTES, pte};
use std::slice::Iter;

/// A leaf entry: virtual and physical page number, and its bits.
type Leaf = (u64, u64, u64);
/// A table below the root: its level, the first page that it serves, its frame.
type Table = (u32, u64, u64);
/// What the record of a process says of a page: virtual and physical page number, and the page,
/// unless a device is there.
type Mapped<'a> = (u64, u64, Option<(PageId, &'a Page)>);

/// A walk through all address spaces, in the order of processes and pages.
struct Walk<'a> {
    /// Room for a table.
    table: PageData,
    /// The holders of the zero page that were not met yet: it has many, in the same order.
    zero: Iter<'a, Holder>,
}

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
        let (mut tables, mut holds) = (0, 0);
        let zero = self.memory.pages.get(ZERO_PAGE).map_or(&[][..], Page::holders);
        let mut walk = Walk { table: [0; PAGE_WORDS], zero: zero.iter() };
        for process in self.processes.iter() {
            let Some(space) = &process.space else { continue };
            tables += space.table.tables().len() as u64;
            holds += space.pages.len();
            let broken = self
                .broken_tables(process.pid, space)
                .or_else(|| self.broken_space(hal, process.pid, space, &mut walk));
            if broken.is_some() {
                return broken;
            }
        }
        let pages =
            self.memory.pages.iter().filter(|(_, page)| page.frame.is_some()).count() as u64;
        if (tables, pages) != (census.tables, census.pages) {
            return Some(format!("{tables} tables and {pages} pages, but frames say {census:?}"));
        }
        self.broken_pages(holds).or_else(|| self.broken_slots())
    }

    fn broken_tables(&self, pid: Pid, space: &AddressSpace) -> Option<String> {
        let table = &space.table;
        let mut known = Vec::with_capacity(table.tables().len());
        known.extend(table.all_linked().map(|(_, _, frame)| frame));
        known.extend(space.runs.values().copied().chain([table.root()]));
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
        walk: &mut Walk<'_>,
    ) -> Option<String> {
        let (leaves, tables) = self.leaves(hal, &space.table, space.pages.len(), &mut walk.table);
        if !space.table.all_linked().eq(tables.iter().copied()) {
            let linked: Vec<_> = space.table.all_linked().collect();
            return Some(format!("process {pid}: tables {tables:x?}, linked were {linked:x?}"));
        }
        let mut mapped: Vec<Mapped<'_>> =
            Vec::with_capacity(space.devices.len() + space.pages.len());
        mapped.extend(space.devices.iter().map(|(v, p)| (*v, *p, None)));
        let locked =
            |vpn: u64| space.has_locks && space.region(vpn * PAGE_BYTES).is_some_and(|r| r.locked);
        let mut resident = 0;
        for (vpn, &Held { page: id, mapped: is_mapped }) in space.pages.iter() {
            let page = self.memory.pages.get(id);
            let known = |page: &&Page| match id {
                ZERO_PAGE => walk.zero.next() == Some(&(pid, vpn)),
                _ => page.is_held_by((pid, vpn)),
            };
            let Some(page) = page.filter(known) else {
                return Some(format!("process {pid} holds {id:?} at {vpn:#x}, which is {page:x?}"));
            };
            let is_mapper = page.mappers().binary_search(&(pid, vpn)).is_ok();
            if is_mapper != (is_mapped && id != ZERO_PAGE) {
                let (mappers, not) = (page.mappers(), if is_mapped { "" } else { "not " });
                let what = format!("page {vpn:#x} is {not}mapped, mappers are {mappers:x?}");
                return Some(format!("process {pid}: {what}"));
            }
            if !is_mapped {
                if locked(vpn) {
                    return Some(format!("process {pid}: page {vpn:#x} is locked, in no frame"));
                }
                continue;
            }
            let Some(frame) = page.frame else {
                return Some(format!("process {pid} maps page {vpn:#x}, which is in no frame"));
            };
            mapped.push((vpn, frame, Some((id, page))));
            resident += u64::from(id != ZERO_PAGE);
        }
        mapped.sort_unstable_by_key(|&(vpn, ppn, _)| (vpn, ppn));
        let recorded = mapped.iter().map(|&(vpn, ppn, _)| (vpn, ppn));
        if !leaves.iter().map(|&(vpn, ppn, _)| (vpn, ppn)).eq(recorded.clone()) {
            let recorded: Vec<_> = recorded.collect();
            return Some(format!(
                "process {pid}: entries map {leaves:x?}, its record says {recorded:x?}"
            ));
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

    /// Each page: its references, its frame, its place in the page cache. Processes hold pages
    /// `holds` times, and each of these holds is recorded.
    fn broken_pages(&self, holds: usize) -> Option<String> {
        let (mut recorded, mut homes) = (0, 0);
        for (id, page) in self.memory.pages.iter() {
            if let Some(what) = self.broken_page(id, page) {
                return Some(format!("{id:?}: {what}"));
            }
            recorded += page.holders().len();
            homes += usize::from(page.home.is_some());
        }
        if recorded != holds {
            return Some(format!("pages have {recorded} holders, but processes hold {holds}"));
        }
        let mut cached = 0;
        for (object, held) in self.memory.objects.iter() {
            for (&index, &id) in &held.pages {
                let home = self.memory.pages.get(id).and_then(|page| page.home);
                if home != Some((object, index)) {
                    return Some(format!("{object:?} has {id:?} as page {index}, it has {home:?}"));
                }
            }
            cached += held.pages.len();
        }
        (cached != homes)
            .then(|| format!("{homes} pages are in the page cache, but objects have {cached}"))
    }

    fn broken_page(&self, id: PageId, page: &Page) -> Option<String> {
        if page.references() == 0 && id != ZERO_PAGE {
            return Some("it has no reference".to_owned());
        }
        if page.frame.is_none() && page.slot.is_none() {
            return Some("it is neither in a frame nor in swap".to_owned());
        }
        let frame = page.frame?;
        let usage = self.memory.frames.usage(frame);
        (usage != Some(Use::Page(id)))
            .then(|| format!("it is in frame {frame:#x}, which is {usage:?}"))
    }

    /// Slots and their pages: each page that has one is the only one, and there are as many as are
    /// in use.
    fn broken_slots(&self) -> Option<String> {
        let swap = &self.memory.swap;
        let mut owners = vec![None; swap.peak() as usize];
        let (mut slots, mut lenders) = (0, 0);
        for (id, page) in self.memory.pages.iter() {
            let Some(slot) = page.slot else { continue };
            if !swap.is_allocated(slot) {
                return Some(format!("{id:?} has swap slot {slot}, which is free"));
            }
            if let Some(other) = owners[slot as usize].replace(id) {
                return Some(format!("swap slot {slot} is that of {id:?} and of {other:?}"));
            }
            slots += 1;
            lenders += usize::from(page.lends());
        }
        let used = swap.used();
        if slots != used {
            return Some(format!("pages have {slots} swap slots, {used} are in use"));
        }
        let recorded = self.memory.pages.lenders();
        let known = |id: &PageId| self.memory.pages.get(*id).is_some_and(Page::lends);
        (recorded.len() != lenders || !recorded.iter().all(known))
            .then(|| format!("{lenders} pages in frames have slots, recorded {recorded:?}"))
    }

    /// The user leaves of a page table, in order of the VPN, and the tables below the root, in
    /// order; `data` is room for a table, and there are about `pages` leaves.
    fn leaves(
        &self,
        hal: &dyn Hal,
        table: &PageTable,
        pages: usize,
        data: &mut PageData,
    ) -> (Vec<Leaf>, Vec<Table>) {
        let mode = self.config.mode;
        let bits = mode.segment_bits();
        let kernel = Bounds::new(mode).kernel_index();
        let mut tables = vec![(table.root(), 0)];
        let mut linked = Vec::with_capacity(table.tables().len());
        let mut leaves = Vec::with_capacity(pages);
        for level in (0..mode.levels()).rev() {
            let mut below = Vec::new();
            for (frame, prefix) in tables {
                if !hal.peek_page(frame * PAGE_BYTES, data) {
                    continue;
                }
                for_entries(mode, data, |index, entry| {
                    let root = level + 1 == mode.levels();
                    let shows = level == 0 && entry & table::INACCESSIBLE != 0;
                    if entry & pte::VALID == 0 && !shows || root && index == kernel {
                        return;
                    }
                    let (ppn, vpn) = (pte::ppn(mode, entry), prefix << bits | index);
                    if !shows && entry & (pte::READ | pte::WRITE | pte::EXECUTE) == 0 {
                        linked.push((level - 1, vpn << (bits * level), ppn));
                        below.push((ppn, vpn));
                        return;
                    }
                    let pages = 1 << (bits * level);
                    (0..pages).for_each(|n| leaves.push((vpn * pages + n, ppn + n, entry & 0x3ff)));
                });
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
        let holders = page.holders();
        format!("frame {ppn:#x} is writable in private page {va:#x} of {pid}: {holders:x?}")
    })
}

/// Visits the entries of a table that are not zero, with their indices.
fn for_entries(mode: Mode, table: &PageData, mut visit: impl FnMut(u64, u64)) {
    let bytes = mode.pte_bytes();
    let (in_word, ones) = (8 / bytes, u64::MAX >> (64 - 8 * bytes));
    for (chunk, words) in table.chunks_exact(CHUNK).enumerate() {
        if words.iter().fold(0, |all, word| all | word) == 0 {
            continue;
        }
        for (at, word) in ((chunk * CHUNK) as u64..).zip(words) {
            for n in 0..in_word {
                let entry = word >> (8 * bytes * n) & ones;
                if entry != 0 {
                    visit(at * in_word + n, entry);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
