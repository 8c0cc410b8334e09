//! A machine with page tables of one kind, and the story of each access.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hashed, Inverted, Shape, SizeError, Tree};

/// The most buckets of a hashed table.
const MOST_BUCKETS: u64 = 1 << 10;

/// A page of a process, and the frame that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The process's name.
    pub process: String,
    /// The page's number.
    pub page: u64,
    /// The frame's number.
    pub frame: u64,
}

/// The kind of page tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For each process a table of one or more levels: the bits of each, the root's first.
    Tree(Vec<u32>),
    /// One table for all, with an entry for each frame.
    Inverted,
    /// One table for all, with so many buckets.
    Hashed(u64),
}

#[derive(Clone, Debug)]
enum Tables {
    Trees(BTreeMap<String, Tree>),
    Inverted(Inverted),
    Hashed(Hashed),
}

/// A machine with pages in memory.
#[derive(Clone, Debug)]
pub struct Machine {
    shape: Shape,
    processes: BTreeSet<String>,
    tables: Tables,
    /// Bytes of all tables together.
    bytes: u64,
}

/// An access, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What one writes down by hand.
    pub lines: Vec<String>,
    /// Entries of tables that were read.
    pub reads: u64,
    /// The physical address; none at a page fault.
    pub pa: Option<u64>,
}

impl Machine {
    /// A machine with these pages in memory. Tables of a tree are in frames that hold no page, the
    /// lowest first.
    ///
    /// # Errors
    /// [`SizeError`], a sentence: sizes that do not fit, a page or a frame that does not exist, a
    /// page in two frames, no room for tables.
    pub fn new(shape: Shape, kind: &Kind, mappings: &[Mapping]) -> Result<Machine, SizeError> {
        shape.check()?;
        let pages = 1_u64 << shape.vpn_bits();
        let mut seen = BTreeSet::new();
        for Mapping { process, page, frame } in mappings {
            let wrong = if *page >= pages {
                format!("there is no page {page}: pages go from 0 to {}", pages - 1)
            } else if *frame >= shape.frames() {
                format!("there is no frame {frame}: frames go from 0 to {}", shape.frames() - 1)
            } else if !seen.insert((process.clone(), *page)) {
                format!("page {page} of {process} is mapped twice")
            } else {
                continue;
            };
            return Err(SizeError(wrong));
        }
        let processes: BTreeSet<String> = mappings.iter().map(|m| m.process.clone()).collect();
        let (tables, bytes) = match kind {
            Kind::Tree(levels) => {
                // Sizes that do not fit are found before there are tables of such sizes.
                Tree::new(shape, levels, 0)?;
                trees(shape, levels, mappings, &processes)?
            }
            Kind::Inverted => {
                let mut table = Inverted::new(shape.frames());
                mappings.iter().try_for_each(|mapping| table.add(mapping)).map_err(SizeError)?;
                // Process and page in two bytes.
                (Tables::Inverted(table), 2 * shape.frames())
            }
            Kind::Hashed(buckets) => {
                if !(1..=MOST_BUCKETS).contains(buckets) {
                    let message = format!("{buckets} buckets; 1 to {MOST_BUCKETS} are possible");
                    return Err(SizeError(message));
                }
                let mut table = Hashed::new(*buckets);
                mappings.iter().for_each(|mapping| table.add(mapping.clone()));
                // The first entry's place in each bucket; process, page, frame and next in each entry.
                (Tables::Hashed(table), buckets + 4 * mappings.len() as u64)
            }
        };
        Ok(Machine { shape, processes, tables, bytes })
    }

    /// The sizes.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Bytes of all tables together.
    pub fn table_bytes(&self) -> u64 {
        self.bytes
    }

    /// The tables as they are drawn, line by line.
    pub fn drawn(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match &self.tables {
            Tables::Trees(trees) => {
                for (process, tree) in trees {
                    lines.push(format!("{process}: root at {:#x}", tree.root()));
                    for (begins, entries) in tree.tables() {
                        let bytes =
                            (0..entries).map(|at| format!("{:02x}", tree.read(begins + at)));
                        lines.push(format!(
                            "  {begins:#05x}  {}",
                            bytes.collect::<Vec<_>>().join(" ")
                        ));
                    }
                }
            }
            Tables::Inverted(table) => {
                for (frame, entry) in table.entries().enumerate() {
                    let said = entry
                        .map_or("free".to_owned(), |(who, page)| format!("page {page} of {who}"));
                    lines.push(format!("  frame {frame}: {said}"));
                }
            }
            Tables::Hashed(table) => {
                for (bucket, chain) in table.chains().iter().enumerate() {
                    let entries = chain.iter().map(|Mapping { process, page, frame }| {
                        format!("(page {page} of {process}, frame {frame})")
                    });
                    let entries: Vec<_> = entries.collect();
                    let said =
                        if entries.is_empty() { "empty".to_owned() } else { entries.join(" -> ") };
                    lines.push(format!("  bucket {bucket}: {said}"));
                }
            }
        }
        lines
    }

    /// Translates an address of a process.
    ///
    /// # Errors
    /// [`SizeError`], a sentence: there is no such process, or the address has too many bits.
    pub fn access(&self, process: &str, va: u64) -> Result<Told, SizeError> {
        if !self.processes.contains(process) {
            return Err(SizeError(format!(
                "there is no process `{process}` with a page in memory"
            )));
        }
        let shape = self.shape;
        if va >> shape.va_bits != 0 {
            let last = (1_u64 << shape.va_bits) - 1;
            return Err(SizeError(format!(
                "there is no address {va:#x}: they go from 0 to {last:#x}"
            )));
        }
        let (page, offset) = shape.split(va);
        let (frame, reads, mut lines) = match &self.tables {
            Tables::Trees(trees) => {
                let tree = &trees[process];
                let (walk, lines) = (tree.walk(va), tree.tell(va));
                let (reads, pa) = (walk.reads.len() as u64, walk.outcome.ok());
                return Ok(Told { lines, reads, pa });
            }
            Tables::Inverted(table) => {
                let (frame, reads) = table.search(process, page);
                let mut lines = Vec::new();
                for (number, entry) in (0..reads).zip(table.entries()) {
                    let said = match entry {
                        None => "free".to_owned(),
                        Some((who, page)) => format!("page {page} of {who}"),
                    };
                    let is_it = if frame == Some(number) { "that is it" } else { "no" };
                    lines.push(format!("entry of frame {number}: {said}: {is_it}"));
                }
                (frame, reads, lines)
            }
            Tables::Hashed(table) => {
                let (frame, reads) = table.search(process, page);
                let (bucket, buckets) = (table.bucket(page), table.chains().len());
                let mut lines = vec![format!("page {page} modulo {buckets}: bucket {bucket}")];
                let chain = &table.chains()[bucket];
                for (at, entry) in chain[..reads].iter().enumerate() {
                    let Mapping { process: who, page, frame: there } = entry;
                    let found = frame.is_some() && at + 1 == reads;
                    let is_it = if found { "that is it" } else { "no" };
                    lines.push(format!(
                        "entry {at} of the chain: page {page} of {who}, frame {there}: {is_it}"
                    ));
                }
                // The bucket itself is read as well.
                (frame, reads as u64 + 1, lines)
            }
        };
        let bits = format!(
            "{page:0p$b} {offset:0o$b}",
            p = shape.vpn_bits() as usize,
            o = shape.page_bits as usize
        );
        lines.insert(0, format!("{va:#x} = {bits}: page {page}, offset {offset}"));
        let pa = frame.map(|frame| shape.join(frame, offset));
        lines.push(match (frame, pa) {
            (Some(frame), Some(pa)) => {
                format!("{frame:#x} * {} + {offset} = {pa:#x}", shape.page())
            }
            _ => "no entry for it: a page fault".to_owned(),
        });
        Ok(Told { lines, reads, pa })
    }
}

/// A tree for each process.
fn trees(
    shape: Shape,
    levels: &[u32],
    mappings: &[Mapping],
    processes: &BTreeSet<String>,
) -> Result<(Tables, u64), SizeError> {
    let mut taken: BTreeSet<u64> = mappings.iter().map(|mapping| mapping.frame).collect();
    let mut bytes = 0;
    // A table is in consecutive frames.
    let mut table = |bits: u32| -> Result<u64, SizeError> {
        let frames = (1_u64 << bits).div_ceil(shape.page());
        let fits = |first: &u64| (*first..first + frames).all(|frame| !taken.contains(&frame));
        let first = (0..=shape.frames().saturating_sub(frames)).find(fits);
        let first = first.ok_or_else(|| {
            let what = if frames == 1 {
                "no frame is left".to_owned()
            } else {
                format!("no {frames} frames in a row are left")
            };
            SizeError(format!("{what} for a table; the machine needs more memory"))
        })?;
        taken.extend(first..first + frames);
        bytes += 1 << bits;
        Ok(shape.join(first, 0))
    };
    let mut trees = BTreeMap::new();
    for process in processes {
        let root = table(levels.first().copied().unwrap_or(0))?;
        let mut tree = Tree::new(shape, levels, root)?;
        for mapping in mappings.iter().filter(|mapping| mapping.process == *process) {
            let va = shape.join(mapping.page, 0);
            let mut at = root + tree.index(va, 0);
            for (level, bits) in levels.iter().enumerate().skip(1) {
                if tree.read(at) == 0 {
                    let begins = table(*bits)?;
                    tree.write(at, Tree::entry(shape.split(begins).0));
                }
                let begins = shape.join(u64::from(tree.read(at) & 0x7f), 0);
                at = begins + tree.index(va, level);
            }
            tree.write(at, Tree::entry(mapping.frame));
        }
        trees.insert(process.clone(), tree);
    }
    Ok((Tables::Trees(trees), bytes))
}
