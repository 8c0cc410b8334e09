//! Generations, as in recent kernels: every tick begins a generation, pages used since the last
//! tick join it, and victims are taken from the oldest one.
//!
//! A new page is in the youngest generation. A victim's A bit is checked once more: if the page was
//! used since the tick, it joins the youngest generation instead. There are four generations; the
//! oldest contains everything older. Within one, the page that was loaded first is evicted.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// The number of generations.
const GENERATIONS: u64 = 4;

/// Pages with their generations.
#[derive(Debug, Default)]
pub struct Generations {
    youngest: u64,
    pages: Pages<u64>,
}

impl Policy for Generations {
    fn name(&self) -> &'static str {
        "generations"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.pages.insert(frame, page, self.youngest);
    }

    fn removed(&mut self, frame: u64) {
        self.pages.remove(frame);
    }

    fn tick(&mut self, _running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        self.youngest += 1;
        let oldest = self.youngest.saturating_sub(GENERATIONS - 1);
        for (frame, generation) in self.pages.iter_mut() {
            let used = bits.test_and_clear(frame)?;
            *generation = if used { self.youngest } else { oldest.max(*generation) };
        }
        Ok(())
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        // Every A bit that is found set is cleared, so this terminates; the first page found clear
        // after all were cleared is in the youngest generation, which is then the oldest.
        while let Some(frame) = self.pages.least(bits, |loaded| loaded.note) {
            if !bits.test_and_clear(frame)? {
                return Ok(Some(frame));
            }
            if let Some(generation) = self.pages.note(frame) {
                *generation = self.youngest;
            }
        }
        Ok(None)
    }

    fn state(&self) -> Kept {
        let age = |generation| self.youngest - generation;
        self.pages.describe(
            |loaded| loaded.note,
            |loaded| (loaded.page, format!("=age{}", age(loaded.note))),
        )
    }
}
