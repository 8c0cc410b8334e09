//! Translation, decoded instructions and memory together, in surroundings without time.

use super::Bench;
use super::generate::{addi, i};
use crate::Step;
use model::isa::Privilege::{self, Supervisor, User};
use model::isa::{Mode, Satp, Xlen, pte};

/// The root table; the pages of tables follow it.
const ROOT: u64 = Bench::CODE + 0x1_0000;
/// Virtual pages, each mapped to the physical page with the same offset from here on.
const PAGES: u64 = 0x40_0000;
const PLACE: u64 = Bench::CODE + 0x2_0000;
const ALL: u64 = pte::VALID | pte::READ | pte::WRITE | pte::EXECUTE | pte::ACCESSED | pte::DIRTY;

/// A bench whose pages have these bits, in Sv39 or Sv32.
fn bench(xlen: Xlen, mode: Privilege, pages: &[u64]) -> Bench {
    let mut bench = Bench::new(xlen);
    let (scheme, bytes) = match xlen {
        Xlen::Rv32 => (Mode::Sv32, 4),
        Xlen::Rv64 => (Mode::Sv39, 8),
    };
    let mut entry = |at: u64, value: u64| {
        assert!(bench.around.ram_mut().write(at, &value.to_le_bytes()[..bytes as usize]));
    };
    let index = |level: u32| {
        PAGES >> (12 + level * scheme.segment_bits()) & ((1 << scheme.segment_bits()) - 1)
    };
    let mut table = ROOT;
    for level in (1..scheme.levels()).rev() {
        let next = table + 0x1000;
        entry(table + index(level) * bytes, pte::entry(next >> 12, pte::VALID));
        table = next;
    }
    for (page, bits) in (0..).zip(pages) {
        let place = (PLACE >> 12) + page;
        entry(table + (index(0) + page) * bytes, pte::entry(place, *bits));
    }
    let satp = Satp { mode: scheme, asid: 0, root: ROOT >> 12 }.encode(xlen);
    bench.hart.set_register(5, satp);
    assert_eq!(bench.run(super::generate::csrrw(0x180, 5)), Step::Retired);
    bench.hart.privilege = mode;
    bench.hart.refresh();
    bench
}

const LD: u32 = 3 | 3 << 12 | 6 << 7 | 10 << 15;
const SD: u32 = 0x23 | 3 << 12 | 11 << 20 | 10 << 15;

#[test]
fn a_store_over_two_pages_of_which_the_second_faults_changes_nothing() {
    let read_only = ALL & !pte::WRITE;
    for (second, cause, tval) in [(read_only, 15, PAGES + 0x1000), (ALL, 0, 0)] {
        let mut bench = bench(Xlen::Rv64, Supervisor, &[ALL, second]);
        bench.put(PLACE, &[SD, LD]);
        bench.hart.set_pc(PAGES);
        bench.hart.set_register(10, PAGES + 0xffb);
        bench.hart.set_register(11, u64::MAX);
        let step = bench.step();
        let before = bench.around.ram().load(PLACE + 0xff8, 8);
        if cause == 0 {
            assert_eq!((step, before), (Step::Retired, Some(0xffff_ffff_ff00_0000)));
            assert_eq!(bench.around.ram().load(PLACE + 0x1000, 8), Some(0xff_ffff));
            assert_eq!(bench.step(), Step::Retired);
            assert_eq!(bench.hart.register_value(6), u64::MAX);
        } else {
            assert_eq!((step, before), (Step::Trapped, Some(0)));
            assert_eq!((bench.hart.mcause, bench.hart.mtval), (cause, tval));
        }
    }
}

#[test]
fn an_instruction_over_two_pages_reports_the_part_that_cannot_be_fetched() {
    for xlen in [Xlen::Rv32, Xlen::Rv64] {
        for (first, second, expected) in [
            (ALL, ALL, None),
            (ALL, ALL & !pte::EXECUTE, Some(PAGES + 0x1000)),
            (ALL & !pte::EXECUTE, ALL, Some(PAGES + 0xffe)),
            (ALL, 0, Some(PAGES + 0x1000)),
        ] {
            let mut bench = bench(xlen, Supervisor, &[first, second]);
            assert!(bench.around.ram_mut().write(PLACE + 0xffe, &addi(6, 0, 7).to_le_bytes()));
            bench.hart.set_pc(PAGES + 0xffe);
            let step = bench.step();
            match expected {
                None => assert_eq!((step, bench.hart.register_value(6)), (Step::Retired, 7)),
                Some(tval) => {
                    let hart = &bench.hart;
                    let saved = (step, hart.mcause, hart.mepc, hart.mtval);
                    assert_eq!(saved, (Step::Trapped, 12, PAGES + 0xffe, tval));
                }
            }
        }
    }
}

#[test]
fn what_was_translated_is_used_until_a_fence() {
    const SFENCE_RS1: u32 = 0x1205_0073;
    let mut bench = bench(Xlen::Rv64, Supervisor, &[ALL, ALL]);
    bench.put(PLACE, &[LD, LD, SFENCE_RS1, LD]);
    bench.put(PLACE + 0x1000, &[5, 0]);
    bench.hart.set_pc(PAGES);
    bench.hart.set_register(10, PAGES + 0x1000);
    assert_eq!(bench.step(), Step::Retired);
    assert_eq!(bench.hart.register_value(6), 5);
    // The entry becomes invalid.
    let entry = ROOT + 0x2000 + 8;
    assert!(bench.around.ram_mut().write(entry, &[0; 8]));
    assert_eq!((bench.step(), bench.step()), (Step::Retired, Step::Retired));
    assert_eq!(bench.step(), Step::Trapped);
    assert_eq!((bench.hart.mcause, bench.hart.mtval), (13, PAGES + 0x1000));
}

#[test]
fn instructions_that_are_written_are_decoded_again() {
    // sw over the instruction after it, over its upper half, and into another page.
    let sw = |offset: i32| {
        let imm = offset as u32;
        0x23 | 2 << 12 | 11 << 20 | 10 << 15 | (imm & 0x1f) << 7 | (imm >> 5) << 25
    };
    let mut bench = Bench::new(Xlen::Rv64);
    let at = Bench::CODE + 0x100;
    bench.put(at, &[addi(6, 6, 1), sw(0), 0xff9f_f06f]);
    bench.hart.set_pc(at);
    bench.hart.set_register(10, at);
    bench.hart.set_register(11, u64::from(addi(6, 6, 16)));
    let mut seen = Vec::new();
    for _ in 0..3 {
        assert_eq!(bench.step(), Step::Retired);
        seen.push(bench.hart.register_value(6));
        assert_eq!((bench.step(), bench.step()), (Step::Retired, Step::Retired));
    }
    assert_eq!(seen, [1, 17, 33]);
    // An instruction of 4 bytes that begins in the word before.
    let mut bench = Bench::new(Xlen::Rv64);
    assert!(bench.around.ram_mut().write(at + 2, &addi(6, 6, 1).to_le_bytes()));
    bench.put(at + 8, &[sw(4)]);
    bench.hart.set_register(10, at);
    // Its upper half becomes that of addi x6, x6, 2.
    bench.hart.set_register(11, u64::from(addi(6, 6, 2) >> 16));
    for (pc, expected) in [(at + 2, 1), (at + 8, 1), (at + 2, 3)] {
        bench.hart.set_pc(pc);
        assert_eq!(bench.step(), Step::Retired);
        assert_eq!(bench.hart.register_value(6), expected, "{pc:#x}");
    }
}

#[test]
fn user_pages_and_supervisor_pages() {
    use crate::status::{MXR, SUM};
    let user = ALL | pte::USER;
    let execute_only = user & !(pte::READ | pte::WRITE);
    for (mode, mstatus, code, data, cause) in [
        (User, 0, user, user, None),
        (User, 0, user, ALL, Some(13)),
        (Supervisor, 0, ALL, user, Some(13)),
        (Supervisor, SUM, ALL, user, None),
        (Supervisor, SUM, user, ALL, Some(12)),
        (User, 0, user, execute_only, Some(13)),
        (User, MXR, user, execute_only, None),
    ] {
        let mut bench = bench(Xlen::Rv64, mode, &[code, data]);
        bench.put(PLACE, &[LD]);
        bench.hart.set_pc(PAGES);
        bench.hart.set_register(10, PAGES + 0x1000);
        bench.hart.mstatus |= mstatus;
        bench.hart.refresh();
        let found = (bench.step() == Step::Trapped).then_some(bench.hart.mcause);
        assert_eq!(found, cause, "{mode:?} {mstatus:#x} {code:#x} {data:#x}");
    }
}

#[test]
fn accesses_outside_of_memory_are_refused() {
    let mut bench = Bench::new(Xlen::Rv64);
    bench.hart.set_register(10, 0x1000);
    for (word, cause) in [(LD, 5), (SD, 7), (0x00b5_352f, 7), (0x1005_352f, 5)] {
        bench.hart.set_pc(Bench::CODE);
        assert_eq!(bench.run(word), Step::Trapped);
        assert_eq!((bench.hart.mcause, bench.hart.mtval), (cause, 0x1000), "{word:#x}");
    }
    bench.hart.set_pc(0x1000);
    assert_eq!(bench.step(), Step::Trapped);
    assert_eq!((bench.hart.mcause, bench.hart.mtval), (1, 0x1000));
    // The last bytes, and an access that begins in them.
    let end = Bench::CODE + (1 << 20);
    for (va, cause) in [(end - 8, None), (end - 4, Some((5, end)))] {
        bench.hart.set_pc(Bench::CODE);
        bench.hart.set_register(10, va);
        let trapped = bench.run(i(3, 3, 6, 10, 0)) == Step::Trapped;
        assert_eq!(trapped.then_some((bench.hart.mcause, bench.hart.mtval)), cause);
    }
}

#[test]
fn pmp_is_judged_by_the_last_write() {
    let mut bench = Bench::new(Xlen::Rv64);
    // Entry 1: four bytes that nobody may write, also not M-mode.
    let place = Bench::CODE + 0x3000;
    bench.hart.set_register(10, place);
    let mut csr = |number, value| {
        bench.hart.set_pc(Bench::CODE);
        bench.hart.set_register(5, value);
        assert_eq!(bench.run(super::generate::csrrw(number, 5)), Step::Retired);
    };
    // The entry that allows everything moves behind it.
    csr(0x3b2, u64::MAX);
    csr(0x3a0, 0x1f_0000);
    csr(0x3b0, place >> 2);
    csr(0x3a0, 0x1f_0091);
    for (offset, cause) in [(0, Some(7)), (4, None), (-8, None), (0, Some(7))] {
        bench.hart.set_pc(Bench::CODE);
        bench.hart.set_register(10, place.wrapping_add_signed(offset));
        let trapped = bench.run(0x00b5_2023) == Step::Trapped;
        assert_eq!(trapped.then_some(bench.hart.mcause), cause, "{offset}");
    }
    // It is locked.
    assert_eq!(bench.hart.pmp().read(0x3a0), 0x1f_0091);
    bench.hart.set_pc(Bench::CODE);
    bench.run(super::generate::csrrw(0x3a0, 0));
    assert_eq!(bench.hart.pmp().read(0x3a0), 0x91);
}
