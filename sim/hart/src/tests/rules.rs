//! The rules of the privileged specification, each by a few instructions.

use super::Bench;
use super::generate::{addi, csrrs, csrrw, i};
use crate::status::{FS, MIE, MPRV, MXR, SIE, SPP, SUM, TSR, TVM, TW};
use crate::trap::bit;
use crate::{Config, Interrupt, Misaligned, Step};
use model::isa::Privilege::{Machine, Supervisor, User};
use model::isa::{Privilege, Xlen};

const SRET: u32 = 0x1020_0073;
const MRET: u32 = 0x3020_0073;
const WFI: u32 = 0x1050_0073;
const SFENCE: u32 = 0x1200_0073;
const SINVAL: u32 = 0x1600_0073;
const SFENCE_W: u32 = 0x1800_0073;
const ECALL: u32 = 0x73;
const ILLEGAL: u64 = 2;

/// What an instruction does in a mode, with bits of `mstatus`: the cause of its exception, if any.
fn exception(mode: Privilege, mstatus: u64, counters: u64, word: u32) -> Option<u64> {
    let mut bench = Bench::new(Xlen::Rv64);
    bench.hart.privilege = mode;
    bench.hart.mstatus |= mstatus;
    bench.hart.mcounteren = counters;
    bench.hart.scounteren = counters >> 8;
    bench.hart.refresh();
    match bench.run(word) {
        Step::Trapped => bench.hart.trap().map(|trap| trap.cause),
        _ => None,
    }
}

#[test]
fn who_may_do_what() {
    let read = |csr| csrrs(5, csr, 0);
    let illegal = Some(ILLEGAL);
    for (mode, mstatus, counters, word, expected) in [
        (Machine, 0, 0, read(0x300), None),
        (Supervisor, 0, 0, read(0x300), illegal),
        (Supervisor, 0, 0, read(0x100), None),
        (User, 0, 0, read(0x100), illegal),
        // Read-only: reading and writing.
        (Machine, 0, 0, read(0xf14), None),
        (Machine, 0, 0, csrrs(5, 0xf14, 5), illegal),
        (Machine, 0, 0, csrrw(0xc00, 0), illegal),
        // There is none.
        (Machine, 0, 0, read(0x5c0), illegal),
        // RV32's halves, and odd pmpcfg.
        (Machine, 0, 0, read(0xb80), illegal),
        (Machine, 0, 0, read(0x3a1), illegal),
        (Machine, 0, 0, read(0x3a2), None),
        // TVM.
        (Supervisor, 0, 0, read(0x180), None),
        (Supervisor, TVM, 0, read(0x180), illegal),
        (Machine, TVM, 0, read(0x180), None),
        (Supervisor, 0, 0, SFENCE, None),
        (Supervisor, TVM, 0, SFENCE, illegal),
        (Supervisor, TVM, 0, SINVAL, illegal),
        (Supervisor, TVM, 0, SFENCE_W, None),
        (User, 0, 0, SFENCE, illegal),
        (User, 0, 0, SINVAL, illegal),
        (User, 0, 0, SFENCE_W, illegal),
        // TSR, TW.
        (Supervisor, 0, 0, SRET, None),
        (Supervisor, TSR, 0, SRET, illegal),
        (Machine, TSR, 0, SRET, None),
        (User, 0, 0, SRET, illegal),
        (Supervisor, 0, 0, MRET, illegal),
        (Supervisor, 0, 0, WFI, None),
        (Supervisor, TW, 0, WFI, illegal),
        (Machine, TW, 0, WFI, None),
        (User, 0, 0, WFI, illegal),
        // Counters: mcounteren, and in the next byte scounteren.
        (Machine, 0, 0, read(0xc01), None),
        (Supervisor, 0, 0, read(0xc01), illegal),
        (Supervisor, 0, 0x002, read(0xc01), None),
        (User, 0, 0x002, read(0xc01), illegal),
        (User, 0, 0x202, read(0xc01), None),
        (User, 0, 0x200, read(0xc01), illegal),
        (Supervisor, 0, 0x004, read(0xc00), illegal),
        (Supervisor, 0, 0x004, read(0xc02), None),
        // stimecmp needs menvcfg.STCE below M-mode.
        (Supervisor, 0, 0x002, read(0x14d), illegal),
        (Machine, 0, 0, read(0x14d), None),
        // FS.
        (User, 0, 0, read(0x003), illegal),
        (User, FS, 0, read(0x003), None),
        (User, 0, 0, 0x00b5_7553, illegal),
        (User, FS, 0, 0x00b5_7553, None),
        (User, FS, 0, 0x00b5_5553, illegal),
        (User, 0, 0, 0x0000_2507, illegal),
        // Calls.
        (User, 0, 0, ECALL, Some(8)),
        (Supervisor, 0, 0, ECALL, Some(9)),
        (Machine, 0, 0, ECALL, Some(11)),
        (Machine, 0, 0, 0x0010_0073, Some(3)),
    ] {
        let found = exception(mode, mstatus, counters, word);
        assert_eq!(
            found, expected,
            "{word:#010x} in {mode:?} mode with {mstatus:#x} {counters:#x}"
        );
    }
}

#[test]
fn a_dynamic_rounding_mode_that_is_reserved_is_illegal() {
    for (frm, trapped) in [(0, false), (4, false), (5, true), (7, true)] {
        let mut bench = Bench::new(Xlen::Rv64);
        bench.hart.mstatus |= FS;
        bench.hart.frm = frm;
        assert_eq!(bench.run(0x00b5_7553) == Step::Trapped, trapped, "{frm}");
    }
}

#[test]
fn csrs_keep_legal_values() {
    let all = u64::MAX;
    for (xlen, csr, written, read) in [
        (Xlen::Rv64, 0x300, all, 0x8000_000a_007e_79aa_u64),
        (Xlen::Rv32, 0x300, 0xffff_ffff, 0x807e_79aa),
        // MPP keeps M when the reserved mode is written; 0 before.
        (Xlen::Rv64, 0x300, 2 << 11, 0xa_0000_0000),
        (Xlen::Rv64, 0x301, 0, 0x8000_0000_0014_112d),
        (Xlen::Rv32, 0x301, 0, 0x4014_112d),
        (Xlen::Rv64, 0x302, all, 0xb3ff),
        (Xlen::Rv64, 0x303, all, 0x222),
        (Xlen::Rv64, 0x304, all, 0xaaa),
        (Xlen::Rv64, 0x344, all, 0x222),
        (Xlen::Rv64, 0x305, 0x1001, 0x1001),
        (Xlen::Rv64, 0x305, 0x1002, 0),
        (Xlen::Rv64, 0x306, all, 7),
        (Xlen::Rv64, 0x30a, all, 0xe000_0000_0000_0001),
        (Xlen::Rv32, 0x30a, 0xffff_ffff, 1),
        (Xlen::Rv32, 0x31a, 0xffff_ffff, 0xa000_0000),
        (Xlen::Rv64, 0x10a, all, 1),
        (Xlen::Rv64, 0x141, all, !1),
        (Xlen::Rv64, 0x341, 7, 6),
        // satp: a mode that does not exist changes nothing.
        (Xlen::Rv64, 0x180, 7 << 60 | 5, 0),
        (Xlen::Rv64, 0x180, 9 << 60 | 1 << 44 | 5, 9 << 60 | 1 << 44 | 5),
        (Xlen::Rv32, 0x180, 0xffff_ffff, 0xffff_ffff),
        (Xlen::Rv64, 0x3b0, all, (1 << 54) - 1),
        (Xlen::Rv64, 0x3a0, 0x62, 0),
        (Xlen::Rv64, 0x323, all, 0),
        (Xlen::Rv64, 0x003, all, 0xff),
    ] {
        let mut bench = Bench::new(xlen);
        bench.hart.mstatus |= if csr == 3 { FS } else { 0 };
        bench.hart.set_register(5, written);
        assert_eq!(bench.run(csrrw(csr, 5)), Step::Retired);
        assert_eq!(bench.run(csrrs(6, csr, 0)), Step::Retired);
        assert_eq!(bench.hart.register_value(6), read, "{csr:#x} after {written:#x} in {xlen:?}");
    }
}

#[test]
fn a_trap_saves_where_it_came_from_and_a_return_goes_back() {
    let mut bench = Bench::new(Xlen::Rv64);
    let hart = &mut bench.hart;
    (hart.mtvec, hart.stvec) = (0x8000_1000, 0x8000_2000);
    (hart.medeleg, hart.privilege) = (1 << 8, User);
    hart.mstatus |= SIE | MIE;
    hart.refresh();
    // Delegated: to S-mode.
    assert_eq!(bench.run(ECALL), Step::Trapped);
    let hart = &bench.hart;
    assert_eq!((hart.pc, hart.privilege), (0x8000_2000, Supervisor));
    assert_eq!((hart.scause, hart.sepc, hart.mcause), (8, Bench::CODE, 0));
    assert_eq!(hart.mstatus & (SIE | SPP), 0);
    // From S-mode, not delegated: to M-mode.
    assert_eq!(bench.run(ECALL), Step::Trapped);
    let hart = &bench.hart;
    assert_eq!((hart.pc, hart.privilege, hart.mcause), (0x8000_1000, Machine, 9));
    // From M-mode never to S-mode.
    bench.hart.medeleg = u64::MAX;
    assert_eq!(bench.run(0xffff_ffff), Step::Trapped);
    assert_eq!((bench.hart.privilege, bench.hart.mtval), (Machine, 0xffff_ffff));
    // Back: MPP is M, then U; MPRV is cleared on the way down.
    bench.hart.mepc = 0x8000_0100;
    assert_eq!(bench.run(MRET), Step::Retired);
    assert_eq!((bench.hart.privilege, bench.hart.pc), (Machine, 0x8000_0100));
    bench.hart.mstatus |= MPRV;
    assert_eq!(bench.run(MRET), Step::Retired);
    assert_eq!((bench.hart.privilege, bench.hart.mstatus & MPRV), (User, 0));
}

#[test]
fn interrupts_by_priority_mode_and_delegation() {
    let all = [
        Interrupt::MachineSoftware,
        Interrupt::MachineTimer,
        Interrupt::MachineExternal,
        Interrupt::SupervisorExternal,
    ];
    // Mode, global enables, mideleg, software's bits; the cause taken, and by whom.
    for (mode, mstatus, mideleg, software, expected) in [
        (Machine, MIE, 0, 0, Some((11, Machine))),
        (Machine, 0, 0, 0, None),
        (Supervisor, 0, 0, 0, Some((11, Machine))),
        (User, 0, bit::SUPERVISOR, bit::SSI, Some((11, Machine))),
    ] {
        let mut bench = Bench::new(Xlen::Rv64);
        all.into_iter().for_each(|line| bench.hart.signal(line, true));
        assert_eq!(bench.interrupt(mode, mstatus, mideleg, software), expected, "{mode:?}");
    }
    // Of S-mode's own: external before software before timer, and not in M-mode.
    for (mode, mstatus, software, external, expected) in [
        (User, 0, bit::SSI | bit::STI, true, Some((9, Supervisor))),
        (User, 0, bit::SSI | bit::STI, false, Some((1, Supervisor))),
        (User, 0, bit::STI, false, Some((5, Supervisor))),
        (Supervisor, SIE, bit::STI, false, Some((5, Supervisor))),
        (Supervisor, 0, bit::STI, false, None),
        (Machine, MIE | SIE, bit::STI, true, None),
    ] {
        let mut bench = Bench::new(Xlen::Rv64);
        bench.hart.signal(Interrupt::SupervisorExternal, external);
        let taken = bench.interrupt(mode, mstatus, bit::SUPERVISOR, software);
        assert_eq!(taken, expected, "{mode:?} {software:#x}");
    }
    // Vectored: the place of the cause.
    let mut bench = Bench::new(Xlen::Rv64);
    bench.hart.mtvec = 0x8000_1001;
    bench.hart.signal(Interrupt::MachineTimer, true);
    assert_eq!(bench.interrupt(User, 0, 0, 0), Some((7, Machine)));
    assert_eq!((bench.hart.pc, bench.hart.mcause), (0x8000_101c, 1 << 63 | 7));
}

#[test]
fn the_controllers_line_does_not_become_softwares_bit() {
    let mut bench = Bench::new(Xlen::Rv64);
    bench.hart.signal(Interrupt::SupervisorExternal, true);
    bench.hart.set_register(5, bit::SSI);
    assert_eq!(bench.run(csrrs(6, 0x344, 5)), Step::Retired);
    assert_eq!(bench.hart.register_value(6), bit::SEI);
    bench.hart.signal(Interrupt::SupervisorExternal, false);
    assert_eq!(bench.run(csrrs(6, 0x344, 0)), Step::Retired);
    assert_eq!(bench.hart.register_value(6), bit::SSI);
}

#[test]
fn wfi_waits_for_what_is_enabled_and_resumes_after_itself() {
    let mut bench = Bench::new(Xlen::Rv64);
    bench.hart.mie = bit::MTI;
    assert_eq!(bench.run(WFI), Step::Retired);
    let after = bench.hart.pc;
    bench.hart.signal(Interrupt::MachineSoftware, true);
    assert_eq!(bench.step(), Step::Waiting);
    bench.hart.signal(Interrupt::MachineTimer, true);
    // Not taken, since MIE is 0: it goes on behind wfi.
    bench.put(after, &[addi(5, 0, 1)]);
    assert_eq!(bench.step(), Step::Retired);
    assert_eq!((bench.hart.pc, bench.hart.register_value(5)), (after + 4, 1));
    // Pending already: it does not wait at all.
    assert_eq!(bench.run(WFI), Step::Retired);
    bench.hart.mstatus |= MIE;
    bench.hart.refresh();
    let after = bench.hart.pc;
    assert_eq!(bench.step(), Step::Trapped);
    assert_eq!(bench.hart.mepc, after);
}

#[test]
fn stimecmp_signals_the_timer_of_supervisor_mode() {
    let mut bench = Bench::new(Xlen::Rv64);
    assert_eq!(bench.hart.deadline(), None);
    bench.hart.set_register(5, 1 << 63);
    assert_eq!(bench.run(csrrw(0x30a, 5)), Step::Retired);
    bench.hart.set_register(5, 100);
    assert_eq!(bench.run(csrrw(0x14d, 5)), Step::Retired);
    assert_eq!(bench.hart.deadline(), Some(100));
    for (time, pending) in [(99, 0), (100, bit::STI), (101, bit::STI), (50, 0)] {
        bench.hart.tick(time);
        assert_eq!(bench.hart.pending(), pending, "{time}");
    }
    // STIP is read-only then; without STCE it is software's.
    bench.hart.set_register(5, bit::STI);
    bench.run(csrrs(0, 0x344, 5));
    assert_eq!(bench.hart.pending(), 0);
    bench.run(csrrw(0x30a, 0));
    bench.run(csrrs(0, 0x344, 5));
    assert_eq!(bench.hart.pending(), bit::STI);
}

#[test]
fn counters_count_what_is_completed() {
    let mut bench = Bench::new(Xlen::Rv64);
    bench.hart.mtvec = Bench::CODE + 0x1000;
    bench.hart.set_register(5, 1000);
    bench.run(csrrw(0xb02, 5));
    bench.run(csrrs(6, 0xb02, 0));
    bench.run(ECALL);
    bench.run(csrrs(7, 0xc02, 0));
    // The call was not completed.
    assert_eq!((bench.hart.register_value(6), bench.hart.register_value(7)), (1000, 1001));
    // Inhibited.
    bench.hart.set_register(5, 4);
    bench.run(csrrw(0x320, 5));
    bench.run(csrrs(6, 0xb02, 0));
    bench.run(csrrs(7, 0xb02, 0));
    assert_eq!(bench.hart.register_value(6), bench.hart.register_value(7));
    // The halves of RV32.
    let mut bench = Bench::new(Xlen::Rv32);
    bench.hart.set_register(5, 0xffff_ffff);
    bench.run(csrrw(0xb82, 0));
    bench.run(csrrw(0xb02, 5));
    bench.run(csrrs(6, 0xb02, 0));
    bench.run(csrrs(7, 0xb82, 0));
    assert_eq!((bench.hart.register_value(6), bench.hart.register_value(7)), (0xffff_ffff, 1));
}

#[test]
fn misaligned_accesses_by_choice() {
    let lr = 0x1005_352f_u32;
    let amoadd = 0x00b5_352f_u32;
    for (misaligned, word, expected) in [
        (Misaligned::Split, i(3, 3, 6, 10, 0), None),
        (Misaligned::Trap, i(3, 3, 6, 10, 0), Some(4)),
        (Misaligned::Trap, 0x00b5_3023, Some(6)),
        (Misaligned::Trap, i(3, 0, 6, 10, 0), None),
        (Misaligned::Split, lr, Some(4)),
        (Misaligned::Split, amoadd, Some(6)),
    ] {
        let mut bench = Bench::with(Config { misaligned, ..Config::all(Xlen::Rv64, Bench::CODE) });
        let data = Bench::CODE + 0x1000;
        bench.put(data, &[0x0403_0201, 0x0807_0605, 0x0c0b_0a09]);
        bench.hart.set_register(10, data + 1);
        let cause = (bench.run(word) == Step::Trapped).then_some(bench.hart.mcause);
        assert_eq!(cause, expected, "{word:#x} {misaligned:?}");
        match expected {
            Some(_) => assert_eq!(bench.hart.mtval, data + 1),
            None if word >> 12 & 7 == 3 => {
                assert_eq!(bench.hart.register_value(6), 0x0908_0706_0504_0302);
            }
            None => assert_eq!(bench.hart.register_value(6), 2),
        }
    }
}

#[test]
fn a_reservation_is_lost_by_others_stores_and_by_the_first_sc() {
    let (lr, sc) = (0x1005_22af_u32, 0x18b5_232f_u32);
    let data = Bench::CODE + 0x1000;
    for (lost, expected) in
        [(None, 0), (Some(data + 3), 1), (Some(data + 4), 0), (Some(data - 1), 0)]
    {
        let mut bench = Bench::new(Xlen::Rv64);
        bench.hart.set_register(10, data);
        bench.run(lr);
        if let Some(at) = lost {
            bench.hart.written_by_others(at, 1);
        }
        bench.run(sc);
        assert_eq!(bench.hart.register_value(6), expected, "{lost:x?}");
        bench.run(sc);
        assert_eq!(bench.hart.register_value(6), 1, "the second");
    }
}

#[test]
fn without_compressed_instructions_a_jump_between_words_traps_at_the_jump() {
    let jump = 0x0060_00ef_u32;
    let mut bench = Bench::with(Config { c: false, ..Config::all(Xlen::Rv64, Bench::CODE) });
    assert_eq!(bench.run(jump), Step::Trapped);
    let hart = &bench.hart;
    let saved = (hart.mcause, hart.mepc, hart.mtval, hart.register_value(1));
    assert_eq!(saved, (0, Bench::CODE, Bench::CODE + 6, 0));
    let mut bench = Bench::new(Xlen::Rv64);
    assert_eq!(bench.run(jump), Step::Retired);
    assert_eq!(bench.hart.pc, Bench::CODE + 6);
}

#[test]
fn the_context_of_an_access_is_that_of_the_moment() {
    // Mode and mstatus; the privilege, SUM and MXR of the next load.
    let previous = |mode: Privilege| (mode as u64) << 11;
    for (mode, mstatus, expected) in [
        (Machine, 0, (Machine, false, false)),
        (Machine, MPRV | previous(User), (User, false, false)),
        (Machine, MPRV | previous(Supervisor) | SUM, (Supervisor, true, false)),
        (Machine, previous(User), (Machine, false, false)),
        (Supervisor, MXR, (Supervisor, false, true)),
        (User, SUM | MXR, (User, true, true)),
    ] {
        let mut bench = Bench::new(Xlen::Rv64);
        bench.hart.privilege = mode;
        bench.hart.mstatus |= mstatus;
        bench.hart.refresh();
        let context = bench.hart.context;
        assert_eq!(
            (context.privilege, context.sum, context.mxr),
            expected,
            "{mode:?} {mstatus:#x}"
        );
    }
}
