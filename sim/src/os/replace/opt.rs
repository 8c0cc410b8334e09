//! The optimal policy: the page that is needed last goes. An oracle: it must be told the future
//! ([`Policy::foresee`]); until then it takes the page that came first, and remembers what it
//! hears, so that a second run of the same programs can be told.
//!
//! Of pages that are never needed again the one that was loaded first goes.

use super::pages::Pages;
use super::{PageBits, Policy, VirtualPage};
use crate::os::OsError;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

/// The future, by page, and what came of it so far.
#[derive(Debug, Default)]
pub struct Opt {
    pages: Pages<()>,
    knows: bool,
    /// When each page is needed, counted in accesses.
    needed: BTreeMap<VirtualPage, VecDeque<u64>>,
    /// Accesses so far.
    now: u64,
    heard: Vec<VirtualPage>,
    /// Accesses that came otherwise than foreseen.
    strays: u64,
}

impl Opt {
    fn next(&self, page: VirtualPage) -> u64 {
        let next = self.needed.get(&page).and_then(VecDeque::front);
        next.copied().unwrap_or(u64::MAX)
    }
}

impl Policy for Opt {
    fn name(&self) -> &'static str {
        "opt"
    }

    fn is_oracle(&self) -> bool {
        true
    }

    fn foresee(&mut self, future: &[VirtualPage]) {
        self.knows = true;
        for (at, page) in (0..).zip(future) {
            self.needed.entry(*page).or_default().push_back(at);
        }
    }

    fn heard(&self) -> &[VirtualPage] {
        &self.heard
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.pages.insert(frame, page, ());
    }

    fn removed(&mut self, frame: u64) {
        self.pages.remove(frame);
    }

    fn accessed(&mut self, frame: u64) {
        let Some(page) = self.pages.get(frame).map(|loaded| loaded.page) else { return };
        if !self.knows {
            self.heard.push(page);
            return;
        }
        self.strays += u64::from(self.next(page) != self.now);
        if let Some(needed) = self.needed.get_mut(&page) {
            while needed.front().is_some_and(|&at| at <= self.now) {
                needed.pop_front();
            }
        }
        self.now += 1;
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        Ok(self.pages.least(bits, |loaded| Reverse(self.next(loaded.page))))
    }

    fn state(&self) -> String {
        let pages = self.pages.tell(
            |loaded| Reverse(self.next(loaded.page)),
            |loaded| match self.next(loaded.page) {
                u64::MAX => format!("{}=never", loaded.page),
                at => format!("{}=in_{}", loaded.page, at.saturating_sub(self.now)),
            },
        );
        match (self.knows, self.strays) {
            (false, _) => format!("{pages},untold"),
            (true, 0) => pages,
            (true, strays) => format!("{pages},{strays}_strays"),
        }
    }
}
