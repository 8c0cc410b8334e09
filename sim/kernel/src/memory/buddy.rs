//! The buddy allocator: frames in blocks of powers of two, split when allocated, merged when freed.
//!
//! Knuth, The Art of Computer Programming, volume 1, 2.5. The fragmentation of free memory is
//! measured by the two indices of Gorman and Whitcroft (Supporting the allocation of large
//! contiguous regions of memory, 2007), which Linux shows as `unusable_index` and `extfrag_index`
//! (`measure`).

mod measure;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A misuse of the allocator: a defect of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuddyError {
    /// Freed twice, or never allocated.
    #[error("no block of order {order} is allocated at frame {frame:#x}")]
    NotHeld {
        /// The block's first frame.
        frame: u64,
        /// The order that was claimed.
        order: u32,
    },
    /// A block can only be split into smaller ones.
    #[error("a block of order {order} cannot be split into blocks of order {into}")]
    NotSmaller {
        /// The block's order.
        order: u32,
        /// The requested order.
        into: u32,
    },
}

/// Frames in blocks of 2^order, from order 0 up to a largest one.
///
/// A block of order n begins at a frame number that is a multiple of 2^n, so a block of a
/// superpage's order can hold that superpage. Of the smallest order that is large enough, the block
/// with the lowest address is taken, and of its halves the lower, so the result is deterministic.
#[derive(Clone, Debug)]
pub struct Buddy {
    first: u64,
    total: u64,
    /// The free blocks of each order, by first frame.
    free: Vec<BTreeSet<u64>>,
    /// The allocated blocks: first frame to order.
    held: FxHashMap<u64, u32>,
    splits: u64,
    joins: u64,
}

impl Buddy {
    /// `total` free frames from frame number `first` on, in the largest aligned blocks of at most
    /// order `max` (at most 63).
    pub fn new(first: u64, total: u64, max: u32) -> Buddy {
        let free = vec![BTreeSet::new(); max.min(63) as usize + 1];
        let mut buddy =
            Buddy { first, total, free, held: FxHashMap::default(), splits: 0, joins: 0 };
        let mut at = first;
        let end = first.saturating_add(total);
        while at < end {
            // The largest order that is aligned here, fits, and exists.
            let order = at.trailing_zeros().min((end - at).ilog2()).min(buddy.max_order());
            buddy.free[order as usize].insert(at);
            at += 1 << order;
        }
        buddy
    }

    /// The smallest order whose block holds `frames` frames; order 0 for none.
    pub fn order_of(frames: u64) -> u32 {
        frames.max(1).checked_next_power_of_two().map_or(64, u64::trailing_zeros)
    }

    /// Allocates a block and returns its first frame; `None` when no free block is large enough,
    /// however much memory is free.
    pub fn allocate(&mut self, order: u32) -> Option<u64> {
        let found = (order..=self.max_order()).find(|&n| !self.free[n as usize].is_empty())?;
        let frame = self.free[found as usize].pop_first()?;
        self.split_down(frame, found, frame, order);
        Some(frame)
    }

    /// Allocates the block of `order` that begins at `frame`, if it is free as a whole: for
    /// reserved memory, and for compaction, which chooses its place.
    pub fn take(&mut self, frame: u64, order: u32) -> bool {
        let holder = (order..=self.max_order())
            .map(|n| (n, frame >> n << n))
            .find(|(n, base)| self.free[*n as usize].contains(base));
        let aligned = order <= self.max_order() && frame.trailing_zeros() >= order;
        let (true, Some((found, base))) = (aligned, holder) else { return false };
        self.free[found as usize].remove(&base);
        self.split_down(base, found, frame, order);
        true
    }

    /// Splits the free block `base` of order `from` down to the block `frame` of order `to`, which
    /// is allocated; the remaining halves are free.
    fn split_down(&mut self, base: u64, from: u32, frame: u64, to: u32) {
        let mut base = base;
        for order in (to..from).rev() {
            let upper = base + (1 << order);
            let (keep, spare) = if frame >= upper { (upper, base) } else { (base, upper) };
            self.free[order as usize].insert(spare);
            self.splits += 1;
            base = keep;
        }
        self.held.insert(frame, to);
    }

    /// Frees a block; it is merged with its buddy as long as that is free too. Returns the order of
    /// the resulting free block.
    ///
    /// # Errors
    /// [`BuddyError::NotHeld`] when no such block is allocated; nothing is changed then.
    pub fn release(&mut self, frame: u64, order: u32) -> Result<u32, BuddyError> {
        if self.held.get(&frame) != Some(&order) {
            return Err(BuddyError::NotHeld { frame, order });
        }
        self.held.remove(&frame);
        let (mut base, mut order) = (frame, order);
        while order < self.max_order() {
            let buddy = base ^ (1 << order);
            // A buddy that is allocated, split, or outside memory is not in the list of this order.
            if !self.free[order as usize].remove(&buddy) {
                break;
            }
            self.joins += 1;
            base = base.min(buddy);
            order += 1;
        }
        self.free[order as usize].insert(base);
        Ok(order)
    }

    /// Splits an allocated block into blocks of order `into`, which can be freed one by one, as
    /// when a superpage is split.
    ///
    /// # Errors
    /// [`BuddyError::NotHeld`] when no such block is allocated, [`BuddyError::NotSmaller`] when
    /// `into` is larger than `order`.
    pub fn split(&mut self, frame: u64, order: u32, into: u32) -> Result<(), BuddyError> {
        if self.held.get(&frame) != Some(&order) {
            return Err(BuddyError::NotHeld { frame, order });
        }
        if into > order {
            return Err(BuddyError::NotSmaller { order, into });
        }
        for part in 0..1_u64 << (order - into) {
            self.held.insert(frame + (part << into), into);
        }
        Ok(())
    }

    /// The largest order.
    pub fn max_order(&self) -> u32 {
        self.free.len() as u32 - 1
    }

    /// Memory's first frame.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// All frames, free or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The order of the allocated block that begins at this frame.
    pub fn held(&self, frame: u64) -> Option<u32> {
        self.held.get(&frame).copied()
    }

    /// Blocks split so far, and pairs merged.
    pub fn splits_and_joins(&self) -> (u64, u64) {
        (self.splits, self.joins)
    }
}
