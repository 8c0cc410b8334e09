//! Memory in which every entry may have its present value or an older one: a depth-first search
//! over them that repeats the walk.

use std::cell::{Cell, RefCell};

use super::history::{Age, History};
use crate::bus::BusError;
use crate::golden::{Pte, PteSource, Regime};
use crate::isa::{Mode, Satp};

/// The possible values of one read of the walk, and the one returned.
struct Choice {
    options: Vec<(Result<u64, BusError>, Age)>,
    taken: usize,
}

/// A source of entries that makes a choice at each read and records it.
pub(super) struct Choices<'a> {
    memory: &'a dyn PteSource,
    history: &'a History,
    accepted: u64,
    choices: RefCell<Vec<Choice>>,
    at: Cell<usize>,
    /// The scheme, if entries of its last level may belong to NAPOT ranges.
    napot: Option<Mode>,
}

impl<'a> Choices<'a> {
    /// Without choices made: the first walk reads present memory.
    pub(super) fn new(memory: &'a dyn PteSource, history: &'a History, accepted: u64) -> Self {
        let (choices, at) = (RefCell::new(Vec::new()), Cell::new(0));
        Choices { memory, history, accepted, choices, at, napot: None }
    }

    /// The walks are of this regime, under which an entry of the last level may be read in place
    /// of another of its NAPOT range.
    pub(super) fn allow_napot(&mut self, regime: Regime) {
        let mode = Satp::decode(regime.satp, regime.xlen).map(|satp| satp.mode);
        self.napot = mode.filter(|mode| *mode != Mode::Sv32);
    }

    /// The values of the other entries of a NAPOT range, if they are entries of one.
    fn beside(&self, mode: Mode, pa: u64, bytes: u64) -> Vec<(Result<u64, BusError>, Age)> {
        let range = bytes << Pte::NAPOT_BITS;
        let first = pa & !(range - 1);
        let others = (first..first + range).step_by(bytes as usize).filter(|other| *other != pa);
        let mut values = Vec::new();
        for other in others {
            let present = self.memory.read(other, bytes).ok().map(|value| (value, None));
            let older = self.history.older(other, self.accepted);
            let older = older.map(|(value, until)| (value, Some(until)));
            values.extend(present.into_iter().chain(older));
        }
        let in_range = |value| {
            let pte = Pte::new(mode, value);
            pte.is_napot() && pte.napot_copy(0, 0).is_some()
        };
        let values = values.into_iter().filter(|(value, _)| in_range(*value));
        values.map(|(value, until)| (Ok(value), Age::Beside(until))).collect()
    }

    /// The ages of the values of the last walk, from the root down.
    pub(super) fn ages(&self) -> Vec<Age> {
        let choices = self.choices.borrow();
        choices.iter().map(|choice| choice.options[choice.taken].1).collect()
    }

    /// Advances to the next combination; false when all have been tried.
    pub(super) fn advance(&mut self) -> bool {
        self.at.set(0);
        let choices = self.choices.get_mut();
        while let Some(last) = choices.last_mut() {
            last.taken += 1;
            if last.taken < last.options.len() {
                return true;
            }
            choices.pop();
        }
        false
    }
}

impl PteSource for Choices<'_> {
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError> {
        let mut choices = self.choices.borrow_mut();
        let at = self.at.replace(self.at.get() + 1);
        if at == choices.len() {
            let present = self.memory.read(pa, bytes);
            let older = self.history.older(pa, self.accepted);
            let older = older.map(|(value, until)| (Ok(value), Age::Until(until)));
            let older = older.filter(|(value, _)| *value != present);
            let mut options: Vec<_> = [(present, Age::Present)].into_iter().chain(older).collect();
            if let Some(mode) = self.napot
                && at + 1 == mode.levels() as usize
            {
                options.extend(self.beside(mode, pa, bytes));
            }
            choices.push(Choice { options, taken: 0 });
        }
        choices[at].options[choices[at].taken].0
    }

    fn writable(&self, pa: u64, bytes: u64) -> bool {
        self.memory.writable(pa, bytes)
    }
}
