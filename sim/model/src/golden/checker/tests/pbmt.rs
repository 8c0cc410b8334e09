//! The memory type of an answer, and a change of PBMTE.

use super::*;
use crate::isa::{Extension, Extensions};

const LEAF: u64 = V | RWX | AD;
const NC: u64 = 1 << 61;
const IO: u64 = 2 << 61;

/// An Sv39 space in which page 0 has type NC and page 1 has none.
fn typed() -> (SharedMemory, Checker) {
    let memory = SharedMemory::with_ram(RAM..RAM + 0x10000).unwrap();
    memory.write(page(1), 8, pointer(2)).unwrap();
    memory.write(page(2), 8, pointer(3)).unwrap();
    memory.write(page(3), 8, 0x1000 << 10 | LEAF | NC).unwrap();
    memory.write(page(3) + 8, 8, 0x1001 << 10 | LEAF).unwrap();
    let mut checker = Checker::with(Xlen::Rv64, Extensions::of(&[Extension::Svpbmt]));
    checker.set_pbmte(true);
    checker.fenced(fence(None, None));
    (memory, checker)
}

fn satp() -> u64 {
    Satp { mode: Mode::Sv39, asid: 1, root: page(1) >> 12 }.encode(Xlen::Rv64)
}

/// Whether a load may be answered with this memory type; `None` is a page fault.
fn legal(memory: &SharedMemory, checker: &mut Checker, va: u64, pbmt: Option<u8>) -> bool {
    let token = checker.accepted(satp(), false);
    let fault = crate::isa::Fault { cause: Cause::LoadPageFault, tval: va };
    let answer = pbmt.map(|_| 0x100_0000 + va).ok_or(fault);
    let attributes = Attributes { pbmt: pbmt.unwrap_or(0), ..BASE };
    checker.check(token, &load(va), (&answer, attributes), memory).is_ok()
}

#[test]
fn an_answer_has_the_type_of_its_page() {
    let (memory, mut checker) = typed();
    for (va, right) in [(0, 1), (0x1000, 0)] {
        for pbmt in 0..4 {
            let expected = pbmt == right;
            assert_eq!(legal(&memory, &mut checker, va, Some(pbmt)), expected, "{va:#x} {pbmt}");
        }
        assert!(!legal(&memory, &mut checker, va, None));
    }
    // A type that software changes is the old one or the new one until the fence.
    checker.software_wrote(page(3), memory.read(page(3), 8).unwrap());
    memory.write(page(3), 8, 0x1000 << 10 | LEAF | IO).unwrap();
    assert!(legal(&memory, &mut checker, 0, Some(1)) && legal(&memory, &mut checker, 0, Some(2)));
    checker.fenced(fence(Some(0), None));
    assert!(!legal(&memory, &mut checker, 0, Some(1)) && legal(&memory, &mut checker, 0, Some(2)));
}

#[test]
fn a_change_of_pbmte_needs_a_fence_of_everything() {
    let (memory, mut checker) = typed();
    checker.set_pbmte(false);
    assert!(legal(&memory, &mut checker, 0, None) && legal(&memory, &mut checker, 0, Some(1)));
    for (va, asid) in [(Some(0), None), (None, Some(1)), (Some(0), Some(1))] {
        checker.fenced(fence(va, asid));
        assert!(legal(&memory, &mut checker, 0, Some(1)), "{va:?} {asid:?}");
    }
    checker.fenced(fence(None, None));
    assert!(legal(&memory, &mut checker, 0, None) && !legal(&memory, &mut checker, 0, Some(1)));
    // Nothing changes for a page without a type.
    assert!(legal(&memory, &mut checker, 0x1000, Some(0)));
    checker.set_pbmte(true);
    assert!(legal(&memory, &mut checker, 0, None) && legal(&memory, &mut checker, 0, Some(1)));
    checker.fenced(fence(None, None));
    assert!(!legal(&memory, &mut checker, 0, None) && legal(&memory, &mut checker, 0, Some(1)));
}
