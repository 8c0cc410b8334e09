//! Regions: what a process may touch, and what is found there at first.

use super::content::FileId;
use crate::isa::{Access, PAGE_BYTES};
use serde::{Deserialize, Serialize};

/// What may be done with a page. Writable implies readable: the other is a reserved encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permissions {
    /// Loads.
    pub read: bool,
    /// Stores.
    pub write: bool,
    /// Fetches.
    pub execute: bool,
}

impl Permissions {
    /// Reads three characters such as `r-x`; `None` for anything else, and for `-w-` and `-wx`.
    pub fn parse(text: &str) -> Option<Permissions> {
        let flag = |at: usize, letter: u8| match text.as_bytes()[at] {
            byte if byte == letter => Some(true),
            b'-' => Some(false),
            _ => None,
        };
        if text.len() != 3 {
            return None;
        }
        let read = flag(0, b'r')?;
        let (write, execute) = (flag(1, b'w')?, flag(2, b'x')?);
        (read || !write).then_some(Permissions { read, write, execute })
    }

    /// Whether an access of this kind is allowed.
    pub fn allows(self, access: Access) -> bool {
        match access {
            Access::Fetch => self.execute,
            Access::Load => self.read,
            Access::Store => self.write,
        }
    }

    /// The least permissions that allow what both allow.
    #[must_use]
    pub fn union(self, other: Permissions) -> Permissions {
        Permissions {
            read: self.read || other.read,
            write: self.write || other.write,
            execute: self.execute || other.execute,
        }
    }

    /// The least legal permissions that allow this access.
    pub fn needed(access: Access) -> Permissions {
        Permissions {
            read: access != Access::Fetch,
            write: access == Access::Store,
            execute: access == Access::Fetch,
        }
    }
}

impl TryFrom<String> for Permissions {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Permissions::parse(&text)
            .ok_or_else(|| format!("permissions are written like \"r-x\" or \"rw-\", not {text:?}"))
    }
}

impl From<Permissions> for String {
    fn from(permissions: Permissions) -> String {
        let letter = |on: bool, letter| if on { letter } else { '-' };
        [
            letter(permissions.read, 'r'),
            letter(permissions.write, 'w'),
            letter(permissions.execute, 'x'),
        ]
        .iter()
        .collect()
    }
}

/// The part that a region plays in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// Instructions: `r-x`, loaded from the program's image.
    Text,
    /// Constants: `r--`, loaded from the image.
    Rodata,
    /// Initialised variables: `rw-`, loaded from the image, private.
    Data,
    /// Variables that start as zero: `rw-`.
    Bss,
    /// Grows upwards when the program asks (`sbrk`): `rw-`, zero.
    Heap,
    /// Grows downwards when touched, down to its limit; below that is the guard page: `rw-`, zero.
    Stack,
}

impl RegionKind {
    /// The permissions of such a region where none are given.
    pub fn permissions(self) -> Permissions {
        Permissions {
            read: true,
            write: !matches!(self, RegionKind::Text | RegionKind::Rodata),
            execute: self == RegionKind::Text,
        }
    }

    /// Whether its pages come from the program's image.
    pub fn from_image(self) -> bool {
        matches!(self, RegionKind::Text | RegionKind::Rodata | RegionKind::Data)
    }

    /// The kind in one lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            RegionKind::Text => "text",
            RegionKind::Rodata => "rodata",
            RegionKind::Data => "data",
            RegionKind::Bss => "bss",
            RegionKind::Heap => "heap",
            RegionKind::Stack => "stack",
        }
    }
}

/// A region as a scenario states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionSpec {
    /// Its name in reports; the kind's name if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The part that it plays.
    pub kind: RegionKind,
    /// Its first address, a multiple of 4096.
    pub start: u64,
    /// Its pages at the start. A heap may have 0.
    pub pages: u64,
    /// Stack and heap: to how many pages it may grow. Their size at the start if absent.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Its permissions; the kind's if absent.
    #[serde(default)]
    pub permissions: Option<Permissions>,
}

/// Where a page's first contents come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backing {
    /// Zeroes, made on demand.
    Zero,
    /// A file, read from the disk on demand; byte `offset` is at the region's start.
    File {
        /// Which file.
        file: FileId,
        /// Its byte at the first address of the region.
        offset: u64,
    },
}

/// A region of a running process. `start..end` is what is mapped, `lowest..highest` what it may
/// grow to; addresses are multiples of a page, ends exclusive.
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
}

impl Region {
    /// Whether the address lies in it as it is now.
    pub fn contains(&self, va: u64) -> bool {
        (self.start..self.end).contains(&va)
    }

    /// The pages mapped now.
    pub fn pages(&self) -> u64 {
        (self.end - self.start) / PAGE_BYTES
    }
}
