//! Second chance: the page loaded first is evicted, unless its A bit says that it was used; then
//! the bit is cleared and the page moves to the end of the queue as if it had just been loaded
//! (Tanenbaum). The same victims as [`super::Clock`], with a queue instead of a ring.
//!
//! A page is loaded with A = 1. A tick clears A everywhere.

use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};
use std::collections::VecDeque;

/// The queue; the next page to be examined is at the front.
#[derive(Debug, Default)]
pub struct SecondChance(VecDeque<(u64, VirtualPage)>);

impl Policy for SecondChance {
    fn name(&self) -> &'static str {
        "second-chance"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.push_back((frame, page));
    }

    fn removed(&mut self, frame: u64) {
        self.0.retain(|(held, _)| *held != frame);
    }

    fn tick(&mut self, _running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        self.0.iter().try_for_each(|(frame, _)| bits.test_and_clear(*frame).map(|_| ()))
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        // Pages that may not be chosen keep their places. The first round clears every bit that
        // could save a page in the second.
        for _ in 0..2 {
            let allowed: Vec<_> =
                self.0.iter().copied().filter(|(f, _)| bits.may_evict(*f)).collect();
            for (frame, page) in allowed {
                if !bits.test_and_clear(frame)? {
                    return Ok(Some(frame));
                }
                self.removed(frame);
                self.0.push_back((frame, page));
            }
        }
        Ok(None)
    }

    fn state(&self) -> Kept {
        Kept::list(self.0.iter().map(|(_, page)| (*page, "")))
    }
}
