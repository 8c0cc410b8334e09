//! A disk on virtio: the block device of the virtio specification 1.2, section 5.2, on the memory
//! mapped registers of its section 4.2.

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::rc::Rc;

use model::bus::{BusError, Device, SharedMemory};
use serde::{Deserialize, Serialize};

use crate::queue::{self, Broken, Chain, Piece, Queue};
use crate::{OtherDevice, Source};

/// Bytes of a sector.
pub const SECTOR: u64 = 512;

const MAGIC: u32 = 0x7472_6976;
const VERSION: u32 = 2;
const BLOCK_DEVICE: u32 = 2;
/// That of QEMU, since small drivers accept no other.
const VENDOR: u32 = 0x554d_4551;
const FEATURE_READ_ONLY: u64 = 1 << 5;
const FEATURE_FLUSH: u64 = 1 << 9;
const FEATURE_VERSION_1: u64 = 1 << 32;
const STATUS_NEEDS_RESET: u32 = 0x40;
const USED_BUFFER: u32 = 1;
const CONFIGURATION: u64 = 0x100;
const TYPE_IN: u32 = 0;
const TYPE_OUT: u32 = 1;
const TYPE_FLUSH: u32 = 4;
const TYPE_ID: u32 = 8;
const HEADER: u64 = 16;
const OK: u8 = 0;
const FAILED: u8 = 1;
const UNSUPPORTED: u8 = 2;
const ID: &[u8; 20] = b"pagewalk-disk\0\0\0\0\0\0\0";

/// An image that cannot be a disk.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// It cannot be opened, read or written.
    #[error("the disk image {path} cannot be used: {error}")]
    Host {
        /// The image.
        path: String,
        /// The host's reason.
        error: io::Error,
    },
    /// Its size is no number of sectors.
    #[error("the disk image {path} has {bytes} bytes, which is no multiple of a sector of 512")]
    Size {
        /// The image.
        path: String,
        /// Its size.
        bytes: u64,
    },
}

/// What a disk is made of.
pub struct Disk {
    image: Image,
    sectors: u64,
    writable: bool,
}

enum Image {
    File(File),
    Memory(Vec<u8>),
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disk of {} sectors", self.sectors)
    }
}

impl Disk {
    /// A disk on an image file, which is written if the host allows it.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn open(path: &std::path::Path) -> Result<Disk, DiskError> {
        let host = |error| DiskError::Host { path: path.display().to_string(), error };
        let both = File::options().read(true).write(true).open(path);
        let (file, writable) = match both {
            Ok(file) => (file, true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                (File::open(path).map_err(host)?, false)
            }
            Err(error) => return Err(host(error)),
        };
        let bytes = file.metadata().map_err(host)?.len();
        if !bytes.is_multiple_of(SECTOR) {
            return Err(DiskError::Size { path: path.display().to_string(), bytes });
        }
        Ok(Disk { image: Image::File(file), sectors: bytes / SECTOR, writable })
    }

    /// The same in the host's memory: its image file, which `path` names, stays as it is.
    ///
    /// # Errors
    /// [`DiskError::Host`].
    pub fn copied(mut self, path: &std::path::Path) -> Result<Disk, DiskError> {
        let mut image = vec![0; (self.sectors * SECTOR) as usize];
        let host = |error| DiskError::Host { path: path.display().to_string(), error };
        self.read(0, &mut image).map_err(host)?;
        Ok(Disk { image: Image::Memory(image), ..self })
    }

    /// A disk in the host's memory; what is missing of its last sector is zero.
    pub fn in_memory(mut image: Vec<u8>) -> Disk {
        let sectors = (image.len() as u64).div_ceil(SECTOR);
        image.resize((sectors * SECTOR) as usize, 0);
        Disk { image: Image::Memory(image), sectors, writable: true }
    }

    /// Its size.
    pub fn sectors(&self) -> u64 {
        self.sectors
    }

    /// Whether bytes from a sector on are within the disk.
    fn has(&self, sector: u64, bytes: u64) -> bool {
        let place = sector.checked_mul(SECTOR).and_then(|place| place.checked_add(bytes));
        bytes.is_multiple_of(SECTOR) && place.is_some_and(|end| end <= self.sectors * SECTOR)
    }

    fn read(&mut self, sector: u64, into: &mut [u8]) -> io::Result<()> {
        let place = sector * SECTOR;
        match &mut self.image {
            Image::File(file) => {
                file.seek(SeekFrom::Start(place))?;
                file.read_exact(into)
            }
            Image::Memory(image) => {
                into.copy_from_slice(&image[place as usize..][..into.len()]);
                Ok(())
            }
        }
    }

    fn write(&mut self, sector: u64, from: &[u8]) -> io::Result<()> {
        let place = sector * SECTOR;
        match &mut self.image {
            Image::File(file) => {
                file.seek(SeekFrom::Start(place))?;
                file.write_all(from)
            }
            Image::Memory(image) => {
                image[place as usize..][..from.len()].copy_from_slice(from);
                Ok(())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.image {
            Image::File(file) => file.sync_data(),
            Image::Memory(_) => Ok(()),
        }
    }
}

#[derive(Debug)]
struct State {
    disk: Disk,
    source: Source,
    features_selected: u32,
    driver_features_selected: u32,
    status: u32,
    interrupt: u32,
    queue_selected: u32,
    queue: Queue,
    /// The driver has rung the bell.
    notified: bool,
}

/// The device. The driver's bell only sets a flag: [`Block::serve`] does the work, between two
/// accesses of the machine, and takes no time.
#[derive(Clone, Debug)]
pub struct Block(Rc<RefCell<State>>);

impl Block {
    /// A device with this disk, which interrupts by this source.
    pub fn new(disk: Disk, source: Source) -> Block {
        Block(Rc::new(RefCell::new(State {
            disk,
            source,
            features_selected: 0,
            driver_features_selected: 0,
            status: 0,
            interrupt: 0,
            queue_selected: 0,
            queue: Queue::default(),
            notified: false,
        })))
    }

    /// Whether [`Block::serve`] has something to do.
    #[inline]
    pub fn is_notified(&self) -> bool {
        self.0.borrow().notified
    }

    /// Serves every request that the driver has made available; returns what was written in memory,
    /// which who keeps copies of memory must know.
    pub fn serve(&self, memory: &SharedMemory) -> Vec<Range<u64>> {
        let mut state = self.0.borrow_mut();
        let mut written = Vec::new();
        if std::mem::take(&mut state.notified) && state.serve(memory, &mut written).is_err() {
            state.status |= STATUS_NEEDS_RESET;
        }
        written
    }
}

/// What the device remembers; what was written is in the disk's image.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockState {
    sectors: u64,
    writable: bool,
    /// Features selected by either side, status, interrupt, and the queue that is selected.
    registers: [u32; 5],
    queue: Queue,
    notified: bool,
}

impl Block {
    /// Its registers, and where it is in its queue.
    pub fn state(&self) -> BlockState {
        let state = self.0.borrow();
        BlockState {
            sectors: state.disk.sectors,
            writable: state.disk.writable,
            registers: [
                state.features_selected,
                state.driver_features_selected,
                state.status,
                state.interrupt,
                state.queue_selected,
            ],
            queue: state.queue,
            notified: state.notified,
        }
    }

    /// Goes on from a state.
    ///
    /// # Errors
    /// [`OtherDevice`]: the disk has another size, or can be written only now or then.
    pub fn restore(&self, saved: &BlockState) -> Result<(), OtherDevice> {
        let mut state = self.0.borrow_mut();
        if (state.disk.sectors, state.disk.writable) != (saved.sectors, saved.writable) {
            return Err(OtherDevice("disk"));
        }
        [
            state.features_selected,
            state.driver_features_selected,
            state.status,
            state.interrupt,
            state.queue_selected,
        ] = saved.registers;
        (state.queue, state.notified) = (saved.queue, saved.notified);
        Ok(())
    }
}

impl State {
    fn serve(
        &mut self,
        memory: &SharedMemory,
        written: &mut Vec<Range<u64>>,
    ) -> Result<(), Broken> {
        while let Some(chain) = self.queue.take(memory)? {
            let bytes = self.carry_out(&chain, memory, written)?;
            self.queue.give(chain.head, bytes, memory)?;
            written.push(self.queue.used_ring());
            self.interrupt |= USED_BUFFER;
            self.source.set(true);
        }
        Ok(())
    }

    /// One request: a header, data, and a byte for the outcome. Returns the bytes written.
    fn carry_out(
        &mut self,
        chain: &Chain,
        memory: &SharedMemory,
        written: &mut Vec<Range<u64>>,
    ) -> Result<u32, Broken> {
        let [header, data @ .., outcome] = chain.pieces.as_slice() else { return Err(Broken) };
        if header.writable
            || u64::from(header.bytes) < HEADER
            || !outcome.writable
            || outcome.bytes == 0
        {
            return Err(Broken);
        }
        let kind = memory.peek(header.pa, 4)? as u32;
        let mut sector = memory.peek(header.pa.checked_add(8).ok_or(Broken)?, 8)?;
        let (mut code, mut bytes) = (OK, 0_u32);
        match kind {
            TYPE_IN | TYPE_OUT => {
                for piece in data {
                    code = self.transfer(kind, sector, piece, memory)?;
                    if code != OK {
                        break;
                    }
                    if kind == TYPE_IN {
                        bytes = bytes.saturating_add(piece.bytes);
                        written.push(piece.pa..piece.pa + u64::from(piece.bytes));
                    }
                    sector += u64::from(piece.bytes) / SECTOR;
                }
            }
            TYPE_FLUSH => {
                if self.disk.flush().is_err() {
                    code = FAILED;
                }
            }
            TYPE_ID => {
                let piece = data.first().filter(|piece| piece.writable).ok_or(Broken)?;
                let count = ID.len().min(piece.bytes as usize);
                store(memory, piece.pa, &ID[..count])?;
                written.push(piece.pa..piece.pa + count as u64);
                bytes = count as u32;
            }
            _ => code = UNSUPPORTED,
        }
        let last = outcome.pa.checked_add(u64::from(outcome.bytes) - 1).ok_or(Broken)?;
        memory.write(last, 1, code.into())?;
        written.push(last..last + 1);
        Ok(bytes.saturating_add(1))
    }

    /// Moves one piece of data between disk and memory; returns the outcome's code.
    fn transfer(
        &mut self,
        kind: u32,
        sector: u64,
        piece: &Piece,
        memory: &SharedMemory,
    ) -> Result<u8, Broken> {
        if piece.writable != (kind == TYPE_IN) || piece.pa.checked_add(piece.bytes.into()).is_none()
        {
            return Err(Broken);
        }
        let fits = self.disk.has(sector, piece.bytes.into());
        if !fits || kind == TYPE_OUT && !self.disk.writable {
            return Ok(FAILED);
        }
        let mut buffer = vec![0; piece.bytes as usize];
        let done = if kind == TYPE_IN {
            let done = self.disk.read(sector, &mut buffer);
            if done.is_ok() {
                store(memory, piece.pa, &buffer)?;
            }
            done
        } else {
            for (byte, pa) in buffer.iter_mut().zip(piece.pa..) {
                *byte = memory.peek(pa, 1)? as u8;
            }
            self.disk.write(sector, &buffer)
        };
        Ok(if done.is_ok() { OK } else { FAILED })
    }

    fn features(&self) -> u64 {
        let read_only = if self.disk.writable { 0 } else { FEATURE_READ_ONLY };
        FEATURE_VERSION_1 | FEATURE_FLUSH | read_only
    }

    fn reset(&mut self) {
        self.features_selected = 0;
        self.driver_features_selected = 0;
        self.status = 0;
        self.interrupt = 0;
        self.queue_selected = 0;
        self.queue = Queue::default();
        self.notified = false;
        self.source.set(false);
    }

    fn read(&self, offset: u64) -> u32 {
        match offset {
            0x000 => MAGIC,
            0x004 => VERSION,
            0x008 => BLOCK_DEVICE,
            0x00c => VENDOR,
            0x010 => match self.features_selected {
                0 => self.features() as u32,
                1 => (self.features() >> 32) as u32,
                _ => 0,
            },
            0x034 if self.queue_selected == 0 => queue::MAX.into(),
            0x044 if self.queue_selected == 0 => self.queue.ready.into(),
            0x060 => self.interrupt,
            0x070 => self.status,
            CONFIGURATION => self.disk.sectors() as u32,
            0x104 => (self.disk.sectors() >> 32) as u32,
            _ => 0,
        }
    }

    fn write(&mut self, offset: u64, value: u32) {
        let first = self.queue_selected == 0;
        match offset {
            0x014 => self.features_selected = value,
            0x024 => self.driver_features_selected = value,
            0x030 => self.queue_selected = value,
            0x038 if first => self.queue.size = u16::try_from(value).unwrap_or(0),
            0x044 if first => self.queue.ready = value & 1 != 0,
            0x050 if value == 0 => self.notified = true,
            0x064 => {
                self.interrupt &= !value;
                self.source.set(self.interrupt != 0);
            }
            0x070 if value == 0 => self.reset(),
            0x070 => self.status = value | self.status & STATUS_NEEDS_RESET,
            0x080 | 0x084 if first => half(&mut self.queue.descriptors, offset, value),
            0x090 | 0x094 if first => half(&mut self.queue.available, offset, value),
            0x0a0 | 0x0a4 if first => half(&mut self.queue.used, offset, value),
            _ => {}
        }
    }
}

/// Sets the half of an address that a register is.
fn half(address: &mut u64, offset: u64, value: u32) {
    let shift = 8 * (offset & 4);
    *address = *address & !(0xffff_ffff << shift) | u64::from(value) << shift;
}

fn store(memory: &SharedMemory, pa: u64, bytes: &[u8]) -> Result<(), BusError> {
    for (&byte, pa) in bytes.iter().zip(pa..) {
        memory.write(pa, 1, byte.into())?;
    }
    Ok(())
}

impl Device for Block {
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        self.peek(offset, bytes)
    }

    fn write(&mut self, offset: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        let offset = crate::word(offset, bytes)?;
        self.0.borrow_mut().write(offset, value as u32);
        Ok(())
    }

    fn peek(&self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        let state = self.0.borrow();
        // The configuration may be read in any size.
        if offset >= CONFIGURATION {
            let word = u64::from(state.read(offset & !3)) >> (8 * (offset & 3));
            let upper = u64::from(state.read((offset & !3) + 4));
            return Ok(match bytes {
                8 => word | upper << 32,
                _ => word & ((1 << (8 * bytes)) - 1),
            });
        }
        Ok(state.read(crate::word(offset, bytes)?).into())
    }
}
