//! The MMU's counter events by name.

use sim::mmu::Events;

/// How often each event happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; NAMES.len()]);

/// The events' names, in the order of [`Events`].
pub const NAMES: [&str; 14] = [
    "fetch_hit",
    "fetch_miss",
    "data_hit",
    "data_miss",
    "walk_start",
    "walk_done",
    "pte_read",
    "pte_update",
    "update_retry",
    "walk_restart",
    "refill",
    "fence",
    "page_fault",
    "access_fault",
];

impl Counts {
    /// Adds one cycle's pulses.
    pub fn add(&mut self, events: &Events) {
        let pulses = [
            events.fetch_hit,
            events.fetch_miss,
            events.data_hit,
            events.data_miss,
            events.walk_start,
            events.walk_done,
            events.pte_read,
            events.pte_update,
            events.update_retry,
            events.walk_restart,
            events.refill,
            events.fence,
            events.page_fault,
            events.access_fault,
        ];
        for (count, pulse) in self.0.iter_mut().zip(pulses) {
            *count += u64::from(pulse);
        }
    }

    /// The count of an event, if there is one of this name.
    pub fn get(&self, name: &str) -> Option<u64> {
        NAMES.iter().position(|known| *known == name).map(|at| self.0[at])
    }

    /// Names and counts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        NAMES.into_iter().zip(self.0)
    }
}
