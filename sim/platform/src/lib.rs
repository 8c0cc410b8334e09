//! What a small RISC-V machine has besides harts and memory, as far as OpenSBI and Linux need it.
//!
//! | module | what it is |
//! |---|---|
//! | [`Map`] (`map`) | where everything is, and which interrupts it raises |
//! | [`Clock`] (`clock`) | the time that devices and harts see |
//! | [`Lines`] (`lines`) | interrupt lines into a hart |
//! | [`Clint`] (`clint`) | timer and software interrupts |
//! | [`Plic`], [`Source`] (`plic`) | the platform-level interrupt controller |
//! | [`Uart`] (`uart`) | a 16550 serial port |
//! | [`Syscon`], [`Ending`] (`syscon`) | power-off and reboot |
//! | [`Block`], [`Disk`] (`block`) | a disk on virtio |
//! | `queue` | how a driver and a virtio device exchange buffers |
//! | [`Tree`] (`tree`) | the device tree that tells software about all of it |
//!
//! Devices answer at physical addresses as [`model::bus::Device`]. Each is a handle to one device:
//! a clone beside the machine types, looks, or connects a line. What a device remembers can be kept
//! outside of it (`state`) and put back into one like it (`restore`). Nothing here knows a hart, an MMU
//! or the host's clock; time passes when the machine says so.

mod block;
mod clint;
mod clock;
mod lines;
mod map;
mod plic;
mod queue;
mod syscon;
mod tree;
mod uart;

pub use block::{Block, BlockState, Disk, DiskError, SECTOR};
pub use clint::{Clint, ClintState};
pub use clock::{Clock, ClockState};
pub use lines::Lines;
pub use map::Map;
pub use plic::{Plic, PlicState, Source};
pub use syscon::{Ending, Syscon};
pub use tree::{Tree, TreeError};
pub use uart::{Uart, UartState};

use model::bus::BusError;

/// A state of a device that is another one: which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {0} is not the one whose state this is")]
pub struct OtherDevice(&'static str);

/// The registers of a device that has only words of 32 bits.
fn word(offset: u64, bytes: u8) -> Result<u64, BusError> {
    if bytes == 4 && offset.is_multiple_of(4) { Ok(offset) } else { Err(BusError) }
}

#[cfg(test)]
mod tests;
