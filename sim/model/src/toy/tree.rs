//! Page tables of one or more levels, in memory.
//!
//! An entry is one byte: bit 7 says that it is valid, the others are a frame's number. An entry of
//! an upper level names the frame in which the next table begins.

use std::collections::BTreeMap;

use super::{Shape, SizeError};

/// The bit that says that an entry is valid.
const VALID: u8 = 1 << 7;

/// Page tables of a toy machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    shape: Shape,
    levels: Vec<u32>,
    root: u64,
    memory: BTreeMap<u64, u8>,
}

/// One entry that a walk read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Where its table begins.
    pub table: u64,
    /// Its place in the table: the bits of the address for this level.
    pub index: u64,
    /// Its address: `table + index`.
    pub at: u64,
    /// What is there.
    pub entry: u8,
}

impl Read {
    /// Whether the entry is valid.
    pub fn is_valid(&self) -> bool {
        self.entry & VALID != 0
    }

    /// The frame that it names.
    pub fn frame(&self) -> u64 {
        u64::from(self.entry & !VALID)
    }
}

/// An entry was not valid: a page fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// A translation, entry by entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The entries, from the root on.
    pub reads: Vec<Read>,
    /// The physical address.
    pub outcome: Result<u64, Invalid>,
}

impl Tree {
    /// Empty tables: the bits of each level's index, the root's first, and where the root begins.
    ///
    /// # Errors
    /// [`SizeError`]: the bits do not add up, or a frame's number does not fit an entry.
    pub fn new(shape: Shape, levels: &[u32], root: u64) -> Result<Tree, SizeError> {
        shape.check()?;
        let bits: u32 = levels.iter().sum();
        if bits != shape.vpn_bits() || levels.contains(&0) {
            return Err(SizeError(format!(
                "the levels have {bits} bits, and a page number has {}",
                shape.vpn_bits()
            )));
        }
        if shape.frames() > u64::from(VALID) {
            return Err(SizeError(format!(
                "{} frames; an entry of one byte can name {VALID}",
                shape.frames()
            )));
        }
        Ok(Tree { shape, levels: levels.to_vec(), root, memory: BTreeMap::new() })
    }

    /// The sizes.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The bits of each level's index, the root's first.
    pub fn levels(&self) -> &[u32] {
        &self.levels
    }

    /// Where the root begins.
    pub fn root(&self) -> u64 {
        self.root
    }

    /// Writes an entry.
    pub fn write(&mut self, at: u64, entry: u8) {
        self.memory.insert(at, entry);
    }

    /// What is at an address of a table; 0 where nothing was written.
    pub fn read(&self, at: u64) -> u8 {
        self.memory.get(&at).copied().unwrap_or(0)
    }

    /// A valid entry that names a frame.
    pub fn entry(frame: u64) -> u8 {
        VALID | (frame & u64::from(!VALID)) as u8
    }

    /// The bits of an address that select an entry at a level, the root's being 0.
    pub fn index(&self, va: u64, level: usize) -> u64 {
        let below: u32 = self.levels[level + 1..].iter().sum();
        va >> (self.shape.page_bits + below) & ((1 << self.levels[level]) - 1)
    }

    /// Where each table begins that can be reached, and its entries; the root first.
    pub fn tables(&self) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        let mut level: Vec<u64> = vec![self.root];
        for (at, bits) in self.levels.iter().enumerate() {
            let entries = 1_u64 << bits;
            found.extend(level.iter().map(|begins| (*begins, entries)));
            if at + 1 == self.levels.len() {
                break;
            }
            let valid = level.iter().flat_map(|begins| (0..entries).map(move |n| begins + n));
            let valid = valid.map(|at| self.read(at)).filter(|entry| entry & VALID != 0);
            level = valid.map(|entry| self.shape.join(u64::from(entry & !VALID), 0)).collect();
        }
        found
    }

    /// Translates an address.
    pub fn walk(&self, va: u64) -> Walk {
        let (_, offset) = self.shape.split(va);
        let (mut table, mut reads, mut frame) = (self.root, Vec::new(), 0);
        for level in 0..self.levels.len() {
            let index = self.index(va, level);
            let at = table + index;
            let read = Read { table, index, at, entry: self.read(at) };
            reads.push(read);
            if !read.is_valid() {
                return Walk { reads, outcome: Err(Invalid) };
            }
            frame = read.frame();
            table = self.shape.join(frame, 0);
        }
        Walk { reads, outcome: Ok(self.shape.join(frame, offset)) }
    }

    /// The translation as one writes it down by hand.
    pub fn tell(&self, va: u64) -> Vec<String> {
        let shape = self.shape;
        let walk = self.walk(va);
        let (page, offset) = shape.split(va);
        let fields = self.levels.iter().enumerate().map(|(level, bits)| {
            format!("{:0width$b}", self.index(va, level), width = *bits as usize)
        });
        let offset_text = format!("{offset:0width$b}", width = shape.page_bits as usize);
        let fields: Vec<_> = fields.chain([offset_text]).collect();
        let mut told =
            vec![format!("{va:#x} = {}: page {page}, offset {offset}", fields.join(" "))];
        let last = self.levels.len() - 1;
        for (level, read) in walk.reads.iter().enumerate() {
            let Read { table, index, at, entry } = *read;
            let what = match (read.is_valid(), level == last) {
                (false, _) => "not valid: a page fault".to_owned(),
                (true, true) => format!("valid, frame {:#x}", read.frame()),
                (true, false) => {
                    let next = shape.join(read.frame(), 0);
                    format!("valid, frame {:#x}: the next table begins at {next:#x}", read.frame())
                }
            };
            told.push(format!(
                "entry {index} of the table at {table:#x}, at {at:#x}: {entry:#04x}, {what}"
            ));
        }
        if let (Ok(pa), Some(read)) = (walk.outcome, walk.reads.last()) {
            let (frame, page) = (read.frame(), shape.page());
            told.push(format!("{frame:#x} * {page} + {offset} = {pa:#x}"));
        }
        told
    }
}
