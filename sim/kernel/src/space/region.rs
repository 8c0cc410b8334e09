//! Regions: what a process may access, and the first contents of its memory.

use crate::{FileId, ObjectId, Permissions};
use model::isa::PAGE_BYTES;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

/// The role of a region in a program.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RegionKind {
    /// Instructions: `r-x`, loaded from the program's image.
    Text,
    /// Constants: `r--`, loaded from the image.
    Rodata,
    /// Initialised variables: `rw-`, loaded from the image, private.
    Data,
    /// Variables that start as zero: `rw-`.
    Bss,
    /// Grows upwards on request (`sbrk`): `rw-`, zero.
    Heap,
    /// Grows downwards when touched, down to its limit; below that is the guard page: `rw-`, zero.
    Stack,
    /// A shared library's text: `r-x`, from the file named.
    Library,
    /// Mapped memory: `rw-`, from the file named, else zero.
    Mapped,
    /// A device's registers, outside RAM: `rw-`.
    Device,
}

impl RegionKind {
    /// The name of every kind.
    pub const NAMES: &'static [&'static str] = Self::VARIANTS;

    /// The default permissions of such a region.
    pub fn permissions(self) -> Permissions {
        Permissions {
            read: true,
            write: !matches!(self, RegionKind::Text | RegionKind::Rodata | RegionKind::Library),
            execute: matches!(self, RegionKind::Text | RegionKind::Library),
        }
    }

    /// Whether its pages come from the program's image.
    pub fn from_image(self) -> bool {
        matches!(self, RegionKind::Text | RegionKind::Rodata | RegionKind::Data)
    }

    /// The kind in one lower-case word.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A region as stated in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionSpec {
    /// Its name in reports; the kind's name if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Its role.
    pub kind: RegionKind,
    /// Its first address, a multiple of 4096.
    pub start: u64,
    /// Its pages at the start. A heap may have 0.
    pub pages: u64,
    /// Stack and heap: the number of pages to which it may grow. Its size at the start if absent.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Its permissions; the kind's if absent.
    #[serde(default)]
    pub permissions: Option<Permissions>,
    /// The file that it maps: equal names are the same file. Text, rodata and data map the
    /// process's own image if absent. On a kind that starts as zero, with `shared`: the name of
    /// shared memory.
    #[serde(default)]
    pub file: Option<String>,
    /// The page of the file at its start. Without `file`, regions of the image continue one
    /// another.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Length of the file in pages; touching a page beyond is a bus error. Unlimited if absent.
    #[serde(default)]
    pub file_pages: Option<u64>,
    /// Stores are visible to all mappings of the file or the shared memory, and reach the file.
    /// Otherwise they copy the page on write.
    #[serde(default)]
    pub shared: bool,
    /// For a device: its first physical address, a multiple of 4096, outside RAM.
    #[serde(default)]
    pub device: Option<u64>,
    /// Pages are brought in when the region is mapped, not when they are touched.
    #[serde(default)]
    pub prefault: bool,
    /// `false`: it is not mapped at the start; the program maps it. The reader of layouts handles
    /// this.
    #[serde(default)]
    pub mapped: Option<bool>,
}

impl RegionSpec {
    /// A region with defaults for everything else.
    pub fn new(kind: RegionKind, start: u64, pages: u64) -> RegionSpec {
        RegionSpec {
            name: None,
            kind,
            start,
            pages,
            limit: None,
            permissions: None,
            file: None,
            offset: None,
            file_pages: None,
            shared: false,
            device: None,
            prefault: false,
            mapped: None,
        }
    }
}

/// The source of a page's first contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backing {
    /// Zeroes, made on demand.
    Zero,
    /// A file, read from the disk on demand; byte `offset` is at the region's start.
    File {
        /// The file.
        file: FileId,
        /// Its byte at the first address of the region.
        offset: u64,
    },
    /// Not memory: a device's registers.
    Device {
        /// Their physical address at the first address of the region.
        pa: u64,
    },
}

/// A region of a running process. `start..end` is mapped, `lowest..highest` is the range that it
/// may grow to; addresses are multiples of a page, ends exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "said in the sentence above")]
pub struct Region {
    pub name: String,
    pub kind: RegionKind,
    pub start: u64,
    pub end: u64,
    pub lowest: u64,
    pub highest: u64,
    pub permissions: Permissions,
    pub backing: Backing,
    /// The file or shared memory whose pages it maps.
    pub object: Option<ObjectId>,
    /// The page of that object at the region's start.
    pub first: u64,
    /// Stores go to the object, not to a copy.
    pub shared: bool,
    /// Its pages stay in their frames (`mlock`).
    pub locked: bool,
}

impl Region {
    /// Whether the address lies in its present extent.
    pub fn contains(&self, va: u64) -> bool {
        (self.start..self.end).contains(&va)
    }

    /// The page of the object at an address.
    pub fn index(&self, va: u64) -> Option<u64> {
        Some(self.first + va.checked_sub(self.start)? / PAGE_BYTES)
    }

    /// Splits the region at `at`, the address of a page inside: returns the upper part; the region
    /// keeps the lower one. Neither can grow into the other.
    pub fn split_off(&mut self, at: u64) -> Region {
        let mut upper = self.clone();
        upper.start = at;
        upper.lowest = at;
        upper.first = self.index(at).unwrap_or_default();
        upper.backing = match self.backing {
            Backing::Zero => Backing::Zero,
            Backing::File { file, offset } => {
                Backing::File { file, offset: offset + (at - self.start) }
            }
            Backing::Device { pa } => Backing::Device { pa: pa + (at - self.start) },
        };
        self.end = at;
        self.highest = at;
        upper
    }

    /// The pages mapped now.
    pub fn pages(&self) -> u64 {
        (self.end - self.start) / PAGE_BYTES
    }
}
