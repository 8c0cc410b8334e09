//! Least frequently used, exactly: an oracle, since no hardware counts accesses.
//!
//! The variant: accesses are counted from the page's loading on, including the one that loaded it;
//! of pages with equal counts the one loaded first is evicted; an evicted page loses its count.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::OsError;

/// Pages with the number of their accesses.
#[derive(Debug, Default)]
pub struct Lfu(Pages<u64>);

impl Policy for Lfu {
    fn name(&self) -> &'static str {
        "lfu"
    }

    fn is_oracle(&self) -> bool {
        true
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, 0);
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn accessed(&mut self, frame: u64) {
        if let Some(count) = self.0.note(frame) {
            *count += 1;
        }
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        Ok(self.0.least(bits, |loaded| loaded.note))
    }

    fn state(&self) -> Kept {
        self.0.describe(|loaded| loaded.note, |loaded| (loaded.page, format!("={}", loaded.note)))
    }
}
