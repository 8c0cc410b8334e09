//! What a process requests, and what it was allocated.

use std::ops::Range;

use super::{Descriptor, Fit, Rights};

/// A segment that a process requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSpec {
    /// `text`, `stack`, ...
    pub name: String,
    /// Its number in logical addresses.
    pub number: usize,
    /// Length, in units.
    pub length: u64,
    /// The accesses that it allows.
    pub rights: Rights,
    /// It must begin at this unit of physical memory.
    pub at: Option<u64>,
    /// Processes that give the same name share one copy.
    pub shared: Option<String>,
}

/// A process that can be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessSpec {
    /// Its name.
    pub name: String,
    /// Its segments.
    pub segments: Vec<SegmentSpec>,
}

impl ProcessSpec {
    /// The names of its segments in memory, in order: the name under which one is shared, else the
    /// process and, unless it is the only one, the segment.
    pub fn labels(&self) -> impl Iterator<Item = String> {
        let single = self.segments.len() == 1;
        let shared = |segment: &SegmentSpec| segment.shared.clone();
        let own = move |segment: &SegmentSpec| label(&self.name, &segment.name, single);
        self.segments.iter().map(move |segment| shared(segment).unwrap_or_else(|| own(segment)))
    }
}

/// The name of a segment that is not shared.
pub(super) fn label(process: &str, segment: &str, single: bool) -> String {
    if single { process.to_owned() } else { format!("{process}:{segment}") }
}

/// A segment in memory: its expected bytes, and its users.
#[derive(Debug)]
pub(super) struct Stored {
    /// The pieces that were allocated, in units; one, except under paging.
    pub(super) pieces: Vec<Range<u64>>,
    /// Its bytes from the lowest address on, as memory must hold them.
    pub(super) bytes: Vec<u8>,
    pub(super) rights: Rights,
    pub(super) shared: Option<String>,
    /// Processes that use it.
    pub(super) users: u64,
}

impl Stored {
    /// The address of its first byte.
    ///
    /// A segment that grows downwards lies at the upper end of its allocation, the others at the
    /// lower.
    pub(super) fn start(&self, unit: u64) -> u64 {
        let (first, last) = match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) => (first.start * unit, last.end * unit),
            _ => (0, 0),
        };
        if self.rights.down { last - self.bytes.len() as u64 } else { first }
    }

    /// The contents of its register.
    pub(super) fn descriptor(&self, unit: u64) -> Descriptor {
        let (start, limit) = (self.start(unit), self.bytes.len() as u64);
        let base = if self.rights.down { start + limit } else { start };
        Descriptor { base, limit, rights: self.rights }
    }

    /// The places of its bytes, in order: one range of physical addresses, or pages.
    pub(super) fn places(&self, unit: u64, fit: Fit) -> Vec<Range<u64>> {
        if fit == Fit::Pages {
            return self.pieces.iter().map(|piece| piece.start * unit..piece.end * unit).collect();
        }
        let start = self.start(unit);
        std::iter::once(start..start + self.bytes.len() as u64).collect()
    }

    /// Units allocated for it.
    pub(super) fn given(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.end - piece.start).sum()
    }
}

/// A segment of a process in memory: its number, its name, and which stored segment it is.
pub(super) type Held = (usize, String, usize);

/// A process in memory.
#[derive(Debug)]
pub(super) struct Resident {
    pub(super) name: String,
    pub(super) segments: Vec<Held>,
}
