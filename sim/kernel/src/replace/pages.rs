//! Pages in frames, with a policy's data for each and the order in which they were loaded.

use super::{Kept, PageBits, VirtualPage};
use crate::OsError;
use std::collections::VecDeque;
use std::iter;

/// One page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loaded<T> {
    pub(super) page: VirtualPage,
    /// Counts loads: the smaller, the earlier the page was loaded.
    pub(super) order: u64,
    /// The policy's data.
    pub(super) note: T,
}

/// All of them, by frame.
#[derive(Debug)]
pub(super) struct Pages<T> {
    loads: u64,
    /// The frame that is first in `by_frame`; the others follow it.
    base: u64,
    by_frame: Vec<Option<Loaded<T>>>,
    /// The order of loading of each page, and its frame: the one loaded first in front.
    by_order: VecDeque<(u64, u64)>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Pages { loads: 0, base: 0, by_frame: Vec::new(), by_order: VecDeque::new() }
    }
}

impl<T> Pages<T> {
    pub(super) fn insert(&mut self, frame: u64, page: VirtualPage, note: T) {
        let order = self.loads;
        self.loads += 1;
        self.remove(frame);
        let place = self.make_place(frame);
        self.by_frame[place] = Some(Loaded { page, order, note });
        self.by_order.push_back((order, frame));
    }

    pub(super) fn remove(&mut self, frame: u64) {
        let Some(loaded) = self.place(frame).and_then(|place| self.by_frame[place].take()) else {
            return;
        };
        self.by_order.remove(self.loaded_before(loaded.order));
    }

    /// The place of a frame in `by_frame`, if there is one.
    fn place(&self, frame: u64) -> Option<usize> {
        let place = frame.checked_sub(self.base)? as usize;
        (place < self.by_frame.len()).then_some(place)
    }

    /// The place of a frame in `by_frame`, which grows at either end if there is none.
    fn make_place(&mut self, frame: u64) -> usize {
        if self.by_frame.is_empty() {
            self.base = frame;
        }
        let below = self.base.saturating_sub(frame);
        self.by_frame.splice(..0, iter::repeat_with(|| None).take(below as usize));
        self.base -= below;
        let place = (frame - self.base) as usize;
        if place >= self.by_frame.len() {
            self.by_frame.resize_with(place + 1, || None);
        }
        place
    }

    /// How many pages were loaded before the one of this order.
    fn loaded_before(&self, order: u64) -> usize {
        self.by_order.partition_point(|(before, _)| *before < order)
    }

    pub(super) fn get(&self, frame: u64) -> Option<&Loaded<T>> {
        self.by_frame[self.place(frame)?].as_ref()
    }

    pub(super) fn note(&mut self, frame: u64) -> Option<&mut T> {
        let place = self.place(frame)?;
        self.by_frame[place].as_mut().map(|loaded| &mut loaded.note)
    }

    /// By frame number.
    fn iter(&self) -> impl Iterator<Item = (u64, &Loaded<T>)> {
        let places = (self.base..).zip(&self.by_frame);
        places.filter_map(|(frame, loaded)| Some((frame, loaded.as_ref()?)))
    }

    /// By frame number.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut T)> {
        let places = (self.base..).zip(&mut self.by_frame);
        places.filter_map(|(frame, loaded)| Some((frame, &mut loaded.as_mut()?.note)))
    }

    /// Visits the frames that may be chosen, the one loaded first in front, with the policy's data.
    pub(super) fn each_candidate(
        &mut self,
        bits: &mut dyn PageBits,
        mut visit: impl FnMut(&mut dyn PageBits, u64, &mut T) -> Result<(), OsError>,
    ) -> Result<(), OsError> {
        for &(_, frame) in &self.by_order {
            let loaded = self.by_frame[(frame - self.base) as usize].as_mut();
            if bits.may_evict(frame)
                && let Some(loaded) = loaded
            {
                visit(bits, frame, &mut loaded.note)?;
            }
        }
        Ok(())
    }

    /// The frames that may be chosen, the one loaded first in front.
    pub(super) fn candidates(&self, bits: &dyn PageBits) -> Vec<u64> {
        let frames = self.by_order.iter().map(|(_, frame)| *frame);
        frames.filter(|frame| bits.may_evict(*frame)).collect()
    }

    /// Of the frames that may be chosen, the one loaded first.
    pub(super) fn first(&self, bits: &dyn PageBits) -> Option<u64> {
        // Those before one that was refused were looked at when it was chosen.
        let refused = bits.refused().and_then(|frame| self.get(frame));
        let from = refused.map_or(0, |loaded| self.loaded_before(loaded.order) + 1);
        let mut frames = self.by_order.range(from..).map(|(_, frame)| *frame);
        frames.find(|frame| bits.may_evict(*frame))
    }

    /// The frame with the least key among those that may be chosen; of equal ones the one loaded
    /// first. The key of a page that was refused is still what it was.
    pub(super) fn least<K: Ord>(
        &self,
        bits: &dyn PageBits,
        key: impl Fn(&Loaded<T>) -> K,
    ) -> Option<u64> {
        // Those before one that was refused were looked at when it was chosen.
        let refused = bits.refused().and_then(|frame| self.get(frame));
        let mut above = refused.map(|loaded| (key(loaded), loaded.order));
        // Mostly the very least may be chosen. Else it is the least of those for which that was
        // tested, which is the more expensive test.
        for tests in [false, true] {
            let mut least = None;
            for (frame, loaded) in self.iter() {
                let rank = (key(loaded), loaded.order);
                if least.as_ref().is_none_or(|(least, _)| rank < *least)
                    && above.as_ref().is_none_or(|above| rank > *above)
                    && (!tests || bits.may_evict(frame))
                {
                    least = Some((rank, frame));
                }
            }
            let (rank, frame) = least?;
            if tests || bits.may_evict(frame) {
                return Some(frame);
            }
            above = Some(rank);
        }
        None
    }

    /// The word of each page by `say`, in the order of `key`.
    pub(super) fn describe<K: Ord, W: Into<String>>(
        &self,
        key: impl Fn(&Loaded<T>) -> K,
        say: impl Fn(&Loaded<T>) -> (VirtualPage, W),
    ) -> Kept {
        let mut pages: Vec<_> = self.iter().map(|(_, loaded)| loaded).collect();
        pages.sort_by_key(|loaded| (key(loaded), loaded.order));
        Kept::list(pages.into_iter().map(say))
    }
}

#[cfg(test)]
mod tests;
