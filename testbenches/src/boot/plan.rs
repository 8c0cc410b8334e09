//! What is placed where in memory before the first instruction.

use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;

use engine::{Config, Engine};
use hart::Misaligned;
use machine::computer::{Computer, Setup, SetupError};
use model::isa::{PAGE_BYTES, Xlen};
use platform::{Disk, DiskError, Map, Tree, TreeError};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Extensions;
use super::snapshot::{About, Image, SnapshotError};
use crate::exec::Program;
use crate::linux::Symbols;

/// Firmware's part of memory: its image, and what OpenSBI keeps behind it.
const FIRMWARE: Range<u64> = Map::RAM..Map::RAM + 0x8_0000;
/// The end of memory is for the device tree.
const TREE: u64 = 0x1_0000;
/// Bytes of randomness that Linux is given.
const RANDOMNESS: usize = 32;

/// What cannot be booted.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The computer cannot be built.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The device tree cannot be made.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The disk cannot be used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Memory is too small.
    #[error(
        "{memory} bytes of memory are too few: {what} would end at {end:#x}, and {room}; give more \
         with --memory"
    )]
    Memory {
        /// Bytes of memory.
        memory: u64,
        /// What does not fit.
        what: &'static str,
        /// Where it would end.
        end: u64,
        /// What begins there.
        room: String,
    },
    /// The device tree is too long.
    #[error("the device tree has {0} bytes, more than the {TREE} that it may have")]
    LongTree(usize),
    /// Firmware is longer than what is kept for it.
    #[error("the firmware has {0} bytes, and the kernel begins {1} bytes after its begin")]
    LongFirmware(usize, u64),
}

/// What is booted.
pub enum Kernel {
    /// An image of Linux, placed as its header says.
    Image {
        /// All of it.
        bytes: Vec<u8>,
        /// Where it wants to be, from the begin of memory.
        offset: u64,
        /// Memory that it needs from there, with what it clears itself.
        size: u64,
    },
    /// A program at fixed addresses, which begins in M-mode.
    Program(Program),
}

/// Everything that is known before a boot.
pub struct Boot {
    /// What is booted.
    pub kernel: Kernel,
    /// Firmware, for an image; without it, its calls are answered in software.
    pub firmware: Option<Vec<u8>>,
    /// The initial file system.
    pub initrd: Option<Vec<u8>>,
    /// The kernel's command line.
    pub arguments: String,
    /// The image file of a disk.
    pub disk: Option<PathBuf>,
    /// The computer.
    pub machine: Machine,
}

/// The computer on which it runs.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The MMU.
    pub config: &'static Config,
    /// Its engine.
    pub engine: Engine,
    /// Bytes of RAM.
    pub memory: u64,
    /// Cycles until memory answers the walker.
    pub latency: u64,
    /// Cycles of a load or a store after its translation.
    pub data_latency: u64,
    /// What becomes of misaligned accesses.
    pub misaligned: Misaligned,
    /// What is announced to software.
    pub extensions: Extensions,
    /// From this the randomness is made that the kernel is given.
    pub seed: u64,
}

impl Boot {
    fn xlen(&self) -> Xlen {
        self.machine.config.xlen
    }

    /// Where the initial file system is placed: right before the device tree.
    pub fn initrd_range(&self) -> Option<Range<u64>> {
        let bytes = self.initrd.as_ref()?.len() as u64;
        let end = self.tree_at();
        let start = end.saturating_sub(bytes) / PAGE_BYTES * PAGE_BYTES;
        Some(start..start + bytes)
    }

    /// Where the device tree is placed.
    fn tree_at(&self) -> u64 {
        Map::RAM + self.machine.memory.saturating_sub(TREE)
    }

    /// The device tree.
    ///
    /// # Errors
    /// [`BootError::Tree`], [`BootError::LongTree`].
    pub fn tree(&self) -> Result<Vec<u8>, BootError> {
        let mut randomness = vec![0; RANDOMNESS];
        ChaCha8Rng::seed_from_u64(self.machine.seed).fill_bytes(&mut randomness);
        let deepest = match self.xlen() {
            Xlen::Rv32 => "Sv32",
            Xlen::Rv64 => self.machine.config.organisation.sizes.deepest.name(),
        };
        let tree = Tree {
            memory: self.machine.memory,
            reserved: Some(FIRMWARE),
            harts: 1,
            isa: self.machine.extensions.isa(self.xlen()),
            mmu: format!("riscv,{}", deepest.to_lowercase()),
            arguments: self.arguments.clone(),
            randomness,
            initrd: self.initrd_range(),
            disk: self.disk.is_some(),
            clint: self.firmware.is_some(),
        };
        let blob = tree.blob()?;
        if blob.len() as u64 > TREE { Err(BootError::LongTree(blob.len())) } else { Ok(blob) }
    }

    /// A computer, before its first instruction. Each call gives one of its own; a scout leaves the
    /// disk's image as it is.
    ///
    /// # Errors
    /// [`BootError`]: what does not fit into memory.
    pub fn computer(&self, printed: Box<dyn Write>, scout: bool) -> Result<Computer, BootError> {
        let blob = self.tree()?;
        let (at, initrd_range) = (self.tree_at(), self.initrd_range());
        self.check(initrd_range.as_ref())?;
        let Boot { kernel, firmware, initrd, disk, machine, .. } = self;
        let extensions = machine.extensions;
        let (reset, to_host) = self.entry();
        let setup = Setup {
            mmu: machine.config.mmu(machine.engine),
            memory: machine.memory,
            walker_latency: machine.latency,
            data_latency: machine.data_latency,
            reset,
            printed,
            disk: match disk {
                Some(path) if scout => Some(Disk::open(path)?.copied(path)?),
                Some(path) => Some(Disk::open(path)?),
                None => None,
            },
            sstc: self.has_sstc(),
            svadu: extensions.svadu,
            svpbmt: extensions.svpbmt,
            misaligned: machine.misaligned,
            to_host,
        };
        let mut computer = setup.build()?;
        computer.place(at, &blob)?;
        if let (Some(range), Some(bytes)) = (initrd_range, initrd) {
            computer.place(range.start, bytes)?;
        }
        match kernel {
            Kernel::Program(program) => {
                for part in &program.parts {
                    computer.place(part.pa, &part.bytes)?;
                }
                computer.hart_mut().set_register(11, at);
            }
            Kernel::Image { bytes, offset, .. } => {
                computer.place(Map::RAM + offset, bytes)?;
                match firmware {
                    Some(firmware) => {
                        computer.place(Map::RAM, firmware)?;
                        computer.hart_mut().set_register(11, at);
                    }
                    None => computer.start_kernel(Map::RAM + offset, at),
                }
            }
        }
        computer.has_phases();
        Ok(computer)
    }

    /// How its computer is built, for a snapshot.
    ///
    /// # Errors
    /// [`SnapshotError`]: the disk's image cannot be read.
    pub fn about(&self, name: &str, symbols: Option<&Symbols>) -> Result<About, SnapshotError> {
        let Machine { config, extensions, .. } = &self.machine;
        let (reset, to_host) = self.entry();
        Ok(About {
            name: name.to_owned(),
            config: config.name.to_owned(),
            symbols: symbols.cloned(),
            memory: self.machine.memory,
            walker_latency: self.machine.latency,
            data_latency: self.machine.data_latency,
            reset,
            extensions: [self.has_sstc(), extensions.svadu, extensions.svpbmt],
            misaligned: self.machine.misaligned,
            to_host,
            seed: self.machine.seed,
            disk: self.disk.as_deref().map(Image::read).transpose()?,
        })
    }

    /// Where the hart begins, and where software writes its result.
    fn entry(&self) -> (u64, Option<u64>) {
        match &self.kernel {
            Kernel::Image { .. } => (Map::RAM, None),
            Kernel::Program(program) => (program.entry, program.to_host.map(|word| word.pa)),
        }
    }

    /// Software that answers calls of firmware needs `stimecmp`.
    fn has_sstc(&self) -> bool {
        self.machine.extensions.sstc || self.firmware.is_none()
    }

    /// Whether everything has its place.
    fn check(&self, initrd: Option<&Range<u64>>) -> Result<(), BootError> {
        let Kernel::Image { bytes, offset, size } = &self.kernel else { return Ok(()) };
        if let Some(firmware) = &self.firmware
            && firmware.len() as u64 > *offset
        {
            return Err(BootError::LongFirmware(firmware.len(), *offset));
        }
        let end = (Map::RAM + offset).saturating_add((*size).max(bytes.len() as u64));
        let (next, room) = match initrd {
            Some(range) => (range.start, "the initial file system begins at"),
            None => (self.tree_at(), "the device tree begins at"),
        };
        if end > next {
            let room = format!("{room} {next:#x}");
            return Err(BootError::Memory {
                memory: self.machine.memory,
                what: "the kernel",
                end,
                room,
            });
        }
        Ok(())
    }
}
