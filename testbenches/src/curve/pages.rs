//! The pages of a program, in the order in which it accesses them.

use rustc_hash::FxHashMap;

use super::depths::Depths;
use super::stack::Stack;

/// What is known of a string of page references, whatever the number of frames and the window.
#[derive(Clone, Debug, Default)]
pub struct References {
    stack: Stack,
    depths: Depths,
    /// By page: its number in the stack, and when it was used last.
    pages: FxHashMap<u64, (u32, u64)>,
    /// How often a page was used again after so many references.
    intervals: FxHashMap<u64, u64>,
    last: Option<u64>,
    /// References to the page referred to last, not counted elsewhere yet.
    again: u64,
    now: u64,
}

impl References {
    /// A page is referred to.
    #[inline]
    pub fn refer(&mut self, page: u64) {
        self.now += 1;
        if self.last == Some(page) {
            self.again += 1;
            return;
        }
        self.settle();
        self.last = Some(page);
        let next = self.pages.len() as u32;
        let (number, used) = *self.pages.entry(page).or_insert((next, 0));
        if used > 0 {
            *self.intervals.entry(self.now - used).or_default() += 1;
        }
        self.pages.insert(page, (number, self.now));
        let depth = self.stack.touch(number);
        self.depths.add(depth);
    }

    /// Counts what was put off.
    fn settle(&mut self) {
        let again = std::mem::take(&mut self.again);
        if let Some(last) = self.last.filter(|_| again > 0) {
            self.depths.add_many(Some(1), again);
            *self.intervals.entry(1).or_default() += again;
            if let Some((_, used)) = self.pages.get_mut(&last) {
                *used += again;
            }
        }
    }

    /// References so far.
    pub fn count(&self) -> u64 {
        self.now
    }

    /// How deep in the stack of pages the references were: with so many frames under LRU, the misses
    /// are the page faults.
    pub fn depths(&mut self) -> &Depths {
        self.settle();
        &self.depths
    }

    /// Pages that were referred to.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// The working set W(t, tau) now: the pages of the last `tau` references.
    pub fn working_set(&mut self, tau: u64) -> usize {
        self.settle();
        let since = self.now.saturating_sub(tau);
        self.pages.values().filter(|(_, used)| *used > since).count()
    }

    /// The mean size of the working set over all references, for each window. A reference keeps its
    /// page in the working set until it is used again, at most for the window, and at most until the
    /// end.
    pub fn working_sets(&mut self, taus: &[u64]) -> Vec<f64> {
        self.settle();
        let mut lives: FxHashMap<u64, u64> = self.intervals.clone();
        for (_, used) in self.pages.values() {
            *lives.entry(self.now - used + 1).or_default() += 1;
        }
        let mean = |tau: &u64| {
            let total: u64 = lives.iter().map(|(life, count)| life.min(tau) * count).sum();
            total as f64 / self.now.max(1) as f64
        };
        taus.iter().map(mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn of(pages: &[u64]) -> References {
        let mut references = References::default();
        pages.iter().for_each(|page| references.refer(*page));
        references
    }

    #[test]
    fn the_string_of_silberschatz_faults_12_times_in_three_frames() {
        let string = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
        assert_eq!(of(&string).depths().misses_with(3), 12);
    }

    proptest! {
        /// Against the definition: the distinct pages among the last references.
        #[test]
        fn working_sets_are_those_of_the_definition(
            pages in prop::collection::vec(0..9_u64, 1..120),
            tau in 1..40_u64,
        ) {
            let mut references = References::default();
            let mut sum = 0;
            for (n, page) in pages.iter().enumerate() {
                references.refer(*page);
                let from = (n + 1).saturating_sub(tau as usize);
                let size = pages[from..=n].iter().collect::<HashSet<_>>().len();
                prop_assert_eq!(references.working_set(tau), size);
                sum += size;
            }
            let mean = references.working_sets(&[tau])[0];
            prop_assert!((mean - sum as f64 / pages.len() as f64).abs() < 1e-9);
        }
    }
}
