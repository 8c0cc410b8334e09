//! What a checker remembers, kept outside of it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Checker;
use super::history::History;
use crate::golden::Pmp;

/// Older values of page tables, roots and registers that an answer may still rest on, and what was
/// counted. A checker that takes it over judges as the first one would have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckerState {
    pbmte: bool,
    history: History,
    pmp: Pmp,
    older: VecDeque<(Pmp, u64)>,
    counts: [u64; 3],
}

impl Checker {
    /// Its state while nothing is in flight; `None` if something is.
    pub fn state(&self) -> Option<CheckerState> {
        let (pmp, older) = self.protection.states();
        let (pbmte, history) = (self.pbmte, self.history.clone());
        let counts = [self.checked, self.stale, self.unjudged];
        let state = CheckerState { pbmte, history, pmp, older, counts };
        self.history.is_idle().then_some(state)
    }

    /// Takes over a state; false, and nothing changes, if it is of other PMP registers. Pages of
    /// tables have to be watched as they were ([`crate::bus::SharedMemory::put_page`]).
    pub fn restore(&mut self, state: CheckerState) -> bool {
        let CheckerState { pbmte, history, pmp, older, counts } = state;
        if !self.protection.restore(pmp, older) {
            return false;
        }
        (self.pbmte, self.history) = (pbmte, history.counted());
        [self.checked, self.stale, self.unjudged] = counts;
        true
    }
}
