//! Replacement policies as a textbook exercise would have them: a list of pages, no frame, no bit,
//! no page table. They share nothing with the kernel's policies but the idea.

use kernel::PolicyKind;
use std::collections::BTreeMap;

/// The result of a reference string.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) faults: u64,
    /// Evicted pages that had been stored to since they were loaded.
    pub(super) writes: u64,
    /// The evicted pages, in order.
    pub(super) victims: Vec<u64>,
}

struct Page {
    number: u64,
    dirty: bool,
    /// The position in the string of its load and of its last use; the number of its uses.
    came: usize,
    used: usize,
    count: u64,
    /// The clock's use bit.
    bit: bool,
}

/// Runs a string of (page, is a store).
pub(super) fn simulate(kind: PolicyKind, frames: usize, string: &[(u64, bool)]) -> Counted {
    let mut counted = Counted::default();
    // In the order of the clock's ring: a new page takes its victim's place.
    let mut resident: Vec<Page> = Vec::new();
    let mut hand = 0;
    for (now, &(number, store)) in string.iter().enumerate() {
        if let Some(page) = resident.iter_mut().find(|page| page.number == number) {
            page.used = now;
            page.count += 1;
            page.bit = true;
            page.dirty |= store;
            continue;
        }
        counted.faults += 1;
        let bit = kind != PolicyKind::Clock0;
        let new = Page { number, dirty: store, came: now, used: now, count: 1, bit };
        if resident.len() < frames {
            resident.push(new);
            continue;
        }
        let victim = choose(kind, &mut resident, &mut hand, &string[now..]);
        let old = std::mem::replace(&mut resident[victim], new);
        counted.writes += u64::from(old.dirty);
        counted.victims.push(old.number);
    }
    counted
}

fn choose(kind: PolicyKind, pages: &mut [Page], hand: &mut usize, rest: &[(u64, bool)]) -> usize {
    let next =
        |number: u64| rest.iter().position(|(page, _)| *page == number).unwrap_or(usize::MAX);
    let first = |key: &dyn Fn(&Page) -> (u64, usize)| {
        (0..pages.len()).min_by_key(|&at| key(&pages[at])).expect("there are frames")
    };
    match kind {
        PolicyKind::Fifo => first(&|page| (0, page.came)),
        PolicyKind::Lru => first(&|page| (0, page.used)),
        PolicyKind::Mru => first(&|page| (0, usize::MAX - page.used)),
        PolicyKind::Lfu => first(&|page| (page.count, page.came)),
        PolicyKind::Opt => first(&|page| (u64::MAX - next(page.number) as u64, page.came)),
        PolicyKind::EnhancedSecondChance => {
            let order: Vec<usize> = (0..pages.len()).map(|n| (*hand + n) % pages.len()).collect();
            let class = |at: &usize| (pages[*at].bit, pages[*at].dirty);
            let lowest = order.iter().map(class).min().expect("there are frames");
            let goes = order.iter().position(|at| class(at) == lowest).expect("one is of it");
            let cleared = match lowest {
                (false, false) => 0,
                (false, true) => goes,
                (true, _) => order.len(),
            };
            order[..cleared].iter().for_each(|&at| pages[at].bit = false);
            *hand = (order[goes] + 1) % pages.len();
            order[goes]
        }
        // Second chance selects the same page as the clock: its queue is the ring from the hand on.
        _ => loop {
            let at = *hand;
            *hand = (at + 1) % pages.len();
            if !std::mem::take(&mut pages[at].bit) {
                return at;
            }
        },
    }
}

/// Faults by LRU stack distances: for every number of frames in one pass, by the definition of a
/// stack algorithm and without any replacement.
pub(super) fn stack_faults(string: &[u64], frames: usize) -> u64 {
    let mut last: BTreeMap<u64, usize> = BTreeMap::new();
    let mut faults = 0;
    for (now, page) in string.iter().enumerate() {
        let between = last.insert(*page, now).map(|before| {
            let mut distinct = string[before + 1..now].to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            distinct.len()
        });
        faults += u64::from(between.is_none_or(|distance| distance >= frames));
    }
    faults
}
