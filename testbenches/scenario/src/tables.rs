//! The page tables for a file's mappings.

use std::collections::BTreeMap;

use model::bus::SharedMemory;
use model::isa::{Mode, PAGE_BYTES, Satp, pte};

use super::number::{Number, Variables};
use super::place::{Mistake, Place};
use super::schema::{Edit, Entry, Head, Map};

/// The address of the first table unless the file says otherwise.
const FIRST_TABLE: u64 = 0x10_0000;
/// More pages than this in one mapping are an error.
const MOST_PAGES: u64 = 1 << 16;

/// Entries of a NAPOT range, all of one table and with the same contents.
const NAPOT_ENTRIES: u64 = 16;
/// The low bits of their physical address, which encode the size.
const NAPOT_CODE: u64 = 0x8000;

/// One address space, with its value of `satp`.
#[derive(Clone, Debug)]
struct Space {
    asid: u16,
    root: u64,
}

/// The tables of every space, with their addresses.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    mode: Mode,
    spaces: BTreeMap<String, Space>,
    /// Tables by space, level of their entries, and the part of the virtual address above.
    tables: BTreeMap<(String, u32, u64), u64>,
    next: u64,
}

impl Tables {
    /// Builds the tables of a file in memory.
    ///
    /// # Errors
    /// A mapping that the scheme cannot express, or an edit of an entry whose table does not
    /// exist.
    pub(super) fn build(
        head: &Head,
        mode: Mode,
        variables: &Variables,
        memory: &SharedMemory,
    ) -> Result<Tables, Mistake> {
        let (spaces, tables) = (BTreeMap::new(), BTreeMap::new());
        let mut built = Tables { mode, spaces, tables, next: FIRST_TABLE };
        let root = Place::file();
        if let Some(number) = &head.machine.tables {
            let place = root.key("machine").key("tables");
            let first = number.physical(variables).map_err(|message| place.wrong(message))?;
            if !first.is_multiple_of(PAGE_BYTES) {
                return Err(place.wrong(format!("{first:#x} is not a multiple of {PAGE_BYTES}")));
            }
            built.next = first;
        }
        let maker = (variables, memory);
        if !head.map.is_empty() || head.space.is_empty() {
            built.space("main", 1, &head.map, &root, maker)?;
        }
        let space_at = |name: &str| root.key("space").key(name);
        for (name, space) in &head.space {
            built.space(name, space.asid, &space.map, &space_at(name), maker)?;
        }
        built.edits("main", &head.edit, &root, maker)?;
        for (name, space) in &head.space {
            built.edits(name, &space.edit, &space_at(name), maker)?;
        }
        for (number, entry) in head.entry.iter().enumerate() {
            let written = built.place(entry, variables, memory);
            written.map_err(|message| root.key("entry").item(number).wrong(message))?;
        }
        Ok(built)
    }

    /// An entry at an address of the file's choice. The error is a sentence.
    fn place(
        &self,
        entry: &Entry,
        variables: &Variables,
        memory: &SharedMemory,
    ) -> Result<(), String> {
        let (at, value) = (entry.at.physical(variables)?, entry.value.word(variables)?);
        let bytes = u64::from(self.bytes());
        if !at.is_multiple_of(bytes) {
            return Err(format!("{at:#x} is not a multiple of the {bytes} bytes of an entry"));
        }
        self.write(memory, at, value)
    }

    /// A space of these mappings, which the file has at a place.
    fn space(
        &mut self,
        name: &str,
        asid: u16,
        maps: &[Map],
        place: &Place,
        (variables, memory): (&Variables, &SharedMemory),
    ) -> Result<(), Mistake> {
        let root = self.table();
        self.spaces.insert(name.to_owned(), Space { asid, root });
        self.tables.insert((name.to_owned(), self.mode.levels() - 1, 0), root);
        for (number, map) in maps.iter().enumerate() {
            let mapped = self.map(name, map, variables, memory);
            mapped.map_err(|message| place.key("map").item(number).wrong(message))?;
        }
        Ok(())
    }

    fn edits(
        &mut self,
        name: &str,
        edits: &[Edit],
        place: &Place,
        (variables, memory): (&Variables, &SharedMemory),
    ) -> Result<(), Mistake> {
        for (number, edit) in edits.iter().enumerate() {
            let edited = self.edit(name, edit, variables, memory);
            edited.map_err(|message| place.key("edit").item(number).wrong(message))?;
        }
        Ok(())
    }

    /// Consecutive pages. The error is a sentence.
    fn map(
        &mut self,
        name: &str,
        map: &Map,
        variables: &Variables,
        memory: &SharedMemory,
    ) -> Result<(), String> {
        let (va, pa) = (map.va.word(variables)?, map.pa.physical(variables)?);
        let (level, pages) = (self.level(&map.level, variables)?, map.pages.count(variables)?);
        if !(1..=MOST_PAGES).contains(&pages) {
            return Err(format!("{pages} pages in one mapping; it can have 1 to {MOST_PAGES}"));
        }
        if map.napot && (self.mode == Mode::Sv32 || level != 0) {
            return Err(format!("{} has no NAPOT range at level {level}", self.mode.name()));
        }
        let entries = if map.napot { NAPOT_ENTRIES } else { 1 };
        let bytes = (PAGE_BYTES << (level * self.mode.segment_bits())) * entries;
        if map.napot && !(va | pa).is_multiple_of(bytes) {
            return Err(format!("{va:#x} and {pa:#x} are not both multiples of {bytes:#x}"));
        }
        let last = u128::from(bytes) * u128::from(pages - 1);
        let (va_bits, pa_bits) = (self.mode.va_bits(), self.pa_bits());
        // Relative to the lowest address of the upper half, all addresses are consecutive.
        let half = 1_u64 << (va_bits - 1);
        let from = if self.mode == Mode::Sv32 { va } else { va.wrapping_add(half) };
        if u128::from(from) + last >= 1 << va_bits {
            let name = self.mode.name();
            return Err(format!("{pages} pages from {va:#x} on leave the addresses of {name}"));
        }
        if u128::from(pa) + last >= 1 << pa_bits {
            return Err(format!("{pages} pages from {pa:#x} on leave the physical address space"));
        }
        for page in 0..pages {
            let (va, pa) = (va.wrapping_add(page * bytes), pa + page * bytes);
            let entry = self.grow(name, va, level, memory)?;
            let mut value = self.ppn_field(pa) | map.flags.0 | pte::VALID;
            if map.napot {
                value |= pte::NAPOT | self.ppn_field(NAPOT_CODE);
            }
            for place in 0..entries {
                let at = entry + place * self.mode.pte_bytes();
                if self.read(memory, at)? & pte::VALID != 0 {
                    return Err(format!("the mapping of {va:#x} overlaps an earlier one"));
                }
                self.write(memory, at, value)?;
            }
        }
        Ok(())
    }

    /// The address of an entry; missing tables on its path are created.
    fn grow(
        &mut self,
        name: &str,
        va: u64,
        level: u32,
        memory: &SharedMemory,
    ) -> Result<u64, String> {
        for below in (level..self.mode.levels() - 1).rev() {
            let key = (name.to_owned(), below, self.prefix(va, below));
            if !self.tables.contains_key(&key) {
                let table = self.table();
                let pointer = self.entry(name, va, below + 1).unwrap_or(table);
                if self.read(memory, pointer)? & pte::VALID != 0 {
                    return Err(format!("the mapping of {va:#x} is inside an earlier one"));
                }
                self.write(memory, pointer, self.ppn_field(table) | pte::VALID)?;
                self.tables.insert(key, table);
            }
        }
        Ok(self.entry(name, va, level).expect("its table was just made"))
    }

    fn table(&mut self) -> u64 {
        self.next += PAGE_BYTES;
        self.next - PAGE_BYTES
    }

    fn prefix(&self, va: u64, level: u32) -> u64 {
        let translated = va & (u64::MAX >> (64 - self.mode.va_bits()));
        translated >> (12 + (level + 1) * self.mode.segment_bits())
    }

    fn entry(&self, name: &str, va: u64, level: u32) -> Option<u64> {
        let table = self.tables.get(&(name.to_owned(), level, self.prefix(va, level)))?;
        let segment = self.mode.segment_bits();
        let vpn = va >> (12 + level * segment) & ((1 << segment) - 1);
        Some(table + vpn * self.mode.pte_bytes())
    }

    fn level(&self, level: &Number, variables: &Variables) -> Result<u32, String> {
        let value = level.count(variables)?;
        let fits = u32::try_from(value).ok().filter(|level| *level < self.mode.levels());
        fits.ok_or_else(|| format!("{} has no level {value}", self.mode.name()))
    }

    /// The address of the entry of `va` at a level.
    ///
    /// # Errors
    /// A sentence, if there is no such table.
    pub(super) fn locate(
        &self,
        space: &str,
        va: &Number,
        level: &Number,
        variables: &Variables,
    ) -> Result<u64, String> {
        let (address, level) = (va.word(variables)?, self.level(level, variables)?);
        self.entry(space, address, level).ok_or_else(|| {
            format!("no table of level {level} on the path of {address:#x} in `{space}`")
        })
    }

    /// Changes one entry as software does; returns its address and old value.
    ///
    /// # Errors
    /// As [`Tables::locate`].
    pub(super) fn edit(
        &self,
        space: &str,
        edit: &Edit,
        variables: &Variables,
        memory: &SharedMemory,
    ) -> Result<(u64, u64), String> {
        let space = edit.space.as_deref().unwrap_or(space);
        let at = self.locate(space, &edit.pte, &edit.level, variables)?;
        let old = self.read(memory, at)?;
        let entry = self.changed(edit, old, variables)?;
        self.write(memory, at, entry)?;
        Ok((at, old))
    }

    /// An entry's value after an edit.
    ///
    /// # Errors
    /// A sentence, if an entry cannot hold it.
    pub(super) fn changed(
        &self,
        edit: &Edit,
        old: u64,
        variables: &Variables,
    ) -> Result<u64, String> {
        if let Some(value) = &edit.value {
            return value.word(variables);
        }
        let mut entry = (old & !edit.clear.ones & !edit.set.zeros) | edit.set.ones;
        if let Some(pa) = &edit.pa {
            let field = self.ppn_field(pa.physical(variables)?);
            entry = (entry & !self.ppn_field(u64::MAX)) | field;
        }
        match self.mode {
            Mode::Sv32 if entry >> 32 != 0 => Err("an entry of Sv32 has 32 bits".to_owned()),
            _ => Ok(entry),
        }
    }

    /// An entry's value.
    ///
    /// # Errors
    /// A sentence, if it is outside physical memory.
    pub(super) fn read(&self, memory: &SharedMemory, at: u64) -> Result<u64, String> {
        memory.peek(at, self.bytes()).map_err(|_| format!("there is no memory at {at:#x}"))
    }

    fn write(&self, memory: &SharedMemory, at: u64, entry: u64) -> Result<(), String> {
        memory.write(at, self.bytes(), entry).map_err(|_| format!("there is no memory at {at:#x}"))
    }

    fn pa_bits(&self) -> u32 {
        if self.mode == Mode::Sv32 { 34 } else { 56 }
    }

    fn bytes(&self) -> u8 {
        if self.mode == Mode::Sv32 { 4 } else { 8 }
    }

    /// A physical address as an entry's PPN field.
    pub(super) fn ppn_field(&self, pa: u64) -> u64 {
        ((pa / PAGE_BYTES) & ((1 << (self.pa_bits() - 12)) - 1)) << 10
    }

    /// The value of `satp` for a space.
    pub(super) fn satp(&self, name: &str) -> Option<Satp> {
        let space = self.spaces.get(name)?;
        Some(Satp { mode: self.mode, asid: space.asid, root: space.root / PAGE_BYTES })
    }

    /// The space in which a scenario begins unless it says otherwise: `main`, or the first by name.
    pub(super) fn first(&self) -> &str {
        if self.spaces.contains_key("main") {
            return "main";
        }
        self.spaces.keys().next().map_or("bare", String::as_str)
    }
}
