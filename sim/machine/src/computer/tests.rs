//! Small programs, as words, on an MMU that walks for each access.

use super::{Computer, Setup, Stop};
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

fn setup(printed: Paper) -> Setup {
    Setup {
        mmu: Box::new(IdealMmu::new(Xlen::Rv64)),
        memory: 1 << 20,
        walker_latency: 10,
        data_latency: 1,
        reset: START,
        printed: Box::new(printed),
        disk: None,
        sstc: true,
        svadu: true,
        svpbmt: true,
        misaligned: Misaligned::Split,
        to_host: Some(START + 0x8000),
    }
}

fn computer(program: &[u32]) -> (Computer, Paper) {
    let paper = Paper::default();
    let mut computer = setup(paper.clone()).build().expect("a computer");
    let bytes: Vec<u8> = program.iter().flat_map(|word| word.to_le_bytes()).collect();
    computer.place(START, &bytes).expect("it fits");
    (computer, paper)
}

// Registers by their numbers, immediates as they are.
fn lui(rd: u32, upper: u32) -> u32 {
    upper << 12 | rd << 7 | 0x37
}

fn addi(rd: u32, rs1: u32, imm: i32) -> u32 {
    (imm as u32) << 20 | rs1 << 15 | rd << 7 | 0x13
}

fn slli(rd: u32, rs1: u32, by: u32) -> u32 {
    by << 20 | rs1 << 15 | 1 << 12 | rd << 7 | 0x13
}

fn store(width: u32, rs2: u32, rs1: u32, imm: u32) -> u32 {
    (imm >> 5) << 25 | rs2 << 20 | rs1 << 15 | width << 12 | (imm & 31) << 7 | 0x23
}

fn load(width: u32, rd: u32, rs1: u32, imm: u32) -> u32 {
    imm << 20 | rs1 << 15 | width << 12 | rd << 7 | 0x03
}

fn csrw(csr: u32, rs1: u32) -> u32 {
    csr << 20 | rs1 << 15 | 1 << 12 | 0x73
}

/// A jump to itself.
const HERE: u32 = 0x0000_006f;
const WFI: u32 = 0x1050_0073;
const FENCE_I: u32 = 0x0000_100f;
const BYTE: u32 = 0;
const WORD: u32 = 2;
const DOUBLE: u32 = 3;

#[test]
fn an_instruction_takes_a_cycle_and_the_first_fetch_another() {
    let (mut computer, _) = computer(&[addi(5, 0, 1); 64]);
    assert!(matches!(computer.run(50), Stop::Limit));
    assert_eq!(computer.hart().retired(), 50);
    assert_eq!(computer.cycles(), 51);
    // Eight bytes at a time: those of 50 instructions, and perhaps what follows.
    let fetches = computer.board().meter.total().mmu.fetch_requests;
    assert!((25..=26).contains(&fetches), "{fetches}");
}

#[test]
fn a_load_or_a_store_that_hits_costs_nothing_more() {
    // x5 = RAM; then a store and a load of it.
    let program = [
        addi(5, 0, 1),
        slli(5, 5, 31),
        addi(6, 0, 77),
        store(DOUBLE, 6, 5, 0x400),
        load(DOUBLE, 7, 5, 0x400),
        HERE,
    ];
    let (mut computer, _) = computer(&program);
    assert!(matches!(computer.run(5), Stop::Limit));
    assert_eq!(computer.hart().register_value(7), 77);
    assert_eq!(computer.cycles(), 6);
}

#[test]
fn memory_behind_the_data_port_takes_its_latency() {
    let program = [addi(5, 0, 1), slli(5, 5, 31), load(DOUBLE, 7, 5, 0x400), HERE];
    let mut slow = Setup { data_latency: 10, ..setup(Paper::default()) }.build().expect("one");
    let bytes: Vec<u8> = program.iter().flat_map(|word| word.to_le_bytes()).collect();
    slow.place(START, &bytes).expect("it fits");
    assert!(matches!(slow.run(3), Stop::Limit));
    assert_eq!(slow.cycles(), 4 + 9);
}

#[test]
fn what_is_printed_and_how_it_ends() {
    let program = [
        lui(5, 0x10000), // the serial port
        addi(6, 0, i32::from(b'!')),
        store(BYTE, 6, 5, 0),
        lui(5, 0x100), // power-off
        lui(6, 0x5),
        addi(6, 6, 0x555),
        store(WORD, 6, 5, 0),
        HERE,
    ];
    let (mut computer, paper) = computer(&program);
    assert!(matches!(computer.run(1000), Stop::Ended(Ending::PowerOff)));
    assert_eq!(*paper.0.borrow(), b"!");
    assert_eq!(computer.hart().retired(), 7);
}

#[test]
fn a_result_written_to_the_watched_word_ends_it() {
    let program =
        [addi(5, 0, 1), slli(5, 5, 31), lui(6, 8), 0x0062_82b3, store(DOUBLE, 5, 5, 0), HERE];
    let (mut computer, _) = computer(&program);
    assert!(matches!(computer.run(1000), Stop::ToHost(word) if word == START + 0x8000));
}

#[test]
fn a_timer_wakes_it_and_otherwise_it_sleeps_for_ever() {
    let (mut asleep, _) = computer(&[WFI, HERE]);
    assert!(matches!(asleep.run(1000), Stop::Asleep));
    let program = [
        lui(5, 0x2004), // mtimecmp
        addi(6, 0, 50),
        store(DOUBLE, 6, 5, 0),
        addi(6, 0, 0x80), // MTIE
        csrw(0x304, 6),
        WFI,
        addi(7, 0, 1),
        HERE,
    ];
    let (mut woken, _) = computer(&program);
    assert!(matches!(woken.run(7), Stop::Limit));
    assert_eq!(woken.hart().register_value(7), 1);
    // 50 ticks of 100 cycles, and the instruction after.
    assert_eq!(woken.cycles(), 5001);
}

#[test]
fn instructions_that_were_stored_are_executed_after_a_fence() {
    // The instruction at START + 24 becomes `addi x7,x0,2`.
    let program = [
        addi(5, 0, 1),
        slli(5, 5, 31),
        lui(6, 0x200),
        addi(6, 6, 0x393),
        store(WORD, 6, 5, 24),
        FENCE_I,
        addi(7, 0, 1),
        HERE,
    ];
    assert_eq!(addi(7, 0, 2), 0x0020_0393);
    let (mut computer, _) = computer(&program);
    assert!(matches!(computer.run(7), Stop::Limit));
    assert_eq!(computer.hart().register_value(7), 2);
}

#[test]
fn an_instruction_across_pages_is_fetched_from_both() {
    let (mut computer, _) = computer(&[]);
    // `addi x7,x0,5` at the last halfword of a page, with its upper half on the next.
    computer.place(START + 0xffe, &addi(7, 0, 5).to_le_bytes()).expect("it fits");
    computer.hart_mut().set_pc(START + 0xffe);
    assert!(matches!(computer.run(1), Stop::Limit));
    assert_eq!(computer.hart().register_value(7), 5);
}

#[test]
fn a_fault_is_the_harts_trap_with_the_address_of_the_instruction() {
    // Address 0 has neither memory nor a device.
    let (mut computer, _) = computer(&[]);
    computer.hart_mut().set_pc(6);
    assert!(matches!(computer.run(1), Stop::Limit));
    let trap = computer.hart().trap().expect("a trap");
    assert_eq!((trap.cause, trap.tval, trap.from), (1, 6, Privilege::Machine));
    // Its handler is at address 0, too: a run of traps ends like any other.
    assert!(matches!(computer.run(1000), Stop::Limit));
    assert_eq!((computer.hart().retired(), computer.traps()), (0, 1001));
}
