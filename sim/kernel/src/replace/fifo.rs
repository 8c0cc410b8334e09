//! First in, first out: the page that was loaded first is evicted first, however busy it is.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::OsError;

/// The pages in the order in which they were loaded.
#[derive(Debug, Default)]
pub struct Fifo(Pages<()>);

impl Policy for Fifo {
    fn name(&self) -> &'static str {
        "fifo"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.0.insert(frame, page, ());
    }

    fn removed(&mut self, frame: u64) {
        self.0.remove(frame);
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        Ok(self.0.first(bits))
    }

    fn state(&self) -> Kept {
        self.0.describe(|_| (), |loaded| (loaded.page, ""))
    }
}
