//! WSClock (Carr and Hennessy): CLOCK that keeps working sets in memory and writes dirty pages
//! before they are needed.
//!
//! Each page has the moment of its last known use, in ticks of its own process: time in which
//! the process did not run makes no page older. The hand looks at page after page. Used since it
//! was last looked at: A is cleared, the moment noted, the hand goes on. Else, within the last
//! `tau` ticks: in the working set, the hand goes on. Older and clean: it goes. Older and dirty:
//! it is written back ahead, and the hand goes on. After a whole round with a page written, the
//! next old page that is clean goes; with none, everything is in a working set, and a clean page
//! goes all the same, or the one at the hand.
//!
//! Variant: the write is complete when the hand goes on. Without ticks nothing ever gets old.

use super::ring::Ring;
use super::{PageBits, Policy, VirtualPage};
use crate::{OsError, Pid};
use std::collections::BTreeMap;

/// The ring, and the time of each process.
#[derive(Debug)]
pub struct WsClock {
    tau: u64,
    /// Ticks in which each process ran.
    ticks: BTreeMap<Pid, u64>,
    /// Pages with the moment of their last known use.
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
        // The second round finds clean what the first has written.
        for round in 0..2 {
            let mut written = false;
            for _ in 0..self.ring.len() {
                let seen = self.ring.at_hand().map(|place| (place.frame, place.page, place.note));
                let Some((frame, page, last)) = seen.filter(|(frame, ..)| bits.may_go(*frame))
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

    fn state(&self) -> String {
        let age = |page, last| self.now(page).saturating_sub(last);
        self.ring.tell(|place| format!("{}=age{}", place.page, age(place.page, place.note)))
    }
}
