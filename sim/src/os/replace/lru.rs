//! Least recently used, exactly: an oracle. No hardware reports every access to the kernel, so
//! this is the yardstick that the others are measured with.

use super::{AccessedBits, Policy};
use crate::os::OsError;
use std::collections::BTreeMap;

/// Frames with the moment of their last access.
#[derive(Debug, Default)]
pub struct Lru {
    moment: u64,
    last: BTreeMap<u64, u64>,
}

impl Policy for Lru {
    fn name(&self) -> &'static str {
        "lru"
    }

    fn is_oracle(&self) -> bool {
        true
    }

    fn inserted(&mut self, frame: u64) {
        self.moment += 1;
        self.last.insert(frame, self.moment);
    }

    fn removed(&mut self, frame: u64) {
        self.last.remove(&frame);
    }

    fn accessed(&mut self, frame: u64) {
        if let Some(last) = self.last.get_mut(&frame) {
            self.moment += 1;
            *last = self.moment;
        }
    }

    fn victim(
        &mut self,
        may_go: &dyn Fn(u64) -> bool,
        _bits: &mut dyn AccessedBits,
    ) -> Result<Option<u64>, OsError> {
        let oldest = self.last.iter().filter(|(frame, _)| may_go(**frame));
        Ok(oldest.min_by_key(|(_, moment)| **moment).map(|(frame, _)| *frame))
    }
}
