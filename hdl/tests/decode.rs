//! `PteDecode` over every combination of flags, level, alignment and reserved bits.

mod common;

use common::{checked, connected, settle};
use hdl::walker::PteDecode;
use hdl::{Extensions, Leaf, Sizes};

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
        ..Leaf::default()
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

/// With Svnapot one encoding of N is a leaf of its own size, and every other is a fault; with Svpbmt
/// a leaf has a memory type, while PBMTE is high; with Svrsw60t59b two bits more are ignored.
#[test]
fn entries_of_extensions_are_decoded() {
    let n = 1_u64 << 63;
    for built_in in 1..8 {
        let [svnapot, svpbmt, svrsw60t59b] = [0, 1, 2].map(|bit| built_in >> bit & 1 == 1);
        let extensions = Extensions { svnapot, svpbmt, svrsw60t59b };
        let mut block =
            checked(Box::new(PteDecode::<64, 45, 44>::new(extensions, Sizes::default())));
        let mut reserved = !((1u64 << 54) - 1);
        reserved &= if svnapot { !n } else { u64::MAX };
        reserved &= if svrsw60t59b { !(3 << 59) } else { u64::MAX };
        let single = (10..64).map(|index| 1 << index);
        let digits = (0..16).map(|digit| n | 0x1_2340 << 10 | digit << 10);
        let types = (0..4).flat_map(|pbmt| [pbmt << 61, pbmt << 61 | n | 8 << 10]);
        let odd_bits: Vec<u64> = single.chain(digits).chain(types).collect();
        // Flags that matter beside the upper bits: a pointer, leaves, invalid.
        let flags = [0x00, 0x01, 0x21, 0x41, 0x05, 0x0f, 0xdf, 0xcb];
        let cases = flags.into_iter().flat_map(|flags| odd_bits.iter().map(move |odd| flags | odd));
        let cases: Vec<u64> = cases.collect();
        for level in 0..5 {
            for pbmte in [false, true] {
                block.pbmte.next = pbmte;
                for &pte in &cases {
                    block.pte.next = pte.into();
                    block.level.next = u64::from(level).into();
                    settle(&mut *block);
                    let ranged = svnapot && pte & n != 0;
                    let good = level == 0 && pte >> 10 & 0xf == 8;
                    let pbmt = if svpbmt { pte >> 61 & 3 } else { 0 };
                    let known = if svpbmt { 3 << 61 } else { 0 };
                    let (mut fault, mut pointer) = expected(pte, level, 9, reserved & !known);
                    let bad_type = pbmt != 0 && (!pbmte || pbmt == 3 || pointer);
                    if ranged && !good || bad_type {
                        (fault, pointer) = (true, false);
                    }
                    assert_eq!(block.fault.val(), fault, "{pte:#x} at level {level}");
                    assert_eq!(block.pointer.val(), pointer, "{pte:#x} at level {level}");
                    if !fault && !pointer {
                        let (number, size) = (pte >> 10 & ((1 << 44) - 1), u64::from(level));
                        let (number, size) = if ranged { (number - 8, 5) } else { (number, size) };
                        let ppn: u64 = block.ppn.val().into();
                        let got: u64 = block.leaf.val().level.into();
                        let of: u64 = block.leaf.val().pbmt.into();
                        assert_eq!(of, pbmt, "{pte:#x}");
                        assert_eq!((ppn, got), (number, size), "{pte:#x}");
                    }
                }
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
