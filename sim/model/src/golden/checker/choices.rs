//! Memory in which every entry may have its present value or an older one: a depth-first search
//! over them that repeats the walk.

use std::cell::{Cell, RefCell};

use super::history::{Age, History};
use crate::bus::BusError;
use crate::golden::PteSource;

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
}

impl<'a> Choices<'a> {
    /// Without choices made: the first walk reads present memory.
    pub(super) fn new(memory: &'a dyn PteSource, history: &'a History, accepted: u64) -> Self {
        Choices { memory, history, accepted, choices: RefCell::new(Vec::new()), at: Cell::new(0) }
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
            let options = [(present, Age::Present)].into_iter().chain(older).collect();
            choices.push(Choice { options, taken: 0 });
        }
        choices[at].options[choices[at].taken].0
    }

    fn writable(&self, pa: u64, bytes: u64) -> bool {
        self.memory.writable(pa, bytes)
    }
}
