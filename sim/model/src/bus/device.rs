//! Devices: they answer at physical addresses without being memory.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::BusError;

/// A memory-mapped device. Offsets count from the start of its region; accesses are naturally
/// aligned. Every call of `read` and `write` is one access and may have side effects, so a
/// request must reach a device exactly once.
pub trait Device {
    /// One load.
    ///
    /// # Errors
    /// [`BusError`] if the device refuses this offset or size.
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError>;

    /// One store.
    ///
    /// # Errors
    /// [`BusError`] if the device refuses this offset or size.
    fn write(&mut self, offset: u64, bytes: u8, value: u64) -> Result<(), BusError>;

    /// The value that a load would return now, without side effects: for debuggers and checkers.
    ///
    /// # Errors
    /// As [`Device::read`].
    fn peek(&self, offset: u64, bytes: u8) -> Result<u64, BusError>;
}

#[derive(Debug, Default)]
struct ConsoleState {
    typed: VecDeque<u8>,
    printed: Vec<u8>,
    reads: u64,
}

/// A console: a read removes the next typed character, a write prints one.
///
/// | offset | read | write |
/// |---|---|---|
/// | 0 | next character typed; 0 if there is none | prints the low byte |
/// | 8 | number of characters not read yet | refused |
/// | 16 | reads of offset 0 so far: an access made twice or never is detected here | refused |
///
/// Registers are accessed 1, 2, 4 or 8 bytes wide at their own offset. A clone outside of the
/// machine types and reads the output.
#[derive(Clone, Debug, Default)]
pub struct Console(Rc<RefCell<ConsoleState>>);

impl Console {
    /// Bytes of its region.
    pub const BYTES: u64 = 24;

    /// A console with nothing typed.
    pub fn new() -> Console {
        Console::default()
    }

    /// Types characters.
    pub fn type_in(&self, text: &[u8]) {
        self.0.borrow_mut().typed.extend(text);
    }

    /// What was printed so far.
    pub fn printed(&self) -> Vec<u8> {
        self.0.borrow().printed.clone()
    }
}

impl Device for Console {
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        let value = self.peek(offset, bytes)?;
        if offset == 0 {
            let mut state = self.0.borrow_mut();
            state.typed.pop_front();
            state.reads += 1;
        }
        Ok(value)
    }

    fn write(&mut self, offset: u64, _bytes: u8, value: u64) -> Result<(), BusError> {
        if offset != 0 {
            return Err(BusError);
        }
        self.0.borrow_mut().printed.push(value as u8);
        Ok(())
    }

    fn peek(&self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        let state = self.0.borrow();
        let value = match offset {
            0 => state.typed.front().copied().unwrap_or(0).into(),
            8 => state.typed.len() as u64,
            16 => state.reads,
            _ => return Err(BusError),
        };
        Ok(if bytes == 8 { value } else { value & ((1 << (8 * bytes)) - 1) })
    }
}
