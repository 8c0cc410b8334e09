//! Not frequently used: a kernel's approximation of LFU. At every tick each page's A bit is added
//! to its counter, and cleared.
//!
//! Use since the last tick counts as well; of pages with equal counters the one loaded first is
//! evicted. Nothing is ever forgotten: a page that was busy long ago stays, which [`super::Aging`]
//! avoids.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// Pages with the number of ticks in which they were used.
#[derive(Debug, Default)]
pub struct Nfu(Pages<u64>);

impl Policy for Nfu {
    fn name(&self) -> &'static str {
        "nfu"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, 0);
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn tick(&mut self, _running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        for (frame, count) in self.0.iter_mut() {
            *count += u64::from(bits.test_and_clear(frame)?);
        }
        Ok(())
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        let mut least = None;
        self.0.each_candidate(bits, |bits, frame, count| {
            let count = *count + u64::from(bits.look(frame)?.accessed);
            if least.is_none_or(|(fewest, _)| count < fewest) {
                least = Some((count, frame));
            }
            Ok(())
        })?;
        Ok(least.map(|(_, frame)| frame))
    }

    fn state(&self) -> Kept {
        self.0.describe(|loaded| loaded.note, |loaded| (loaded.page, format!("={}", loaded.note)))
    }
}
