//! Page replacement: which page is evicted. One policy per file.
//!
//! A kernel knows little about a program's use of its pages: the A and D bits that hardware sets in
//! page tables, and a timer at which to sample them. Policies see that and nothing else
//! ([`PageBits`], [`Policy::tick`]), except the oracles, which declare themselves: they see every
//! access, or know the future, and are the yardstick for the others.
//!
//! | policy | the page that is evicted | sees |
//! |---|---|---|
//! | [`Fifo`] | loaded first | nothing |
//! | [`Random`] | any, by the seed | nothing |
//! | [`SecondChance`] | loaded first and not used since it was last checked | A |
//! | [`Clock`] | the same, by a hand on a ring | A |
//! | [`EnhancedSecondChance`] | in the lowest class, the first that the hand meets | A, D |
//! | [`Nru`] | in the lowest class: used counts 2, dirty counts 1 | A, D, ticks |
//! | [`Nfu`] | used in the fewest ticks | A, ticks |
//! | [`Aging`] | used in the fewest ticks, the latest weighing most | A, ticks |
//! | [`WsClock`] | outside its process's working set, clean ones first | A, D, ticks |
//! | [`TwoList`] | inactive, and not used since it was last checked | A |
//! | [`Generations`] | in the oldest generation | A, ticks |
//! | [`Recency::lru`], [`Recency::mru`] | used longest ago, last | every access: an oracle |
//! | [`Lfu`] | used least often | every access: an oracle |
//! | [`Clock0`] | as [`Clock`], loaded with use = 0 | every access: an oracle |
//! | [`Opt`] | needed last | the future: an oracle |
//!
//! `kind` has the policies by name, for scenarios and the command line. Common parts are in `pages`
//! (pages in frames, in the order in which they were loaded) and `ring` (a ring with a hand); what
//! waves and reports show of them is a [`Kept`] (`kept`). When a page is evicted is decided in
//! [`crate::reclaim`], not here.

mod aging;
mod clock;
mod clock0;
mod enhanced_second_chance;
mod fifo;
mod generations;
mod kept;
mod kind;
mod lfu;
mod nfu;
mod nru;
mod opt;
mod pages;
mod random;
mod recency;
mod ring;
mod second_chance;
mod two_list;
mod wsclock;

pub use aging::Aging;
pub use clock::Clock;
pub use clock0::Clock0;
pub use enhanced_second_chance::EnhancedSecondChance;
pub use fifo::Fifo;
pub use generations::Generations;
pub use kept::Kept;
pub use kind::{PolicyKind, PolicySettings, UnknownPolicy};
pub use lfu::Lfu;
pub use nfu::Nfu;
pub use nru::Nru;
pub use opt::Opt;
pub use random::Random;
pub use recency::Recency;
pub use second_chance::SecondChance;
pub use two_list::TwoList;
pub use wsclock::WsClock;

use super::{OsError, Pid};
use std::fmt;

/// A page: the process that it was loaded for, and its address there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VirtualPage {
    /// The process.
    pub pid: Pid,
    /// The virtual page number.
    pub vpn: u64,
}

impl fmt::Display for VirtualPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:x}", self.pid, self.vpn)
    }
}

/// The A and the D bit of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Marks {
    /// Used since A was last cleared.
    pub accessed: bool,
    /// Differs from the disk's copy.
    pub dirty: bool,
}

/// The bits of the pages in frames, as the hardware keeps them in the page tables, and the one
/// action besides choosing that a policy may take.
pub trait PageBits {
    /// Whether the page in this frame may be chosen now.
    fn may_evict(&self, frame: u64) -> bool;

    /// The frame that was chosen just before for the same eviction, if its page turned out to have
    /// to stay. What may not be chosen then, may not be chosen now.
    fn refused(&self) -> Option<u64> {
        None
    }

    /// Reads both bits of the page in this frame over the bus.
    ///
    /// # Errors
    /// When the kernel's access to the page table fails.
    fn look(&mut self, frame: u64) -> Result<Marks, OsError>;

    /// Reads the A bit of the page in this frame over the bus, and clears it, with the fence that
    /// makes the next access set it again.
    ///
    /// # Errors
    /// When the kernel's access to the page table fails.
    fn test_and_clear(&mut self, frame: u64) -> Result<bool, OsError>;

    /// Writes the page in this frame to the disk ahead of its eviction and clears its D bit, with
    /// the fence; the page stays. `false` if that is impossible: the disk has no room for it, or
    /// refuses, or it is part of a superpage.
    ///
    /// # Errors
    /// As [`PageBits::look`].
    fn write_back(&mut self, frame: u64) -> Result<bool, OsError>;
}

/// Selects victims among the frames of pages.
pub trait Policy {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// A page was put into this frame.
    fn inserted(&mut self, frame: u64, page: VirtualPage);

    /// The page in this frame is no longer there.
    fn removed(&mut self, frame: u64);

    /// The page in this frame was accessed. Real hardware does not report this: only policies that
    /// declare themselves oracles are called.
    fn accessed(&mut self, frame: u64) {
        let _ = frame;
    }

    /// Whether it uses information that hardware does not report.
    fn is_oracle(&self) -> bool {
        false
    }

    /// The timer interrupt, while this process ran.
    ///
    /// # Errors
    /// When reading the bits fails.
    fn tick(&mut self, running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        let _ = (running, bits);
        Ok(())
    }

    /// The accesses to come, in order: for an oracle of the future. Several calls continue one
    /// another.
    fn foresee(&mut self, future: &[VirtualPage]) {
        let _ = future;
    }

    /// The accesses so far, in order, recorded by an oracle of the future that was given none: they
    /// can be given to it in a second run of the same programs.
    fn heard(&self) -> &[VirtualPage] {
        &[]
    }

    /// The frame to free among those that may be chosen; its page stays until [`Policy::removed`].
    /// `None` if none may be chosen.
    ///
    /// # Errors
    /// When reading the bits fails.
    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError>;

    /// Its state of the pages, for waves and reports.
    fn state(&self) -> Kept;
}
