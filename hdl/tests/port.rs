//! `Port` under random requests, fences and changes of the address space: each answer is legal, and
//! comes in the cycle in which it must, whether answers are registered or not.

mod common;

use common::{Dice, checked, settle};
use hdl::port::Port;
use hdl::tlb::Shape;
use hdl::{AccessContext, Extensions, Leaf, Sizes};
use rust_hdl::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const LINES: usize = 8;
type Unit = Port<LINES, 3, 64, 45, 44, 56, 16>;

/// The pages that are used: more than that would displace each other.
const PAGES: [u64; 3] = [0x1, 0x2, 0x40200];

/// A page-table entry; `None` in its place is an invalid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    ppn: u64,
    writable: bool,
    user: bool,
}

/// A page, or what is inside a page of 2 MiB, and its address space.
type Place = (u64, u64);

/// What an entry was since the last fence that names it: the oldest first.
#[derive(Clone, Debug, Default)]
struct Versions {
    all: Vec<Option<Entry>>,
    floor: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Request {
    va: u64,
    store: bool,
    user: bool,
    /// `satp` translates, and its address space.
    space: Option<u64>,
    canonical: bool,
    /// The first version that is legal.
    floor: usize,
    /// The cycle of its acceptance.
    accepted: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Pa(u64),
    Fault(u64),
}

fn is_large(page: u64) -> bool {
    page == PAGES[2]
}

fn page_of(va: u64) -> u64 {
    let vpn = va >> 12;
    PAGES
        .into_iter()
        .find(|&page| if is_large(page) { vpn >> 9 == page >> 9 } else { vpn == page })
        .expect("only these pages are asked for")
}

impl Request {
    fn place(&self) -> Option<Place> {
        self.space.filter(|_| self.canonical).map(|space| (space, page_of(self.va)))
    }

    fn fault(&self) -> Answer {
        Answer::Fault(if self.store { 15 } else { 13 })
    }

    /// The answer by an entry.
    fn by(&self, entry: Option<Entry>) -> Answer {
        let Some(Entry { ppn, writable, user }) = entry else { return self.fault() };
        if user != self.user || self.store && !writable {
            return self.fault();
        }
        let offset = if is_large(page_of(self.va)) { 0x1f_ffff } else { 0xfff };
        Answer::Pa(ppn << 12 | self.va & offset)
    }
}

/// A port, its page tables, and the rules of its pins.
struct Bench {
    port: Box<Unit>,
    registered: bool,
    dice: Dice,
    tables: BTreeMap<Place, Versions>,
    space: Option<u64>,
    /// What the pins `satp_changed` and `space_changed` of the top are made of.
    space_before: Option<u64>,
    compared_space: u64,
    presented: Option<Request>,
    fence: Option<(Option<u64>, Option<u64>)>,
    /// Accepted and not answered.
    under_way: VecDeque<Request>,
    /// Cycles until the miss is answered.
    walk: Option<u64>,
    miss: bool,
    miss_request: Option<Request>,
    settles: bool,
    compares: bool,
    looked_up: Option<Request>,
    waits: Option<Request>,
    /// What a TLB must have, and until when a fence makes that uncertain.
    cached: BTreeSet<Place>,
    uncertain: u64,
    /// The last cycle in which `satp` changed.
    moved: u64,
    cycle: u64,
    counts: BTreeMap<&'static str, u64>,
}

impl Bench {
    fn new(registered: bool, seed: u64) -> Bench {
        let unit =
            Unit::new(Extensions::default(), Shape::fifo(LINES), registered, 0, Sizes::default());
        let mut port = checked(Box::new(unit));
        port.reset.next = true;
        clock(&mut port);
        port.reset.next = false;
        let mut bench = Bench {
            port,
            registered,
            dice: Dice(seed),
            tables: BTreeMap::new(),
            space: None,
            space_before: None,
            compared_space: 0,
            presented: None,
            fence: None,
            under_way: VecDeque::new(),
            walk: None,
            miss: false,
            miss_request: None,
            settles: false,
            compares: false,
            looked_up: None,
            waits: None,
            cached: BTreeSet::new(),
            uncertain: 0,
            moved: 0,
            cycle: 0,
            counts: BTreeMap::new(),
        };
        for space in 0..2 {
            for page in PAGES {
                let entry = bench.entry(page);
                bench.tables.insert((space, page), Versions { all: vec![entry], floor: 0 });
            }
        }
        bench
    }

    fn entry(&mut self, page: u64) -> Option<Entry> {
        let ppn = self.dice.roll(1 << 20);
        let ppn = if is_large(page) { ppn & !0x1ff } else { ppn };
        let entry = Entry { ppn, writable: self.dice.one_in(2), user: self.dice.one_in(2) };
        (!self.dice.one_in(6)).then_some(entry)
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// New requests, fences, entries and address spaces.
    fn choose(&mut self) {
        if self.dice.one_in(25) {
            self.space = [None, Some(0), Some(1), Some(1)][self.dice.roll(4) as usize];
        }
        if self.presented.is_none() && !self.dice.one_in(5) {
            let page = PAGES[self.dice.roll(3) as usize];
            let inside =
                if is_large(page) { self.dice.roll(0x20_0000) } else { self.dice.roll(0x1000) };
            let canonical = !self.dice.one_in(15);
            let above = if canonical { 0 } else { 1 << 62 };
            let (store, user) = (self.dice.one_in(2), self.dice.one_in(2));
            let va = page << 12 | inside | above;
            self.presented =
                Some(Request { va, store, user, space: None, canonical, floor: 0, accepted: 0 });
        }
        if self.fence.is_none() && self.dice.one_in(20) {
            let page = PAGES[self.dice.roll(3) as usize];
            let by_va = self.dice.one_in(2).then_some(page);
            let by_asid = self.dice.one_in(2).then_some(self.dice.roll(2));
            self.fence = Some((by_va, by_asid));
            let named: Vec<Place> = self
                .tables
                .keys()
                .copied()
                .filter(|place| names((by_va, by_asid), *place))
                .collect();
            for place in named {
                let entry = self.entry(place.1);
                self.tables.get_mut(&place).expect("a page").all.push(entry);
            }
        }
    }

    /// Drives the pins of this cycle.
    fn drive(&mut self, accepts_fence: bool) {
        let port = &mut self.port;
        let paged = self.space.is_some();
        let asid = self.space.unwrap_or(0);
        port.paged.next = paged;
        port.asid.next = asid.into();
        port.translate.next = paged;
        port.in_range.next = true;
        port.satp_changed.next = self.space != self.space_before;
        port.space_changed.next = paged && asid != self.compared_space;
        port.req_valid.next = self.presented.is_some();
        if let Some(request) = self.presented {
            port.req_va.next = request.va.into();
            port.canonical.next = request.canonical;
            port.req_access.next = AccessContext {
                store: request.store,
                user: request.user,
                ..AccessContext::default()
            };
        }
        port.fence_presented.next = self.fence.is_some();
        port.fence.next = self.fence.is_some() && accepts_fence;
        if let Some((by_va, by_asid)) = self.fence {
            port.fence_by_va.next = by_va.is_some();
            port.fence_by_asid.next = by_asid.is_some();
            port.fence_va.next = (by_va.unwrap_or(0x77) << 12).into();
            port.fence_asid.next = by_asid.unwrap_or(3).into();
        }
        let done = self.walk == Some(0);
        port.done.next = done;
        port.done_page_fault.next = false;
        if done {
            let request = self.under_way[0];
            let place = request.place().expect("only what is translated misses");
            let entry = *self.tables[&place].all.last().expect("a version");
            port.done_page_fault.next = matches!(request.by(entry), Answer::Fault(_));
            let Entry { ppn, writable, user } =
                entry.unwrap_or(Entry { ppn: 0, writable: false, user: false });
            let large = is_large(place.1);
            port.done_ppn.next = ppn.into();
            port.done_inside.next = u64::from(large).into();
            port.done_leaf.next = Leaf {
                read: true,
                write: writable,
                user,
                dirty: true,
                level: u64::from(large).into(),
                ..Leaf::default()
            };
            port.done_cacheable.next = self.fence.is_none();
        }
        settle(port.as_mut());
    }

    fn step(&mut self) {
        self.choose();
        let accepts_fence = !self.dice.one_in(3);
        self.drive(accepts_fence);
        let fenced = self.fence.filter(|_| accepts_fence);
        let at = self.cycle;

        // Ready when nothing holds requests back, and only then.
        let changed = self.space.is_some_and(|space| space != self.compared_space);
        let more = if self.registered {
            self.settles || self.waits.is_some() || self.compares
        } else {
            changed
        };
        let ready = !self.miss && self.fence.is_none() && !more;
        assert_eq!(self.port.req_ready.val(), ready, "cycle {at}: ready");
        let accepted = self.presented.take_if(|_| ready).map(|request| {
            let space = self.space;
            let place = Request { space, ..request }.place();
            let floor = place.map_or(0, |place| self.tables[&place].floor);
            Request { space, floor, accepted: at, ..request }
        });
        self.under_way.extend(accepted);

        // Looked up, and answered or a miss.
        let due = match (self.registered, self.miss) {
            (false, _) => accepted,
            (true, true) => None,
            (true, false) => self.looked_up,
        };
        let (hit, missed) = (self.port.hit.val(), self.port.missed.val());
        let place = due.and_then(|request| request.place());
        assert_eq!(hit || missed, place.is_some(), "cycle {at}: looked up");
        assert!(!(hit && missed), "cycle {at}: a hit and a miss");
        // A lookup that waited counts only if the address space is still the same.
        let counts = due.is_some_and(|due| at <= due.accepted + 1 || self.moved <= due.accepted);
        if let Some(place) = place.filter(|_| at > self.uncertain && counts) {
            assert_eq!(hit, self.cached.contains(&place), "cycle {at}: {due:?} hits");
            self.count(if hit { "hits" } else { "misses" });
        }
        let ends = self.miss && self.walk == Some(0);
        let answers = due.is_some() && !missed || ends;
        assert_eq!(self.port.resp_valid.val(), answers, "cycle {at}: answered");
        if answers {
            let request = self.under_way.pop_front().expect("it was accepted");
            self.check(&request);
        }
        if self.port.refilled.val() {
            assert!(ends, "cycle {at}: an entry without an answer");
            self.count("refills");
        }

        // The next cycle.
        let refilled = self.port.refilled.val();
        if refilled {
            let request = self.miss_request.expect("a miss");
            self.cached.extend(request.place());
        }
        if self.registered {
            let (looked_up, waits) = match (self.miss, self.waits) {
                (true, waits) => (None, self.looked_up.or(waits)),
                (false, Some(kept)) if self.settles || self.compares => (None, Some(kept)),
                (false, Some(kept)) => (Some(kept), None),
                (false, None) => (accepted, None),
            };
            if waits.is_some() {
                self.count("kept");
            }
            (self.looked_up, self.waits) = (looked_up, waits);
        }
        if self.space != self.space_before {
            self.moved = at;
        }
        self.settles = self.registered && ends;
        self.compares = self.registered && self.fence.is_some();
        self.miss = missed || self.miss && !ends;
        self.walk = match self.walk {
            _ if missed => Some(1 + self.dice.roll(4)),
            _ if ends => None,
            // A fence makes the walk begin anew.
            Some(_) if self.fence.is_some() => Some(2),
            walk => walk.map(|left| left - 1),
        };
        if missed {
            self.miss_request = due;
        }
        if let Some(fence) = fenced {
            self.cached.retain(|place| !names(fence, *place));
            for (place, versions) in &mut self.tables {
                if names(fence, *place) {
                    versions.floor = versions.all.len() - 1;
                }
            }
            self.fence = None;
            self.uncertain = if self.registered { at + 4 } else { at };
            self.count("fences");
        }
        if let Some(space) = self.space.filter(|_| !self.port.fence_presented.val()) {
            self.compared_space = space;
        }
        self.space_before = self.space;
        self.cycle += 1;
        clock(&mut self.port);
    }

    /// Whether an answer is one that the tables allow.
    fn check(&mut self, request: &Request) {
        let at = self.cycle;
        let got = match self.port.resp_fault.val() {
            true => Answer::Fault(self.port.resp_cause.val().into()),
            false => Answer::Pa(self.port.resp_pa.val().into()),
        };
        let legal: Vec<Answer> = match (request.place(), request.space) {
            (Some(place), _) => {
                let versions = &self.tables[&place].all[request.floor..];
                versions.iter().map(|entry| request.by(*entry)).collect()
            }
            (None, Some(_)) => vec![request.fault()],
            (None, None) => vec![Answer::Pa(request.va & ((1 << 56) - 1))],
        };
        assert!(legal.contains(&got), "cycle {at}: {request:x?}: {got:x?}, not one of {legal:x?}");
        if let Answer::Fault(_) = got {
            assert_eq!(self.port.resp_tval.val(), request.va, "cycle {at}: tval");
            self.count("faults");
        }
    }
}

/// Whether a fence names an entry; none here is global.
fn names((page, space): (Option<u64>, Option<u64>), place: Place) -> bool {
    page.is_none_or(|page| page == place.1) && space.is_none_or(|space| space == place.0)
}

fn clock(port: &mut Unit) {
    for high in [true, false] {
        port.clock.next = Clock::from(high);
        settle(port);
    }
}

fn run(registered: bool) -> BTreeMap<&'static str, u64> {
    let mut bench = Bench::new(registered, 0x5eed_0902);
    for _ in 0..12_000 {
        bench.step();
    }
    bench.counts
}

#[test]
fn an_answer_comes_at_once() {
    let counts = run(false);
    for what in ["hits", "misses", "refills", "fences", "faults"] {
        assert!(counts[what] > 200, "few {what}: {counts:?}");
    }
}

#[test]
fn a_registered_answer_comes_a_cycle_later() {
    let counts = run(true);
    for what in ["hits", "misses", "refills", "fences", "faults", "kept"] {
        assert!(counts[what] > 200, "few {what}: {counts:?}");
    }
}
