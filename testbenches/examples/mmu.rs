//! A whole test bench: the MMU, a clock, a memory bus, checks, and a wave in `waves/out`.
#![allow(clippy::print_stdout)]
use std::path::{Path, PathBuf};
use std::{cell::RefCell, error::Error, rc::Rc};

use engine::{Engine, find};
use machine::board::Board;
use machine::wave::{Ending, Recording, mmu};
use model::bus::{FixedLatency, SharedMemory};
use model::isa::{Access, Context, Extensions, Mode, Satp, Xlen};
use model::mmu::{Fence, Request, Response};

/// The leaf of page 0x1000: frame 0x80abc, with V, R, W, U, A and D.
const LEAF: u64 = 0x80abc << 10 | 0b1101_0111;

/// A load by a user program: returns the number of cycles until its answer, and the answer. The
/// golden model checks every answer as well; if it disagrees, `translate` is an error.
fn load(board: &mut Board, va: u64) -> Result<(u64, Response), Box<dyn Error>> {
    let from = board.now();
    let request = Request { va, access: Access::Load, bytes: 8, context: Context::USER };
    let response = board.translate(0, request)?;
    Ok((board.now() - 1 - from, response))
}

/// Runs the test bench; writes its wave into a folder, and returns the path of the wave's view.
pub(crate) fn run(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    // Sv39: the root table in frame 0x80000, and a table for each level below it.
    let memory = SharedMemory::with_ram(0x8000_0000..0x8100_0000)?;
    memory.write(0x8000_0000, 8, 0x80001 << 10 | 1)?;
    memory.write(0x8000_1000, 8, 0x80002 << 10 | 1)?;
    memory.write(0x8000_2008, 8, LEAF)?;
    let hardware = find("rv64_small")?.mmu(Engine::Compiled);
    let recording = Recording { signals: hardware.signals(), ..Recording::default() };
    let (extensions, processes) = (Extensions::NONE, Vec::new());
    let subject =
        mmu::Subject { xlen: Xlen::Rv64, extensions, harts: 1, processes, computer: None };
    let path = folder.join("example.vcd");
    let wave = Rc::new(RefCell::new(mmu::Recorder::create(&path, recording, subject)?));
    let bus = Box::new(FixedLatency::new(memory.clone(), 10));
    let mut board = Board::new(memory.clone());
    let hart = board.add(hardware, bus);
    board.attach(Box::new(wave.clone()));
    let satp = Satp { mode: Mode::Sv39, asid: 0, root: 0x80000 };
    board.hart_mut(hart).satp = satp.encode(Xlen::Rv64);
    assert_eq!(load(&mut board, 0x1234)?, (32, Ok(0x80ab_c234)), "a miss: 2 + 3 · 10 cycles");
    assert_eq!(load(&mut board, 0x1238)?, (0, Ok(0x80ab_c238)), "a hit: the same cycle");
    board.software_wrote(0x8000_2008, LEAF);
    memory.write(0x8000_2008, 8, 0)?;
    assert_eq!(load(&mut board, 0x1234)?, (0, Ok(0x80ab_c234)), "unmapped, but not fenced");
    board.fence(hart, Fence { va: None, asid: None })?;
    assert!(load(&mut board, 0x1234)?.1.is_err(), "unmapped and fenced: a page fault");
    Ok(wave.borrow_mut().finish()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    run(Path::new("waves/out")).map(|view| println!("{}", view.display()))
}
