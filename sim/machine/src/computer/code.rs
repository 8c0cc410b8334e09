//! Instructions by their physical addresses, decoded once.

use hart::{Decoder, Op};
use model::bus::{BusError, SharedMemory};
use model::isa::PAGE_BYTES;

/// Instructions of a page, one for each halfword.
const PLACES: usize = (PAGE_BYTES / 2) as usize;

/// A page whose instructions are kept, or [`NONE`].
type Kept = u32;
const NONE: Kept = 0;

/// What a page of RAM has to be looked at for, when it is written.
const CODE: u8 = 1;
const WATCHED: u8 = 2;

/// Decoded instructions of RAM. A write to memory must be told ([`Code::wrote`]); what it touches is
/// decoded anew. So instructions are always those in memory, as if every store were followed by a
/// `fence.i` of its own, which the specification allows.
#[derive(Debug)]
pub(super) struct Code {
    decoder: Decoder,
    /// First address of RAM.
    base: u64,
    /// By page of RAM: why it is of interest, and where its instructions are kept.
    marks: Vec<u8>,
    kept: Vec<Kept>,
    pages: Vec<Box<[Op; PLACES]>>,
}

impl Code {
    /// Nothing is decoded yet.
    pub(super) fn new(decoder: Decoder, base: u64, bytes: u64) -> Code {
        let count = (bytes / PAGE_BYTES) as usize;
        Code {
            decoder,
            base,
            marks: vec![0; count],
            kept: vec![NONE; count],
            // The page of number 0 stays unknown.
            pages: vec![Box::new([Op::UNKNOWN; PLACES])],
        }
    }

    #[inline(always)]
    fn page(&self, pa: u64) -> usize {
        (pa.wrapping_sub(self.base) / PAGE_BYTES) as usize
    }

    /// Bytes of RAM.
    pub(super) fn bytes(&self) -> u64 {
        self.marks.len() as u64 * PAGE_BYTES
    }

    /// Where the instructions of an address's page are kept.
    pub(super) fn keep(&mut self, pa: u64) -> u32 {
        let page = self.page(pa);
        let Some(kept) = self.kept.get_mut(page) else { return NONE };
        if *kept == NONE {
            *kept = self.pages.len() as Kept;
            self.pages.push(Box::new([Op::UNKNOWN; PLACES]));
            self.marks[page] |= CODE;
        }
        *kept
    }

    /// The instruction at an address of a page that is kept, unknown if it was not decoded.
    #[inline(always)]
    pub(super) fn get(&self, kept: u32, address: u64) -> Op {
        self.pages[kept as usize][(address % PAGE_BYTES / 2) as usize]
    }

    /// Decodes the instruction at an address, whose bits these are, and keeps it.
    pub(super) fn learn(&mut self, kept: u32, address: u64, bits: u32) -> Op {
        let op = self.decoder.decode(bits);
        if kept != NONE {
            self.pages[kept as usize][(address % PAGE_BYTES / 2) as usize] = op;
        }
        op
    }

    /// Decodes an instruction that is kept nowhere.
    pub(super) fn decode(&self, bits: u32) -> Op {
        self.decoder.decode(bits)
    }

    /// Bytes of memory were written. Whether somebody watches them.
    #[inline(always)]
    pub(super) fn wrote(&mut self, pa: u64, bytes: u64) -> bool {
        match self.marks.get(self.page(pa)) {
            None | Some(0) => false,
            Some(_) => self.wrote_marked(pa, bytes),
        }
    }

    #[cold]
    fn wrote_marked(&mut self, pa: u64, bytes: u64) -> bool {
        let page = self.page(pa);
        if self.marks[page] & CODE != 0 {
            let places = &mut self.pages[self.kept[page] as usize];
            let first = (pa % PAGE_BYTES / 2) as usize;
            let last = ((pa % PAGE_BYTES + bytes - 1) / 2) as usize;
            // An instruction may begin a halfword before.
            for place in first.saturating_sub(1)..=last.min(PLACES - 1) {
                places[place] = Op::UNKNOWN;
            }
        }
        self.marks[page] & WATCHED != 0
    }

    /// Writes to the page of this address are to be reported.
    pub(super) fn watch(&mut self, pa: u64) {
        let page = self.page(pa);
        if let Some(marks) = self.marks.get_mut(page) {
            *marks |= WATCHED;
        }
    }

    /// The bits of an instruction in memory, of which `room` bytes may be read; `None` if it has
    /// more.
    ///
    /// # Errors
    /// [`BusError`]: nothing answers there.
    pub(super) fn bits(memory: &SharedMemory, pa: u64, room: u64) -> Result<Option<u32>, BusError> {
        let low = memory.peek(pa, 2)? as u32;
        if !Decoder::is_long(low as u16) {
            return Ok(Some(low));
        }
        if room < 4 {
            return Ok(None);
        }
        let high = memory.peek(pa + 2, 2)? as u32;
        Ok(Some(low | high << 16))
    }
}
