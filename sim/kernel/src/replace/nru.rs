//! Not recently used: pages are in four classes by their A and D bits, and a page of the lowest
//! non-empty class is evicted. Used weighs more than dirty. A is cleared at every tick.
//!
//! The variant: within a class the page that was loaded first is evicted (Tanenbaum takes any).

use super::pages::Pages;
use super::{Kept, Marks, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};

/// Pages with the class in which they were last seen.
#[derive(Debug, Default)]
pub struct Nru(Pages<u8>);

impl Policy for Nru {
    fn name(&self) -> &'static str {
        "nru"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, class(Marks { accessed: true, dirty: false }));
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn tick(&mut self, _running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        for (frame, seen) in self.0.iter_mut() {
            bits.test_and_clear(frame)?;
            *seen = class(bits.look(frame)?);
        }
        Ok(())
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        let mut least = None;
        self.0.each_candidate(bits, |bits, frame, seen| {
            *seen = class(bits.look(frame)?);
            if least.is_none_or(|(lowest, _)| *seen < lowest) {
                least = Some((*seen, frame));
            }
            Ok(())
        })?;
        Ok(least.map(|(_, frame)| frame))
    }

    fn state(&self) -> Kept {
        self.0.describe(
            |loaded| loaded.note,
            |loaded| (loaded.page, format!("=class{}", loaded.note)),
        )
    }
}

/// 0 to 3: neither, dirty, used, both.
fn class(marks: Marks) -> u8 {
    2 * u8::from(marks.accessed) + u8::from(marks.dirty)
}
