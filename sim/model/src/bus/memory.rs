//! Physical memory: RAM, ROM and devices at their addresses, functional and without timing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::Range;
use std::rc::Rc;

use super::pages::{BLANK, Frame, Pages};
use super::{Burst, Device, Request, Response};
use crate::golden::PteSource;
use crate::isa::PAGE_BYTES;
use crate::page::{PAGE_WORDS, PageData};
use crate::recent::Recent;

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
    /// The region overlaps another one.
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

/// The place of a page of RAM or ROM.
#[derive(Clone, Copy, Debug)]
struct Place {
    frame: Frame,
    writable: bool,
}

/// A page of RAM or ROM that was looked up. It stays valid for as long as the memory exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundPage(NonZeroU32);

const _: () = assert!(BLANK == 0);

struct Memory {
    /// By first address.
    regions: BTreeMap<u64, (Range<u64>, Kind)>,
    pages: Pages,
    /// A cache by page number, since accesses are clustered.
    recent: Recent<Place, 256>,
    devices: Vec<Box<dyn Device>>,
    /// [`PteSource::version`]
    version: u64,
}

/// A handle to one physical memory. Clones share it; all channels of a machine hold one.
///
/// RAM and ROM are sparse: only pages that were written take space, the others read as zero.
/// Accesses are 1, 2, 4 or 8 bytes and naturally aligned; anything else is refused with
/// [`BusError`], as is an address outside all regions.
#[derive(Clone)]
pub struct SharedMemory(Rc<RefCell<Memory>>);

impl SharedMemory {
    /// A memory without regions.
    pub fn new() -> SharedMemory {
        SharedMemory(Rc::new(RefCell::new(Memory {
            regions: BTreeMap::new(),
            pages: Pages::new(),
            recent: Recent::default(),
            devices: Vec::new(),
            version: 0,
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

    /// Maps RAM in `region` (whole pages).
    ///
    /// # Errors
    /// [`MapError`]: not whole pages, or an overlap with another region.
    pub fn map_ram(&self, region: Range<u64>) -> Result<(), MapError> {
        self.0.borrow_mut().map(region, Kind::Ram, PAGE_BYTES)
    }

    /// Maps ROM in `region` (whole pages): writes are refused, except by [`SharedMemory::load`].
    ///
    /// # Errors
    /// As [`SharedMemory::map_ram`].
    pub fn map_rom(&self, region: Range<u64>) -> Result<(), MapError> {
        self.0.borrow_mut().map(region, Kind::Rom, PAGE_BYTES)
    }

    /// Maps a device in `region` (multiples of 8 bytes).
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
    #[inline]
    pub fn read(&self, pa: u64, bytes: u8) -> Result<u64, BusError> {
        let memory = self.0.borrow();
        if let Some(place) = memory.place(pa, bytes)? {
            return Ok(memory.pages.read(place.frame, pa, bytes));
        }
        drop(memory);
        self.read_device(pa, bytes)
    }

    #[cold]
    fn read_device(&self, pa: u64, bytes: u8) -> Result<u64, BusError> {
        self.0.borrow_mut().device(pa, |device, offset| device.read(offset, bytes))
    }

    /// Looks up the page of an address in RAM or ROM. `None` for a device's page, for one that
    /// nothing answers, and for one that was never written.
    #[inline]
    pub fn find(&self, pa: u64) -> Option<FoundPage> {
        let place = self.0.borrow().place(pa, 1).ok()??;
        // All but [`BLANK`].
        NonZeroU32::new(place.frame).map(FoundPage)
    }

    /// The aligned 64-bit word of a page in which an address lies.
    #[inline]
    pub fn word(&self, page: FoundPage, pa: u64) -> u64 {
        self.0.borrow().pages.word(page.0.get(), pa)
    }

    /// Reads `bytes` as [`SharedMemory::read`] would, without side effects.
    ///
    /// # Errors
    /// [`BusError`].
    #[inline]
    pub fn peek(&self, pa: u64, bytes: u8) -> Result<u64, BusError> {
        let memory = self.0.borrow();
        if let Some(place) = memory.place(pa, bytes)? {
            return Ok(memory.pages.read(place.frame, pa, bytes));
        }
        drop(memory);
        self.0.borrow_mut().device(pa, |device, offset| device.peek(offset, bytes))
    }

    /// The aligned 64 bytes around an address, as eight little-endian words. `None` where anything but
    /// RAM or ROM answers for part of them.
    pub fn line(&self, pa: u64) -> Option<[u64; 8]> {
        let memory = self.0.borrow();
        let first = pa & !63;
        let mut words = [0; 8];
        for (word, pa) in words.iter_mut().zip((first..).step_by(8)) {
            let place = memory.place(pa, 8).ok()??;
            *word = memory.pages.read(place.frame, pa, 8);
        }
        Some(words)
    }

    /// Writes the low `bytes` of `value`, little-endian.
    ///
    /// # Errors
    /// [`BusError`]; then nothing is changed.
    #[inline]
    pub fn write(&self, pa: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        let mut memory = self.0.borrow_mut();
        match memory.place(pa, bytes)? {
            Some(place) if place.writable => memory.put(place, pa, bytes, value),
            Some(_) => return Err(BusError),
            None => memory.device(pa, |device, offset| device.write(offset, bytes, value))?,
        }
        Ok(())
    }

    /// Writes as [`SharedMemory::write`], and returns the aligned 64-bit word that was there before
    /// if its page was ever watched ([`PteSource::watch`]): it may be of a page table, and an MMU
    /// may remember it.
    ///
    /// # Errors
    /// [`BusError`]; then nothing is changed.
    #[inline]
    pub fn replace(&self, pa: u64, bytes: u8, value: u64) -> Result<Option<u64>, BusError> {
        let mut memory = self.0.borrow_mut();
        match memory.place(pa, bytes)? {
            Some(place) if place.writable => Ok(memory.put_over(place, pa, bytes, value)),
            Some(_) => Err(BusError),
            None => {
                memory.device(pa, |device, offset| device.write(offset, bytes, value))?;
                Ok(None)
            }
        }
    }

    /// Writes `desired` if memory holds `expected`, atomically; returns the value found. Devices
    /// and ROM refuse: they do not support atomic operations.
    ///
    /// # Errors
    /// [`BusError`]; then nothing is changed.
    pub fn compare_swap(
        &self,
        pa: u64,
        bytes: u8,
        expected: u64,
        desired: u64,
    ) -> Result<u64, BusError> {
        let mut memory = self.0.borrow_mut();
        let place = memory.place(pa, bytes)?.filter(|place| place.writable).ok_or(BusError)?;
        let found = memory.pages.read(place.frame, pa, bytes);
        if found == expected {
            memory.put(place, pa, bytes, desired);
        }
        Ok(found)
    }

    /// Places an image in RAM or ROM before the machine runs.
    ///
    /// # Errors
    /// [`BusError`] outside of RAM and ROM; the bytes before that place are written.
    pub fn load(&self, pa: u64, image: &[u8]) -> Result<(), BusError> {
        let mut memory = self.0.borrow_mut();
        for (offset, &byte) in image.iter().enumerate() {
            let pa = pa.checked_add(offset as u64).ok_or(BusError)?;
            let place = memory.place(pa, 1)?.ok_or(BusError)?;
            memory.put(place, pa, 1, byte.into());
        }
        Ok(())
    }

    /// Performs a bus request.
    #[inline]
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

    /// Performs a run of words within one page of RAM or, for reads, of ROM; returns their number.
    /// `None`, with nothing done, elsewhere.
    pub fn burst(&self, burst: &mut Burst<'_>) -> Option<usize> {
        let mut memory = self.0.borrow_mut();
        let (pa, count) = match burst {
            Burst::Read { pa, words } => (*pa, words.len()),
            Burst::Write { pa, words } => (*pa, words.len()),
        };
        let place = memory.place(pa, 8).ok()??;
        if pa % PAGE_BYTES / 8 + count as u64 > PAGE_WORDS as u64 {
            return None;
        }
        match burst {
            Burst::Read { words, .. } => {
                words.copy_from_slice(memory.pages.words(place.frame, pa, count));
            }
            Burst::Write { words, .. } if place.writable => memory.put_all(place, pa, words),
            Burst::Write { .. } => return None,
        }
        Some(count)
    }

    /// Shows every page of RAM or ROM with anything in it, in order: its address, its words, and
    /// whether it was ever watched ([`PteSource::watch`]); those that were are shown even if they are
    /// all zero.
    pub fn each_page(&self, mut show: impl FnMut(u64, &PageData, bool)) {
        let memory = self.0.borrow();
        let all = memory.pages.all().into_iter();
        for (page, words, watched) in all.filter(|(_, words, watched)| *watched || !is_zero(words))
        {
            show(page * PAGE_BYTES, words, watched);
        }
    }

    /// Puts back a page of RAM or ROM that [`SharedMemory::each_page`] has shown.
    ///
    /// # Errors
    /// [`BusError`]: no page of RAM or ROM is there.
    pub fn put_page(&self, pa: u64, words: &PageData, watched: bool) -> Result<(), BusError> {
        let mut memory = self.0.borrow_mut();
        if !pa.is_multiple_of(PAGE_BYTES) {
            return Err(BusError);
        }
        let place = memory.place(pa, 8)?.ok_or(BusError)?;
        memory.put_all(place, pa, words);
        drop(memory);
        if watched {
            self.watch(pa, 8);
        }
        Ok(())
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
        // Only the last region that starts before this one's end can overlap it.
        if let Some((_, (other, _))) = self.regions.range(..region.end).next_back()
            && other.end > region.start
        {
            return Err(MapError::Overlap(region, other.clone()));
        }
        self.regions.insert(region.start, (region, kind));
        self.version += 1;
        Ok(())
    }

    /// The place of an access to RAM or ROM; `None` for a device's region.
    #[inline]
    fn place(&self, pa: u64, bytes: u8) -> Result<Option<Place>, BusError> {
        if !matches!(bytes, 1 | 2 | 4 | 8) || pa & (u64::from(bytes) - 1) != 0 {
            return Err(BusError);
        }
        match self.recent.get(pa / PAGE_BYTES) {
            Some(place) => Ok(Some(place)),
            None => self.search(pa),
        }
    }

    #[cold]
    fn search(&self, pa: u64) -> Result<Option<Place>, BusError> {
        // Regions are multiples of 8 bytes, so an aligned access is within one or outside of all.
        let writable = match self.region(pa)?.1 {
            Kind::Device(_) => return Ok(None),
            kind => kind == Kind::Ram,
        };
        let page = pa / PAGE_BYTES;
        let place = Place { frame: self.pages.find(page), writable };
        self.recent.put(page, place);
        Ok(Some(place))
    }

    fn region(&self, pa: u64) -> Result<&(Range<u64>, Kind), BusError> {
        let last = self.regions.range(..=pa).next_back();
        last.map(|(_, found)| found).filter(|(region, _)| region.contains(&pa)).ok_or(BusError)
    }

    /// Writes to RAM or ROM.
    #[inline]
    fn put(&mut self, place: Place, pa: u64, bytes: u8, value: u64) {
        let frame = self.frame(place, pa);
        self.version += u64::from(self.pages.write(frame, pa, bytes, value));
    }

    /// The same; with the word before, if its page was ever watched.
    #[inline]
    fn put_over(&mut self, place: Place, pa: u64, bytes: u8, value: u64) -> Option<u64> {
        let frame = self.frame(place, pa);
        let (watched, old) = self.pages.replace(frame, pa, bytes, value);
        self.version += u64::from(watched);
        old
    }

    /// Writes words within one page of RAM.
    fn put_all(&mut self, place: Place, pa: u64, words: &[u64]) {
        let frame = self.frame(place, pa);
        self.version += u64::from(self.pages.write_all(frame, pa, words));
    }

    /// The frame of a page that is about to be written.
    #[inline]
    fn frame(&mut self, place: Place, pa: u64) -> Frame {
        let page = pa / PAGE_BYTES;
        let Some(frame) = self.pages.make(place.frame, page) else { return place.frame };
        self.recent.put(page, Place { frame, ..place });
        self.version += 1;
        frame
    }

    /// An access to the device at `pa`, with its offset there.
    fn device<T>(
        &mut self,
        pa: u64,
        access: impl FnOnce(&mut dyn Device, u64) -> Result<T, BusError>,
    ) -> Result<T, BusError> {
        let (region, Kind::Device(index)) = self.region(pa)?.clone() else { return Err(BusError) };
        access(self.devices[index].as_mut(), pa - region.start)
    }
}

fn is_zero(words: &PageData) -> bool {
    words.iter().all(|word| *word == 0)
}

impl PteSource for SharedMemory {
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError> {
        self.peek(pa, bytes as u8)
    }

    fn writable(&self, pa: u64, bytes: u64) -> bool {
        matches!(self.0.borrow().place(pa, bytes as u8), Ok(Some(place)) if place.writable)
    }

    /// A device's answers may change at any time, and cannot be watched.
    fn watch(&self, pa: u64, bytes: u64) -> bool {
        let memory = self.0.borrow();
        match memory.place(pa, bytes as u8) {
            Ok(Some(place)) => memory.pages.watch(place.frame),
            Ok(None) => return false,
            // Until a region is mapped there.
            Err(BusError) => {}
        }
        true
    }

    #[inline]
    fn version(&self) -> u64 {
        self.0.borrow().version
    }
}
