//! Decoded instructions, by physical address: a page is decoded piece by piece as it is executed,
//! and forgotten when it is written.

use crate::Op;
use model::isa::PAGE_BYTES;

/// Places at which an instruction can begin.
const SLOTS: usize = PAGE_BYTES as usize / 2;

/// The decoded instructions of each page of RAM that has any.
#[derive(Debug)]
pub(super) struct Pages(Vec<Option<Box<[Op; SLOTS]>>>);

impl Pages {
    pub(super) fn new(pages: usize) -> Pages {
        Pages((0..pages).map(|_| None).collect())
    }

    /// The instruction in a slot of a page: [`Op::UNKNOWN`] if it is not decoded.
    #[inline(always)]
    pub(super) fn get(&self, page: usize, slot: usize) -> Op {
        match self.0.get(page) {
            Some(Some(ops)) => ops[slot % SLOTS],
            _ => Op::UNKNOWN,
        }
    }

    pub(super) fn set(&mut self, page: usize, slot: usize, op: Op) {
        if let Some(ops) = self.0.get_mut(page) {
            ops.get_or_insert_with(|| Box::new([Op::UNKNOWN; SLOTS]))[slot % SLOTS] = op;
        }
    }

    /// A page was written.
    #[inline(always)]
    pub(super) fn written(&mut self, page: Option<usize>) {
        if let Some(ops) = page.and_then(|page| self.0.get_mut(page))
            && ops.is_some()
        {
            *ops = None;
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(|ops| *ops = None);
    }
}
