//! The optimal policy: the page that is needed last is evicted. An oracle: it must be given the
//! future ([`Policy::foresee`]); until then it evicts the page that was loaded first, and records
//! the accesses, which can be given to it in a second run.
//!
//! Of pages that are never needed again the one loaded first is evicted.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::OsError;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// The times at which a page is needed, ascending. Each takes as many bytes as its distance from
/// the one before needs, at seven bits a byte: mostly one.
#[derive(Clone, Debug, Default)]
struct Moments {
    distances: Vec<u8>,
    /// Bytes of the times that have passed.
    passed: usize,
    /// The next time, if one is left.
    next: Option<u64>,
    last: u64,
}

impl Moments {
    fn push(&mut self, moment: u64) {
        if self.next.is_none() {
            (self.next, self.last) = (Some(moment), moment);
            return;
        }
        let mut distance = moment - self.last;
        self.last = moment;
        while distance > 0x7f {
            self.distances.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        self.distances.push(distance as u8);
    }

    fn pop(&mut self) {
        let Some(now) = self.next.take() else { return };
        let (mut distance, mut shift) = (0, 0);
        while let Some(&byte) = self.distances.get(self.passed) {
            self.passed += 1;
            distance |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                self.next = Some(now + distance);
                break;
            }
        }
    }
}

/// The future, by page, and the progress in it.
#[derive(Debug, Default)]
pub struct Opt {
    /// Each with its place in `needed`.
    pages: Pages<usize>,
    /// Accesses in the given future.
    foreseen: u64,
    /// When each page is needed, counted in accesses.
    needed: Vec<Moments>,
    places: FxHashMap<VirtualPage, usize>,
    /// Accesses so far.
    now: u64,
    heard: Vec<VirtualPage>,
    /// Accesses that differed from the given future.
    strays: u64,
}

impl Opt {
    /// The place of a page in `needed`, which is made if there is none.
    fn place(&mut self, page: VirtualPage) -> usize {
        *self.places.entry(page).or_insert_with(|| {
            self.needed.push(Moments::default());
            self.needed.len() - 1
        })
    }

    fn next(&self, place: usize) -> u64 {
        self.needed[place].next.unwrap_or(u64::MAX)
    }
}

impl Policy for Opt {
    fn name(&self) -> &'static str {
        "opt"
    }

    fn is_oracle(&self) -> bool {
        true
    }

    fn foresee(&mut self, future: &[VirtualPage]) {
        for page in future {
            let place = self.place(*page);
            self.needed[place].push(self.foreseen);
            self.foreseen += 1;
        }
    }

    fn heard(&self) -> &[VirtualPage] {
        &self.heard
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        let place = self.place(page);
        self.pages.insert(frame, page, place);
    }

    fn removed(&mut self, frame: u64) {
        self.pages.remove(frame);
    }

    fn accessed(&mut self, frame: u64) {
        let Some(loaded) = self.pages.get(frame) else { return };
        if self.foreseen == 0 {
            self.heard.push(loaded.page);
            return;
        }
        let place = loaded.note;
        self.strays += u64::from(self.next(place) != self.now);
        let needed = &mut self.needed[place];
        while needed.next.is_some_and(|at| at <= self.now) {
            needed.pop();
        }
        self.now += 1;
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        Ok(self.pages.least(bits, |loaded| Reverse(self.next(loaded.note))))
    }

    fn state(&self) -> Kept {
        let pages = self.pages.describe(
            |loaded| Reverse(self.next(loaded.note)),
            |loaded| match self.next(loaded.note) {
                u64::MAX => (loaded.page, "=never".to_owned()),
                at => (loaded.page, format!("=in_{}", at.saturating_sub(self.now))),
            },
        );
        match (self.foreseen, self.strays) {
            (0, _) => pages.word(",untold"),
            (_, 0) => pages,
            (_, strays) => pages.word(format!(",{strays}_strays")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_back_in_order() {
        let all = [0, 1, 128, 129, 16_512, 16_513, 1 << 40, (1 << 40) + 1, u64::MAX];
        let mut moments = Moments::default();
        all.iter().for_each(|&at| moments.push(at));
        let back = std::iter::from_fn(|| {
            let next = moments.next;
            moments.pop();
            next
        });
        assert_eq!(back.collect::<Vec<_>>(), all);
    }
}
