//! The kernel's interface to the hardware below it.

use super::{Event, OsError};
use crate::space::table::Walk;
use model::isa::{Sizes, Xlen};
use model::mmu::Fence;
pub use model::page::{PAGE_WORDS, PageData};
use strum::{IntoStaticStr, VariantNames};

/// The activity to which cycles are charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Activity {
    /// The process runs.
    #[default]
    Process,
    /// The kernel handles a trap.
    Handler,
    /// The processor waits for the disk.
    #[strum(serialize = "disk_wait")]
    Disk,
    /// The kernel switches processes.
    Switch,
    /// No process is ready, and the machine is idle.
    Idle,
    /// The kernel accesses the process's memory at its virtual addresses, through the MMU.
    UserCopy,
}

/// The hardware as the kernel sees it. Memory accesses go over the kernel's bus channel and cost
/// cycles there; no operation is instantaneous unless it says so.
pub trait Hal {
    /// The machine's XLEN.
    fn xlen(&self) -> Xlen;

    /// What the machine implements of ASIDs, of physical addresses and of schemes.
    fn sizes(&self) -> Sizes {
        Sizes::ALL
    }

    /// The current cycle.
    fn now(&self) -> u64;

    /// Reads `bytes` (4 or 8) at `pa`.
    ///
    /// # Errors
    /// [`OsError::Refused`] if memory refuses, [`OsError::Hardware`] if the machine fails.
    fn read(&mut self, pa: u64, bytes: u8) -> Result<u64, OsError>;

    /// Reads the entries of a walk through a page table, each as [`Hal::read`] does; returns the last
    /// one.
    ///
    /// # Errors
    /// As [`Hal::read`].
    fn walk(&mut self, walk: &mut Walk) -> Result<u64, OsError> {
        walk_by_reads(self, walk)
    }

    /// Writes `bytes` (4 or 8) at `pa`.
    ///
    /// # Errors
    /// As [`Hal::read`].
    fn write(&mut self, pa: u64, bytes: u8, value: u64) -> Result<(), OsError>;

    /// Atomically replaces `expected` by `desired`; returns the value found, which tells whether it
    /// was replaced.
    ///
    /// # Errors
    /// As [`Hal::read`].
    fn compare_swap(
        &mut self,
        pa: u64,
        bytes: u8,
        expected: u64,
        desired: u64,
    ) -> Result<u64, OsError>;

    /// Reads a whole page, one word per cycle at best.
    ///
    /// # Errors
    /// As [`Hal::read`]; then a part of `data` may be changed.
    fn read_page(&mut self, pa: u64, data: &mut PageData) -> Result<(), OsError>;

    /// Writes a whole page, one word per cycle at best.
    ///
    /// # Errors
    /// As [`Hal::read`].
    fn write_page(&mut self, pa: u64, data: &PageData) -> Result<(), OsError>;

    /// An `SFENCE.VMA` through the MMU's fence port; complete on return.
    ///
    /// # Errors
    /// [`OsError::Hardware`] when the MMU never accepts it.
    fn fence(&mut self, fence: Fence) -> Result<(), OsError>;

    /// Writes the `satp` register.
    fn set_satp(&mut self, satp: u64);

    /// Lets `cycles` pass.
    ///
    /// # Errors
    /// [`OsError::Hardware`] if the machine fails in the meantime.
    fn wait(&mut self, cycles: u64) -> Result<(), OsError>;

    /// Charges later cycles to another activity; returns the one charged until now.
    fn charge(&mut self, activity: Activity) -> Activity;

    /// Whether events are consumed; if not, they need not be produced.
    fn is_watched(&self) -> bool {
        true
    }

    /// Reports an event to the observers. Takes no time.
    fn event(&mut self, event: Event);

    /// A debugger's read of memory, for checks: no bus, no cycles. `None` outside memory.
    fn peek(&self, pa: u64, bytes: u8) -> Option<u64>;

    /// As [`Hal::peek`], a whole page. False outside memory; `data` is not changed then.
    fn peek_page(&self, pa: u64, data: &mut PageData) -> bool;
}

/// [`Hal::walk`] by [`Hal::read`].
///
/// # Errors
/// As [`Hal::read`].
pub fn walk_by_reads<H: Hal + ?Sized>(hal: &mut H, walk: &mut Walk) -> Result<u64, OsError> {
    loop {
        let entry = hal.read(walk.at(), walk.bytes())?;
        if !walk.follow(entry) {
            return Ok(entry);
        }
    }
}
