//! Each replacement policy, and sets, against models in software: what a TLB holds after random
//! hits, refills and fences.

mod common;

use common::{Dice, checked, settle};
use hdl::Extensions;
use hdl::tlb::{Cam, Policy, Shape};
use rust_hdl::prelude::*;
use std::collections::HashMap;

/// Up to 16 lines.
type Tlb = Cam<16, 4, 45, 44, 16>;

/// The order of the entries of one set, as a textbook would keep it.
enum Order {
    Fifo {
        next: usize,
    },
    /// Most recently used first.
    Lru(Vec<usize>),
    /// For each range of ways: whether its upper half is next.
    Tree(HashMap<(usize, usize), bool>),
    NotMostRecent {
        next: usize,
        recent: usize,
    },
    Random(u32),
}

impl Order {
    fn new(policy: Policy, ways: usize) -> Self {
        match policy {
            Policy::Fifo => Order::Fifo { next: ways - 1 },
            Policy::Lru => Order::Lru((0..ways).collect()),
            Policy::PseudoLru => Order::Tree(HashMap::new()),
            Policy::NotMostRecent => Order::NotMostRecent { next: ways - 1, recent: 0 },
            Policy::Random => Order::Random(44257),
        }
    }

    fn victim(&self, ways: usize) -> usize {
        match self {
            Order::Fifo { next } => *next,
            Order::Lru(order) => order[ways - 1],
            Order::Tree(upper) => {
                let mut range = (0, ways);
                while range.1 - range.0 > 1 {
                    let middle = (range.0 + range.1) / 2;
                    let up = upper.get(&range).copied().unwrap_or(false);
                    range = if up { (middle, range.1) } else { (range.0, middle) };
                }
                range.0
            }
            Order::NotMostRecent { next, recent } if next == recent => (next + ways - 1) % ways,
            Order::NotMostRecent { next, .. } => *next,
            Order::Random(state) => *state as usize % ways.next_power_of_two() % ways,
        }
    }

    fn displace(&mut self, ways: usize) {
        let victim = self.victim(ways);
        match self {
            Order::Fifo { next } | Order::NotMostRecent { next, .. } => {
                *next = (victim + ways - 1) % ways;
            }
            Order::Random(state) => {
                *state = (*state ^ (*state << 7)) & 0xffff;
                *state ^= *state >> 9;
                *state = (*state ^ (*state << 8)) & 0xffff;
            }
            Order::Lru(_) | Order::Tree(_) => {}
        }
    }

    fn touch(&mut self, way: usize, ways: usize) {
        match self {
            Order::Lru(order) => {
                order.retain(|other| *other != way);
                order.insert(0, way);
            }
            Order::Tree(upper) => {
                let mut range = (0, ways);
                while range.1 - range.0 > 1 {
                    let middle = (range.0 + range.1) / 2;
                    upper.insert(range, way < middle);
                    range = if way < middle { (range.0, middle) } else { (middle, range.1) };
                }
            }
            Order::NotMostRecent { recent, .. } => *recent = way,
            Order::Fifo { .. } | Order::Random(_) => {}
        }
    }
}

/// A set: what each way holds, and their order.
struct Set {
    held: Vec<Option<u64>>,
    order: Order,
}

impl Set {
    fn find(&self, vpn: u64) -> Option<usize> {
        self.held.iter().position(|held| *held == Some(vpn))
    }

    fn hit(&mut self, vpn: u64) {
        if let Some(way) = self.find(vpn) {
            self.order.touch(way, self.held.len());
        }
    }

    fn refill(&mut self, vpn: u64) {
        let ways = self.held.len();
        let empty = self.held.iter().rposition(Option::is_none);
        let way = empty.unwrap_or_else(|| self.order.victim(ways));
        if empty.is_none() {
            self.order.displace(ways);
        }
        self.order.touch(way, ways);
        self.held[way] = Some(vpn);
    }
}

fn clock(tlb: &mut Tlb) {
    for high in [true, false] {
        tlb.clock.next = Clock::from(high);
        settle(tlb);
    }
}

/// The page number that the TLB has for a page, without a clock edge.
fn look_up(tlb: &mut Tlb, vpn: u64) -> Option<u64> {
    tlb.key_vpn.next = vpn.into();
    settle(tlb);
    tlb.hit.val().then(|| tlb.ppn.val().into())
}

fn number(vpn: u64) -> u64 {
    vpn ^ 0x5a5a
}

/// Compares a TLB of a shape with its model; returns how often an entry was displaced.
fn compare(shape: Shape) -> u32 {
    let mut tlb = checked(Box::new(Tlb::new(Extensions::default(), shape, false, false)));
    let sets = shape.lines / shape.ways;
    let set = || Set { held: vec![None; shape.ways], order: Order::new(shape.policy, shape.ways) };
    let mut model: Vec<Set> = (0..sets).map(|_| set()).collect();
    let place = |vpn: u64| vpn as usize % sets;
    tlb.reset.next = true;
    clock(&mut tlb);
    tlb.reset.next = false;
    clock(&mut tlb);
    let mut dice = Dice(0x0dd_ba11);
    let pages = 2 * shape.lines as u64;
    let mut displaced = 0;
    for step in 0..500 {
        // Some pages are used more often than others.
        let mut vpn = dice.roll(pages);
        if dice.roll(2) == 0 {
            vpn = dice.roll(1 + pages / 4);
        }
        if dice.roll(25) == 0 {
            tlb.fence.next = true;
            tlb.fence_by_va.next = dice.roll(8) > 0;
            look_up(&mut tlb, vpn);
            let everything = !tlb.fence_by_va.val();
            clock(&mut tlb);
            tlb.fence.next = false;
            for (at, set) in model.iter_mut().enumerate() {
                let gone = |held: &u64| everything || (at == place(vpn) && *held == vpn);
                set.held.iter_mut().for_each(|held| *held = held.filter(|held| !gone(held)));
            }
        } else if look_up(&mut tlb, vpn).is_some() {
            tlb.used.next = true;
            settle(&mut *tlb);
            clock(&mut tlb);
            tlb.used.next = false;
            model[place(vpn)].hit(vpn);
        } else {
            tlb.refill.next = true;
            tlb.new_ppn.next = number(vpn).into();
            settle(&mut *tlb);
            clock(&mut tlb);
            tlb.refill.next = false;
            displaced += u32::from(model[place(vpn)].held.iter().all(Option::is_some));
            model[place(vpn)].refill(vpn);
        }
        clock(&mut tlb);
        // Looking does not count as use.
        for vpn in 0..pages {
            let expected = model[place(vpn)].find(vpn).map(|_| number(vpn));
            assert_eq!(look_up(&mut tlb, vpn), expected, "{shape:?}, step {step}: page {vpn}");
        }
    }
    displaced
}

fn fully(lines: usize, policy: Policy) {
    let displaced = compare(Shape { lines, ways: lines, policy });
    assert!(displaced > 80, "only {displaced} entries displaced: the test hardly tested");
}

#[test]
fn the_first_in_is_the_first_out() {
    fully(8, Policy::Fifo);
    fully(5, Policy::Fifo);
}

#[test]
fn the_least_recently_used_goes() {
    fully(8, Policy::Lru);
    fully(6, Policy::Lru);
    fully(16, Policy::Lru);
}

#[test]
fn the_tree_points_to_the_victim() {
    fully(2, Policy::PseudoLru);
    fully(8, Policy::PseudoLru);
    fully(16, Policy::PseudoLru);
}

#[test]
fn the_most_recently_used_stays() {
    fully(8, Policy::NotMostRecent);
    fully(5, Policy::NotMostRecent);
}

#[test]
fn any_line_goes_but_repeatably() {
    fully(8, Policy::Random);
    fully(5, Policy::Random);
}

#[test]
fn a_page_is_put_into_its_set() {
    for policy in
        [Policy::Fifo, Policy::Lru, Policy::PseudoLru, Policy::NotMostRecent, Policy::Random]
    {
        for (lines, ways) in [(8, 4), (16, 2), (8, 1)] {
            compare(Shape { lines, ways, policy });
        }
    }
}

/// A superpage is found from all its addresses, whatever the set of the one that missed; and one
/// fence by any of them clears it.
#[test]
fn a_superpage_is_one_entry_of_any_set() {
    let shape = Shape { lines: 8, ways: 2, policy: Policy::Lru };
    let mut tlb = checked(Box::new(Tlb::new(Extensions::default(), shape, false, false)));
    tlb.reset.next = true;
    clock(&mut tlb);
    tlb.reset.next = false;
    clock(&mut tlb);
    tlb.refill.next = true;
    tlb.new_leaf.next = hdl::Leaf { level: 1.into(), ..hdl::Leaf::default() };
    tlb.new_inside.next = 1.into();
    tlb.new_ppn.next = 0x200.into();
    tlb.filling.next = true;
    look_up(&mut tlb, 0x403);
    clock(&mut tlb);
    tlb.refill.next = false;
    tlb.filling.next = false;
    clock(&mut tlb);
    for vpn in [0x400, 0x401, 0x402, 0x403, 0x5ff] {
        assert_eq!(look_up(&mut tlb, vpn), Some(0x200), "{vpn:#x}");
    }
    assert_eq!(look_up(&mut tlb, 0x600), None);
    tlb.fence.next = true;
    tlb.fence_by_va.next = true;
    look_up(&mut tlb, 0x4fe);
    clock(&mut tlb);
    tlb.fence.next = false;
    assert_eq!(look_up(&mut tlb, 0x403), None);
}

#[test]
fn shapes_that_cannot_be_are_named() {
    let of = |lines, ways, policy| Shape { lines, ways, policy }.misfit(4).unwrap_or_default();
    assert!(of(17, 17, Policy::Fifo).contains("2 to 16 lines"));
    assert!(of(8, 9, Policy::Fifo).contains("1 to 8 ways"));
    assert!(of(12, 4, Policy::Lru).contains("powers of two"));
    assert!(of(6, 6, Policy::PseudoLru).contains("power of two of ways"));
    assert_eq!(of(6, 6, Policy::Lru), "");
}
