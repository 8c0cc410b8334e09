//! Enhanced second chance: the clock with A and D. By these bits a page is in one of four classes,
//! (0,0), (0,1), (1,0) and (1,1), and from the hand on the first page of the lowest non-empty class
//! is evicted (Silberschatz).
//!
//! The variant, since the books leave open when A is cleared (as Stallings has it): a first round
//! of the hand looks for (0,0) and clears nothing; a second looks for (0,1) and clears A of the
//! pages that it passes; then both are repeated, since pages that were (1,0) are (0,0) by then. The
//! new page takes the victim's place and the hand moves on past it. A page is loaded with A = 1. A
//! tick clears A everywhere.
//!
//! It differs from [`super::Nru`] by the hand: NRU evicts the page that was loaded first.

use super::ring::Ring;
use super::{Kept, Marks, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// The ring and its hand.
#[derive(Debug, Default)]
pub struct EnhancedSecondChance(Ring<()>);

impl Policy for EnhancedSecondChance {
    fn name(&self) -> &'static str {
        "enhanced-second-chance"
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
        for second in [false, true, false, true] {
            for _ in 0..self.0.len() {
                let seen = self.0.at_hand().map(|place| place.frame);
                if let Some(frame) = seen.filter(|&frame| bits.may_evict(frame)) {
                    let Marks { accessed, dirty } = bits.look(frame)?;
                    if !accessed && dirty == second {
                        return Ok(Some(frame));
                    }
                    if second {
                        bits.test_and_clear(frame)?;
                    }
                }
                self.0.advance();
            }
        }
        Ok(None)
    }

    fn state(&self) -> Kept {
        self.0.describe(|place| (place.page, ""))
    }
}
