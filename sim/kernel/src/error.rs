//! What can go wrong with the kernel itself, as opposed to the processes that it serves.

use model::isa::{Mode, Xlen};
use std::error::Error;

/// The kernel cannot go on, or was asked for something that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum OsError {
    /// Memory refused the kernel's own access.
    #[error("cycle {cycle}: memory refused the kernel's access to {pa:#x}")]
    Refused {
        /// When.
        cycle: u64,
        /// Where.
        pa: u64,
    },
    /// The hardware failed while the kernel was working.
    #[error(transparent)]
    Hardware(Box<dyn Error + Send + Sync>),
    /// An operating system needs translation, and a mode that the machine has.
    #[error("an operating system cannot run in mode {} on {}", mode.name(), match xlen {
        Xlen::Rv32 => "RV32",
        Xlen::Rv64 => "RV64",
    })]
    Mode {
        /// The mode asked for.
        mode: Mode,
        /// The machine's width.
        xlen: Xlen,
    },
    /// Memory is too small for the kernel and one process.
    #[error("{frames} frames with {kernel} reserved for the kernel leave no room for a process")]
    MemoryTooSmall {
        /// Frames in all.
        frames: u64,
        /// Of them the kernel's.
        kernel: u64,
    },
    /// A region of a process cannot stand where it was put.
    #[error("process {process}: region {region}: {problem}")]
    Region {
        /// The process.
        process: String,
        /// The region.
        region: String,
        /// Why not.
        problem: String,
    },
    /// A conserved quantity was not conserved: a defect of this simulator or of the hardware.
    #[error("cycle {cycle}: invariant broken: {what}")]
    Invariant {
        /// When it was noticed.
        cycle: u64,
        /// Which, with its figures.
        what: String,
    },
    /// The same access faults again and again although the kernel has resolved it.
    #[error("cycle {cycle}: the access to {va:#x} still faults after the kernel resolved it")]
    Livelock {
        /// When the kernel gave up.
        cycle: u64,
        /// The access's virtual address.
        va: u64,
    },
}
