//! How a driver and a virtio device exchange buffers: the split virtqueue of the virtio
//! specification 1.2, section 2.7.

use model::bus::{BusError, SharedMemory};
use serde::{Deserialize, Serialize};

/// The largest number of descriptors.
pub(crate) const MAX: u16 = 64;

const NEXT: u16 = 1;
const WRITE: u16 = 2;

/// The driver's structures are not as the specification wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl From<BusError> for Broken {
    fn from(_: BusError) -> Broken {
        Broken
    }
}

/// A piece of a buffer in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) pa: u64,
    pub(crate) bytes: u32,
    /// The device writes it; else it reads it.
    pub(crate) writable: bool,
}

/// A chain of pieces, and the number by which the driver knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) head: u16,
    pub(crate) pieces: Vec<Piece>,
}

/// One queue, as the driver has placed it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Queue {
    pub(crate) ready: bool,
    pub(crate) size: u16,
    /// Physical addresses of the descriptor table and the two rings.
    pub(crate) descriptors: u64,
    pub(crate) available: u64,
    pub(crate) used: u64,
    /// The device's positions in the rings.
    taken: u16,
    given: u16,
}

impl Queue {
    /// The next chain that the driver has made available.
    ///
    /// # Errors
    /// [`Broken`]: a chain that has no end, or an address without memory.
    pub(crate) fn take(&mut self, memory: &SharedMemory) -> Result<Option<Chain>, Broken> {
        if !self.ready {
            return Ok(None);
        }
        if self.size == 0 || self.size > MAX || !self.size.is_power_of_two() {
            return Err(Broken);
        }
        let end = memory.peek(at(self.available, 2)?, 2)? as u16;
        if end == self.taken {
            return Ok(None);
        }
        let place = u64::from(self.taken % self.size);
        let head = memory.peek(at(self.available, 4 + 2 * place)?, 2)? as u16;
        self.taken = self.taken.wrapping_add(1);
        let mut pieces = Vec::new();
        let mut index = head;
        loop {
            if index >= self.size || pieces.len() == usize::from(self.size) {
                return Err(Broken);
            }
            let entry = at(self.descriptors, 16 * u64::from(index))?;
            let flags = memory.peek(at(entry, 12)?, 2)? as u16;
            pieces.push(Piece {
                pa: memory.peek(entry, 8)?,
                bytes: memory.peek(at(entry, 8)?, 4)? as u32,
                writable: flags & WRITE != 0,
            });
            if flags & NEXT == 0 {
                return Ok(Some(Chain { head, pieces }));
            }
            index = memory.peek(at(entry, 14)?, 2)? as u16;
        }
    }

    /// Gives a chain back, after `written` bytes were written into it.
    ///
    /// # Errors
    /// [`Broken`]: an address without memory.
    pub(crate) fn give(
        &mut self,
        head: u16,
        written: u32,
        memory: &SharedMemory,
    ) -> Result<(), Broken> {
        let place = u64::from(self.given % self.size);
        let element = at(self.used, 4 + 8 * place)?;
        memory.write(element, 4, head.into())?;
        memory.write(at(element, 4)?, 4, written.into())?;
        self.given = self.given.wrapping_add(1);
        Ok(memory.write(at(self.used, 2)?, 2, self.given.into())?)
    }

    /// The part of memory that [`Queue::give`] writes.
    pub(crate) fn used_ring(&self) -> std::ops::Range<u64> {
        self.used..self.used.saturating_add(6 + 8 * u64::from(self.size))
    }
}

fn at(base: u64, offset: u64) -> Result<u64, Broken> {
    base.checked_add(offset).ok_or(Broken)
}
