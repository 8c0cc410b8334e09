//! What the checker allows and refuses, rule by rule.

mod model_tlb;
mod napot;
mod pbmt;
mod protected;
mod remembered;

use super::*;
use crate::bus::SharedMemory;
use crate::golden::Rule;
use crate::isa::{Access, Context, Mode, Privilege};

const RAM: u64 = 0x8000_0000;
const V: u64 = 1;
const RWX: u64 = 0xe;
const G: u64 = 0x20;
const AD: u64 = 0xc0;

/// A page of 4 KiB, of no particular type; also what comes with a fault.
const BASE: Attributes = Attributes { size: 0, pbmt: 0, pma: 0 };

fn page(n: u64) -> u64 {
    RAM + n * 4096
}

fn pointer(n: u64) -> u64 {
    page(n) >> 2 | V
}

fn satp(asid: u16) -> u64 {
    Satp { mode: Mode::Sv32, asid, root: page(asid.into()) >> 12 }.encode(Xlen::Rv32)
}

fn load(va: u64) -> Request {
    let context = Context { privilege: Privilege::Supervisor, sum: false, mxr: false };
    Request { va, access: Access::Load, bytes: 4, context }
}

/// Two address spaces, roots in pages 1 and 2; page 3 is their common last-level table.
fn world() -> (SharedMemory, Checker) {
    let memory = SharedMemory::with_ram(RAM..RAM + 0x10000).unwrap();
    for root in [1, 2] {
        memory.write(page(root), 4, pointer(3)).unwrap();
    }
    memory.write(page(3), 4, 0x1000 << 10 | V | RWX | AD).unwrap();
    (memory, Checker::new(Xlen::Rv32))
}

fn edit(memory: &SharedMemory, checker: &mut Checker, pa: u64, value: u64) {
    checker.software_wrote(pa, memory.read(pa, 4).unwrap());
    memory.write(pa, 4, value).unwrap();
}

fn fence(va: Option<u64>, asid: Option<u16>) -> Fence {
    Fence { va, asid }
}

/// Whether an answer to a load would be legal now.
fn legal(memory: &SharedMemory, checker: &mut Checker, asid: u16, va: u64, pa: u64) -> bool {
    let token = checker.accepted(satp(asid), false);
    checker.check(token, &load(va), (&Ok(pa), BASE), memory).is_ok()
}

#[test]
fn leaf_edited_old_and_new_are_legal_until_the_fence() {
    let (memory, mut checker) = world();
    assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000));
    edit(&memory, &mut checker, page(3), 0x2000 << 10 | V | RWX | AD);
    for pa in [0x100_0000, 0x200_0000] {
        assert!(legal(&memory, &mut checker, 1, 0, pa));
    }
    assert!(!legal(&memory, &mut checker, 1, 0, 0x300_0000));
    for (other, asid) in [(Some(0x1000), None), (None, Some(2)), (Some(0), Some(2))] {
        checker.fenced(fence(other, asid));
        assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000), "{other:?} {asid:?}");
    }
    checker.fenced(fence(Some(0xfff), Some(1)));
    assert!(!legal(&memory, &mut checker, 1, 0, 0x100_0000));
    assert!(legal(&memory, &mut checker, 1, 0, 0x200_0000));
}

#[test]
fn global_leaf_survives_asid_fences_only() {
    let (memory, mut checker) = world();
    edit(&memory, &mut checker, page(3), 0x1000 << 10 | V | RWX | AD | G);
    checker.fenced(fence(None, None));
    edit(&memory, &mut checker, page(3), 0x2000 << 10 | V | RWX | AD | G);
    checker.fenced(fence(None, Some(1)));
    checker.fenced(fence(Some(0), Some(1)));
    assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000));
    checker.fenced(fence(Some(0), None));
    assert!(!legal(&memory, &mut checker, 1, 0, 0x100_0000));
}

#[test]
fn pointer_edited_survives_address_fences() {
    let (memory, mut checker) = world();
    memory.write(page(4), 4, 0x4000 << 10 | V | RWX | AD).unwrap();
    edit(&memory, &mut checker, page(1), pointer(4));
    checker.fenced(fence(Some(0), None));
    assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000));
    checker.fenced(fence(None, Some(1)));
    assert!(!legal(&memory, &mut checker, 1, 0, 0x100_0000));
    assert!(legal(&memory, &mut checker, 1, 0, 0x400_0000));
}

#[test]
fn request_under_way_at_a_fence_may_see_either_table() {
    let (memory, mut checker) = world();
    edit(&memory, &mut checker, page(3), 0x2000 << 10 | V | RWX | AD);
    let before = [(); 3].map(|()| checker.accepted(satp(1), false));
    checker.fenced(fence(None, None));
    let [first, second, third] = before;
    assert!(checker.check(first, &load(0), (&Ok(0x100_0000), BASE), &memory).is_ok());
    assert!(checker.check(second, &load(0), (&Ok(0x200_0000), BASE), &memory).is_ok());
    assert!(!legal(&memory, &mut checker, 1, 0, 0x100_0000), "accepted after the fence");
    assert!(checker.remembered() > 0);
    checker.dropped(third);
    assert_eq!(checker.remembered(), 0);
    assert_eq!((checker.checked(), checker.stale(), checker.unjudged()), (3, 1, 0));
}

#[test]
fn asid_given_a_new_root_may_use_the_old_one_until_its_fence() {
    let (memory, mut checker) = world();
    memory.write(page(5), 4, 0x40_0000 << 8 | V | RWX | AD).unwrap();
    let recycled = Satp { mode: Mode::Sv32, asid: 1, root: page(5) >> 12 }.encode(Xlen::Rv32);
    assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000));
    let answer = |checker: &mut Checker, pa| {
        let token = checker.accepted(recycled, false);
        let size = u8::from(pa == 0x1_0000_0000);
        let attributes = Attributes { size, ..BASE };
        checker.check(token, &load(0), (&Ok(pa), attributes), &memory).is_ok()
    };
    assert!(answer(&mut checker, 0x1_0000_0000));
    assert!(answer(&mut checker, 0x100_0000));
    checker.fenced(fence(None, Some(2)));
    assert!(answer(&mut checker, 0x100_0000));
    checker.fenced(fence(None, Some(1)));
    assert!(!answer(&mut checker, 0x100_0000));
}

#[test]
fn value_written_many_times_does_not_push_others_out() {
    let (memory, mut checker) = world();
    for i in 0..100 {
        edit(&memory, &mut checker, page(3), (0x2000 + i % 2) << 10 | V | RWX | AD);
    }
    assert_eq!(checker.remembered(), 3);
    assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000));
}

#[test]
fn answer_of_another_asid_is_legal_only_if_global() {
    let (memory, mut checker) = world();
    memory.write(page(2), 4, pointer(4)).unwrap();
    memory.write(page(4), 4, 0x4000 << 10 | V | RWX | AD).unwrap();
    assert!(legal(&memory, &mut checker, 2, 0, 0x400_0000));
    assert!(!legal(&memory, &mut checker, 1, 0, 0x400_0000));
    edit(&memory, &mut checker, page(4), 0x4000 << 10 | V | RWX | AD | G);
    assert!(legal(&memory, &mut checker, 2, 0, 0x400_0000));
    assert!(legal(&memory, &mut checker, 1, 0, 0x400_0000));
    checker.fenced(fence(None, None));
    assert!(!legal(&memory, &mut checker, 1, 0, 0x400_0000));
}

#[test]
fn stale_entry_that_needs_a_d_update_is_not_enough() {
    let (memory, mut checker) = world();
    edit(&memory, &mut checker, page(3), 0x1000 << 10 | V | RWX);
    checker.fenced(fence(None, None));
    edit(&memory, &mut checker, page(3), 0);
    let token = checker.accepted(satp(1), true);
    let mismatch = checker.check(token, &load(0), (&Ok(0x100_0000), BASE), &memory).unwrap_err();
    assert_eq!(mismatch.expected[0].rule, Rule::Invalid);
    let text = mismatch.to_string();
    assert!(text.contains("got physical address 0x1000000"), "{text}");
    assert!(text.contains("expected load page fault, tval 0x0"), "{text}");
    assert!(text.contains("rule sv32algorithm: pte.v=0"), "{text}");
    assert!(text.contains("level 0 at 0x80003000: 0x0"), "{text}");
}

#[test]
fn bus_error_excuses_access_faults_under_way_only() {
    let (memory, mut checker) = world();
    let fault = Err(crate::isa::Fault { cause: Cause::LoadAccessFault, tval: 0 });
    let token = checker.accepted(satp(1), false);
    checker.bus_failed();
    assert!(checker.check(token, &load(0), (&fault, BASE), &memory).is_ok());
    let token = checker.accepted(satp(1), false);
    assert!(checker.check(token, &load(0), (&fault, BASE), &memory).is_err());
}

#[test]
fn memory_stays_bounded_without_full_fences() {
    let (memory, mut checker) = world();
    for i in 0..200_000 {
        edit(&memory, &mut checker, page(3) + 4 * (i % 1024), (i + 1) << 10 | V | RWX | AD);
        checker.fenced(fence(Some(i % 1024 * 4096), Some(1)));
    }
    assert!(checker.remembered() <= 1024 * 16);
    assert!(checker.history.fence_count() <= 1 << 16);
    assert!(!legal(&memory, &mut checker, 1, 0, 1 << 12));
}
