//! CLOCK: second chance by the hardware's accessed bits.
//!
//! The variant: frames stand on a ring, a hand points at one. A page is loaded with A = 1. The
//! hand passes over pages with A = 1, clearing it, and stops at the first with A = 0. The new
//! page takes the victim's place and the hand moves on past it (as Stallings draws it; loading
//! with A = 0 gives other fault counts).

use super::{AccessedBits, Policy};
use crate::os::OsError;

/// The ring and its hand.
#[derive(Debug, Default)]
pub struct Clock {
    ring: Vec<Option<u64>>,
    /// Places left by pages that went, latest last: the next page takes that one.
    vacant: Vec<usize>,
    hand: usize,
}

impl Policy for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn inserted(&mut self, frame: u64) {
        match self.vacant.pop() {
            Some(place) => self.ring[place] = Some(frame),
            None => self.ring.push(Some(frame)),
        }
    }

    fn removed(&mut self, frame: u64) {
        if let Some(place) = self.ring.iter().position(|&held| held == Some(frame)) {
            self.ring[place] = None;
            self.vacant.push(place);
            if place == self.hand {
                self.hand = (place + 1) % self.ring.len();
            }
        }
    }

    fn victim(
        &mut self,
        may_go: &dyn Fn(u64) -> bool,
        bits: &mut dyn AccessedBits,
    ) -> Result<Option<u64>, OsError> {
        // Two rounds suffice: the first clears every bit that could save a page in the second.
        for _ in 0..=2 * self.ring.len() {
            let Some(&held) = self.ring.get(self.hand) else { return Ok(None) };
            if let Some(frame) = held.filter(|&frame| may_go(frame))
                && !bits.test_and_clear(frame)?
            {
                return Ok(Some(frame));
            }
            self.hand = (self.hand + 1) % self.ring.len();
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    struct Bits(BTreeSet<u64>);

    impl AccessedBits for Bits {
        fn test_and_clear(&mut self, frame: u64) -> Result<bool, OsError> {
            Ok(self.0.remove(&frame))
        }
    }

    #[test]
    fn accessed_pages_get_a_second_chance() {
        let mut clock = Clock::default();
        let mut bits = Bits(BTreeSet::from([1, 2]));
        (1..=3).for_each(|frame| clock.inserted(frame));
        assert_eq!(clock.victim(&|_| true, &mut bits).unwrap(), Some(3));
        clock.removed(3);
        clock.inserted(4);
        bits.0.extend([1, 4]);
        // The hand stands past the new page: 1 was accessed again, 2 was not.
        assert_eq!(clock.victim(&|_| true, &mut bits).unwrap(), Some(2));
        assert_eq!(clock.victim(&|_| false, &mut bits).unwrap(), None);
    }
}
