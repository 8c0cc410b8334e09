//! Free memory as a list of holes, and the four classic ways to choose among them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Fit, Placer};

/// A list of holes by address; adjacent holes are merged at once.
///
/// Knuth, The Art of Computer Programming, volume 1, 2.5. A segment is put at the low end of its
/// hole. Of equally good holes the one with the lowest address is taken.
#[derive(Clone, Debug)]
pub struct Holes {
    /// First unit to the unit after the last.
    holes: BTreeMap<u64, u64>,
    fit: Fit,
    /// Next fit: the end of the segment that was placed last.
    rover: u64,
}

impl Holes {
    /// Memory with these holes; empty ones are ignored, adjacent ones are merged. A `fit` that is
    /// none of the four counts as [`Fit::First`].
    pub fn new(holes: &[Range<u64>], fit: Fit) -> Holes {
        let mut all = Holes { holes: BTreeMap::new(), fit, rover: 0 };
        for hole in holes.iter().filter(|hole| !hole.is_empty()) {
            all.free(hole.clone());
        }
        all
    }

    fn choose(&self, length: u64) -> Option<u64> {
        let size = |hole: &(&u64, &u64)| hole.1 - hole.0;
        let mut enough = self.holes.iter().filter(|hole| size(hole) >= length);
        let chosen = match self.fit {
            Fit::Best => enough.min_by_key(|hole| (size(hole), *hole.0)),
            Fit::Worst => enough.max_by_key(|hole| (size(hole), std::cmp::Reverse(*hole.0))),
            Fit::Next => {
                // The rest of the last hole begins at the rover.
                let behind = enough.clone().find(|hole| *hole.0 >= self.rover);
                behind.or_else(|| enough.next())
            }
            Fit::First | Fit::Buddy | Fit::Pages => enough.next(),
        };
        chosen.map(|(start, _)| *start)
    }

    /// Removes a range that lies inside one hole.
    fn cut(&mut self, range: Range<u64>) -> bool {
        let hole = self.holes.range(..=range.start).next_back().map(|(s, e)| (*s, *e));
        let Some((start, end)) = hole.filter(|(_, end)| *end >= range.end) else { return false };
        self.holes.remove(&start);
        if start < range.start {
            self.holes.insert(start, range.start);
        }
        if range.end < end {
            self.holes.insert(range.end, end);
        }
        true
    }
}

impl Placer for Holes {
    fn allocate(&mut self, length: u64) -> Option<Vec<Range<u64>>> {
        let start = self.choose(length)?;
        let range = start..start + length;
        self.cut(range.clone());
        self.rover = range.end;
        Some(vec![range])
    }

    fn take(&mut self, range: Range<u64>) -> bool {
        range.is_empty() || self.cut(range)
    }

    fn free(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let (mut start, mut end) = (range.start, range.end);
        let before = self.holes.range(..start).next_back().map(|(s, e)| (*s, *e));
        if let Some((other, _)) = before.filter(|(_, other)| *other == start) {
            start = other;
        }
        if let Some(other) = self.holes.remove(&end) {
            end = other;
        }
        self.holes.insert(start, end);
    }

    fn holes(&self) -> Vec<Range<u64>> {
        self.holes.iter().map(|(start, end)| *start..*end).collect()
    }

    fn compactable(&self) -> bool {
        true
    }
}
