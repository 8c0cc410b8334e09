//! What a computer is made of.

use std::io::Write;

use hart::{Config, Decoder, Hart, Misaligned};
use model::bus::{BusError, FixedLatency, MapError, SharedMemory};
use model::isa::{Extension, PAGE_BYTES, Privilege};
use model::mmu::Mmu;
use platform::{Block, Clint, Clock, Disk, Lines, Map, Plic, Syscon, Uart};

use super::Computer;
use super::around::Around;
use super::code::Code;
use super::phase::Phases;
use crate::board::Board;

/// A computer that cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// RAM of this size does not fit.
    #[error("{0} bytes of memory: a multiple of 4096 is needed, and at most 2^31 for RV32")]
    Memory(u64),
    /// A region overlaps another.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Something does not fit into memory.
    #[error("{bytes} bytes at {pa:#x} are not in memory, which is {from:#x} to {to:#x}")]
    Outside {
        /// Where it begins.
        pa: u64,
        /// Its size.
        bytes: u64,
        /// Memory's first byte.
        from: u64,
        /// The byte after its last.
        to: u64,
    },
    /// An emulator was to have a disk.
    #[error("an emulator has no disk")]
    Disk,
    /// A latency of 0 cycles.
    #[error("memory answers after 1 cycle at the earliest")]
    Latency,
}

/// What a computer is made of.
pub struct Setup {
    /// The MMU.
    pub mmu: Box<dyn Mmu>,
    /// Bytes of RAM.
    pub memory: u64,
    /// Cycles until memory answers the walker.
    pub walker_latency: u64,
    /// Cycles of a load or a store after its translation, 1 or more.
    pub data_latency: u64,
    /// Where the hart begins.
    pub reset: u64,
    /// What the serial port prints goes here.
    pub printed: Box<dyn Write>,
    /// A disk.
    pub disk: Option<Disk>,
    /// Sstc.
    pub sstc: bool,
    /// Svadu: firmware may let the hardware set A and D. Without it, they fault.
    pub svadu: bool,
    /// Svpbmt, if the MMU has it: firmware may let page tables name memory types.
    pub svpbmt: bool,
    /// What becomes of misaligned accesses.
    pub misaligned: Misaligned,
    /// An address to which software writes its result.
    pub to_host: Option<u64>,
}

impl Setup {
    /// The address after RAM.
    pub(crate) fn end_of_memory(&self) -> Result<u64, SetupError> {
        let fits = self.memory.is_multiple_of(PAGE_BYTES) && self.memory > 0;
        let end = Map::RAM.checked_add(self.memory).filter(|_| fits);
        end.ok_or(SetupError::Memory(self.memory))
    }

    /// What the hart implements.
    pub(crate) fn hart(&self) -> Config {
        let (xlen, extensions) = (self.mmu.xlen(), self.mmu.extensions());
        Config {
            sstc: self.sstc,
            svadu: self.svadu,
            svpbmt: self.svpbmt && extensions.has(Extension::Svpbmt),
            sizes: self.mmu.organisation().sizes,
            pmp: self.mmu.physical().pmp,
            misaligned: self.misaligned,
            ..Config::all(xlen, self.reset)
        }
    }

    /// The computer, with RAM that is all zero.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn build(self) -> Result<Computer, SetupError> {
        let end = self.end_of_memory()?;
        if self.data_latency == 0 || self.walker_latency == 0 {
            return Err(SetupError::Latency);
        }
        let config = self.hart();
        let lines = Lines::new();
        let clock = Clock::new();
        let memory = SharedMemory::with_ram(Map::RAM..end)?;
        let clint = Clint::new(&clock, std::slice::from_ref(&lines));
        let plic = Plic::new(std::slice::from_ref(&lines));
        let syscon = Syscon::new();
        memory.map_device(Map::CLINT, Box::new(clint.clone()))?;
        memory.map_device(Map::PLIC, Box::new(plic.clone()))?;
        memory.map_device(Map::SYSCON, Box::new(syscon.clone()))?;
        let uart = Uart::new(plic.source(Map::UART_SOURCE), self.printed);
        memory.map_device(Map::UART, Box::new(uart.clone()))?;
        let disk = match self.disk {
            Some(disk) => {
                let block = Block::new(disk, plic.source(Map::BLOCK_SOURCE));
                memory.map_device(Map::BLOCK, Box::new(block.clone()))?;
                Some(block)
            }
            None => None,
        };
        let mut code = Code::new(Decoder::new(&config), Map::RAM, self.memory);
        if let Some(pa) = self.to_host {
            code.watch(pa);
        }
        let mut board = Board::new(memory.clone());
        let walker = Box::new(FixedLatency::new(memory, self.walker_latency));
        board.add(self.mmu, walker);
        let around = Around::new(board, code, clock, clint, disk, self.data_latency);
        Ok(Computer {
            hart: Hart::new(&config),
            around,
            lines,
            levels: 0,
            plic,
            syscon,
            uart,
            to_host: self.to_host,
            next_event: 0,
            traps: 0,
            unhandled: None,
            mode: Privilege::Machine,
            since: (0, 0),
            phases: Phases::default(),
            sbi: None,
            paced: false,
            watched: None,
            breakpoint: u64::MAX,
            last: u64::MAX,
            listener: None,
        })
    }
}

impl Computer {
    /// Places bytes in RAM.
    ///
    /// # Errors
    /// [`SetupError::Outside`].
    pub fn place(&mut self, pa: u64, bytes: &[u8]) -> Result<(), SetupError> {
        self.memory().load(pa, bytes).map_err(|BusError| SetupError::Outside {
            pa,
            bytes: bytes.len() as u64,
            from: Map::RAM,
            to: Map::RAM + self.around.code.bytes(),
        })
    }
}
