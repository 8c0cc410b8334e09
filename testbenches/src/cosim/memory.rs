//! The latency of memory's answers, and the writes of other agents.

use super::profile::Profile;
use super::tables::{Tables, chance};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// An outstanding response.
struct Pending {
    due: u64,
    answer: Answer,
}

/// The response of memory.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    pub(super) data: u64,
    pub(super) error: bool,
    pub(super) swapped: bool,
    /// The line around the entry.
    pub(super) line: Option<[u64; 8]>,
}

/// The walker's request on the pins.
pub(super) struct Asked {
    pub(super) pa: u64,
    /// For a compare-and-swap: expected and desired.
    pub(super) swap: Option<(u64, u64)>,
}

/// The walkers' memory: as many requests in flight as there are walkers, answered in order.
pub(super) struct Memory {
    pub(super) tables: Tables,
    pending: VecDeque<Pending>,
    /// The most requests in flight.
    walkers: usize,
    /// Memory gives lines.
    fills: bool,
    /// Answers refused so far.
    pub(super) errors: u64,
}

impl Memory {
    pub(super) fn new(tables: Tables, walkers: usize, fills: bool) -> Self {
        Self { tables, pending: VecDeque::new(), walkers, fills, errors: 0 }
    }

    /// The answer that arrives in this cycle.
    pub(super) fn answer(&mut self, now: u64) -> Option<Answer> {
        let arrives = self.pending.front().is_some_and(|pending| pending.due <= now);
        if arrives { self.pending.pop_front().map(|pending| pending.answer) } else { None }
    }

    /// Whether another request can be accepted after this cycle's answer.
    pub(super) fn takes(&self) -> bool {
        self.pending.len() < self.walkers
    }

    /// Takes a request that was accepted in this cycle.
    pub(super) fn take(
        &mut self,
        now: u64,
        asked: &Asked,
        profile: &Profile,
        rng: &mut ChaCha8Rng,
    ) {
        let error = chance(rng, profile.error);
        let mut answer = Answer { data: rng.random(), error, swapped: rng.random(), line: None };
        if !error {
            if asked.swap.is_some() && chance(rng, profile.contend) {
                self.tables.disturb(asked.pa, rng);
            }
            answer = Answer { data: self.tables.read(asked.pa, rng), ..answer };
            if let Some((expected, desired)) = asked.swap {
                answer.swapped = answer.data == expected;
                if answer.swapped {
                    self.tables.write(asked.pa, desired);
                }
            } else if self.fills && chance(rng, profile.ready) {
                answer.line = Some(self.tables.line(asked.pa, rng));
            }
        }
        self.errors += u64::from(error);
        let due = now + rng.random_range(1..=profile.latency);
        self.pending.push_back(Pending { due, answer });
    }

    /// Discards what is outstanding, as memory must when the hardware is reset.
    pub(super) fn forget(&mut self) {
        self.pending.clear();
    }
}
