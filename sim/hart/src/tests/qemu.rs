//! The hart against QEMU: random programs, every register after every instruction.
//!
//! The seeds are the same in every run; `HART_SEED=n HART_PROGRAMS=m` chooses m others from n on.

use super::generate::{BASE, Generator, Program};
use crate::functional::{Functional, Ram};
use crate::instruction::F;
use crate::instruction::X;
use crate::tools::{or_skip, output};
use crate::{Config, Hart, Step};
use model::isa::{Privilege, Xlen};
use std::collections::HashMap;

/// What QEMU prints about a state, by name.
type State = HashMap<String, u64>;

/// A hart like QEMU's.
fn config(xlen: Xlen) -> Config {
    Config { svinval: false, ..Config::all(xlen, BASE) }
}

/// The states before each instruction of a program.
fn states(xlen: Xlen, program: &Program) -> Vec<State> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("program"), &program.image).unwrap();
    let (tool, cpu) = match xlen {
        Xlen::Rv32 => ("qemu-system-riscv32", "rv32,h=off,zba=off,zbb=off,zbc=off,zbs=off"),
        Xlen::Rv64 => ("qemu-system-riscv64", "rv64,h=off,zba=off,zbb=off,zbc=off,zbs=off"),
    };
    let version = output(tool, folder.path(), &["--version"]);
    // The option has changed its name.
    let old = ["version 5.", "version 6.", "version 7."].iter().any(|old| version.contains(old));
    let single = if old { "-singlestep" } else { "-one-insn-per-tb" };
    output(
        tool,
        folder.path(),
        &[
            "-M",
            "virt",
            "-cpu",
            cpu,
            "-m",
            "16M",
            "-bios",
            "program",
            "-display",
            "none",
            "-serial",
            "none",
            "-monitor",
            "none",
            single,
            "-d",
            "cpu,fpu,nochain",
            "-D",
            "log",
        ],
    );
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let mut states: Vec<State> = Vec::new();
    let mut words = log.split_whitespace().peekable();
    while let Some(name) = words.next() {
        if name == "pc" {
            states.push(State::new());
        }
        let value = words.peek().and_then(|value| u64::from_str_radix(value, 16).ok());
        if let (Some(state), Some(value)) = (states.last_mut(), value) {
            state.insert(name.to_string(), value);
            words.next();
        }
    }
    let begin = states.iter().position(|state| state["pc"] == BASE).unwrap();
    states.split_off(begin)
}

/// The same of the hart.
fn state(hart: &Hart) -> State {
    let mut state = State::from([
        ("pc".to_string(), hart.pc()),
        ("mepc".to_string(), hart.mepc),
        ("mcause".to_string(), hart.mcause),
        ("mtval".to_string(), hart.mtval),
        ("sepc".to_string(), hart.sepc),
        ("scause".to_string(), hart.scause),
        ("stval".to_string(), hart.stval),
        ("stvec".to_string(), hart.stvec),
        ("medeleg".to_string(), hart.medeleg),
        ("mscratch".to_string(), hart.mscratch),
        ("sscratch".to_string(), hart.sscratch),
        ("mstatus".to_string(), hart.status(crate::status::MACHINE)),
    ]);
    state.extend((0..32).map(|n| (format!("x{n}/{}", X[n]), hart.register_value(n))));
    state.extend((0..32).map(|n| (format!("f{n}/{}", F[n]), hart.f[n])));
    state
}

/// Runs a program on both; returns how many instructions that were, and the modes in which.
fn compare(
    generator: Generator,
    mode: Privilege,
    seed: u64,
    count: usize,
) -> (usize, Vec<Privilege>) {
    let config = generator.config;
    let xlen = config.xlen;
    let program = generator.program(mode, count);
    let theirs = states(xlen, &program);
    let mut ram = Ram::new(BASE, 16 << 20);
    assert!(ram.write(BASE, &program.image));
    let mut around = Functional::new(&config, ram, ());
    let mut hart = Hart::new(&config);
    for number in 0..32 {
        hart.set_register(number, theirs[0][&format!("x{number}/{}", X[number])]);
    }
    let (mut before, mut modes) = (Vec::new(), Vec::new());
    for (index, theirs) in theirs.iter().enumerate() {
        for (name, ours) in state(&hart) {
            let theirs = theirs.get(&name).copied().unwrap_or_else(|| panic!("QEMU has no {name}"));
            assert_eq!(
                ours, theirs,
                "{name} is {ours:#x}, in QEMU {theirs:#x}, after {index} instructions, the last \
                 {before:?}; {xlen:?} in {mode:?} mode with HART_SEED={seed}"
            );
        }
        if hart.pc() == program.end {
            return (index, modes);
        }
        if !modes.contains(&hart.privilege()) {
            modes.push(hart.privilege());
        }
        let word = around.ram().load(hart.pc(), 4).unwrap_or(0) as u32;
        before.push(around.decoder().text(&around.decoder().decode(word), hart.pc()));
        before.drain(..before.len().saturating_sub(4));
        let step = hart.step(&mut around);
        assert!(matches!(step, Step::Retired | Step::Trapped), "{before:?}: {step:?}");
        // For `ebreak` QEMU writes 0, which is as good as the address.
        if step == Step::Trapped && hart.trap().is_some_and(|trap| trap.cause == 3) {
            match hart.privilege() {
                Privilege::Machine => hart.mtval = 0,
                _ => hart.stval = 0,
            }
        }
    }
    panic!("QEMU stopped at {:#x} before the end, with HART_SEED={seed}", hart.pc());
}

/// The seeds of a test.
fn seeds(first: u64, programs: u64) -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let first = number("HART_SEED").unwrap_or(first);
    first..first + number("HART_PROGRAMS").unwrap_or(programs)
}

#[test]
fn rv64_does_what_qemu_does() {
    if !or_skip("qemu-system-riscv64") {
        return;
    }
    for seed in seeds(1, 6) {
        let modes = [Privilege::Machine, Privilege::Supervisor, Privilege::User];
        let mode = modes[seed as usize % modes.len()];
        assert!(compare(Generator::new(&config(Xlen::Rv64), seed), mode, seed, 1500).0 > 1500);
    }
}

#[test]
fn rv32_does_what_qemu_does() {
    if !or_skip("qemu-system-riscv32") {
        return;
    }
    for seed in seeds(101, 4) {
        let mode = if seed % 2 == 0 { Privilege::Machine } else { Privilege::User };
        assert!(compare(Generator::new(&config(Xlen::Rv32), seed), mode, seed, 1500).0 > 1500);
    }
}

#[test]
fn privilege_changes_as_in_qemu() {
    if !or_skip("qemu-system-riscv64") {
        return;
    }
    for seed in seeds(201, 6) {
        let generator = Generator::with_privilege(&config(Xlen::Rv64), seed);
        let (count, modes) = compare(generator, Privilege::Machine, seed, 1000);
        assert!(count > 1000 && modes.len() == 3, "{count} {modes:?} with HART_SEED={seed}");
    }
}
