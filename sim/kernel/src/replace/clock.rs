//! CLOCK: second chance by the hardware's accessed bits.
//!
//! The variant: frames form a ring, and a hand points at one. A page is loaded with A = 1. The hand
//! passes over pages with A = 1, clearing it, and stops at the first with A = 0. The new page takes
//! the victim's place and the hand moves on past it (as Stallings draws it; loading with A = 0
//! gives other fault counts, see [`super::Clock0`]). A tick clears A everywhere.

use super::ring::Ring;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// The ring and its hand.
#[derive(Debug, Default)]
pub struct Clock(Ring<()>);

impl Policy for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, ());
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn tick(&mut self, _running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        self.0.iter_mut().try_for_each(|place| bits.test_and_clear(place.frame).map(|_| ()))
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        // Two rounds suffice: the first clears every bit that could save a page in the second.
        for _ in 0..=2 * self.0.len() {
            if let Some(frame) =
                self.0.at_hand().map(|p| p.frame).filter(|&frame| bits.may_evict(frame))
                && !bits.test_and_clear(frame)?
            {
                return Ok(Some(frame));
            }
            self.0.advance();
        }
        Ok(None)
    }

    fn state(&self) -> Kept {
        self.0.describe(|place| (place.page, ""))
    }
}
