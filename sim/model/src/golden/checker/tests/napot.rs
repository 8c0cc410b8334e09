//! What the checker allows in a NAPOT range: the entry of any of its pages.

use super::*;
use crate::isa::{Extension, Extensions};

const N: u64 = 1 << 63;
const LEAF: u64 = V | RWX | AD;

/// An Sv39 space whose last-level table is page 3; the first 16 entries are one NAPOT range, at
/// this physical page.
fn range(ppn: u64) -> (SharedMemory, Checker) {
    let memory = SharedMemory::with_ram(RAM..RAM + 0x10000).unwrap();
    memory.write(page(1), 8, pointer(2)).unwrap();
    memory.write(page(2), 8, pointer(3)).unwrap();
    for place in 0..16 {
        memory.write(slot(place), 8, napot(ppn)).unwrap();
    }
    (memory, Checker::with(Xlen::Rv64, Extensions::of(&[Extension::Svnapot])))
}

fn slot(place: u64) -> u64 {
    page(3) + 8 * place
}

fn napot(ppn: u64) -> u64 {
    N | (ppn | 8) << 10 | LEAF
}

fn edit(memory: &SharedMemory, checker: &mut Checker, place: u64, value: u64) {
    checker.software_wrote(slot(place), memory.read(slot(place), 8).unwrap());
    memory.write(slot(place), 8, value).unwrap();
}

fn legal(memory: &SharedMemory, checker: &mut Checker, va: u64, pa: u64) -> bool {
    let satp = Satp { mode: Mode::Sv39, asid: 1, root: page(1) >> 12 }.encode(Xlen::Rv64);
    [0, Attributes::NAPOT].into_iter().any(|size| {
        let token = checker.accepted(satp, false);
        let attributes = Attributes { size, ..BASE };
        checker.check(token, &load(va), (&Ok(pa), attributes), memory).is_ok()
    })
}

#[test]
fn each_page_of_a_range_has_its_own_address() {
    let (memory, mut checker) = range(0x1000);
    for place in 0..16 {
        let va = place * 4096 + 0x123;
        assert!(legal(&memory, &mut checker, va, 0x100_0000 + va));
        assert!(!legal(&memory, &mut checker, va, 0x100_8000 + 0x123) || place == 8);
    }
}

#[test]
fn the_size_of_an_answer_is_that_of_the_entry_it_comes_from() {
    let (memory, mut checker) = range(0x1000);
    edit(&memory, &mut checker, 5, 0x7000 << 10 | LEAF);
    let satp = Satp { mode: Mode::Sv39, asid: 1, root: page(1) >> 12 }.encode(Xlen::Rv64);
    for (pa, right) in [(0x700_0000, 0), (0x100_5000, Attributes::NAPOT)] {
        for size in 0..6 {
            let token = checker.accepted(satp, false);
            let attributes = Attributes { size, ..BASE };
            let verdict = checker.check(token, &load(0x5000), (&Ok(pa), attributes), &memory);
            assert_eq!(verdict.is_ok(), size == right, "{pa:#x}, {attributes}");
        }
    }
}

#[test]
fn another_entry_of_the_range_may_answer_as_long_as_it_is_there() {
    let (memory, mut checker) = range(0x1000);
    edit(&memory, &mut checker, 5, 0x7000 << 10 | LEAF);
    checker.fenced(fence(None, None));
    // Page 5 is an ordinary one now, and still part of what its neighbours map.
    assert!(legal(&memory, &mut checker, 0x5000, 0x700_0000));
    assert!(legal(&memory, &mut checker, 0x5000, 0x100_5000));
    assert!(!legal(&memory, &mut checker, 0x5000, 0x100_8000));
    for place in 0..16 {
        edit(&memory, &mut checker, place, (0x7000 + place) << 10 | LEAF);
    }
    assert!(legal(&memory, &mut checker, 0x5000, 0x100_5000), "there is no fence yet");
    // A fence by another page of the range need not reach this one.
    checker.fenced(fence(Some(0x6000), None));
    assert!(legal(&memory, &mut checker, 0x5000, 0x100_5000));
    assert!(!legal(&memory, &mut checker, 0x6000, 0x100_6000));
    checker.fenced(fence(Some(0x5fff), None));
    assert!(!legal(&memory, &mut checker, 0x5000, 0x100_5000));
    assert!(legal(&memory, &mut checker, 0x5000, 0x700_5000));
}

#[test]
fn another_entry_that_must_be_marked_first_may_not_answer() {
    let (memory, mut checker) = range(0x1000);
    edit(&memory, &mut checker, 5, 0x7000 << 10 | LEAF);
    for place in (0..16).filter(|place| *place != 5) {
        edit(&memory, &mut checker, place, napot(0x1000) & !AD);
    }
    checker.fenced(fence(None, None));
    let satp = Satp { mode: Mode::Sv39, asid: 1, root: page(1) >> 12 }.encode(Xlen::Rv64);
    let token = checker.accepted(satp, true);
    let attributes = Attributes { size: Attributes::NAPOT, ..BASE };
    assert!(checker.check(token, &load(0x5000), (&Ok(0x100_5000), attributes), &memory).is_err());
}

#[test]
fn without_svnapot_no_other_entry_answers() {
    let (memory, _) = range(0x1000);
    let mut checker = Checker::new(Xlen::Rv64);
    edit(&memory, &mut checker, 5, 0x7000 << 10 | LEAF);
    assert!(legal(&memory, &mut checker, 0x5000, 0x700_0000));
    assert!(!legal(&memory, &mut checker, 0x5000, 0x100_5000));
    assert!(!legal(&memory, &mut checker, 0x6000, 0x100_6000));
}
