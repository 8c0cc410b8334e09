//! The MMU's counter events by name.

use model::mmu::{Events, Pulse};

/// How often each event happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; Pulse::COUNT]);

impl Counts {
    /// Adds one cycle's pulses.
    pub fn add(&mut self, events: Events) {
        events.iter().for_each(|pulse| self.0[pulse as usize] += 1);
    }

    /// The count of an event, if there is one of this name.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.iter().find(|(known, _)| *known == name).map(|(_, count)| count)
    }

    /// Names and counts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Pulse::ALL.iter().map(|pulse| pulse.name()).zip(self.0)
    }
}
