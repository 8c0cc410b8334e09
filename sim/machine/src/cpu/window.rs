//! The accesses in the pipeline, by number: a ring buffer that grows when needed.

use super::slot::Slot;

/// Accesses in program order. Numbers count up and are never used again.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Its length is a power of two, or 0; number n is at index n modulo that. Other entries are
    /// stale.
    ring: Vec<Slot>,
    first: u64,
    end: u64,
}

impl Window {
    /// How many there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        (self.end - self.first) as usize
    }

    /// Whether there are none.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.first == self.end
    }

    /// The number of the oldest, or of the next one to be added.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The oldest.
    #[inline]
    pub(super) fn front(&self) -> Option<&Slot> {
        self.get(self.first)
    }

    /// The one with this number, if it is here.
    #[inline]
    pub(super) fn get(&self, number: u64) -> Option<&Slot> {
        let here = number.wrapping_sub(self.first) < self.end - self.first;
        if here { self.ring.get(number as usize & (self.ring.len() - 1)) } else { None }
    }

    /// The one with this number, mutable.
    #[inline]
    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Slot> {
        let here = number.wrapping_sub(self.first) < self.end - self.first;
        let mask = self.ring.len().wrapping_sub(1);
        if here { self.ring.get_mut(number as usize & mask) } else { None }
    }

    /// Adds the youngest.
    #[inline]
    pub(super) fn push(&mut self, slot: Slot) {
        if self.len() == self.ring.len() {
            self.grow(slot);
        }
        let mask = self.ring.len() - 1;
        self.ring[self.end as usize & mask] = slot;
        self.end += 1;
    }

    #[cold]
    fn grow(&mut self, filler: Slot) {
        let slots = self.drain();
        let (room, first) = ((2 * slots.len()).max(16), self.end - slots.len() as u64);
        self.ring = vec![filler; room];
        self.first = first;
        for (number, slot) in (first..).zip(slots) {
            self.ring[number as usize & (room - 1)] = slot;
        }
    }

    /// Removes the oldest.
    #[inline]
    pub(super) fn pop(&mut self) {
        debug_assert!(!self.is_empty());
        self.first += 1;
    }

    /// Removes all; the next one to be added has this number.
    pub(super) fn restart(&mut self, first: u64) {
        (self.first, self.end) = (first, first);
    }

    /// Removes all and returns them.
    pub(super) fn drain(&mut self) -> Vec<Slot> {
        let slots = (self.first..self.end).filter_map(|number| self.get(number).copied()).collect();
        self.first = self.end;
        slots
    }

    /// All, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        (self.first..self.end).filter_map(|number| self.get(number))
    }

    /// All, oldest first, mutable.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        let (first, count) = (self.first, self.len());
        let mask = self.ring.len().wrapping_sub(1);
        // The ring from the oldest on, then the part before it.
        let split = (first as usize & mask).min(self.ring.len());
        let (before, after) = self.ring.split_at_mut(split);
        after.iter_mut().chain(before).take(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::slot::Stage;
    use model::isa::{Access, Context};

    fn slot(va: u64) -> Slot {
        Slot {
            kind: Access::Load,
            va,
            bytes: 8,
            context: Context::USER,
            instruction: 0,
            begins: true,
            stage: Stage::Waiting,
            sent: 0,
            in_flight: 0,
            transfers: 0,
        }
    }

    #[test]
    fn numbers_stay_true_while_the_ring_turns_and_grows() {
        let mut window = Window::default();
        let mut next = 0;
        for round in 1..40 {
            for _ in 0..round {
                window.push(slot(next));
                next += 1;
            }
            let vas: Vec<_> = window.iter_mut().map(|slot| slot.va).collect();
            assert_eq!(vas, (window.first()..next).collect::<Vec<_>>());
            assert!((window.first()..next).all(|n| window.get(n).unwrap().va == n));
            assert!(window.get(next).is_none());
            assert!(window.first().checked_sub(1).is_none_or(|gone| window.get(gone).is_none()));
            for _ in 0..round - 1 {
                window.pop();
            }
        }
        assert_eq!(window.drain().len(), 39);
        assert!(window.is_empty() && window.front().is_none());
    }
}
