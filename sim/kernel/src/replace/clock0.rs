//! CLOCK as some books draw it: a page is loaded with use = 0, and the access that loaded it does
//! not set it. An oracle: hardware sets A at that very access and could not distinguish it from the
//! next one.
//!
//! Everything else is as in [`super::Clock`], but its fault counts differ; on Belady's string even
//! the anomaly disappears. A tick clears all use bits, as it clears A there.

use super::ring::Ring;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// The state of a page.
#[derive(Clone, Copy, Debug)]
struct Use {
    /// The access that loaded it is still to come.
    fresh: bool,
    used: bool,
}

/// The ring and its hand.
#[derive(Debug, Default)]
pub struct Clock0(Ring<Use>);

impl Policy for Clock0 {
    fn name(&self) -> &'static str {
        "clock0"
    }

    fn is_oracle(&self) -> bool {
        true
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, Use { fresh: true, used: false });
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn accessed(&mut self, frame: u64) {
        if let Some(place) = self.0.find(frame) {
            place.note = Use { fresh: false, used: !place.note.fresh };
        }
    }

    fn tick(&mut self, _running: Option<Pid>, _bits: &mut dyn PageBits) -> Result<(), OsError> {
        self.0.iter_mut().for_each(|place| place.note.used = false);
        Ok(())
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        // Two rounds suffice: the first clears every bit that could save a page in the second.
        for _ in 0..=2 * self.0.len() {
            if let Some(place) = self.0.at_hand().filter(|place| bits.may_evict(place.frame))
                && !std::mem::take(&mut place.note.used)
            {
                return Ok(Some(place.frame));
            }
            self.0.advance();
        }
        Ok(None)
    }

    fn state(&self) -> Kept {
        self.0.describe(|place| (place.page, format!("={}", u8::from(place.note.used))))
    }
}
