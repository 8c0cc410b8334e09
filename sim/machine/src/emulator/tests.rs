//! Small programs, as words, on the emulator and on the computer.

use super::{Emulator, STRETCH};
use crate::computer::{Setup, SetupError, Stop};
use hart::Misaligned;
use model::golden::IdealMmu;
use model::isa::{Privilege, Xlen};
use platform::{Ending, Map};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

const START: u64 = Map::RAM;

#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn setup(paper: &Paper) -> Setup {
    Setup {
        mmu: Box::new(IdealMmu::new(Xlen::Rv64)),
        memory: 1 << 20,
        walker_latency: 10,
        data_latency: 1,
        reset: START,
        printed: Box::new(paper.clone()),
        disk: None,
        sstc: true,
        svadu: true,
        svpbmt: true,
        misaligned: Misaligned::Split,
        to_host: Some(START + 0x8000),
    }
}

fn bytes(program: &[u32]) -> Vec<u8> {
    program.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn emulator(program: &[u32]) -> (Emulator, Paper) {
    let paper = Paper::default();
    let mut emulator = Emulator::new(setup(&paper)).expect("an emulator");
    emulator.place(START, &bytes(program)).expect("it fits");
    (emulator, paper)
}

/// Sleeps until the timer has interrupted three times, and prints a letter each time; then `tohost`.
const TICKING: &[u32] = &[
    0x0000_0297, // auipc t0, 0
    0x0482_8293, // addi t0, t0, 72      # the handler
    0x3052_9073, // csrw mtvec, t0
    0x0800_0313, // li t1, 128
    0x3043_1073, // csrw mie, t1         # MTIE
    0x1000_0437, // lui s0, 0x10000      # the serial port
    0x0200_44b7, // lui s1, 0x2004       # mtimecmp
    0x0410_0913, // li s2, 'A'
    0x0440_0993, // li s3, 'D'
    0x0000_0a13, // li s4, 0             # the time
    0x064a_0a13, // next: addi s4, s4, 100
    0x0144_b023, // sd s4, 0(s1)
    0x3004_6073, // csrsi mstatus, 8     # MIE
    0x1050_0073, // wfi
    0xff39_18e3, // bne s2, s3, next
    0x0010_0a93, // li s5, 1
    0x0002_8b13, // mv s6, t0
    0x0540_006f, // j end                # 84 bytes on
    // handler, at 72:
    0x0124_0023, // sb s2, 0(s0)
    0x0019_0913, // addi s2, s2, 1
    0xfff0_0b93, // li s7, -1
    0x0174_b023, // sd s7, 0(s1)         # no interrupt for now
    0x3020_0073, // mret
];

/// What ends it: 1 to `tohost`.
const END: &[u32] = &[
    0x0010_0293, // li t0, 1
    0x01f2_9293, // slli t0, t0, 31
    0x0000_8337, // lui t1, 8
    0x0062_82b3, // add t0, t0, t1
    0x0152_b023, // sd s5, 0(t0)
    0x0000_006f, // j .
];

fn ticking() -> Vec<u32> {
    let mut program = TICKING.to_vec();
    // `j end` is the word at 68, and goes 84 bytes on.
    program.resize((68 + 84) / 4, 0);
    program.extend(END);
    program
}

#[test]
fn a_program_prints_and_counts_as_on_the_computer() {
    let (mut emulator, paper) = emulator(&ticking());
    assert!(matches!(emulator.run(100_000), Stop::ToHost(1)));
    let other = Paper::default();
    let mut computer = setup(&other).build().expect("a computer");
    computer.place(START, &bytes(&ticking())).expect("it fits");
    assert!(matches!(computer.run(100_000), Stop::ToHost(1)));
    assert_eq!(*paper.0.borrow(), b"ABC");
    assert_eq!(*other.0.borrow(), b"ABC");
    assert_eq!(computer.traps(), 3);
    assert_eq!(emulator.steps() - emulator.hart().retired(), 3);
    // Sleeping takes no instructions. The emulator goes on for a while when all is done.
    let (ours, theirs) = (emulator.hart().retired(), computer.hart().retired());
    assert!((theirs..=theirs + STRETCH).contains(&ours), "{ours}, {theirs}");
    for register in [9, 18, 20] {
        let value = computer.hart().register_value(register);
        assert_eq!(emulator.hart().register_value(register), value, "x{register}");
    }
}

#[test]
fn it_ends_as_the_computer_does() {
    let program = [
        0x0010_02b7, // lui t0, 0x100
        0x0000_5337, // lui t1, 5
        0x5553_0313, // addi t1, t1, 0x555
        0x0062_a023, // sw t1, 0(t0)
        0x0000_006f, // j .
    ];
    let (mut powered, _) = emulator(&program);
    assert!(matches!(powered.run(10_000), Stop::Ended(Ending::PowerOff)));
    assert_eq!(powered.hart().retired(), 4, "the store that ends it is the last");
    let (mut asleep, _) = emulator(&[0x1050_0073, 0x0000_006f]);
    assert!(matches!(asleep.run(10_000), Stop::Asleep));
    let (mut endless, _) = emulator(&[0x0000_006f]);
    assert!(matches!(endless.run(1000), Stop::Limit));
    assert_eq!(endless.hart().retired(), 1000);
}

#[test]
fn traps_without_end_come_to_the_limit() {
    let (mut lost, _) = emulator(&[]);
    lost.hart_mut().set_pc(6);
    assert!(matches!(lost.run(1000), Stop::Limit));
    assert_eq!((lost.hart().retired(), lost.steps()), (0, 1000));
    let trap = lost.hart().trap().expect("a trap");
    assert_eq!((trap.cause, trap.from), (1, Privilege::Machine));
}

#[test]
fn what_does_not_fit_is_refused() {
    let (mut emulator, paper) = emulator(&[]);
    let outside = emulator.place(START + (1 << 20) - 1, &[1, 2]);
    assert!(matches!(outside, Err(SetupError::Outside { to: 0x8010_0000, .. })));
    let odd = Emulator::new(Setup { memory: 100, ..setup(&paper) });
    assert!(matches!(odd.err(), Some(SetupError::Memory(100))));
}
