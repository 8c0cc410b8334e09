//! Decoded instructions, by physical address: a page is decoded piece by piece as it is executed,
//! and forgotten when it is written.

use crate::Op;
use model::isa::PAGE_BYTES;

/// Places at which an instruction can begin.
const SLOTS: usize = PAGE / 2;
const PAGE: usize = PAGE_BYTES as usize;

type Decoded = Box<[Op; SLOTS]>;

/// The decoded instructions of each page of RAM that has any. Those of the page that is executed
/// are at hand.
#[derive(Debug)]
pub(super) struct Pages {
    pages: Vec<Option<Decoded>>,
    /// Whether a page has decoded instructions.
    decoded: Vec<bool>,
    /// The page at hand.
    page: usize,
    ops: Decoded,
}

fn nothing() -> Decoded {
    Box::new([Op::UNKNOWN; SLOTS])
}

impl Pages {
    pub(super) fn new(pages: usize) -> Pages {
        Pages {
            pages: (0..pages).map(|_| None).collect(),
            decoded: vec![false; pages],
            page: usize::MAX,
            ops: nothing(),
        }
    }

    /// The instruction in a slot of the page at hand: [`Op::UNKNOWN`] if it is not decoded.
    #[inline(always)]
    pub(super) fn get(&self, slot: usize) -> Op {
        self.ops[slot % SLOTS]
    }

    /// Takes a page to hand.
    pub(super) fn take(&mut self, page: usize) {
        if page == self.page {
            return;
        }
        let next = self.pages.get_mut(page).and_then(Option::take).unwrap_or_else(nothing);
        let last = std::mem::replace(&mut self.ops, next);
        if self.decoded.get(self.page) == Some(&true) {
            self.pages[self.page] = Some(last);
        }
        self.page = page;
    }

    /// Keeps an instruction of the page at hand.
    pub(super) fn keep(&mut self, slot: usize, op: Op) {
        self.ops[slot % SLOTS] = op;
        if let Some(decoded) = self.decoded.get_mut(self.page) {
            *decoded = true;
        }
    }

    /// Memory was written, from an offset on in RAM. An access is within a page.
    #[inline(always)]
    pub(super) fn written(&mut self, at: usize, bytes: u8) {
        if self.decoded.get(at / PAGE) == Some(&true) {
            self.forget(at, bytes);
        }
    }

    /// Forgets the instructions that have one of these bytes: also one that begins before them.
    #[cold]
    #[inline(never)]
    fn forget(&mut self, at: usize, bytes: u8) {
        let (page, offset) = (at / PAGE, at % PAGE);
        let ops = match self.pages[page].as_mut() {
            _ if page == self.page => &mut self.ops,
            Some(ops) => ops,
            None => return,
        };
        let last = (offset + usize::from(bytes)).div_ceil(2).min(SLOTS);
        ops[(offset / 2).saturating_sub(1)..last].fill(Op::UNKNOWN);
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Pages::new(self.pages.len());
    }
}
