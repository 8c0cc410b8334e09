//! The swap device: numbered slots of one page each, on a disk.

use crate::PageData;

/// A slot's number.
pub type Slot = u32;

/// A slot of the device.
#[derive(Debug)]
enum Content {
    Free,
    /// Allocated for a page that is not written yet.
    Reserved,
    Page(Box<PageData>),
}

/// The slots. The time of the disk is accounted elsewhere.
#[derive(Debug)]
pub struct Swap {
    slots: u32,
    /// Those that were ever in use.
    content: Vec<Content>,
    free: Vec<Slot>,
}

impl Swap {
    /// A device of so many slots, all free.
    pub fn new(slots: u32) -> Swap {
        Swap { slots, content: Vec::new(), free: Vec::new() }
    }

    /// Allocates a free slot; `None` when the device is full.
    pub fn allocate(&mut self) -> Option<Slot> {
        if let Some(slot) = self.free.pop() {
            self.content[slot as usize] = Content::Reserved;
            return Some(slot);
        }
        let fresh = self.peak();
        (fresh < self.slots).then(|| {
            self.content.push(Content::Reserved);
            fresh
        })
    }

    /// Writes a slot that is allocated.
    pub fn store(&mut self, slot: Slot, data: &PageData) {
        debug_assert!(self.is_allocated(slot), "slot {slot} was not allocated");
        match &mut self.content[slot as usize] {
            Content::Page(before) => before.copy_from_slice(data),
            content => *content = Content::Page(Box::new(*data)),
        }
    }

    /// Reads a slot; `None` if no page was written to it.
    pub fn load(&self, slot: Slot) -> Option<&PageData> {
        match self.content.get(slot as usize)? {
            Content::Page(data) => Some(data),
            Content::Free | Content::Reserved => None,
        }
    }

    /// Frees a slot.
    pub fn release(&mut self, slot: Slot) {
        if self.is_allocated(slot) {
            self.content[slot as usize] = Content::Free;
            self.free.push(slot);
        }
    }

    /// Whether a slot is allocated.
    pub fn is_allocated(&self, slot: Slot) -> bool {
        !matches!(self.content.get(slot as usize), None | Some(Content::Free))
    }

    /// Whether another slot could be allocated.
    pub fn has_room(&self) -> bool {
        self.used() < self.slots
    }

    /// Enlarges the device by so many slots, up to `most` in all; `false` if it stays.
    pub fn grow(&mut self, slots: u32, most: u32) -> bool {
        let before = self.slots;
        self.slots = before.max(before.saturating_add(slots).min(most));
        self.slots > before
    }

    /// Slots in use.
    pub fn used(&self) -> u32 {
        (self.content.len() - self.free.len()) as u32
    }

    /// Slots in all.
    pub fn slots(&self) -> u32 {
        self.slots
    }

    /// The most slots ever in use.
    pub fn peak(&self) -> u32 {
        self.content.len() as u32
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
        for value in [7, 8] {
            swap.store(a, &[value; 512]);
            assert_eq!(swap.load(a).unwrap()[5], value);
        }
        swap.release(a);
        swap.release(a);
        assert_eq!((swap.used(), swap.peak(), swap.load(a)), (1, 2, None));
        assert_eq!(swap.allocate(), Some(a));
    }
}
