//! Power-off and reboot, by the register of SiFive's test finisher.

use std::cell::Cell;
use std::rc::Rc;

use model::bus::{BusError, Device};

/// How software ended the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It turned the power off.
    PowerOff,
    /// It asked for a reboot.
    Reboot,
    /// It reported a failure, with its code.
    Failure(u16),
}

/// The device: one register of 32 bits. 0x5555 turns the power off, 0x7777 reboots, and 0x3333 is a
/// failure whose code is in the upper half; other values do nothing. It reads as zero.
#[derive(Clone, Debug, Default)]
pub struct Syscon(Rc<Cell<Option<Ending>>>);

impl Syscon {
    /// A device that was not written yet.
    pub fn new() -> Syscon {
        Syscon::default()
    }

    /// The value that turns the power off.
    pub const POWER_OFF: u32 = 0x5555;
    /// The value that reboots.
    pub const REBOOT: u32 = 0x7777;
    /// The lower half of a value that is a failure.
    pub const FAILURE: u32 = 0x3333;

    /// How software has ended the machine, if it has.
    #[inline]
    pub fn ending(&self) -> Option<Ending> {
        self.0.get()
    }

    /// Software ends the machine by other means, as by a call of the SBI.
    pub fn end(&self, ending: Ending) {
        self.0.set(Some(ending));
    }
}

impl Device for Syscon {
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        self.peek(offset, bytes)
    }

    fn write(&mut self, offset: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        if offset == 0 && bytes >= 2 {
            match value as u32 & 0xffff {
                Syscon::POWER_OFF => self.end(Ending::PowerOff),
                Syscon::REBOOT => self.end(Ending::Reboot),
                Syscon::FAILURE => self.end(Ending::Failure((value >> 16) as u16)),
                _ => {}
            }
        }
        Ok(())
    }

    fn peek(&self, _offset: u64, _bytes: u8) -> Result<u64, BusError> {
        Ok(0)
    }
}
