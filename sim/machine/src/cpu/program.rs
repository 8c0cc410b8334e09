//! What a processor executes, reduced to its accesses.

use kernel::{Permissions, RegionSpec, Remap, UserAccess};
use model::isa;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

/// One memory access of a program, of any size and alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What it does. A fetch begins an instruction; the loads and stores after it are that
    /// instruction's.
    pub kind: isa::Access,
    /// Its first byte's virtual address.
    pub va: u64,
    /// Bytes, at least 1.
    pub bytes: u16,
}

impl Access {
    /// The address after its last byte; the highest there is for one that ends beyond it.
    #[inline]
    pub fn end(self) -> u64 {
        self.va.saturating_add(u64::from(self.bytes))
    }
}

/// One step of a program. All but accesses wait until everything before them is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// An access.
    Access(Access),
    /// Computes for so many cycles without touching memory.
    Think(u64),
    /// Asks the system to change the heap's size by so many pages.
    Sbrk(i64),
    /// Maps a region, in place of what is there. Where the system refuses, the program goes on
    /// without it.
    Mmap(Rc<RegionSpec>),
    /// Unmaps these addresses.
    Munmap(Range<u64>),
    /// Changes what may be done with these addresses.
    Mprotect(Range<u64>, Permissions),
    /// Moves or resizes a mapping; the program hears where it is then ([`Program::moved`]).
    Mremap(Remap),
    /// Drops the pages of these addresses: private ones come back new.
    Madvise(Range<u64>),
    /// Writes the shared file pages of these addresses to their files, and waits for that.
    Msync(Range<u64>),
    /// Brings the pages of these addresses into frames, where they stay.
    Mlock(Range<u64>),
    /// Lets them go again.
    Munlock(Range<u64>),
    /// Makes a copy of the process, which runs the program of this name.
    Fork(Rc<str>),
    /// Becomes the image and the program of this name.
    Exec(Rc<str>),
    /// Asks the system for something that takes the program's memory.
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
    /// A line of a trace is not one.
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
    /// Reading failed, or a compressed file ends too early.
    #[error("{file}: after line {line}: {source}")]
    Read {
        /// The file's name.
        file: String,
        /// The last line that was read whole.
        line: u64,
        /// Why.
        source: std::io::Error,
    },
    /// An address that the translation scheme has not.
    #[error("{position}{va:#x} is no user address of {scheme}; {hint}")]
    Address {
        /// Where in the source, with `: ` after it; may be empty.
        position: String,
        /// The address.
        va: u64,
        /// The scheme.
        scheme: &'static str,
        /// What can be done.
        hint: &'static str,
    },
}

/// Accesses that are read at a time, where a program can run ahead.
pub const AHEAD: usize = 256;

/// A source of steps.
pub trait Program {
    /// The next step; `None` at the end, and after an error.
    fn next(&mut self) -> Option<Result<Op, ProgramError>>;

    /// The accesses that come next, behind those in `ahead`, as long as they are at hand, lie
    /// below the address `end`, and `ahead` holds fewer than [`AHEAD`]. What comes after them is
    /// [`Program::next`]'s, errors too; it may always be asked instead. A program that hears of
    /// what moves ([`Program::moved`]) must not run ahead.
    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        let _ = (end, ahead);
    }

    /// What it had mapped at the old addresses is at the new ones from now on.
    fn moved(&mut self, old: &Range<u64>, new: &Range<u64>) {
        let _ = (old, new);
    }

    /// Where in its source it is, for messages; empty if that means nothing.
    fn position(&self) -> String {
        String::new()
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
