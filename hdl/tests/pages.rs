//! `PageSets` against a list of sets: exactly the entries that its rules leave.

#![allow(clippy::print_stdout)] // A failure repeats from its seed.

mod common;

use common::{Dice, checked, settle};
use hdl::Leaf;
use hdl::tlb::PageSets;

type Pages = PageSets<45, 44, 16>;

/// The expected contents of one way of a set.
#[derive(Clone, Copy, Debug)]
struct Entry {
    vpn: u64,
    asid: u64,
    ppn: u64,
    global: bool,
    writable: bool,
}

impl Entry {
    fn translates(&self, vpn: u64, asid: Option<u64>) -> bool {
        self.vpn == vpn && (self.global || asid.is_none_or(|asid| asid == self.asid))
    }
}

/// The sets as the rules leave them.
struct Model {
    sets: Vec<Vec<Option<Entry>>>,
    turn: usize,
}

impl Model {
    fn new(ways: usize) -> Model {
        Model { sets: vec![vec![None; ways]; Pages::SETS], turn: 0 }
    }

    fn set(&mut self, vpn: u64) -> &mut Vec<Option<Entry>> {
        &mut self.sets[vpn as usize % Pages::SETS]
    }

    /// The way that answers, and its entry.
    fn find(&mut self, vpn: u64, asid: u64) -> Option<(usize, Entry)> {
        let ways = self.set(vpn).iter().copied().enumerate();
        let mut hits = ways.filter_map(|(way, entry)| Some((way, entry?)));
        hits.rfind(|(_, entry)| entry.translates(vpn, Some(asid)))
    }

    fn write(&mut self, entry: Entry, asid: u64) {
        let found = self.find(entry.vpn, asid).map(|(way, _)| way);
        let turn = self.turn;
        let set = self.set(entry.vpn);
        let free = set.iter().rposition(Option::is_none);
        let place = found.or(free).unwrap_or(turn);
        let ways = set.len();
        set[place] = Some(entry);
        if found.or(free).is_none() {
            self.turn = (turn + 1) % ways;
        }
    }

    fn fence(&mut self, vpn: Option<u64>, asid: Option<u64>) {
        let Some(vpn) = vpn else {
            return self.sets.iter_mut().flatten().for_each(|way| *way = None);
        };
        for way in self.set(vpn) {
            let named =
                |entry: &Entry| entry.translates(vpn, asid) && !(asid.is_some() && entry.global);
            if way.as_ref().is_some_and(named) {
                *way = None;
            }
        }
    }
}

/// Few pages of few sets, which differ in a high or a low bit.
fn some_vpn(dice: &mut Dice) -> u64 {
    dice.roll(3) << 43 | dice.roll(2) << 4 | dice.roll(2)
}

fn clock(pages: &mut Pages) {
    settle(pages);
    for level in [true, false] {
        pages.clock.next = level.into();
        settle(pages);
    }
}

/// Looks a page up; all that depends on it belongs to the cycle after.
fn look_up(pages: &mut Pages, vpn: u64, asid: Option<u64>) {
    pages.key_vpn.next = vpn.into();
    pages.key_asid.next = asid.unwrap_or(0).into();
    pages.all_spaces.next = asid.is_none();
    clock(pages);
}

fn follows_the_rules(ways: usize) {
    const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
    println!("{ways} ways, seed {SEED:#x}");
    let mut dice = Dice(SEED);
    let mut pages = checked(Box::new(Pages::new(ways)));
    let mut model = Model::new(ways);
    pages.reset.next = true;
    clock(&mut pages);
    pages.reset.next = false;
    let mut counts = [0; 4];
    for step in 0..6_000 {
        let (vpn, asid) = (some_vpn(&mut dice), dice.roll(3));
        match dice.roll(10) {
            0..5 => {
                let store = dice.roll(2) == 0;
                pages.access.next.store = store;
                look_up(&mut pages, vpn, Some(asid));
                let found = model.find(vpn, asid);
                assert_eq!(pages.hit.val(), found.is_some(), "step {step}: a hit of {vpn:#x}");
                let Some((way, entry)) = found else { continue };
                let high = 2 * way / ways == 1;
                let ppn = if high { pages.high_ppn.val() } else { pages.low_ppn.val() };
                assert_eq!(pages.takes_high.val(), high, "step {step}");
                assert_eq!(ppn, entry.ppn, "step {step}: the page of {vpn:#x}");
                assert!(pages.decides.val(), "step {step}");
                let refused = store && !entry.writable;
                assert_eq!(pages.faults.val(), refused, "step {step}: the verdict");
                counts[0] += 1;
            }
            5..8 => {
                let (ppn, global) = (dice.roll(1 << 44), dice.roll(4) == 0);
                let writable = dice.roll(2) == 0;
                look_up(&mut pages, vpn, Some(asid));
                pages.refill.next = true;
                pages.new_vpn.next = vpn.into();
                pages.new_asid.next = asid.into();
                pages.new_ppn.next = ppn.into();
                let leaf =
                    Leaf { read: true, write: writable, dirty: true, global, ..Leaf::default() };
                pages.new_leaf.next = leaf;
                clock(&mut pages);
                pages.refill.next = false;
                model.write(Entry { vpn, asid, ppn, global, writable }, asid);
                counts[1] += 1;
            }
            form => {
                let by_va = form == 8 || dice.roll(8) > 0;
                let named = (dice.roll(2) == 0).then_some(asid);
                look_up(&mut pages, vpn, named);
                pages.fence.next = true;
                pages.fence_by_va.next = by_va;
                pages.fence_by_asid.next = named.is_some();
                // The lookup of the same cycle finds what is left.
                let beside = some_vpn(&mut dice);
                pages.access.next.store = false;
                look_up(&mut pages, beside, Some(asid));
                pages.fence.next = false;
                settle(&mut *pages);
                model.fence(by_va.then_some(vpn), named);
                let found = model.find(beside, asid).is_some();
                assert_eq!(pages.hit.val(), found, "step {step}: beside a fence of {vpn:#x}");
                counts[2 + usize::from(by_va)] += 1;
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}

#[test]
fn one_way_follows_the_rules() {
    follows_the_rules(1);
}

#[test]
fn two_ways_follow_the_rules() {
    follows_the_rules(2);
}

#[test]
fn four_ways_follow_the_rules() {
    follows_the_rules(4);
}
