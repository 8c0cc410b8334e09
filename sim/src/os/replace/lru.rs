//! Least recently used, exactly: an oracle. No hardware reports every access to the kernel, so
//! this is the yardstick that the others are measured with.

use super::pages::Pages;
use super::{PageBits, Policy, VirtualPage};
use crate::os::OsError;

/// Pages with the moment of their last access.
#[derive(Debug, Default)]
pub struct Lru {
    moment: u64,
    pages: Pages<u64>,
}

impl Policy for Lru {
    fn name(&self) -> &'static str {
        "lru"
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
        Ok(self.pages.least(bits, |loaded| loaded.note))
    }

    fn state(&self) -> String {
        self.pages.tell(|loaded| loaded.note, |loaded| loaded.page.to_string())
    }
}
