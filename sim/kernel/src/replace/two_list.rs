//! Two lists, as kernels of the last decades have them: pages come to the inactive list, and
//! only those that are used again and again while they are on it become active. A scan through
//! much memory passes through the inactive list and leaves the busy pages alone.
//!
//! Looked at from the old end of the inactive list: not used since the last look, it goes; used
//! once, it goes back to the young end, marked; used again, it becomes active. When the active
//! list is the longer one its oldest pages become inactive first, their A cleared.

use super::{PageBits, Policy, VirtualPage, listed};
use crate::OsError;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug)]
struct Entry {
    frame: u64,
    page: VirtualPage,
    /// It was found used when it was last looked at.
    marked: bool,
}

/// The lists; the oldest pages are at the front.
#[derive(Debug, Default)]
pub struct TwoList {
    inactive: VecDeque<Entry>,
    active: VecDeque<Entry>,
}

impl TwoList {
    /// Active pages become inactive until the inactive list is not the shorter one.
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
        // Every look clears an A bit that nothing sets meanwhile, or finds it clear: a page is
        // looked at twice on the inactive list and once more when it comes back to it.
        let pages = self.inactive.len() + self.active.len();
        for _ in 0..=4 * pages {
            self.balance(bits)?;
            let Some(&entry) = self.inactive.front() else { return Ok(None) };
            if bits.may_go(entry.frame) && !bits.test_and_clear(entry.frame)? {
                return Ok(Some(entry.frame));
            }
            self.inactive.pop_front();
            match entry.marked && bits.may_go(entry.frame) {
                true => self.active.push_back(Entry { marked: false, ..entry }),
                false => {
                    let marked = entry.marked || bits.may_go(entry.frame);
                    self.inactive.push_back(Entry { marked, ..entry });
                }
            }
        }
        Ok(None)
    }

    fn state(&self) -> String {
        let said = |entry: &Entry| {
            let mark = if entry.marked { "'" } else { "" };
            format!("{}{mark}", entry.page)
        };
        let inactive = listed(self.inactive.iter().map(said));
        format!("inactive:{inactive};active:{}", listed(self.active.iter().map(said)))
    }
}
