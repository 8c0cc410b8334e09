//! Two lists, as in kernels of recent decades: pages start on the inactive list, and only those
//! that are used repeatedly while on it become active. A scan through much memory passes through
//! the inactive list and does not disturb the busy pages.
//!
//! Pages are examined at the old end of the inactive list. One that was not used since it was last
//! examined is evicted; one used once goes back to the young end, marked; one used again becomes
//! active. When the active list is the longer one, its oldest pages become inactive first, with A
//! cleared.

use super::{Kept, PageBits, Policy, VirtualPage};
use crate::OsError;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug)]
struct Entry {
    frame: u64,
    page: VirtualPage,
    /// It was found used when it was last examined.
    marked: bool,
}

/// The lists; the oldest pages are at the front.
#[derive(Debug, Default)]
pub struct TwoList {
    inactive: VecDeque<Entry>,
    active: VecDeque<Entry>,
}

impl TwoList {
    /// Moves active pages to the inactive list until that is not the shorter one.
    fn balance(&mut self, bits: &mut dyn PageBits) -> Result<(), OsError> {
        while self.active.len() > self.inactive.len() {
            let Some(entry) = self.active.pop_front() else { break };
            bits.test_and_clear(entry.frame)?;
            self.inactive.push_back(Entry { marked: false, ..entry });
        }
        Ok(())
    }
}

impl Policy for TwoList {
    fn name(&self) -> &'static str {
        "two-list"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.inactive.push_back(Entry { frame, page, marked: false });
    }

    fn removed(&mut self, frame: u64) {
        self.inactive.retain(|entry| entry.frame != frame);
        self.active.retain(|entry| entry.frame != frame);
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        // Every examination clears an A bit that nothing sets in the meantime, or finds it clear: a
        // page is examined twice on the inactive list and once more when it returns to it.
        let pages = self.inactive.len() + self.active.len();
        for _ in 0..=4 * pages {
            self.balance(bits)?;
            let Some(&entry) = self.inactive.front() else { return Ok(None) };
            if bits.may_evict(entry.frame) && !bits.test_and_clear(entry.frame)? {
                return Ok(Some(entry.frame));
            }
            self.inactive.pop_front();
            match entry.marked && bits.may_evict(entry.frame) {
                true => self.active.push_back(Entry { marked: false, ..entry }),
                false => {
                    let marked = entry.marked || bits.may_evict(entry.frame);
                    self.inactive.push_back(Entry { marked, ..entry });
                }
            }
        }
        Ok(None)
    }

    fn state(&self) -> Kept {
        let said = |entry: &Entry| {
            let mark = if entry.marked { "'" } else { "" };
            (entry.page, mark)
        };
        let inactive =
            Kept::default().word("inactive:").and(Kept::list(self.inactive.iter().map(said)));
        inactive.word(";active:").and(Kept::list(self.active.iter().map(said)))
    }
}
