//! `Cam` against a list of mappings: at most one hit, and never a wrong one.

mod common;

use common::{Dice, checked, connected, settle};
use hdl::tlb::{Cam, Shape};
use hdl::{Extensions, Leaf};
use rust_hdl::prelude::*;

const LINES: usize = 4;
type Tlb = Cam<LINES, 2, 45, 44, 16>;

/// The expected contents of one line.
#[derive(Clone, Copy, Debug)]
struct Mapping {
    vpn: u64,
    asid: u64,
    ppn: u64,
    level: u64,
    global: bool,
}

impl Mapping {
    /// Page-number bits inside the page: size 5 is a NAPOT range.
    fn inside(&self) -> u64 {
        if self.level == 5 { 4 } else { 9 * self.level }
    }

    fn covers(&self, vpn: u64) -> bool {
        self.vpn >> self.inside() == vpn >> self.inside()
    }

    fn translates(&self, vpn: u64, asid: u64) -> bool {
        self.covers(vpn) && (self.global || self.asid == asid)
    }

    fn overlaps(&self, other: &Mapping) -> bool {
        let inside = self.inside().max(other.inside());
        self.vpn >> inside == other.vpn >> inside
            && (self.global || other.global || self.asid == other.asid)
    }
}

/// Few pages, near to each other and far.
fn some_vpn(dice: &mut Dice) -> u64 {
    dice.roll(3) << 18 | dice.roll(2) << 9 | dice.roll(2) << 4 | dice.roll(3)
}

fn clock(tlb: &mut Tlb) {
    for high in [true, false] {
        tlb.clock.next = Clock::from(high);
        settle(tlb);
    }
}

/// Lookups are in this address space from now on.
fn enter(tlb: &mut Tlb, asid: u64) {
    tlb.key_asid.next = asid.into();
    tlb.looks_ahead.next = true;
    settle(tlb);
    clock(tlb);
    tlb.looks_ahead.next = false;
}

/// The TLB's answer for a page, without a clock edge.
fn look_up(tlb: &mut Tlb, vpn: u64) -> Option<(u64, u64)> {
    tlb.key_vpn.next = vpn.into();
    settle(tlb);
    let ppn: u64 = tlb.ppn.val().into();
    let level: u64 = tlb.extent.val().level.into();
    tlb.hit.val().then_some((ppn, level))
}

/// A size decoded: a bit for each segment inside the page; bit 4 is a NAPOT range.
fn inside(level: u64) -> u64 {
    if level == 5 { 16 } else { (1 << level) - 1 }
}

/// Writes an entry for a page.
fn refill(tlb: &mut Tlb, vpn: u64, ppn: u64, leaf: Leaf) {
    tlb.filling.next = true;
    tlb.refill.next = true;
    tlb.new_ppn.next = ppn.into();
    tlb.new_inside.next = inside(leaf.level.into()).into();
    tlb.new_leaf.next = leaf;
    look_up(tlb, vpn);
    clock(tlb);
    tlb.filling.next = false;
    tlb.refill.next = false;
}

#[test]
fn random_refills_and_fences_leave_what_they_should() {
    refill_and_fence(connected(), &[0, 1, 2]);
}

#[test]
fn napot_ranges_are_lines_like_others() {
    let extensions = Extensions { svnapot: true, ..Extensions::default() };
    refill_and_fence(
        checked(Box::new(Tlb::new(extensions, Shape::fifo(LINES), false, false))),
        &[0, 5, 1, 5],
    );
}

fn refill_and_fence(mut tlb: Box<Tlb>, sizes: &[u64]) {
    let mut dice = Dice(0x5eed_ca4e);
    tlb.reset.next = true;
    clock(&mut tlb);
    tlb.reset.next = false;
    clock(&mut tlb);

    let mut model: Vec<Mapping> = Vec::new();
    let mut hits = 0;
    for step in 0..4000 {
        let (vpn, asid) = (some_vpn(&mut dice), dice.roll(2));
        if dice.roll(4) == 0 {
            let (by_va, by_asid) = (dice.roll(2) == 1, dice.roll(2) == 1);
            tlb.fence.next = true;
            tlb.fence_by_va.next = by_va;
            tlb.fence_by_asid.next = by_asid;
            tlb.key_asid.next = asid.into();
            look_up(&mut tlb, vpn);
            clock(&mut tlb);
            tlb.fence.next = false;
            model.retain(|held| {
                by_va && !held.covers(vpn) || by_asid && (held.global || held.asid != asid)
            });
        } else {
            let level = sizes[dice.roll(sizes.len() as u64) as usize];
            let new =
                Mapping { vpn, asid, ppn: dice.roll(1 << 20), level, global: dice.roll(4) == 0 };
            let leaf = Leaf { global: new.global, level: new.level.into(), ..Leaf::default() };
            enter(&mut tlb, asid);
            refill(&mut tlb, vpn, new.ppn, leaf);
            model.retain(|held| !held.overlaps(&new));
            model.push(new);
        }
        enter(&mut tlb, asid);

        let found = look_up(&mut tlb, vpn);
        let held = model.iter().filter(|held| held.translates(vpn, asid)).collect::<Vec<_>>();
        assert!(held.len() <= 1, "step {step}: the model itself holds two translations");
        if let Some(found) = found {
            hits += 1;
            let held = held.first().unwrap_or_else(|| panic!("step {step}: a fenced entry hits"));
            assert_eq!(found, (held.ppn, held.level), "step {step}: {vpn:#x} asid {asid}");
        }
        // An entry that the model lost to replacement is unknown to it; a refilled entry must be
        // present.
        if let Some(new) = model.last().filter(|new| new.vpn == vpn && new.asid == asid) {
            assert_eq!(found, Some((new.ppn, new.level)), "step {step}: the newest entry is gone");
        }
    }
    assert!(hits > 1000, "only {hits} hits: the test hardly tested");
}

#[test]
fn lines_fill_before_any_is_replaced_and_the_oldest_goes_first() {
    let mut tlb = connected::<Tlb>();
    tlb.reset.next = true;
    clock(&mut tlb);
    tlb.reset.next = false;
    clock(&mut tlb);
    for vpn in 1..=6_u64 {
        refill(&mut tlb, vpn, vpn, Leaf::default());
        clock(&mut tlb);
    }
    let held: Vec<bool> = (1..=6).map(|vpn| look_up(&mut tlb, vpn).is_some()).collect();
    assert_eq!(held, [false, false, true, true, true, true]);
}
