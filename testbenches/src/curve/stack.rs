//! An LRU stack: for each use of an entry, the sizes of cache in which it hits.
//!
//! A cache of n lines that replaces the least recently used entry has the first n of the stack, for
//! every n at the same time (Mattson, Gecsei, Slutz and Traiger, Evaluation techniques for storage
//! hierarchies, 1970). What is removed leaves a hole: an empty line in each cache that had the entry.
//! The next entry that is filled takes the first hole, in all caches that reach to it, and there
//! displaces nothing.
//!
//! Places are times of use, and the depth of one is the number of marks from it on, which a Fenwick
//! tree knows in logarithmic time.

use std::collections::BinaryHeap;

use ftree::FenwickTree;
use rustc_hash::FxHashMap;

/// Times beyond this multiple of what is marked are numbered anew.
const SPARSE: usize = 4;
/// Fewer times are not worth it.
const FEW: usize = 1024;

/// What a time is the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing: what was there was used again, or its line was filled.
    Gone,
    /// This entry.
    Entry(u32),
    /// An empty line.
    Hole,
}

/// The stack. Entries are numbers.
#[derive(Clone, Debug)]
pub struct Stack {
    /// One for each time that is a place.
    marks: FenwickTree<u32>,
    places: Vec<Place>,
    /// The place of each entry.
    times: FxHashMap<u32, usize>,
    holes: BinaryHeap<usize>,
    marked: usize,
}

impl Default for Stack {
    fn default() -> Stack {
        Stack {
            marks: FenwickTree::new(),
            places: Vec::new(),
            times: FxHashMap::default(),
            holes: BinaryHeap::new(),
            marked: 0,
        }
    }
}

impl Stack {
    /// The depth of an entry, from 1: it is in every cache of so many lines or more.
    pub fn depth(&self, entry: u32) -> Option<usize> {
        let time = *self.times.get(&entry)?;
        Some(self.marked - self.marks.prefix_sum(time, 0) as usize)
    }

    /// An entry is used; where it is not, it is filled. Returns its depth before.
    pub fn touch(&mut self, entry: u32) -> Option<usize> {
        let depth = self.depth(entry);
        let time = self.times.get(&entry).copied();
        let hole = self.holes.peek().copied();
        match (time, hole) {
            // Caches that reach to the hole but not to the entry fill the one with the other.
            (Some(time), Some(hole)) if hole > time => {
                self.take_hole();
                self.empty(time);
            }
            (Some(time), _) => self.unmark(time),
            (None, _) => self.take_hole(),
        }
        self.push(entry);
        depth
    }

    /// An entry is filled in every cache, and these are removed, which may include itself: their
    /// lines are empty afterwards, since the line to fill is chosen before.
    pub fn fill(&mut self, entry: u32, removed: &[u32]) {
        self.take_hole();
        removed.iter().for_each(|removed| self.leave(*removed));
        self.push(entry);
    }

    /// An entry is removed.
    pub fn remove(&mut self, entry: u32) {
        self.leave(entry);
        if self.times.is_empty() {
            // Of empty lines alone nothing follows.
            *self = Stack::default();
        }
    }

    fn leave(&mut self, entry: u32) {
        if let Some(time) = self.times.remove(&entry) {
            self.empty(time);
        }
    }

    fn empty(&mut self, time: usize) {
        self.places[time] = Place::Hole;
        self.holes.push(time);
    }

    fn take_hole(&mut self) {
        if let Some(hole) = self.holes.pop() {
            self.unmark(hole);
        }
    }

    fn unmark(&mut self, time: usize) {
        self.places[time] = Place::Gone;
        self.marks.sub_at(time, 1);
        self.marked -= 1;
    }

    fn push(&mut self, entry: u32) {
        if self.places.len() > FEW + SPARSE * self.marked {
            self.renumber();
        }
        self.times.insert(entry, self.places.len());
        self.places.push(Place::Entry(entry));
        self.marks.push(1);
        self.marked += 1;
    }

    /// Leaves out the times that are no places.
    fn renumber(&mut self) {
        self.places.retain(|place| *place != Place::Gone);
        self.marks = self.places.iter().map(|_| 1).collect();
        self.holes.clear();
        for (time, place) in self.places.iter().enumerate() {
            match place {
                Place::Entry(entry) => drop(self.times.insert(*entry, time)),
                Place::Hole => self.holes.push(time),
                Place::Gone => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A cache of some lines, least recently used last; `None` is an empty line.
    struct Cache {
        lines: usize,
        held: Vec<u32>,
    }

    impl Cache {
        fn touch(&mut self, entry: u32) -> bool {
            let at = self.held.iter().position(|held| *held == entry);
            match at {
                Some(at) => drop(self.held.remove(at)),
                None if self.held.len() == self.lines => drop(self.held.pop()),
                None => {}
            }
            self.held.insert(0, entry);
            at.is_some()
        }

        fn remove(&mut self, entry: u32) {
            self.held.retain(|held| *held != entry);
        }

        /// As the hardware does it: the victim is chosen, then what is removed goes.
        fn fill(&mut self, entry: u32, removed: &[u32]) {
            if self.held.len() == self.lines {
                self.held.pop();
            }
            removed.iter().for_each(|removed| self.remove(*removed));
            self.held.insert(0, entry);
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Touch(u32),
        Renew(u32),
        Remove(u32),
        Swallow(u32, Vec<u32>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            12 => (0..24_u32).prop_map(Step::Touch),
            1 => (0..24_u32).prop_map(Step::Renew),
            2 => (0..24_u32).prop_map(Step::Remove),
            1 => (24..26_u32, prop::collection::vec(0..24_u32, 0..4))
                .prop_map(|(entry, removed)| Step::Swallow(entry, removed)),
        ]
    }

    proptest! {
        /// The stack against a cache of every size, with removals.
        #[test]
        fn every_size_is_in_the_stack(steps in prop::collection::vec(step(), 0..400)) {
            let mut stack = Stack::default();
            let mut caches: Vec<_> =
                (1..=30).map(|lines| Cache { lines, held: Vec::new() }).collect();
            for step in steps {
                match step {
                    Step::Touch(entry) => {
                        let depth = stack.touch(entry);
                        for cache in &mut caches {
                            let hits = depth.is_some_and(|depth| depth <= cache.lines);
                            prop_assert_eq!(cache.touch(entry), hits, "{} lines", cache.lines);
                        }
                    }
                    Step::Renew(entry) if stack.depth(entry).is_some() => {
                        stack.fill(entry, &[entry]);
                        caches.iter_mut().for_each(|cache| cache.fill(entry, &[entry]));
                    }
                    Step::Swallow(entry, removed) if stack.depth(entry).is_none() => {
                        stack.fill(entry, &removed);
                        caches.iter_mut().for_each(|cache| cache.fill(entry, &removed));
                    }
                    Step::Remove(entry) => {
                        stack.remove(entry);
                        caches.iter_mut().for_each(|cache| cache.remove(entry));
                    }
                    Step::Renew(_) | Step::Swallow(..) => {}
                }
            }
        }
    }

    #[test]
    fn times_are_numbered_anew_and_nothing_changes() {
        let mut stack = Stack::default();
        for n in 0..10 * FEW as u32 {
            stack.touch(n % 7);
        }
        assert!(stack.places.len() < 2 * FEW, "{}", stack.places.len());
        assert_eq!(stack.touch(10 * FEW as u32 % 7), Some(7));
    }
}
