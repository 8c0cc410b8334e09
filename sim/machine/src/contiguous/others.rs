//! The two alternatives to lists of holes: the buddy system, and pages.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Placer;
use kernel::Buddy;

/// The buddy system: a request is rounded up to a power of two.
#[derive(Clone, Debug)]
pub struct Blocks(Buddy);

impl Blocks {
    /// Memory from unit `first` on, in blocks of at most 2^`max` units.
    pub fn new(first: u64, total: u64, max: u32) -> Blocks {
        Blocks(Buddy::new(first, total, max))
    }

    /// The allocator itself, for its indices.
    pub fn buddy(&self) -> &Buddy {
        &self.0
    }
}

impl Placer for Blocks {
    #[expect(clippy::single_range_in_vec_init, reason = "one piece is what contiguous means")]
    fn allocate(&mut self, length: u64) -> Option<Vec<Range<u64>>> {
        let order = Buddy::order_of(length);
        let start = self.0.allocate(order)?;
        Some(vec![start..start + (1 << order)])
    }

    fn take(&mut self, range: Range<u64>) -> bool {
        let length = range.end - range.start;
        length.is_power_of_two() && self.0.take(range.start, length.ilog2())
    }

    fn free(&mut self, range: Range<u64>) {
        let order = Buddy::order_of(range.end - range.start);
        self.0.release(range.start, order).expect("only what was handed out is given back");
    }

    fn holes(&self) -> Vec<Range<u64>> {
        let mut blocks: Vec<_> = self.0.free_blocks().map(|(s, n)| s..s + (1 << n)).collect();
        blocks.sort_by_key(|block| block.start);
        blocks
    }

    fn largest(&self) -> u64 {
        self.0.largest_free().map_or(0, |order| 1 << order)
    }
}

/// Paging: every request in frames of one size, lowest first, wherever they are.
#[derive(Clone, Debug)]
pub struct Pages {
    frame: u64,
    free: BTreeSet<u64>,
}

impl Pages {
    /// The whole frames of these holes; a frame is `frame` units long (at least 1).
    pub fn new(holes: &[Range<u64>], frame: u64) -> Pages {
        let frame = frame.max(1);
        let frames = |hole: &Range<u64>| hole.start.div_ceil(frame)..hole.end / frame;
        Pages { frame, free: holes.iter().flat_map(frames).collect() }
    }
}

impl Placer for Pages {
    fn allocate(&mut self, length: u64) -> Option<Vec<Range<u64>>> {
        let wanted = length.div_ceil(self.frame) as usize;
        if self.free.len() < wanted {
            return None;
        }
        let taken: Vec<u64> = self.free.iter().copied().take(wanted).collect();
        for number in &taken {
            self.free.remove(number);
        }
        Some(taken.into_iter().map(|n| n * self.frame..(n + 1) * self.frame).collect())
    }

    fn take(&mut self, range: Range<u64>) -> bool {
        let frames = range.start / self.frame..range.end.div_ceil(self.frame);
        let free = frames.clone().all(|number| self.free.contains(&number));
        free && frames.into_iter().all(|number| self.free.remove(&number))
    }

    fn free(&mut self, range: Range<u64>) {
        self.free.extend(range.start / self.frame..range.end.div_ceil(self.frame));
    }

    fn holes(&self) -> Vec<Range<u64>> {
        let mut holes: Vec<Range<u64>> = Vec::new();
        for number in &self.free {
            let frame = number * self.frame..(number + 1) * self.frame;
            match holes.last_mut() {
                Some(last) if last.end == frame.start => last.end = frame.end,
                _ => holes.push(frame),
            }
        }
        holes
    }

    fn largest(&self) -> u64 {
        self.free.len() as u64 * self.frame
    }
}
