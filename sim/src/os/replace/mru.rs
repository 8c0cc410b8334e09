//! Most recently used, exactly: an oracle. Foolish in general, and nearly best for loops that
//! are a little too long for memory: what was just used is needed again last.

use super::pages::Pages;
use super::{PageBits, Policy, VirtualPage};
use crate::os::OsError;
use std::cmp::Reverse;

/// Pages with the moment of their last access.
#[derive(Debug, Default)]
pub struct Mru {
    moment: u64,
    pages: Pages<u64>,
}

impl Policy for Mru {
    fn name(&self) -> &'static str {
        "mru"
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
        Ok(self.pages.least(bits, |loaded| Reverse(loaded.note)))
    }

    fn state(&self) -> String {
        self.pages.tell(|loaded| Reverse(loaded.note), |loaded| loaded.page.to_string())
    }
}
