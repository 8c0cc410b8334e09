//! `PteDecode` over every combination of flags, level, alignment and reserved bits.

mod common;

use common::{connected, settle};
use hdl::Leaf;
use hdl::walker::PteDecode;

/// The bits of a leaf at a level, and A, as the entry has them.
fn bits(pte: u64, level: u32) -> (Leaf, bool) {
    let flag = |index: u32| pte >> index & 1 == 1;
    let leaf = Leaf {
        read: flag(1),
        write: flag(2),
        execute: flag(3),
        user: flag(4),
        global: flag(5),
        dirty: flag(7),
        level: u64::from(level).into(),
    };
    (leaf, flag(6))
}

/// Fault, pointer or leaf, by the sentences of the algorithm.
fn expected(pte: u64, level: u32, segment: u32, reserved: u64) -> (bool, bool) {
    let flag = |index: u32| pte >> index & 1 == 1;
    let (valid, read, write, execute) = (flag(0), flag(1), flag(2), flag(3));
    if !valid || !read && write || pte & reserved != 0 {
        return (true, false);
    }
    if !read && !execute {
        let reserved_in_pointer = flag(4) || flag(6) || flag(7);
        let fault = level == 0 || reserved_in_pointer;
        return (fault, !fault);
    }
    let inside = (1u64 << (segment * level)) - 1;
    (pte >> 10 & inside != 0, false)
}

#[test]
fn rv64_entries_of_every_kind_are_decoded() {
    let mut block = connected::<PteDecode<64, 45, 44>>();
    let reserved = !((1u64 << 54) - 1);
    let odd_bits: Vec<u64> = (10..64).map(|index| 1 << index).chain([0]).collect();
    for level in 0..5 {
        for flags in 0..256 {
            for &odd in &odd_bits {
                let pte = flags | odd;
                block.pte.next = pte.into();
                block.level.next = u64::from(level).into();
                settle(&mut *block);
                let (fault, pointer) = expected(pte, level, 9, reserved);
                assert_eq!(block.fault.val(), fault, "{pte:#x} at level {level}");
                assert_eq!(block.pointer.val(), pointer, "{pte:#x} at level {level}");
                let got = (block.leaf.val(), block.accessed.val());
                assert_eq!(got, bits(pte, level), "{pte:#x} at level {level}");
                let ppn: u64 = block.ppn.val().into();
                assert_eq!(ppn, pte >> 10 & ((1 << 44) - 1), "{pte:#x}");
            }
        }
    }
}

#[test]
fn rv32_entries_of_every_kind_are_decoded() {
    let mut block = connected::<PteDecode<32, 20, 22>>();
    for level in 0..2 {
        for flags in 0..256 {
            for odd in (10..32).map(|index| 1 << index).chain([0]) {
                let pte: u64 = flags | odd;
                block.pte.next = pte.into();
                block.level.next = u64::from(level).into();
                settle(&mut *block);
                let (fault, pointer) = expected(pte, level, 10, 0);
                assert_eq!(block.fault.val(), fault, "{pte:#x} at level {level}");
                assert_eq!(block.pointer.val(), pointer, "{pte:#x} at level {level}");
                let got = (block.leaf.val(), block.accessed.val());
                assert_eq!(got, bits(pte, level), "{pte:#x} at level {level}");
                let ppn: u64 = block.ppn.val().into();
                assert_eq!(ppn, pte >> 10, "{pte:#x}");
            }
        }
    }
}
