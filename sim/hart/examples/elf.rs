//! Runs bare-metal programs without time until they write `tohost`, and says how they ended and how
//! fast that was.
//!
//! `cargo run --release -p hart --example elf -- [--max N] [--trace] [--trap] PROGRAM...`
//!
//! A program that writes 1 has passed; any other value is the number of the test that failed,
//! doubled, plus one.

#![allow(clippy::print_stdout)]

use hart::functional::{Functional, Ram};
use hart::{Config, Hart, Misaligned, Step};
use model::isa::Xlen;
use object::{Object, ObjectSegment, ObjectSymbol};
use std::process::ExitCode;

/// Instructions between looks at `tohost` and steps of the clock.
const BATCH: u64 = 1000;

struct Options {
    max: u64,
    trace: bool,
    trap: bool,
}

fn run(path: &str, options: &Options) -> Result<(u64, u64, f64), String> {
    let data = std::fs::read(path).map_err(|error| error.to_string())?;
    let elf = object::File::parse(&*data).map_err(|error| error.to_string())?;
    let xlen = if elf.is_64() { Xlen::Rv64 } else { Xlen::Rv32 };
    let base = 0x8000_0000;
    let mut ram = Ram::new(base, 16 << 20);
    for segment in elf.segments() {
        let data = segment.data().map_err(|error| error.to_string())?;
        if !ram.write(segment.address(), data) {
            return Err(format!("a segment at {:#x} is outside of RAM", segment.address()));
        }
    }
    let symbol = elf.symbols().find(|symbol| symbol.name() == Ok("tohost"));
    let tohost = symbol.ok_or("there is no symbol tohost")?.address();
    let mut config = Config::all(xlen, elf.entry());
    if options.trap {
        config.misaligned = Misaligned::Trap;
    }
    let mut around = Functional::new(&config, ram, ());
    let mut hart = Hart::new(&config);
    let start = std::time::Instant::now();
    while hart.retired() < options.max {
        if options.trace {
            for _ in 0..BATCH {
                let pc = hart.pc();
                let step = hart.step(&mut around);
                let op = around.ram().load(pc, 4).map(|bits| around.decoder().decode(bits as u32));
                let text = op.map(|op| around.decoder().text(&op, pc)).unwrap_or_default();
                println!("{pc:016x} {:?} {text} {:?}", hart.privilege(), step);
                if step == Step::Trapped {
                    println!("    {:x?}", hart.trap());
                }
                if around.ram().load(tohost, 8) != Some(0) {
                    break;
                }
            }
        } else {
            let (done, step) = hart.run(&mut around, BATCH);
            around.cycles += done;
            if step == Step::Waiting {
                around.cycles += BATCH;
            }
        }
        around.time = hart.retired() / 10;
        hart.tick(around.time);
        if let Some(value) = around.ram().load(tohost, 8).filter(|value| *value != 0) {
            // The devices of the host's side: a character, in the environment with pages.
            if value >> 48 == 0x0101 {
                print!("{}", value as u8 as char);
                around.ram_mut().store(tohost, 8, 0);
                continue;
            }
            return Ok((value, hart.retired(), start.elapsed().as_secs_f64()));
        }
    }
    Ok((0, hart.retired(), start.elapsed().as_secs_f64()))
}

fn main() -> ExitCode {
    let mut options = Options { max: 1_000_000_000, trace: false, trap: false };
    let mut arguments = std::env::args().skip(1);
    let mut failed = 0;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--max" => options.max = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            "--trace" => options.trace = true,
            "--trap" => options.trap = true,
            path => match run(path, &options) {
                Ok((1, retired, seconds)) => {
                    let speed = retired as f64 / seconds / 1e6;
                    println!("pass {path}: {retired} instructions, {speed:.1} M a second");
                }
                Ok((0, retired, _)) => {
                    println!("FAIL {path}: no result after {retired} instructions");
                    failed += 1;
                }
                Ok((value, retired, _)) => {
                    println!("FAIL {path}: test {} after {retired} instructions", value >> 1);
                    failed += 1;
                }
                Err(error) => {
                    println!("FAIL {path}: {error}");
                    failed += 1;
                }
            },
        }
    }
    println!("{failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
