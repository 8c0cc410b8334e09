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

/// A walk by the kernel through a page table, from the root down.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    mode: Mode,
    vpn: u64,
    /// The physical address of the entry that it has reached.
    at: u64,
    /// The entry's level.
    level: u32,
    /// The lowest level of which it reads entries.
    lowest: u32,
    /// The entry is not valid.
    ends: bool,
}

impl Walk {
    /// At a page's entry in the root table, which is in this frame; it reads entries down to the
    /// level `lowest`.
    pub fn new(mode: Mode, root: u64, vpn: u64, lowest: u32) -> Walk {
        let mut walk = Walk { mode, vpn, at: 0, level: mode.levels() - 1, lowest, ends: false };
        walk.enter(root);
        walk
    }

    /// The physical address of the entry that it has reached.
    #[inline]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The entry's level.
    #[inline]
    pub fn level(&self) -> u32 {
        self.level
    }

    /// Numbers the tables of the lowest level in the address space: the one that serves the page.
    #[inline]
    pub fn region(&self) -> u64 {
        self.vpn >> self.mode.segment_bits()
    }

    /// Whether it reads the pointers to a table of the lowest level, if there are all of them.
    #[inline]
    pub fn ends_low(&self) -> bool {
        self.lowest <= 1
    }

    /// The width of an entry.
    #[inline]
    pub fn bytes(&self) -> u8 {
        self.mode.pte_bytes() as u8
    }

    /// Goes on from the entry that it has reached, as it was read: true if it is a pointer to one
    /// that has to be read, too.
    #[inline]
    pub fn follow(&mut self, entry: u64) -> bool {
        if self.level == 0 {
            return false;
        }
        self.ends = entry & VALID == 0;
        if entry & (VALID | READ | WRITE | EXECUTE) != VALID {
            return false;
        }
        self.level -= 1;
        self.enter(ppn(self.mode, entry));
        self.level >= self.lowest
    }

    /// Goes on from the pointer to a table of the lowest level, with the result of
    /// [`Walk::follow`], which need not have seen those above.
    #[inline]
    pub fn pass_to_lowest(&mut self, pointer: u64) -> bool {
        self.level = 1;
        self.follow(pointer)
    }

    /// Reaches the entry in a table of its level.
    #[inline]
    fn enter(&mut self, table: u64) {
        let bits = self.mode.segment_bits();
        let index = self.vpn >> (self.level * bits) & ((1 << bits) - 1);
        self.at = table * PAGE_BYTES + index * self.mode.pte_bytes();
    }

    fn place(&self) -> Place {
        match self.ends {
            true => Place::Missing { at: self.at, level: self.level },
            false => Place::Leaf(self.at),
        }
    }
}

/// One address space's page table.
#[derive(Debug)]
pub struct PageTable {
    mode: Mode,
    root: u64,
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
        Ok(PageTable { mode, root, tables: vec![root], linked: BTreeMap::new() })
    }

    /// The root's physical page number.
    pub fn root(&self) -> u64 {
        self.root
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
        let mut walk = Walk::new(self.mode, self.root, vpn, level + 1);
        if walk.level > level {
            hal.walk(&mut walk)?;
        }
        Ok(walk.place())
    }

    /// As [`PageTable::find`] for the entry of the page itself, which is then read, too; 0 if there
    /// is none.
    ///
    /// # Errors
    /// When memory refuses.
    pub fn read(&self, hal: &mut dyn Hal, vpn: u64) -> Result<(Place, u64), OsError> {
        let mut walk = Walk::new(self.mode, self.root, vpn, 0);
        let entry = hal.walk(&mut walk)?;
        match walk.place() {
            place @ Place::Missing { .. } => Ok((place, 0)),
            // That of a superpage was read to find it, and is read again.
            place @ Place::Leaf(at) if walk.level > 0 => Ok((place, hal.read(at, walk.bytes())?)),
            place @ Place::Leaf(_) => Ok((place, entry)),
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
