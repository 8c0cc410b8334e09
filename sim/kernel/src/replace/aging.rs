//! Aging: an eight-bit history of each page. At every tick it is shifted right, the A bit enters at
//! its left, and A is cleared; the page with the smallest history is evicted (Tanenbaum).
//!
//! Use since the last tick counts before all history; of pages with equal histories the one loaded
//! first is evicted.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// Pages with their histories.
#[derive(Debug, Default)]
pub struct Aging(Pages<u8>);

impl Policy for Aging {
    fn name(&self) -> &'static str {
        "aging"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, 0);
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn tick(&mut self, _running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        for (frame, history) in self.0.iter_mut() {
            *history = *history >> 1 | u8::from(bits.test_and_clear(frame)?) << 7;
        }
        Ok(())
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        let mut least = None;
        self.0.each_candidate(bits, |bits, frame, history| {
            let age = (bits.look(frame)?.accessed, *history);
            if least.is_none_or(|(smallest, _)| age < smallest) {
                least = Some((age, frame));
            }
            Ok(())
        })?;
        Ok(least.map(|(_, frame)| frame))
    }

    fn state(&self) -> Kept {
        self.0
            .describe(|loaded| loaded.note, |loaded| (loaded.page, format!("={:08b}", loaded.note)))
    }
}
