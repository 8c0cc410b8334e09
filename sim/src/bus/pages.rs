//! Sparse byte storage by pages: what was never written reads as zero and takes no space.

use std::cell::Cell;
use std::collections::BTreeMap;

const PAGE: usize = 4096;
/// Recently used pages that are found without searching.
const RECENT: usize = 16;
const NOWHERE: (u64, usize) = (u64::MAX, 0);

/// Page frames in order of their first write, found by page number.
#[derive(Debug)]
pub(super) struct Pages {
    frames: Vec<Box<[u8; PAGE]>>,
    directory: BTreeMap<u64, usize>,
    recent: [Cell<(u64, usize)>; RECENT],
}

impl Pages {
    pub(super) fn new() -> Pages {
        Pages {
            frames: Vec::new(),
            directory: BTreeMap::new(),
            recent: std::array::from_fn(|_| Cell::new(NOWHERE)),
        }
    }

    /// Pages that take space.
    pub(super) fn count(&self) -> usize {
        self.frames.len()
    }

    fn frame(&self, page: u64) -> Option<usize> {
        let recent = &self.recent[page as usize % RECENT];
        let (known, frame) = recent.get();
        if known == page {
            return Some(frame);
        }
        let frame = *self.directory.get(&page)?;
        recent.set((page, frame));
        Some(frame)
    }

    /// Reads `bytes` (1, 2, 4, 8; aligned), little-endian.
    pub(super) fn read(&self, pa: u64, bytes: usize) -> u64 {
        let Some(frame) = self.frame(pa / PAGE as u64) else { return 0 };
        let offset = pa as usize % PAGE;
        let mut word = [0; 8];
        word[..bytes].copy_from_slice(&self.frames[frame][offset..offset + bytes]);
        u64::from_le_bytes(word)
    }

    /// Writes the low `bytes` (1, 2, 4, 8; aligned) of `value`, little-endian.
    pub(super) fn write(&mut self, pa: u64, bytes: usize, value: u64) {
        let page = pa / PAGE as u64;
        let frame = self.frame(page).unwrap_or_else(|| {
            let frame = self.frames.len();
            self.frames.push(Box::new([0; PAGE]));
            self.directory.insert(page, frame);
            frame
        });
        let offset = pa as usize % PAGE;
        self.frames[frame][offset..offset + bytes].copy_from_slice(&value.to_le_bytes()[..bytes]);
    }
}
