//! Blocks that implement fewer bits, or fewer schemes, than there are.

mod common;

use common::{checked, settle};
use hdl::scheme::{Scheme32, Scheme64};
use hdl::walker::PteDecode;
use hdl::{Extensions, Sizes};

const NARROW: Sizes = Sizes { asid_bits: 5, pa_bits: 41, levels: 4 };

/// The physical page that each entry names, if it exists; a pointer to one that does not is neither
/// fault nor pointer.
#[test]
fn numbers_of_pages_that_do_not_exist_are_seen() {
    let extensions = Extensions { svnapot: true, ..Extensions::default() };
    let mut block = checked(Box::new(PteDecode::<64, 45, 44>::new(extensions, NARROW)));
    let (pointer, leaf, napot) = (0x01, 0xdf, 0xdf | 1 << 63 | 8 << 10);
    for bit in 4..44 {
        for (flags, points) in [(pointer, true), (leaf, false), (napot, false)] {
            let level = u64::from(points);
            let pte: u64 = flags | 1 << (10 + bit);
            block.pte.next = pte.into();
            block.level.next = level.into();
            settle(&mut *block);
            let beyond = bit >= NARROW.pa_bits - 12;
            assert_eq!(block.beyond.val(), beyond, "{pte:#x}");
            assert_eq!(block.pointer.val(), points && !beyond, "{pte:#x}");
            assert!(!block.fault.val(), "{pte:#x}");
            let ppn: u64 = block.ppn.val().into();
            assert_eq!(ppn, if beyond { 0 } else { 1 << bit }, "{pte:#x}");
        }
    }
}

/// What is decoded of a `satp`: translate, canonical, in range, address space, root.
fn rv64(satp: u64, va: u64, machine: bool) -> (bool, bool, bool, u64, u64) {
    let mut block = checked(Box::new(Scheme64::new(NARROW)));
    block.satp.next = satp.into();
    block.va.next = va.into();
    block.machine.next = machine;
    settle(&mut *block);
    let (asid, root) = (block.asid.val().into(), block.root.val().into());
    (block.translate.val(), block.canonical.val(), block.in_range.val(), asid, root)
}

#[test]
fn satp_of_rv64_has_its_implemented_bits() {
    let (sv39, sv48, sv57) = (8 << 60, 9 << 60, 10 << 60);
    assert_eq!(rv64(sv48 | 0xffff << 44 | 1, 0, false), (true, true, true, 0x1f, 1));
    assert_eq!(rv64(sv39 | 0xffe0 << 44 | 1 << 28, 0, false), (true, true, true, 0, 1 << 28));
    // Not implemented: never canonical.
    assert_eq!(rv64(sv57 | 1, 0, false), (true, false, true, 0, 1));
    // No such root: an access fault, if the address is canonical.
    let (translate, canonical, in_range, ..) = rv64(sv39 | 1 << 29, 0, false);
    assert_eq!((translate, canonical, in_range), (false, true, false));
    let (translate, canonical, ..) = rv64(sv39 | 1 << 29, 1 << 38, false);
    assert_eq!((translate, canonical), (true, false));
    // Not translated, so that the root does not matter.
    for (satp, machine) in [(1 << 29, false), (sv39 | 1 << 29, true)] {
        for bit in 0..64 {
            let (translate, _, in_range, ..) = rv64(satp, 1 << bit, machine);
            assert_eq!((translate, in_range), (false, bit < NARROW.pa_bits), "bit {bit}");
        }
    }
}

#[test]
fn satp_of_rv32_has_its_implemented_bits() {
    let sizes = Sizes { asid_bits: 0, pa_bits: 32, ..Sizes::default() };
    let mut block = checked(Box::new(Scheme32::new(sizes)));
    for (satp, machine, expected) in [
        (1 << 31 | 0x1ff << 22 | 0xf_ffff, false, (true, true, 0xf_ffff)),
        (1 << 31 | 1 << 20 | 3, false, (false, false, 3)),
        (1 << 31 | 1 << 21 | 3, true, (false, true, 3)),
        (1 << 21 | 3, false, (false, true, 3)),
    ] {
        block.satp.next = u64::into(satp);
        block.machine.next = machine;
        settle(&mut *block);
        let root: u64 = block.root.val().into();
        assert_eq!((block.translate.val(), block.in_range.val(), root), expected, "{satp:#x}");
        assert_eq!(u64::from(block.asid.val()), 0);
    }
}
