//! By the exact order of use: oracles. No hardware reports every access to the kernel, so these are
//! a yardstick for the others.
//!
//! Least recently used is the usual comparison in textbooks. Most recently used is a poor policy in
//! general, and nearly optimal for loops that are slightly too long for memory, where the page just
//! used is needed last.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::OsError;

/// The end of the order of use from which pages are evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    Oldest,
    Newest,
}

/// Pages with the time of their last access.
#[derive(Debug)]
pub struct Recency {
    goes: Goes,
    moment: u64,
    pages: Pages<u64>,
}

impl Recency {
    /// Least recently used: the page whose last access is the oldest is evicted.
    pub fn lru() -> Recency {
        Recency::new(Goes::Oldest)
    }

    /// Most recently used: the page whose last access is the newest is evicted.
    pub fn mru() -> Recency {
        Recency::new(Goes::Newest)
    }

    fn new(goes: Goes) -> Recency {
        Recency { goes, moment: 0, pages: Pages::default() }
    }

    /// The key of a page whose last access was at this time: the least is evicted.
    fn rank(&self, moment: u64) -> u64 {
        match self.goes {
            Goes::Oldest => moment,
            Goes::Newest => u64::MAX - moment,
        }
    }
}

impl Policy for Recency {
    fn name(&self) -> &'static str {
        match self.goes {
            Goes::Oldest => "lru",
            Goes::Newest => "mru",
        }
    }

    fn is_oracle(&self) -> bool {
        true
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.moment += 1;
        self.pages.insert(frame, page, self.moment);
    }

    fn removed(&mut self, frame: u64) {
        self.pages.remove(frame);
    }

    fn accessed(&mut self, frame: u64) {
        if let Some(last) = self.pages.note(frame) {
            self.moment += 1;
            *last = self.moment;
        }
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        Ok(self.pages.least(bits, |loaded| self.rank(loaded.note)))
    }

    fn state(&self) -> Kept {
        self.pages.describe(|loaded| self.rank(loaded.note), |loaded| (loaded.page, ""))
    }
}
