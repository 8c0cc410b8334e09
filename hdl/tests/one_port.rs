//! The top with one port for fetches and data: random requests of every kind to the same pages, with
//! PMP, each answer as the entry and the access say, whether answers are registered or not.

mod common;

use common::{Dice, checked, settle};
use hdl::pmp::Physical;
use hdl::{Organisation, Rv32Mmu};
use rust_hdl::prelude::*;
use std::collections::{BTreeMap, VecDeque};

type Top = Rv32Mmu<4, 2>;

/// Pages of 4 MiB, one for each entry of the root table.
const PAGES: u64 = 12;
const ROOT: u64 = 0x8_0000;
/// Physical pages: one that only fetches may access, one for data, others for all.
const FRAMES: [u64; 3] = [0x10_0000, 0x10_0400, 0x10_0800];
const USER: u64 = 0;
const SUPERVISOR: u64 = 1;
const MACHINE: u64 = 3;

// Bits of an entry.
const R: u64 = 1 << 1;
const W: u64 = 1 << 2;
const X: u64 = 1 << 3;
const U: u64 = 1 << 4;
const A: u64 = 1 << 6;
const D: u64 = 1 << 7;

#[derive(Clone, Copy, Debug)]
struct Request {
    va: u64,
    fetch: bool,
    store: bool,
    cbo: bool,
    privilege: u64,
    sum: bool,
    mxr: bool,
}

impl Request {
    /// The address, or the code of the fault, by the entry of its page.
    fn outcome(&self, entry: u64) -> Result<u64, u64> {
        let Request { va, fetch, store, cbo, privilege, sum, mxr } = *self;
        let (is, cbo) = (|bits: u64| entry & bits != 0, cbo && !fetch);
        let store = store && !cbo && !fetch;
        let [page_fault, access_fault] = match (fetch, store || cbo) {
            (true, _) => [12, 1],
            (false, true) => [15, 7],
            (false, false) => [13, 5],
        };
        if privilege == MACHINE {
            return Ok(va);
        }
        let readable = is(R) || mxr && is(X);
        let kind = match (fetch, store, cbo) {
            (true, ..) => is(X),
            (_, true, _) => is(W),
            (.., true) => readable || is(W),
            _ => readable,
        };
        let owner = match privilege {
            USER => is(U),
            _ => !is(U) || sum && !fetch,
        };
        if !kind || !owner || !is(A) || store && !is(D) {
            return Err(page_fault);
        }
        let frame = entry >> 10;
        let allowed = match FRAMES.iter().position(|of| *of == frame) {
            Some(0) => fetch,
            Some(1) => !fetch,
            _ => true,
        };
        if allowed { Ok(frame << 12 | va & 0x3f_ffff) } else { Err(access_fault) }
    }
}

fn clock(top: &mut Top) {
    for high in [true, false] {
        top.clock.next = Clock::from(high);
        settle(top);
    }
}

fn write_pmp(top: &mut Top, csr: u64, value: u64) {
    top.pmp_csr.next = csr.into();
    top.pmp_write_valid.next = true;
    top.pmp_write_data.next = value.into();
    settle(top);
    clock(top);
    top.pmp_write_valid.next = false;
}

/// The address register of a range of a power of two.
fn range(page: u64, bytes: u64) -> u64 {
    page << 10 | (bytes / 8 - 1)
}

fn answers_are_right(registered_answer: bool, seed: u64) -> BTreeMap<String, u64> {
    let physical = Physical { pmp: 8, ..Physical::default() };
    let organisation =
        Organisation { one_port: true, registered_answer, physical, ..Organisation::default() };
    let mut top = checked(Box::new(Top::new(organisation)));
    let mut dice = Dice(seed);
    let kinds = [R, R | W, X, R | X, R | W | X];
    let entries: Vec<u64> = (0..PAGES)
        .map(|page| {
            let frame = FRAMES[dice.roll(3) as usize];
            let kind = if page < 5 { kinds[page as usize] } else { kinds[dice.roll(5) as usize] };
            let mark = |dice: &mut Dice, bit| if dice.one_in(6) { 0 } else { bit };
            let marks = mark(&mut dice, A) | mark(&mut dice, D);
            frame << 10 | kind | marks | if dice.one_in(2) { U } else { 0 } | 1
        })
        .collect();

    top.reset.next = true;
    settle(&mut *top);
    clock(&mut top);
    top.reset.next = false;
    // Frame 0: X; frame 1: R and W; what is left: everything.
    for (csr, value) in [
        (0x3b0, range(FRAMES[0], 4 << 20)),
        (0x3b1, range(FRAMES[1], 4 << 20)),
        (0x3b2, 0xffff_ffff),
        (0x3a0, 0x1f_1b_1c),
    ] {
        write_pmp(&mut top, csr, value);
    }
    top.satp.next = (1 << 31 | 1 << 22 | ROOT).into();
    top.mem_req_ready.next = true;
    top.fault_ready.next = true;

    let mut presented: Option<Request> = None;
    let mut under_way: VecDeque<Request> = VecDeque::new();
    let mut read: Option<u64> = None;
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut events = [0; 4];
    let mut translated = [0; 2];
    for cycle in 0..4000 {
        if presented.is_none() && !dice.one_in(4) {
            let privilege = [USER, SUPERVISOR, USER, SUPERVISOR, MACHINE][dice.roll(5) as usize];
            let va = dice.roll(PAGES) << 22 | dice.roll(1 << 20) << 2;
            let mut some = || dice.one_in(3);
            let [fetch, store, cbo, sum, mxr] = [some(), some(), some(), some(), some()];
            presented = Some(Request { va, fetch, store, cbo, privilege, sum, mxr });
        }
        top.data_req_valid.next = presented.is_some();
        if let Some(request) = presented {
            top.data_req_va.next = request.va.into();
            top.data_req_fetch.next = request.fetch;
            top.data_req_store.next = request.store;
            top.data_req_cbo.next = request.cbo;
            top.data_req_size.next = 2_u64.into();
            top.data_req_privilege.next = request.privilege.into();
            top.data_req_sum.next = request.sum;
            top.data_req_mxr.next = request.mxr;
        }
        // The pins of a fetch port are not there.
        top.fetch_req_valid.next = dice.one_in(2);
        top.fetch_req_va.next = dice.roll(1 << 32).into();
        top.fence_valid.next = dice.one_in(60);
        top.mem_resp_valid.next = read.is_some();
        top.mem_resp_data.next = read.take().unwrap_or(0).into();
        settle(&mut *top);

        assert!(!top.fetch_req_ready.val() && !top.fetch_resp_valid.val(), "cycle {cycle}");
        if top.mem_req_valid.val() {
            assert!(!top.mem_req_swap.val(), "ADUE is 0");
            let at: u64 = top.mem_req_addr.val().into();
            assert_eq!(at >> 12, ROOT, "cycle {cycle}: {at:#x}");
            read = Some(entries[((at & 0xfff) / 4) as usize]);
        }
        if let Some(accepted) = presented.take_if(|_| top.data_req_ready.val()) {
            translated[usize::from(!accepted.fetch)] += u64::from(accepted.privilege != MACHINE);
            under_way.push_back(accepted);
        }
        let pulses = [
            top.event_fetch_hit.val(),
            top.event_fetch_miss.val(),
            top.event_data_hit.val(),
            top.event_data_miss.val(),
        ];
        for (count, pulse) in events.iter_mut().zip(pulses) {
            *count += u64::from(pulse);
        }
        if top.data_resp_valid.val() {
            let request = under_way.pop_front().expect("it was requested");
            let expected = request.outcome(entries[(request.va >> 22) as usize]);
            let got = match top.data_resp_fault.val() {
                true => Err(top.data_resp_cause.val().into()),
                false => Ok(top.data_resp_pa.val().into()),
            };
            assert_eq!(got, expected, "cycle {cycle}: {request:?}");
            let kind = if request.fetch { "fetch" } else { "data" };
            let end = expected.map_or_else(|cause| cause.to_string(), |_| "page".to_owned());
            *seen.entry(format!("{kind} {end}")).or_default() += 1;
        }
        clock(&mut top);
    }
    // All but those that are not answered yet.
    let rest = under_way.len() as u64;
    let [fetch_hits, fetch_misses, data_hits, data_misses] = events;
    for (requests, looked_up) in
        [(translated[0], fetch_hits + fetch_misses), (translated[1], data_hits + data_misses)]
    {
        assert!(looked_up <= requests && requests - looked_up <= rest, "{events:?} {translated:?}");
    }
    seen
}

#[test]
fn one_port_answers_fetches_and_data() {
    for (registered, seed) in [(false, 0x51), (true, 0x52)] {
        let seen = answers_are_right(registered, seed);
        println!("registered {registered}, seed {seed:#x}: {seen:?}");
        let kinds = [
            "fetch page",
            "fetch 12",
            "fetch 1",
            "data page",
            "data 13",
            "data 15",
            "data 5",
            "data 7",
        ];
        for kind in kinds {
            assert!(seen.get(kind).is_some_and(|&count| count > 10), "{kind}: {seen:?}");
        }
    }
}

#[test]
#[should_panic(expected = "one for each of two ports")]
fn one_port_has_one_walker() {
    let organisation =
        Organisation { one_port: true, two_walkers: true, ..Organisation::default() };
    let _ = Top::new(organisation);
}
