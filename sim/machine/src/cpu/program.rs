//! What a processor executes, reduced to its accesses.

use super::Format;
use kernel::{Permissions, RegionSpec, Remap, UserAccess};
use model::isa::{self, PAGE_BYTES};
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

/// One memory access of a program, of any size and alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its kind. A fetch begins an instruction; the loads and stores after it are that
    /// instruction's.
    pub kind: isa::Access,
    /// The virtual address of its first byte.
    pub va: u64,
    /// Bytes, at least 1.
    pub bytes: u16,
}

impl Access {
    /// The address after its last byte; the highest address for one that ends beyond it.
    #[inline]
    pub fn end(self) -> u64 {
        self.va.saturating_add(u64::from(self.bytes))
    }

    /// The numbers of the pages that it touches.
    #[inline]
    pub fn pages(self) -> Range<u64> {
        let last = self.va.saturating_add(u64::from(self.bytes).saturating_sub(1));
        self.va / PAGE_BYTES..last / PAGE_BYTES + 1
    }
}

/// One step of a program. All but accesses wait until everything before them is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// An access.
    Access(Access),
    /// Computes for so many cycles without accessing memory.
    Think(u64),
    /// Asks the system to change the heap's size by so many pages.
    Sbrk(i64),
    /// Maps a region, replacing what is mapped there. If the system refuses, the program continues
    /// without it.
    Mmap(Rc<RegionSpec>),
    /// Unmaps these addresses.
    Munmap(Range<u64>),
    /// Changes the permissions of these addresses.
    Mprotect(Range<u64>, Permissions),
    /// Moves or resizes a mapping; the program is then told the new place ([`Program::moved`]).
    Mremap(Remap),
    /// Drops the pages of these addresses; private ones start from new contents.
    Madvise(Range<u64>),
    /// Writes the shared file pages of these addresses to their files, and waits for the writes.
    Msync(Range<u64>),
    /// Brings the pages of these addresses into frames, and locks them there.
    Mlock(Range<u64>),
    /// Unlocks them.
    Munlock(Range<u64>),
    /// Forks: a copy of the process runs the program of this name.
    Fork(Rc<str>),
    /// Executes the image and the program of this name.
    Exec(Rc<str>),
    /// Makes a system call that accesses the program's memory.
    User(UserAccess),
    /// Waits for the end of one child, if one lives.
    Wait,
    /// A timer interrupt arrives.
    Tick,
    /// Ends the program here.
    Exit,
}

/// A program source cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// A malformed line of a trace.
    #[error("{file}:{line}:{column}: {problem}")]
    Malformed {
        /// The file's name.
        file: String,
        /// Counted from 1.
        line: u64,
        /// Counted from 1, in bytes.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A malformed record of a binary trace.
    #[error("{file}: record {record}: {problem}")]
    Record {
        /// The file's name.
        file: String,
        /// Counted from 1.
        record: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// Reading failed, or a compressed file ends too early.
    #[error("{file}: after {unit} {line}: {source}")]
    Read {
        /// The file's name.
        file: String,
        /// `line` or `record`.
        unit: &'static str,
        /// The last one that was read whole.
        line: u64,
        /// Why.
        source: std::io::Error,
    },
    /// A step that cannot be calculated.
    #[error("the program cannot go on: {problem}")]
    Step {
        /// What is wrong, in a sentence.
        problem: String,
    },
    /// An address outside the range of the translation scheme.
    #[error("{position}{va:#x} is not a user address of {scheme}; {hint}")]
    Address {
        /// Where in the source, with `: ` after it; may be empty.
        position: String,
        /// The address.
        va: u64,
        /// The scheme.
        scheme: &'static str,
        /// What the user can do.
        hint: &'static str,
    },
}

/// Accesses that are read at a time, where a program can run ahead.
pub const AHEAD: usize = 256;

/// A source of steps.
pub trait Program {
    /// The next step; `None` at the end, and after an error.
    fn next(&mut self) -> Option<Result<Op, ProgramError>>;

    /// Appends the next accesses to `ahead`, as long as they are at hand, lie below the address
    /// `end`, and `ahead` holds fewer than [`AHEAD`]. What follows them, errors included, comes
    /// from [`Program::next`], which may always be called instead. A program that needs to know
    /// about moves or allocations ([`Program::moved`], [`Program::allocated`]) must not run ahead.
    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        let _ = (end, ahead);
    }

    /// As [`Program::accesses`], for a reader of all pages that are accessed: what is like an
    /// earlier access, of the same kind and in the same page, may be missing. `touched` may stay
    /// empty.
    fn touched(&mut self, end: u64, touched: &mut Vec<Access>) {
        self.accesses(end, touched);
    }

    /// What the program had mapped at the old addresses is at the new ones from now on.
    fn moved(&mut self, old: &Range<u64>, new: &Range<u64>) {
        let _ = (old, new);
    }

    /// The system gave the program these pages: a heap grew, or a region was mapped.
    fn allocated(&mut self, range: &Range<u64>) {
        let _ = range;
    }

    /// The position in its source, for messages; empty if there is none.
    fn position(&self) -> String {
        String::new()
    }

    /// The format of the trace that it is read from; `None` if it is read from none.
    fn format(&self) -> Option<Format> {
        None
    }
}

/// A program held in memory.
#[derive(Clone, Debug, Default)]
pub struct Listed(VecDeque<Op>);

impl Listed {
    /// These steps, in order.
    pub fn new(ops: impl IntoIterator<Item = Op>) -> Listed {
        Listed(ops.into_iter().collect())
    }

    /// Accesses of one kind and size, in order.
    pub fn accesses(kind: isa::Access, bytes: u16, vas: impl IntoIterator<Item = u64>) -> Listed {
        Listed::new(vas.into_iter().map(|va| Op::Access(Access { kind, va, bytes })))
    }
}

impl Program for Listed {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        self.0.pop_front().map(Ok)
    }
}
