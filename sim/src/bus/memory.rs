//! Physical memory: RAM, ROM and devices at their addresses, functional and without time.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::pages::Pages;
use super::{Device, Request, Response};
use crate::golden::PteSource;
use crate::isa::PAGE_BYTES;

/// Nothing answered at a physical address, or it refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing answers at this physical address, or it refused")]
pub struct BusError;

/// A region that cannot be mapped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Empty, or RAM and ROM that are not whole pages.
    #[error("region {0:#x?} is empty or not made of whole 4 KiB pages")]
    Shape(Range<u64>),
    /// Something answers there already.
    #[error("region {0:#x?} overlaps region {1:#x?}")]
    Overlap(Range<u64>, Range<u64>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ram,
    Rom,
    /// An index into the devices.
    Device(usize),
}

struct Memory {
    /// By first address.
    regions: BTreeMap<u64, (Range<u64>, Kind)>,
    /// The region found last: accesses cluster.
    recent: (Range<u64>, Kind),
    pages: Pages,
    devices: Vec<Box<dyn Device>>,
}

/// A handle to one physical memory. Clones share it; all channels of a machine hold one.
///
/// RAM and ROM are sparse: only pages that were written take space, the others read as zero.
/// Accesses are 1, 2, 4 or 8 bytes and naturally aligned; anything else is refused with
/// [`BusError`], as is whatever no region answers.
#[derive(Clone)]
pub struct SharedMemory(Rc<RefCell<Memory>>);

impl SharedMemory {
    /// A memory in which nothing answers yet.
    pub fn new() -> SharedMemory {
        SharedMemory(Rc::new(RefCell::new(Memory {
            regions: BTreeMap::new(),
            recent: (0..0, Kind::Rom),
            pages: Pages::new(),
            devices: Vec::new(),
        })))
    }

    /// A memory with one RAM region.
    ///
    /// # Errors
    /// As [`SharedMemory::map_ram`].
    pub fn with_ram(region: Range<u64>) -> Result<SharedMemory, MapError> {
        let memory = SharedMemory::new();
        memory.map_ram(region)?;
        Ok(memory)
    }

    /// Lets RAM answer in `region` (whole pages).
    ///
    /// # Errors
    /// [`MapError`]: not whole pages, or something is there already.
    pub fn map_ram(&self, region: Range<u64>) -> Result<(), MapError> {
        self.0.borrow_mut().map(region, Kind::Ram, PAGE_BYTES)
    }

    /// Lets ROM answer in `region` (whole pages): writes are refused, except by
    /// [`SharedMemory::load`].
    ///
    /// # Errors
    /// As [`SharedMemory::map_ram`].
    pub fn map_rom(&self, region: Range<u64>) -> Result<(), MapError> {
        self.0.borrow_mut().map(region, Kind::Rom, PAGE_BYTES)
    }

    /// Lets a device answer in `region` (multiples of 8 bytes).
    ///
    /// # Errors
    /// As [`SharedMemory::map_ram`].
    pub fn map_device(&self, region: Range<u64>, device: Box<dyn Device>) -> Result<(), MapError> {
        let mut memory = self.0.borrow_mut();
        let index = memory.devices.len();
        memory.map(region, Kind::Device(index), 8)?;
        memory.devices.push(device);
        Ok(())
    }

    /// Reads `bytes`, little-endian. A device's read has its side effects.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn read(&self, pa: u64, bytes: u8) -> Result<u64, BusError> {
        let mut memory = self.0.borrow_mut();
        let (region, kind) = memory.find(pa, bytes)?;
        match kind {
            Kind::Ram | Kind::Rom => Ok(memory.pages.read(pa, bytes.into())),
            Kind::Device(index) => memory.devices[index].read(pa - region, bytes),
        }
    }

    /// Reads `bytes` as [`SharedMemory::read`] would, without side effects.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn peek(&self, pa: u64, bytes: u8) -> Result<u64, BusError> {
        let mut memory = self.0.borrow_mut();
        let (region, kind) = memory.find(pa, bytes)?;
        match kind {
            Kind::Ram | Kind::Rom => Ok(memory.pages.read(pa, bytes.into())),
            Kind::Device(index) => memory.devices[index].peek(pa - region, bytes),
        }
    }

    /// Writes the low `bytes` of `value`, little-endian.
    ///
    /// # Errors
    /// [`BusError`]; nothing is changed then.
    pub fn write(&self, pa: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        let mut memory = self.0.borrow_mut();
        let (region, kind) = memory.find(pa, bytes)?;
        match kind {
            Kind::Ram => memory.pages.write(pa, bytes.into(), value),
            Kind::Rom => return Err(BusError),
            Kind::Device(index) => memory.devices[index].write(pa - region, bytes, value)?,
        }
        Ok(())
    }

    /// Writes `desired` if memory holds `expected`, in one step; returns what was found. Devices
    /// and ROM refuse: they do not support atomic operations.
    ///
    /// # Errors
    /// [`BusError`]; nothing is changed then.
    pub fn compare_swap(
        &self,
        pa: u64,
        bytes: u8,
        expected: u64,
        desired: u64,
    ) -> Result<u64, BusError> {
        let mut memory = self.0.borrow_mut();
        let (_, Kind::Ram) = memory.find(pa, bytes)? else { return Err(BusError) };
        let found = memory.pages.read(pa, bytes.into());
        if found == expected {
            memory.pages.write(pa, bytes.into(), desired);
        }
        Ok(found)
    }

    /// Places an image in RAM or ROM before the machine runs.
    ///
    /// # Errors
    /// [`BusError`] where neither is; the bytes before that place are written.
    pub fn load(&self, pa: u64, image: &[u8]) -> Result<(), BusError> {
        let mut memory = self.0.borrow_mut();
        for (offset, &byte) in image.iter().enumerate() {
            let pa = pa.checked_add(offset as u64).ok_or(BusError)?;
            if let (_, Kind::Device(_)) = memory.find(pa, 1)? {
                return Err(BusError);
            }
            memory.pages.write(pa, 1, byte.into());
        }
        Ok(())
    }

    /// Carries out a bus request.
    pub fn perform(&self, request: Request) -> Response {
        let done = match request {
            Request::Read { pa, bytes } => self.read(pa, bytes).map(|value| (value, false)),
            Request::Write { pa, bytes, value } => {
                self.write(pa, bytes, value).map(|()| (0, false))
            }
            Request::CompareSwap { pa, bytes, expected, desired } => self
                .compare_swap(pa, bytes, expected, desired)
                .map(|found| (found, found == expected)),
        };
        match done {
            Ok((value, swapped)) => Response { value, error: false, swapped },
            Err(BusError) => Response { value: 0, error: true, swapped: false },
        }
    }

    /// Pages that take space on the host.
    pub fn resident_pages(&self) -> usize {
        self.0.borrow().pages.count()
    }
}

impl Default for SharedMemory {
    fn default() -> SharedMemory {
        SharedMemory::new()
    }
}

impl Memory {
    fn map(&mut self, region: Range<u64>, kind: Kind, unit: u64) -> Result<(), MapError> {
        if region.is_empty()
            || !region.start.is_multiple_of(unit)
            || !region.end.is_multiple_of(unit)
        {
            return Err(MapError::Shape(region));
        }
        // Only the last region that starts before this one's end can reach into it.
        if let Some((_, (other, _))) = self.regions.range(..region.end).next_back()
            && other.end > region.start
        {
            return Err(MapError::Overlap(region, other.clone()));
        }
        self.regions.insert(region.start, (region, kind));
        Ok(())
    }

    /// The region that answers an access: its first address and its kind.
    fn find(&mut self, pa: u64, bytes: u8) -> Result<(u64, Kind), BusError> {
        if !matches!(bytes, 1 | 2 | 4 | 8) || !pa.is_multiple_of(u64::from(bytes)) {
            return Err(BusError);
        }
        // Regions are multiples of 8 bytes, so an aligned access lies in one or in none.
        if !self.recent.0.contains(&pa) {
            let (_, found) = self.regions.range(..=pa).next_back().ok_or(BusError)?;
            if !found.0.contains(&pa) {
                return Err(BusError);
            }
            self.recent = found.clone();
        }
        Ok((self.recent.0.start, self.recent.1))
    }
}

impl PteSource for SharedMemory {
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError> {
        self.peek(pa, bytes as u8)
    }

    fn writable(&self, pa: u64, bytes: u64) -> bool {
        matches!(self.0.borrow_mut().find(pa, bytes as u8), Ok((_, Kind::Ram)))
    }
}
