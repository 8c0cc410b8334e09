//! One thing at a time, without an initiator of one's own.

use model::isa::Fault;
use model::mmu::{Fence, Request, Response};

use super::initiator::{Once, Resets, TakesFaults};
use super::{Board, Hart, HartId, StepError};

impl Board {
    /// One cycle in which all MMUs are reset.
    ///
    /// # Errors
    /// As [`Board::cycle`].
    pub fn reset(&mut self) -> Result<(), StepError> {
        let mut resets = vec![Resets; self.harts.len()];
        self.cycle(&mut resets)
    }

    /// Lets PMP of every hart allow everything again, as firmware does after a reset; no cycle
    /// passes.
    pub fn open_memory(&mut self) {
        self.harts.iter_mut().for_each(Hart::open_memory);
    }

    /// An `SFENCE.VMA` of one hart, which the others do not see; complete on return.
    ///
    /// # Errors
    /// As [`Board::cycle`], and when the MMU never accepts it.
    pub fn fence(&mut self, hart: HartId, fence: Fence) -> Result<(), StepError> {
        let mut once = Once { fence: Some(fence), ..Once::default() };
        // The tracker's patience ends this loop if the MMU never accepts.
        while !once.fenced {
            self.cycle_of(hart, &mut once)?;
        }
        Ok(())
    }

    /// One translation by one hart.
    ///
    /// # Errors
    /// As [`Board::cycle`], and when the MMU never answers.
    pub fn translate(&mut self, hart: HartId, request: Request) -> Result<Response, StepError> {
        let mut once = Once { request: Some(request), ..Once::default() };
        loop {
            self.cycle_of(hart, &mut once)?;
            if let Some(response) = once.response {
                return Ok(response);
            }
        }
    }

    /// One cycle in which the fault that a hart's MMU holds is taken.
    ///
    /// # Errors
    /// As [`Board::cycle`].
    pub fn take_fault(&mut self, hart: HartId) -> Result<Option<Fault>, StepError> {
        self.cycle_of(hart, &mut TakesFaults)?;
        Ok(self.harts[hart].outputs().fault)
    }
}
