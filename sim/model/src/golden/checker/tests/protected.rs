//! Answers while software writes PMP registers.

use super::*;
use crate::isa::{Fault, Physical, PmpConfig, PmpMatch};

const ALL: u64 = 7;
const NAPOT: u64 = (PmpMatch::Napot as u64) << PmpConfig::A;

/// The world of all tests, with PMP open; entry 0 covers the common last-level table, entry 1 the
/// page that its first entry maps.
fn protected() -> (SharedMemory, Checker) {
    let (memory, _) = world();
    let physical = Physical { pmp: 8, regions: &[] };
    let mut checker = Checker::of(Xlen::Rv32, crate::isa::Extensions::NONE, physical);
    for (csr, value) in checker.pmp().open() {
        checker.csr_written(csr, value);
    }
    checker.csr_written(0x3b0, page(3) >> 2 | 0x1ff);
    checker.csr_written(0x3b1, 0x100_0000 >> 2 | 0x1ff);
    (memory, checker)
}

/// Writes the configurations of entries 0 and 1.
fn configure(checker: &mut Checker, table: u64, page: u64) {
    checker.csr_written(0x3a0, table | page << 8);
}

fn answer(memory: &SharedMemory, checker: &mut Checker, token: Token, allowed: bool) -> bool {
    let fault = Fault { cause: Cause::LoadAccessFault, tval: 0 };
    let response = if allowed { Ok(0x100_0000) } else { Err(fault) };
    checker.check(token, &load(0), (&response, BASE), memory).is_ok()
}

/// Which of the two answers to a load would be legal now: success, access fault.
fn legal(memory: &SharedMemory, checker: &mut Checker) -> [bool; 2] {
    [true, false].map(|allowed| {
        let token = checker.accepted(satp(1), false);
        answer(memory, checker, token, allowed)
    })
}

#[test]
fn refused_page_is_an_access_fault_at_once() {
    let (memory, mut checker) = protected();
    configure(&mut checker, 0, NAPOT);
    assert_eq!(legal(&memory, &mut checker), [false, true]);
    configure(&mut checker, 0, NAPOT | ALL);
    assert_eq!(legal(&memory, &mut checker), [true, false]);
}

#[test]
fn refused_table_may_be_used_from_before_until_the_fence() {
    let (memory, mut checker) = protected();
    configure(&mut checker, NAPOT, 0);
    assert_eq!(legal(&memory, &mut checker), [true, true]);
    checker.fenced(fence(Some(0), None));
    assert_eq!(legal(&memory, &mut checker), [true, true], "a fence of a page is not enough");
    checker.fenced(fence(None, None));
    assert_eq!(legal(&memory, &mut checker), [false, true]);
    // What was refused is not remembered.
    configure(&mut checker, 0, 0);
    assert_eq!(legal(&memory, &mut checker), [true, false]);
}

#[test]
fn request_under_way_may_be_judged_before_or_after() {
    let (memory, mut checker) = protected();
    for allowed in [true, false] {
        configure(&mut checker, 0, NAPOT | ALL);
        let token = checker.accepted(satp(1), false);
        configure(&mut checker, 0, NAPOT);
        assert!(answer(&memory, &mut checker, token, allowed), "{allowed}");
    }
    assert_eq!(legal(&memory, &mut checker), [false, true]);
}

#[test]
fn what_pmp_opens_is_remembered_by_page_only_while_it_is_open() {
    let (memory, mut checker) = protected();
    assert_eq!(legal(&memory, &mut checker), [true, false]);
    configure(&mut checker, 0, (PmpMatch::Na4 as u64) << PmpConfig::A);
    let token = checker.accepted(satp(1), false);
    let word = Request { va: 0x7fc, ..load(0) };
    assert!(checker.check(token, &word, (&Ok(0x100_07fc), BASE), &memory).is_err(), "entry 1");
    let token = checker.accepted(satp(1), false);
    let word = Request { va: 0x7f8, ..load(0) };
    assert!(checker.check(token, &word, (&Ok(0x100_07f8), BASE), &memory).is_ok());
}
