//! Pages in frames, with a policy's data for each and the order in which they were loaded.

use super::{Kept, PageBits, VirtualPage};
use std::collections::BTreeMap;

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
    by_frame: BTreeMap<u64, Loaded<T>>,
    /// Frames by the order in which their pages were loaded.
    by_order: BTreeMap<u64, u64>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Pages { loads: 0, by_frame: BTreeMap::new(), by_order: BTreeMap::new() }
    }
}

impl<T> Pages<T> {
    pub(super) fn insert(&mut self, frame: u64, page: VirtualPage, note: T) {
        let order = self.loads;
        self.loads += 1;
        self.remove(frame);
        self.by_frame.insert(frame, Loaded { page, order, note });
        self.by_order.insert(order, frame);
    }

    pub(super) fn remove(&mut self, frame: u64) {
        if let Some(loaded) = self.by_frame.remove(&frame) {
            self.by_order.remove(&loaded.order);
        }
    }

    pub(super) fn get(&self, frame: u64) -> Option<&Loaded<T>> {
        self.by_frame.get(&frame)
    }

    pub(super) fn note(&mut self, frame: u64) -> Option<&mut T> {
        self.by_frame.get_mut(&frame).map(|loaded| &mut loaded.note)
    }

    /// By frame number.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut T)> {
        self.by_frame.iter_mut().map(|(frame, loaded)| (*frame, &mut loaded.note))
    }

    /// The frames that may be chosen, the one loaded first in front.
    pub(super) fn candidates(&self, bits: &dyn PageBits) -> Vec<u64> {
        self.by_order.values().copied().filter(|frame| bits.may_evict(*frame)).collect()
    }

    /// Of the frames that may be chosen, the one loaded first.
    pub(super) fn first(&self, bits: &dyn PageBits) -> Option<u64> {
        // Those before one that was refused were looked at when it was chosen.
        let refused = bits.refused().and_then(|frame| self.by_frame.get(&frame));
        let from = refused.map_or(0, |loaded| loaded.order + 1);
        self.by_order.range(from..).map(|(_, frame)| *frame).find(|frame| bits.may_evict(*frame))
    }

    /// The frame with the least key among those that may be chosen; of equal ones the one loaded
    /// first.
    pub(super) fn least<K: Ord>(
        &self,
        bits: &dyn PageBits,
        key: impl Fn(&Loaded<T>) -> K,
    ) -> Option<u64> {
        let mut least = None;
        for (&frame, loaded) in &self.by_frame {
            let rank = (key(loaded), loaded.order);
            // Whether it may be chosen is the more expensive test.
            if least.as_ref().is_none_or(|(least, _)| rank < *least) && bits.may_evict(frame) {
                least = Some((rank, frame));
            }
        }
        least.map(|(_, frame)| frame)
    }

    /// The word of each page by `say`, in the order of `key`.
    pub(super) fn describe<K: Ord, W: Into<String>>(
        &self,
        key: impl Fn(&Loaded<T>) -> K,
        say: impl Fn(&Loaded<T>) -> (VirtualPage, W),
    ) -> Kept {
        let mut pages: Vec<_> = self.by_frame.values().collect();
        pages.sort_by_key(|loaded| (key(loaded), loaded.order));
        Kept::list(pages.into_iter().map(say))
    }
}
