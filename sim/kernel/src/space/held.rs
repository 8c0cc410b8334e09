//! The pages that a process holds, by virtual page number.
//!
//! Programs use pages next to each other, so pages are kept in runs of 64: the kernel looks up every
//! page in a frame again and again, and finds it by few comparisons.

use crate::PageId;
use std::ops::Range;

/// A page that a process holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The page.
    pub page: PageId,
    /// A leaf entry maps it, so the page is in a frame; without V if its region allows no access.
    pub mapped: bool,
}

/// Pages of one run, each at its place.
type Run = [Option<Held>; RUN as usize];

const RUN: u64 = 64;

/// All pages that a process holds.
#[derive(Debug, Default)]
pub struct HeldPages {
    /// The numbers of the runs that hold pages, ascending: a run's first page, divided by [`RUN`].
    numbers: Vec<u64>,
    /// Those runs, and which of their places hold a page.
    runs: Vec<(u64, Box<Run>)>,
}

impl HeldPages {
    /// How many.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|(used, _)| used.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// What is held at this page.
    #[inline]
    pub fn get(&self, vpn: u64) -> Option<&Held> {
        let at = self.from(vpn / RUN);
        if *self.numbers.get(at)? != vpn / RUN {
            return None;
        }
        self.runs[at].1[place(vpn)].as_ref()
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, vpn: u64) -> Option<&mut Held> {
        let at = self.numbers.binary_search(&(vpn / RUN)).ok()?;
        self.runs[at].1[place(vpn)].as_mut()
    }

    /// Whether something is held at this page.
    pub fn contains(&self, vpn: u64) -> bool {
        self.get(vpn).is_some()
    }

    /// Holds something at this page; returns what was held there.
    pub fn insert(&mut self, vpn: u64, held: Held) -> Option<Held> {
        let number = vpn / RUN;
        let at = self.numbers.binary_search(&number).unwrap_or_else(|at| {
            self.numbers.insert(at, number);
            self.runs.insert(at, (0, Box::new([None; RUN as usize])));
            at
        });
        let (used, run) = &mut self.runs[at];
        *used |= 1 << place(vpn);
        run[place(vpn)].replace(held)
    }

    /// Holds nothing at this page any more; returns what was held there.
    pub fn remove(&mut self, vpn: u64) -> Option<Held> {
        let at = self.numbers.binary_search(&(vpn / RUN)).ok()?;
        let (used, run) = &mut self.runs[at];
        *used &= !(1 << place(vpn));
        let held = run[place(vpn)].take();
        if *used == 0 {
            self.numbers.remove(at);
            self.runs.remove(at);
        }
        held
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Held)> {
        self.range(0..u64::MAX)
    }

    /// Those at these pages, in order.
    pub fn range(&self, vpns: Range<u64>) -> impl Iterator<Item = (u64, &Held)> {
        let from = self.from(vpns.start / RUN);
        let runs = self.numbers[from..].iter().zip(&self.runs[from..]);
        let near = runs.take_while(move |(number, _)| *number * RUN < vpns.end);
        near.flat_map(move |(number, (used, run))| {
            let first = number * RUN;
            // The places outside the range are left out.
            let below = vpns.start.saturating_sub(first).min(RUN) as u32;
            let above = (first + RUN).saturating_sub(vpns.end).min(RUN) as u32;
            let inside =
                u64::MAX.checked_shl(below).unwrap_or(0) & u64::MAX.checked_shr(above).unwrap_or(0);
            let places = Places(used & inside);
            places.filter_map(move |place| Some((first + place, run[place as usize].as_ref()?)))
        })
    }

    /// The place of the first run with this number, or a greater one.
    #[inline]
    fn from(&self, number: u64) -> usize {
        self.numbers.partition_point(|before| *before < number)
    }
}

/// A page's place in its run.
fn place(vpn: u64) -> usize {
    (vpn % RUN) as usize
}

/// The places of a set, in order.
struct Places(u64);

impl Iterator for Places {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let place = (self.0 != 0).then(|| self.0.trailing_zeros().into())?;
        self.0 &= self.0 - 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_held_is_found_as_in_a_map() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (mut pages, mut map) = (HeldPages::default(), BTreeMap::new());
        for n in 0..20_000 {
            // Few runs, some of them far away, and the last pages that there can be.
            let far = [0, 100, 5_000, (1 << 52) - 300][rng.random_range(0..4)];
            let vpn = far + rng.random_range(0..300);
            let held = Held { page: PageId(n), mapped: rng.random() };
            match rng.random_range(0..5) {
                0 | 1 => assert_eq!(pages.insert(vpn, held), map.insert(vpn, held)),
                2 | 3 => assert_eq!(pages.remove(vpn), map.remove(&vpn)),
                _ => {
                    if let Some(held) = pages.get_mut(vpn) {
                        held.mapped = true;
                    }
                    map.entry(vpn).and_modify(|held| held.mapped = true);
                }
            }
            assert_eq!(pages.get(vpn), map.get(&vpn));
            assert_eq!(pages.contains(vpn + 1), map.contains_key(&(vpn + 1)));
            let end = vpn + rng.random_range(0..200);
            let all = |range: Range<u64>| map.range(range).map(|(vpn, held)| (*vpn, held));
            assert!(pages.range(vpn..end).eq(all(vpn..end)), "{vpn:#x}..{end:#x}");
            assert_eq!((pages.len(), pages.is_empty()), (map.len(), map.is_empty()));
            if n % 100 == 0 {
                assert!(pages.iter().eq(all(0..u64::MAX)));
            }
        }
    }
}
