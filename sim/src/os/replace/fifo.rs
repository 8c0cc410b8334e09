//! First in, first out: the page that came first goes first, however busy it is.

use super::{AccessedBits, Policy};
use crate::os::OsError;
use std::collections::VecDeque;

/// The queue of frames in the order in which their pages came.
#[derive(Debug, Default)]
pub struct Fifo {
    queue: VecDeque<u64>,
}

impl Policy for Fifo {
    fn name(&self) -> &'static str {
        "fifo"
    }

    fn inserted(&mut self, frame: u64) {
        self.queue.push_back(frame);
    }

    fn removed(&mut self, frame: u64) {
        self.queue.retain(|&held| held != frame);
    }

    fn victim(
        &mut self,
        may_go: &dyn Fn(u64) -> bool,
        _bits: &mut dyn AccessedBits,
    ) -> Result<Option<u64>, OsError> {
        Ok(self.queue.iter().copied().find(|&frame| may_go(frame)))
    }
}
