//! What a hart asks of everything around it.

use crate::Op;
use model::isa::{Fault, Privilege};
use model::mmu::{Fence, Request, Response};
use std::task::Poll;

/// Memory, or the bus on the way to it, refused an access: it becomes an access fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// What an atomic memory operation does with the value in memory and that of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modify {
    /// Takes the register's.
    Swap,
    /// Adds them.
    Add,
    /// Exclusive or.
    Xor,
    /// And.
    And,
    /// Or.
    Or,
    /// The lesser, of signed numbers.
    Min,
    /// The greater, of signed numbers.
    Max,
    /// The lesser, of unsigned numbers.
    Minu,
    /// The greater, of unsigned numbers.
    Maxu,
}

impl Modify {
    /// The value to write, of which the lowest `bytes` (4 or 8) count.
    pub fn apply(self, memory: u64, register: u64, bytes: u8) -> u64 {
        let unused = 64 - 8 * u32::from(bytes.min(8));
        let signed = |value: u64| (value << unused) as i64 >> unused;
        let unsigned = |value: u64| value << unused >> unused;
        match self {
            Modify::Swap => register,
            Modify::Add => memory.wrapping_add(register),
            Modify::Xor => memory ^ register,
            Modify::And => memory & register,
            Modify::Or => memory | register,
            Modify::Min => signed(memory).min(signed(register)) as u64,
            Modify::Max => signed(memory).max(signed(register)) as u64,
            Modify::Minu => unsigned(memory).min(unsigned(register)),
            Modify::Maxu => unsigned(memory).max(unsigned(register)),
        }
    }
}

/// A register outside the MMU's requests that software changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// `satp` has this value.
    Satp(u64),
    /// The bits of `menvcfg` that concern translation.
    Translation {
        /// `menvcfg.ADUE`
        adue: bool,
        /// `menvcfg.PBMTE`
        pbmte: bool,
    },
    /// A `pmpcfg` or `pmpaddr` register was written.
    Pmp {
        /// The number of the CSR.
        csr: u16,
        /// What software wrote, before anything was made legal.
        value: u64,
    },
    /// `stimecmp` or `menvcfg.STCE` changed: [`crate::Hart::deadline`] did too.
    Deadline,
}

/// Everything around a hart: translation, memory, time.
///
/// Each method that returns a [`Poll`] is a question. `Pending` means *not yet*: the hart stops,
/// and its next step asks the same question again, with the same arguments, until the answer is
/// `Ready`. Only a fetch may be given up, when an interrupt comes first: then the hart asks for
/// another address, and the answer to the first is of no interest any more.
pub trait Surroundings {
    /// The instruction at `pc`, fetched in a mode of this privilege and decoded for the hart's
    /// configuration ([`crate::Decoder`]). It is never [`Op::UNKNOWN`].
    ///
    /// A fault's `tval` is the address of the part that could not be fetched: `pc`, or the begin of
    /// the next page if the instruction goes on there.
    fn fetch(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>>;

    /// The physical address of a load or a store, translated and checked. Aligned to its size.
    fn translate(&mut self, request: &Request) -> Poll<Response>;

    /// Reads 1, 2, 4 or 8 bytes at an aligned physical address, as an unsigned number.
    fn load(&mut self, pa: u64, bytes: u8) -> Poll<Result<u64, Refused>>;

    /// Writes them, the lowest of the value.
    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Poll<Result<(), Refused>>;

    /// Reads 4 or 8 bytes and writes what becomes of them, with nothing in between. Returns what
    /// was read.
    fn modify(
        &mut self,
        pa: u64,
        bytes: u8,
        modify: Modify,
        register: u64,
    ) -> Poll<Result<u64, Refused>>;

    /// `sfence.vma` or `sinval.vma`. What is fetched after it is translated after it.
    fn fence(&mut self, fence: Fence) -> Poll<()>;

    /// `fence.i`: what is fetched after it sees the hart's stores before it.
    fn fence_instructions(&mut self) -> Poll<()>;

    /// A register has changed. It counts for everything that is asked from now on; the next
    /// instruction has not been asked for.
    fn changed(&mut self, control: Control);

    /// `mtime`, for the CSR `time`.
    fn time(&mut self) -> u64;

    /// Cycles since reset, for the CSR `mcycle`.
    fn cycles(&mut self) -> u64;
}
