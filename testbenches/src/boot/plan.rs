//! What is placed where in memory before the first instruction.

use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;

use engine::{Config, Engine};
use hart::Misaligned;
use machine::computer::{Computer, Setup, SetupError};
use machine::emulator::Emulator;
use model::isa::{PAGE_BYTES, Xlen};
use model::mmu::Mmu;
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
    /// An emulator was to answer calls of firmware.
    #[error("an emulator boots a kernel with firmware only")]
    NoFirmware,
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
        let mmu = self.machine.config.mmu(self.machine.engine);
        self.computer_around(mmu, printed, scout)
    }

    /// As [`Boot::computer`], around an MMU with the properties of its configuration.
    ///
    /// # Errors
    /// As [`Boot::computer`].
    pub fn computer_around(
        &self,
        mmu: Box<dyn Mmu>,
        printed: Box<dyn Write>,
        scout: bool,
    ) -> Result<Computer, BootError> {
        let blob = self.tree()?;
        let mut computer = self.setup(mmu, printed, scout)?.build()?;
        for (pa, bytes) in self.placed(&blob) {
            computer.place(pa, bytes)?;
        }
        match &self.kernel {
            Kernel::Image { offset, .. } if self.firmware.is_none() => {
                computer.start_kernel(Map::RAM + offset, self.tree_at());
            }
            _ => computer.hart_mut().set_register(11, self.tree_at()),
        }
        if self.sets_accessed() {
            computer.sets_accessed();
        }
        computer.has_phases();
        Ok(computer)
    }

    /// The same computer on an MMU in software, without cycles, before its first instruction.
    ///
    /// # Errors
    /// As [`Boot::computer`]; and [`BootError::NoFirmware`].
    pub fn emulator(&self, printed: Box<dyn Write>) -> Result<Emulator, BootError> {
        if self.firmware.is_none() && matches!(self.kernel, Kernel::Image { .. }) {
            return Err(BootError::NoFirmware);
        }
        let blob = self.tree()?;
        let mmu = self.machine.config.mmu(self.machine.engine);
        let mut emulator = Emulator::new(self.setup(mmu, printed, true)?)?;
        for (pa, bytes) in self.placed(&blob) {
            emulator.place(pa, bytes)?;
        }
        emulator.hart_mut().set_register(11, self.tree_at());
        Ok(emulator)
    }

    /// What the computer is made of.
    fn setup(
        &self,
        mmu: Box<dyn Mmu>,
        printed: Box<dyn Write>,
        scout: bool,
    ) -> Result<Setup, BootError> {
        self.check(self.initrd_range().as_ref())?;
        let Boot { disk, machine, .. } = self;
        let extensions = machine.extensions;
        let (reset, to_host) = self.entry();
        Ok(Setup {
            mmu,
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
            svadu: extensions.svadu || self.sets_accessed(),
            svpbmt: extensions.svpbmt,
            misaligned: machine.misaligned,
            to_host,
        })
    }

    /// What is placed where in memory: the device tree, and the rest.
    fn placed<'a>(&'a self, blob: &'a [u8]) -> Vec<(u64, &'a [u8])> {
        let mut placed = vec![(self.tree_at(), blob)];
        if let (Some(range), Some(bytes)) = (self.initrd_range(), &self.initrd) {
            placed.push((range.start, bytes));
        }
        match &self.kernel {
            Kernel::Program(program) => {
                placed.extend(program.parts.iter().map(|part| (part.pa, &part.bytes[..])));
            }
            Kernel::Image { bytes, offset, .. } => {
                placed.push((Map::RAM + offset, bytes));
                placed.extend(self.firmware.as_deref().map(|firmware| (Map::RAM, firmware)));
            }
        }
        placed
    }

    /// How its computer is built, for a snapshot.
    ///
    /// # Errors
    /// [`SnapshotError`]: the disk's image cannot be read.
    pub fn about(&self, name: &str, symbols: Option<&Symbols>) -> Result<About, SnapshotError> {
        let Machine { config, extensions, .. } = &self.machine;
        let (reset, to_host) = self.entry();
        let svadu = extensions.svadu || self.sets_accessed();
        Ok(About {
            name: name.to_owned(),
            config: config.name.to_owned(),
            symbols: symbols.cloned(),
            memory: self.machine.memory,
            walker_latency: self.machine.latency,
            data_latency: self.machine.data_latency,
            reset,
            extensions: [self.has_sstc(), svadu, extensions.svpbmt],
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

    /// Whether the hardware sets A and D from the beginning: there is no firmware that could ask for it,
    /// and neither Svadu nor Svade is announced to software. QEMU does so, too.
    fn sets_accessed(&self) -> bool {
        let Extensions { svadu, svade, .. } = self.machine.extensions;
        matches!(self.kernel, Kernel::Program(_)) && !svadu && !svade
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
