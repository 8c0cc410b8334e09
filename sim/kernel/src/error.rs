//! Errors of the kernel itself, as opposed to those of the processes that it serves.

use model::isa::{Mode, Xlen};
use std::error::Error;

/// The kernel cannot continue, or was given an impossible request.
#[derive(Debug, thiserror::Error)]
pub enum OsError {
    /// Memory refused the kernel's own access.
    #[error("cycle {cycle}: memory refused the kernel's access to {pa:#x}")]
    Refused {
        /// The cycle.
        cycle: u64,
        /// The physical address.
        pa: u64,
    },
    /// The hardware failed while the kernel was working.
    #[error(transparent)]
    Hardware(Box<dyn Error + Send + Sync>),
    /// An operating system needs translation, in a mode that the machine has.
    #[error("an operating system cannot run in mode {} on {}", mode.name(), match xlen {
        Xlen::Rv32 => "RV32",
        Xlen::Rv64 => "RV64",
    })]
    Mode {
        /// The requested mode.
        mode: Mode,
        /// The machine's width.
        xlen: Xlen,
    },
    /// Memory is too small for the kernel and one process.
    #[error("{frames} frames with {kernel} reserved for the kernel leave no room for a process")]
    MemoryTooSmall {
        /// Frames in all.
        frames: u64,
        /// The kernel's share of them.
        kernel: u64,
    },
    /// A region of a process cannot be placed where it was put.
    #[error("process {process}: region {region}: {problem}")]
    Region {
        /// The process.
        process: String,
        /// The region.
        region: String,
        /// The reason.
        problem: String,
    },
    /// A conserved quantity was not conserved: a defect of this simulator or of the hardware.
    #[error("cycle {cycle}: invariant broken: {what}")]
    Invariant {
        /// When it was noticed.
        cycle: u64,
        /// Which quantity, with its figures.
        what: String,
    },
    /// The same access keeps faulting although the kernel has resolved the fault.
    #[error("cycle {cycle}: the access to {va:#x} still faults after the kernel resolved it")]
    Livelock {
        /// When the kernel gave up.
        cycle: u64,
        /// The access's virtual address.
        va: u64,
    },
}
