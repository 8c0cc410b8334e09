//! All that a board of one hart remembers besides its memory, kept outside of it.

use serde::{Deserialize, Serialize};

use super::Board;
use crate::stats::Meter;
use model::golden::CheckerState;
use model::mmu::{MmuState, OtherMmu};

/// The state of a board at rest: clock, counters, the hart's MMU and its checker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoardState {
    meter: Meter,
    now: u64,
    repeated: u64,
    fast_cycles: u64,
    satp: u64,
    adue: bool,
    pbmte: bool,
    /// Answers since the last one of a sample.
    passed: u32,
    checker: CheckerState,
    mmu: MmuState,
}

/// A state that a board cannot take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtherBoard {
    /// Its MMU cannot.
    #[error(transparent)]
    Mmu(#[from] OtherMmu),
    /// It has other PMP registers, or not one hart.
    #[error("the board is not the one whose state this is")]
    Board,
}

impl Board {
    /// Whether nothing is presented or in flight, of any hart.
    pub fn is_at_rest(&self) -> bool {
        let rests = |hart: &super::Hart| hart.walks == 0 && hart.tracker.is_at_rest();
        !self.busy() && self.harts.iter().all(rests)
    }

    /// Its state; `None` while something is in flight, if it has not one hart, or if its MMU cannot
    /// tell ([`model::mmu::Mmu::state`]).
    pub fn state(&mut self) -> Option<BoardState> {
        if !self.is_at_rest() {
            return None;
        }
        let [hart] = &mut self.harts[..] else { return None };
        Some(BoardState {
            meter: self.meter.clone(),
            now: self.now,
            repeated: self.repeated,
            fast_cycles: self.fast_cycles,
            satp: hart.satp,
            adue: hart.adue,
            pbmte: hart.pbmte,
            passed: hart.sampler.passed,
            checker: hart.checker.state()?,
            mmu: hart.mmu.state()?,
        })
    }

    /// Goes on from a state, before the first cycle.
    ///
    /// # Errors
    /// [`OtherBoard`]; then the board is not to be used any more.
    pub fn restore(&mut self, state: BoardState) -> Result<(), OtherBoard> {
        let [hart] = &mut self.harts[..] else { return Err(OtherBoard::Board) };
        hart.mmu.restore(&state.mmu)?;
        if !hart.checker.restore(state.checker) {
            return Err(OtherBoard::Board);
        }
        (hart.satp, hart.adue, hart.pbmte) = (state.satp, state.adue, state.pbmte);
        hart.sampler.passed = state.passed;
        hart.calm = false;
        self.meter = state.meter;
        (self.now, self.repeated, self.fast_cycles) =
            (state.now, state.repeated, state.fast_cycles);
        Ok(())
    }
}
