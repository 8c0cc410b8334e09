//! Plain memory as the hardware, for tests of single modules: no MMU, and a simple count as time.

use super::{Activity, Event, Hal, OsError, PageData};
use model::isa::{PAGE_BYTES, Xlen};
use model::mmu::Fence;
use std::collections::HashMap;

/// Memory that never refuses, and a record of the fences.
#[derive(Default)]
pub(crate) struct Flat {
    halves: HashMap<u64, u32>,
    pub(crate) fences: Vec<Fence>,
    cycles: u64,
}

impl Hal for Flat {
    fn xlen(&self) -> Xlen {
        Xlen::Rv64
    }

    fn now(&self) -> u64 {
        self.cycles
    }

    fn read(&mut self, pa: u64, bytes: u8) -> Result<u64, OsError> {
        self.cycles += 1;
        Ok(self.peek(pa, bytes).unwrap_or_default())
    }

    fn write(&mut self, pa: u64, bytes: u8, value: u64) -> Result<(), OsError> {
        self.cycles += 1;
        self.halves.insert(pa, value as u32);
        if bytes == 8 {
            self.halves.insert(pa + 4, (value >> 32) as u32);
        }
        Ok(())
    }

    fn compare_swap(
        &mut self,
        pa: u64,
        bytes: u8,
        expected: u64,
        desired: u64,
    ) -> Result<u64, OsError> {
        let found = self.read(pa, bytes)?;
        if found == expected {
            self.write(pa, bytes, desired)?;
        }
        Ok(found)
    }

    fn read_page(&mut self, pa: u64, data: &mut PageData) -> Result<(), OsError> {
        for (word, at) in data.iter_mut().zip((pa..pa + PAGE_BYTES).step_by(8)) {
            *word = self.read(at, 8)?;
        }
        Ok(())
    }

    fn write_page(&mut self, pa: u64, data: &PageData) -> Result<(), OsError> {
        (pa..).step_by(8).zip(data).try_for_each(|(at, word)| self.write(at, 8, *word))
    }

    fn fence(&mut self, fence: Fence) -> Result<(), OsError> {
        self.fences.push(fence);
        Ok(())
    }

    fn set_satp(&mut self, _satp: u64) {}

    fn wait(&mut self, cycles: u64) -> Result<(), OsError> {
        self.cycles += cycles;
        Ok(())
    }

    fn charge(&mut self, activity: Activity) -> Activity {
        activity
    }

    fn event(&mut self, _event: Event) {}

    fn peek(&self, pa: u64, bytes: u8) -> Option<u64> {
        let half = |at| u64::from(self.halves.get(&at).copied().unwrap_or_default());
        Some(if bytes == 8 { half(pa) | half(pa + 4) << 32 } else { half(pa) })
    }

    fn peek_page(&self, pa: u64, data: &mut PageData) -> bool {
        for (word, at) in data.iter_mut().zip((pa..pa + PAGE_BYTES).step_by(8)) {
            *word = self.peek(at, 8).unwrap_or_default();
        }
        true
    }
}
