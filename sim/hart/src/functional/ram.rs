//! Memory as one range of bytes.

use model::bus::BusError;
use model::golden::PteSource;
use model::isa::PAGE_BYTES;

/// RAM at a range of physical addresses.
#[derive(Clone, Debug)]
pub struct Ram {
    base: u64,
    bytes: Vec<u8>,
}

impl Ram {
    /// Zeroed RAM from `base` on. Base and size are rounded down and up to pages.
    pub fn new(base: u64, size: usize) -> Ram {
        let pages = size.div_ceil(PAGE_BYTES as usize);
        Ram { base: base - base % PAGE_BYTES, bytes: vec![0; pages * PAGE_BYTES as usize] }
    }

    /// Its first address.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes bytes from outside; those beyond the RAM are lost, and `false` says so.
    pub fn write(&mut self, pa: u64, bytes: &[u8]) -> bool {
        let at = pa.wrapping_sub(self.base) as usize;
        let room = at.checked_add(bytes.len()).and_then(|end| self.bytes.get_mut(at..end));
        match room {
            Some(room) => room.copy_from_slice(bytes),
            None => return false,
        }
        true
    }

    /// Its number of pages.
    pub(super) fn pages(&self) -> usize {
        self.bytes.len() / PAGE_BYTES as usize
    }

    /// The number of the page with an address.
    pub(super) fn page(&self, pa: u64) -> Option<usize> {
        let at = pa.wrapping_sub(self.base);
        (at < self.bytes.len() as u64).then_some((at / PAGE_BYTES) as usize)
    }

    /// Reads 1, 2, 4 or 8 bytes; `None` where there is no RAM.
    #[inline(always)]
    pub fn load(&self, pa: u64, bytes: u8) -> Option<u64> {
        let place = self.bytes.get(pa.wrapping_sub(self.base) as usize..)?;
        Some(match bytes {
            1 => u64::from(*place.first()?),
            2 => u64::from(u16::from_le_bytes(*place.first_chunk()?)),
            4 => u64::from(u32::from_le_bytes(*place.first_chunk()?)),
            _ => u64::from_le_bytes(*place.first_chunk()?),
        })
    }

    /// Writes them; returns their offset in the RAM.
    #[inline(always)]
    pub fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Option<usize> {
        let at = pa.wrapping_sub(self.base) as usize;
        let place = self.bytes.get_mut(at..)?;
        match bytes {
            1 => *place.first_mut()? = value as u8,
            2 => *place.first_chunk_mut()? = (value as u16).to_le_bytes(),
            4 => *place.first_chunk_mut()? = (value as u32).to_le_bytes(),
            _ => *place.first_chunk_mut()? = value.to_le_bytes(),
        }
        Some(at)
    }
}

impl PteSource for Ram {
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError> {
        self.load(pa, bytes as u8).ok_or(BusError)
    }

    fn writable(&self, pa: u64, _: u64) -> bool {
        self.page(pa).is_some()
    }
}
