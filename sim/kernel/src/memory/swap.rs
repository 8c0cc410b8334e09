//! The swap device: numbered slots of one page each, on a disk.

use crate::PageData;
use std::collections::BTreeMap;

/// A slot's number.
pub type Slot = u32;

/// The slots. The time of the disk is accounted elsewhere.
#[derive(Debug)]
pub struct Swap {
    slots: u32,
    /// Slots that hold a page, or are reserved for one.
    used: BTreeMap<Slot, Box<PageData>>,
    free: Vec<Slot>,
    peak: u32,
}

impl Swap {
    /// A device of so many slots, all free.
    pub fn new(slots: u32) -> Swap {
        Swap { slots, used: BTreeMap::new(), free: Vec::new(), peak: 0 }
    }

    /// Allocates a free slot; `None` when the device is full.
    pub fn allocate(&mut self) -> Option<Slot> {
        let fresh = self.used.len() as u32 + self.free.len() as u32;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None if fresh < self.slots => fresh,
            None => return None,
        };
        self.used.insert(slot, Box::new([0; 512]));
        self.peak = self.peak.max(self.used.len() as u32);
        Some(slot)
    }

    /// Writes a slot that is allocated.
    pub fn store(&mut self, slot: Slot, data: Box<PageData>) {
        let held = self.used.insert(slot, data);
        debug_assert!(held.is_some(), "slot {slot} was not allocated");
    }

    /// Reads a slot; `None` if it is not allocated.
    pub fn load(&self, slot: Slot) -> Option<&PageData> {
        self.used.get(&slot).map(Box::as_ref)
    }

    /// Frees a slot.
    pub fn release(&mut self, slot: Slot) {
        if self.used.remove(&slot).is_some() {
            self.free.push(slot);
        }
    }

    /// Whether another slot could be allocated.
    pub fn has_room(&self) -> bool {
        (self.used.len() as u32) < self.slots
    }

    /// Enlarges the device by so many slots, up to `most` in all; `false` if it stays.
    pub fn grow(&mut self, slots: u32, most: u32) -> bool {
        let before = self.slots;
        self.slots = before.max(before.saturating_add(slots).min(most));
        self.slots > before
    }

    /// Slots in use.
    pub fn used(&self) -> u32 {
        self.used.len() as u32
    }

    /// Slots in all.
    pub fn slots(&self) -> u32 {
        self.slots
    }

    /// The most slots ever in use.
    pub fn peak(&self) -> u32 {
        self.peak
    }

    /// The allocated slots in order.
    pub fn allocated(&self) -> impl Iterator<Item = Slot> + '_ {
        self.used.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_file_grows_to_its_limit() {
        let mut swap = Swap::new(1);
        swap.allocate().unwrap();
        assert!(!swap.grow(0, u32::MAX) && swap.allocate().is_none());
        assert!(swap.grow(2, 2) && !swap.grow(2, 2));
        assert_eq!((swap.allocate(), swap.allocate(), swap.slots()), (Some(1), None, 2));
        assert!(!swap.grow(1, 1) && swap.slots() == 2);
    }

    #[test]
    fn slots_are_finite_and_come_back() {
        let mut swap = Swap::new(2);
        let (a, b) = (swap.allocate().unwrap(), swap.allocate().unwrap());
        assert_eq!((a, b, swap.allocate(), swap.has_room()), (0, 1, None, false));
        swap.store(a, Box::new([7; 512]));
        assert_eq!(swap.load(a).unwrap()[5], 7);
        swap.release(a);
        swap.release(a);
        assert_eq!((swap.used(), swap.peak(), swap.load(a)), (1, 2, None));
        assert_eq!(swap.allocate(), Some(a));
    }
}
