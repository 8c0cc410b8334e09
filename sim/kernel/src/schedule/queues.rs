//! The queues as reported.

use super::{Pid, Reason, Schedule, Standing};
use crate::{Event, Hal, Os};

impl Schedule {
    /// The blocked processes, and their reasons.
    pub fn waiting(&self) -> impl Iterator<Item = (Pid, Reason)> + '_ {
        self.entries.iter().filter_map(|(pid, entry)| match entry.standing {
            Standing::Blocked(reason) => Some((*pid, reason)),
            _ => None,
        })
    }
}

impl Os {
    /// Reports as an event which processes are ready and which wait.
    pub(crate) fn report_queues(&self, hal: &mut dyn Hal) {
        if hal.is_watched() {
            let (ready, waiting) = (self.schedule.ready(), self.schedule.waiting());
            hal.event(Event::Queues { ready: ready.collect(), waiting: waiting.collect() });
        }
    }
}
