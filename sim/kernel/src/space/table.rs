//! Page tables: built and edited in simulated memory, through the bus.

use crate::{Hal, OsError, Permissions};
use model::isa::pte::{EXECUTE, READ, USER, VALID, WRITE, entry, ppn};
use model::isa::{Mode, PAGE_BYTES};
use std::collections::BTreeMap;
use std::ops::Range;

/// In an entry without V, whose other bits are for software: the page is in its frame, but its
/// region allows no access. The entry keeps the frame's number, A and D.
pub const INACCESSIBLE: u64 = 1 << 8;

/// The bits of a leaf that the region's permissions determine.
pub const PERMISSIONS: u64 = VALID | READ | WRITE | EXECUTE | USER | INACCESSIBLE;

/// The bits of a user leaf for these permissions; without V if there are none.
pub fn permission_bits(permissions: Permissions) -> u64 {
    let bit = |on: bool, bit| if on { bit } else { 0 };
    let Permissions { read, write, execute } = permissions.encodable();
    let rights = bit(read, READ) | bit(write, WRITE) | bit(execute, EXECUTE);
    USER | rights | if rights == 0 { INACCESSIBLE } else { VALID }
}

/// Where a walk by the kernel ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The physical address of the entry at the requested level, valid or not, or of a leaf above
    /// it.
    Leaf(u64),
    /// The table below an entry does not exist yet.
    Missing {
        /// The entry's physical address.
        at: u64,
        /// Its level.
        level: u32,
    },
}

/// One address space's page table.
#[derive(Debug)]
pub struct PageTable {
    mode: Mode,
    /// The frames of its tables; the first is the root's.
    tables: Vec<u64>,
    /// Of these, the tables linked below others, by their level and the first page that they serve.
    linked: BTreeMap<(u32, u64), u64>,
}

impl PageTable {
    /// A page table of one zeroed root in frame `root`.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn new(hal: &mut dyn Hal, mode: Mode, root: u64) -> Result<PageTable, OsError> {
        hal.write_page(root * PAGE_BYTES, &[0; 512])?;
        Ok(PageTable { mode, tables: vec![root], linked: BTreeMap::new() })
    }

    /// The root's physical page number.
    pub fn root(&self) -> u64 {
        self.tables[0]
    }

    /// The frames of its tables, the root's first.
    pub fn tables(&self) -> &[u64] {
        &self.tables
    }

    /// The physical address of the root entry with this index.
    pub fn root_entry(&self, index: u64) -> u64 {
        self.root() * PAGE_BYTES + index * self.mode.pte_bytes()
    }

    /// Follows the pointers to a page's entry of `level` (0: that of the page itself) or to the
    /// superpage above that maps it, reading each over the bus.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn find(&self, hal: &mut dyn Hal, vpn: u64, level: u32) -> Result<Place, OsError> {
        let (bits, bytes) = (self.mode.segment_bits(), self.mode.pte_bytes());
        let mut table = self.root();
        let mut at = self.mode.levels();
        loop {
            at -= 1;
            let index = vpn >> (at * bits) & ((1 << bits) - 1);
            let pa = table * PAGE_BYTES + index * bytes;
            if at <= level {
                return Ok(Place::Leaf(pa));
            }
            let pointer = hal.read(pa, bytes as u8)?;
            if pointer & VALID == 0 {
                return Ok(Place::Missing { at: pa, level: at });
            }
            if pointer & (READ | WRITE | EXECUTE) != 0 {
                return Ok(Place::Leaf(pa));
            }
            table = ppn(self.mode, pointer);
        }
    }

    /// Links a zeroed table in frame `table` below the entry of `level` at `pa`, which serves a
    /// page. A fence for the whole address space must follow: a pointer changed.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn link(
        &mut self,
        hal: &mut dyn Hal,
        vpn: u64,
        (pa, level): (u64, u32),
        table: u64,
    ) -> Result<(), OsError> {
        hal.write_page(table * PAGE_BYTES, &[0; 512])?;
        self.tables.push(table);
        let below = self.mode.segment_bits() * level;
        self.attach(hal, (level - 1, vpn >> below << below), pa, table)
    }

    /// As [`PageTable::link`], for a spare table that is filled already; it is identified by its
    /// level and the first page that it serves.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn attach(
        &mut self,
        hal: &mut dyn Hal,
        name: (u32, u64),
        pa: u64,
        table: u64,
    ) -> Result<(), OsError> {
        self.linked.insert(name, table);
        hal.write(pa, self.mode.pte_bytes() as u8, entry(table, VALID))
    }

    /// Clears the pointer to a table, which becomes a spare one: returns its frame, and where the
    /// pointer was. The same fence must follow.
    ///
    /// # Errors
    /// When memory refuses, or there is no such table.
    pub fn unlink(&mut self, hal: &mut dyn Hal, name: (u32, u64)) -> Result<(u64, u64), OsError> {
        let (level, first) = name;
        let (found, place) = (self.linked.remove(&name), self.find(hal, first, level + 1)?);
        let (Some(table), Place::Leaf(at)) = (found, place) else {
            let what = format!("no table of level {level} serves page {first:#x}");
            return Err(OsError::Invariant { cycle: hal.now(), what });
        };
        self.update(hal, at, |_| 0)?;
        Ok((table, at))
    }

    /// The linked tables that serve any of these pages, the lowest first: level and first page.
    pub fn linked(&self, vpns: &Range<u64>) -> Vec<(u32, u64)> {
        let serves = |&&(level, first): &&(u32, u64)| {
            first < vpns.end && vpns.start < first + self.pages_below(level)
        };
        self.linked.keys().filter(serves).copied().collect()
    }

    /// Every linked table, that is all but the root: level, first page, frame.
    pub fn all_linked(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        self.linked.iter().map(|(&(level, first), &frame)| (level, first, frame))
    }

    /// Pages that a table of this level serves.
    pub fn pages_below(&self, level: u32) -> u64 {
        1 << (self.mode.segment_bits() * (level + 1))
    }

    /// Keeps the frame of a spare table, linked later when a superpage is split.
    pub fn keep_spare(&mut self, table: u64) {
        self.tables.push(table);
    }

    /// Releases the frame of a spare table.
    pub fn take_back(&mut self, table: u64) {
        self.tables.retain(|&kept| kept != table);
    }

    /// Changes an entry atomically by `edit`, against hardware that sets A and D at the same
    /// time; returns the entry as it was just before.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn update(
        &self,
        hal: &mut dyn Hal,
        pa: u64,
        edit: impl Fn(u64) -> u64,
    ) -> Result<u64, OsError> {
        let found = hal.read(pa, self.mode.pte_bytes() as u8)?;
        self.update_from(hal, pa, found, edit)
    }

    /// As [`PageTable::update`], for an entry that was just read as `expected`.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn update_from(
        &self,
        hal: &mut dyn Hal,
        pa: u64,
        mut expected: u64,
        edit: impl Fn(u64) -> u64,
    ) -> Result<u64, OsError> {
        let bytes = self.mode.pte_bytes() as u8;
        loop {
            let found = hal.compare_swap(pa, bytes, expected, edit(expected))?;
            if found == expected {
                return Ok(found);
            }
            expected = found;
        }
    }
}

#[cfg(test)]
mod tests;
