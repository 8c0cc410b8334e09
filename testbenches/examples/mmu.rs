//! A whole test bench: the MMU, a clock, a memory bus, checks, and a wave in `waves/out`.
#![allow(clippy::print_stdout)]
use std::path::{Path, PathBuf};
use std::{cell::RefCell, error::Error, rc::Rc};

use sim::bus::{FixedLatency, SharedMemory};
use sim::isa::{Access, Context, Mode, Satp, Xlen};
use sim::machine::{Drive, Pins};
use sim::mmu::{Fence, PerPort, Port, Request, Response};
use sim::wave::{Ending, Recording, mmu};
use testbenches::engine::{Engine, find};

/// The leaf of page 0x1000: frame 0x80abc, with V, R, W, U, A and D.
const LEAF: u64 = 0x80abc << 10 | 0b1101_0111;

/// Presents a load of a user program until it is answered: after how many cycles, and how. The
/// golden model checks every answer as well; where it disagrees, `step` is an error.
fn load(bench: &mut Drive, va: u64) -> Result<(u64, Response), Box<dyn Error>> {
    let mut request = Some(Request { va, access: Access::Load, context: Context::USER });
    for cycles in 0..100 {
        let requests = PerPort::only(Port::Data, request);
        let outputs = bench.step(&Pins { requests, fault_ready: true, ..Pins::default() })?;
        if let Some(response) = outputs.responses[Port::Data] {
            return Ok((cycles, response));
        }
        request = request.filter(|_| !outputs.ready[Port::Data]);
    }
    Err("no answer in a hundred cycles".into())
}

/// Runs the test bench; its wave goes into a folder, and the path of the wave's view comes back.
pub(crate) fn run(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    // Sv39: the root table in frame 0x80000, and a table for each level below it.
    let memory = SharedMemory::with_ram(0x8000_0000..0x8100_0000)?;
    memory.write(0x8000_0000, 8, 0x80001 << 10 | 1)?;
    memory.write(0x8000_1000, 8, 0x80002 << 10 | 1)?;
    memory.write(0x8000_2008, 8, LEAF)?;
    let hardware = find("rv64_small")?.mmu(Engine::Compiled);
    let recording = Recording { signals: hardware.signals(), ..Recording::default() };
    let subject = mmu::Subject { xlen: Xlen::Rv64, processes: Vec::new() };
    let path = folder.join("example.vcd");
    let wave = Rc::new(RefCell::new(mmu::Recorder::create(&path, recording, subject)?));
    let bus = Box::new(FixedLatency::new(memory.clone(), 10));
    let mut bench = Drive::new(hardware, memory.clone(), bus);
    bench.attach(Box::new(wave.clone()));
    bench.satp = Satp { mode: Mode::Sv39, asid: 0, root: 0x80000 }.encode(Xlen::Rv64);
    assert_eq!(load(&mut bench, 0x1234)?, (32, Ok(0x80ab_c234)), "a miss: 2 + 3 · 10 cycles");
    assert_eq!(load(&mut bench, 0x1238)?, (0, Ok(0x80ab_c238)), "a hit: the same cycle");
    bench.software_wrote(0x8000_2008, LEAF);
    memory.write(0x8000_2008, 8, 0)?;
    assert_eq!(load(&mut bench, 0x1234)?, (0, Ok(0x80ab_c234)), "unmapped, but not fenced");
    bench.step(&Pins { fence: Some(Fence { va: None, asid: None }), ..Pins::default() })?;
    assert!(load(&mut bench, 0x1234)?.1.is_err(), "unmapped and fenced: a page fault");
    Ok(wave.borrow_mut().finish()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    run(Path::new("waves/out")).map(|view| println!("{}", view.display()))
}
