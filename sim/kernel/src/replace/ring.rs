//! A ring of frames with a hand, as in clock algorithms.

use super::{Kept, VirtualPage};
use rustc_hash::FxHashMap;

/// An occupied place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<T> {
    pub(super) frame: u64,
    pub(super) page: VirtualPage,
    /// The policy's data.
    pub(super) note: T,
}

/// The ring. A new page takes the place of the last page removed; the hand moves past it.
#[derive(Debug)]
pub(super) struct Ring<T> {
    places: Vec<Option<Place<T>>>,
    /// Places of removed pages, latest last: the next page takes that one.
    vacant: Vec<usize>,
    /// The place of each frame.
    by_frame: FxHashMap<u64, usize>,
    hand: usize,
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Ring { places: Vec::new(), vacant: Vec::new(), by_frame: FxHashMap::default(), hand: 0 }
    }
}

impl<T> Ring<T> {
    pub(super) fn insert(&mut self, frame: u64, page: VirtualPage, note: T) {
        let place = Some(Place { frame, page, note });
        let at = self.vacant.pop().unwrap_or(self.places.len());
        match self.places.get_mut(at) {
            Some(vacant) => *vacant = place,
            None => self.places.push(place),
        }
        self.by_frame.insert(frame, at);
    }

    pub(super) fn remove(&mut self, frame: u64) {
        let Some(at) = self.by_frame.remove(&frame) else { return };
        self.places[at] = None;
        self.vacant.push(at);
        if at == self.hand {
            self.advance();
        }
        if self.by_frame.is_empty() {
            // After the last page was removed the next page starts a new ring.
            *self = Ring::default();
        }
    }

    /// The place of a frame.
    pub(super) fn find(&mut self, frame: u64) -> Option<&mut Place<T>> {
        self.places[*self.by_frame.get(&frame)?].as_mut()
    }

    /// Places, occupied or not.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The frame at the hand.
    pub(super) fn at_hand(&mut self) -> Option<&mut Place<T>> {
        self.places.get_mut(self.hand)?.as_mut()
    }

    /// Advances the hand by one place.
    pub(super) fn advance(&mut self) {
        self.hand = (self.hand + 1) % self.places.len().max(1);
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Place<T>> {
        self.places.iter_mut().flatten()
    }

    /// The word of each page by `say`, from the hand on.
    pub(super) fn describe<W: Into<String>>(
        &self,
        say: impl Fn(&Place<T>) -> (VirtualPage, W),
    ) -> Kept {
        let (before, after) = self.places.split_at(self.hand.min(self.places.len()));
        Kept::list(after.iter().chain(before).flatten().map(say))
    }
}
