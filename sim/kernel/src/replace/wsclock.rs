//! WSClock (Carr and Hennessy): CLOCK that keeps working sets in memory and writes dirty pages
//! before they are needed.
//!
//! Each page has the time of its last known use, in ticks of its own process: a page does not age
//! while its process does not run. The hand examines page after page. If the page was used since it
//! was last examined, A is cleared, the time noted, and the hand moves on. Else, if the use was
//! within the last `tau` ticks, the page is in the working set, and the hand moves on. An older
//! clean page is evicted; an older dirty page is written back ahead, and the hand moves on. After a
//! whole round in which a page was written, the next old page that is clean is evicted; if none was
//! written, every page is in a working set, and a clean page is evicted all the same, or the one at
//! the hand.
//!
//! Variant: the write is complete when the hand moves on. Without ticks no page ages.

use super::ring::Ring;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};
use std::collections::BTreeMap;

/// The ring, and the time of each process.
#[derive(Debug)]
pub struct WsClock {
    tau: u64,
    /// Ticks in which each process ran.
    ticks: BTreeMap<Pid, u64>,
    /// Pages with the time of their last known use.
    ring: Ring<u64>,
}

impl WsClock {
    /// Pages stay in the working set for `tau` ticks after their last use.
    pub fn new(tau: u64) -> WsClock {
        WsClock { tau, ticks: BTreeMap::new(), ring: Ring::default() }
    }

    fn now(&self, page: VirtualPage) -> u64 {
        self.ticks.get(&page.pid).copied().unwrap_or(0)
    }
}

impl Policy for WsClock {
    fn name(&self) -> &'static str {
        "wsclock"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.ring.insert(frame, page, self.now(page));
    }

    fn removed(&mut self, frame: u64) {
        self.ring.remove(frame);
    }

    fn tick(&mut self, running: Option<Pid>, bits: &mut dyn PageBits) -> Result<(), OsError> {
        if let Some(pid) = running {
            *self.ticks.entry(pid).or_default() += 1;
        }
        for place in self.ring.iter_mut() {
            if bits.test_and_clear(place.frame)? {
                place.note = self.ticks.get(&place.page.pid).copied().unwrap_or(0);
            }
        }
        Ok(())
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        let mut fallback: Option<(bool, u64)> = None;
        // Pages that the first round has written are clean in the second.
        for round in 0..2 {
            let mut written = false;
            for _ in 0..self.ring.len() {
                let seen = self.ring.at_hand().map(|place| (place.frame, place.page, place.note));
                let Some((frame, page, last)) = seen.filter(|(frame, ..)| bits.may_evict(*frame))
                else {
                    self.ring.advance();
                    continue;
                };
                let now = self.now(page);
                if bits.test_and_clear(frame)? {
                    if let Some(place) = self.ring.at_hand() {
                        place.note = now;
                    }
                } else if now - last > self.tau {
                    if !bits.look(frame)?.dirty {
                        return Ok(Some(frame));
                    }
                    written |= bits.write_back(frame)?;
                }
                if round == 0 {
                    let dirty = bits.look(frame)?.dirty;
                    if fallback.is_none_or(|(before, _)| before && !dirty) {
                        fallback = Some((dirty, frame));
                    }
                }
                self.ring.advance();
            }
            if !written {
                break;
            }
        }
        Ok(fallback.map(|(_, frame)| frame))
    }

    fn state(&self) -> Kept {
        let age = |page, last| self.now(page).saturating_sub(last);
        self.ring.describe(|place| (place.page, format!("=age{}", age(place.page, place.note))))
    }
}
