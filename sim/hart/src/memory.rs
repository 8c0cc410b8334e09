//! Loads, stores and atomic operations: translated, then made.
//!
//! An aligned access whose answers are there at once takes a short path. Everything else, accesses
//! that wait and those that are done as several, goes through [`Hart::in_pieces`], which keeps what
//! has been answered so far in a [`Midway`].

use crate::config::Misaligned;
use crate::hart::{Executed, Hart, Step};
use crate::surroundings::{Modify, Refused};
use crate::trap::cause;
use crate::{Op, Surroundings};
use model::isa::Access;
use model::mmu::{Fence, Request};
use std::task::Poll;

/// How a loaded value fills its register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extend {
    Signed,
    Unsigned,
}

impl Extend {
    #[inline(always)]
    fn apply(self, value: u64, bytes: u8) -> u64 {
        let unused = 64 - 8 * u32::from(bytes);
        match self {
            Extend::Signed => ((value << unused) as i64 >> unused) as u64,
            Extend::Unsigned => value,
        }
    }
}

/// An access is split into at most so many.
const PIECES: usize = 8;

/// An instruction that has begun, and what was answered so far.
#[derive(Clone, Debug)]
pub(crate) struct Midway {
    pub(crate) op: Op,
    /// Physical addresses of the pieces, as far as they are translated.
    places: [u64; PIECES],
    translated: usize,
    /// Pieces that were transferred, and what was loaded.
    moved: usize,
    value: u64,
}

/// An access as naturally aligned pieces, each with its offset and its size.
fn split(va: u64, bytes: u8) -> ([(u8, u8); PIECES], usize) {
    let (mut pieces, mut count, mut offset) = ([(0, 0); PIECES], 0, 0);
    while offset < bytes && count < PIECES {
        let at = va.wrapping_add(u64::from(offset));
        let aligned = 1 << at.trailing_zeros().min(3);
        let fits = 1 << (bytes - offset).ilog2();
        let size = u8::min(aligned, fits);
        pieces[count] = (offset, size);
        (count, offset) = (count + 1, offset + size);
    }
    (pieces, count)
}

impl Hart {
    /// The address of a load or a store.
    #[inline(always)]
    pub(crate) fn address(&self, op: Op) -> u64 {
        self.get(op.rs1()).wrapping_add(op.imm()) & self.mask
    }

    #[inline(always)]
    fn request(&self, va: u64, bytes: u8, access: Access) -> Request {
        Request { va, access, bytes, context: self.context }
    }

    /// Stops in the middle of an instruction; `place` is the address to which it is translated.
    #[cold]
    pub(crate) fn pause(&mut self, op: Op, place: Option<u64>) -> Step {
        let mut places = [0; PIECES];
        places[0] = place.unwrap_or(0);
        let translated = usize::from(place.is_some());
        self.midway = Some(Box::new(Midway { op, places, translated, moved: 0, value: 0 }));
        self.attention = true;
        Step::Pending
    }

    #[cold]
    fn refused(&mut self, access: Access, va: u64) -> Step {
        let cause = if access == Access::Load { cause::LOAD_ACCESS } else { cause::STORE_ACCESS };
        self.raise(cause, va)
    }

    #[inline(always)]
    pub(crate) fn load<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        bytes: u8,
        extend: Extend,
    ) -> Executed {
        let value = self.read(around, op, self.address(op), bytes)?;
        self.set(op, extend.apply(value, bytes));
        self.advance(op)
    }

    #[inline(always)]
    pub(crate) fn store<S: Surroundings>(&mut self, around: &mut S, op: Op, bytes: u8) -> Executed {
        self.write(around, op, self.address(op), bytes, self.get(op.rs2()))?;
        self.advance(op)
    }

    /// Reads memory.
    #[inline(always)]
    pub(crate) fn read<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        va: u64,
        bytes: u8,
    ) -> Result<u64, Step> {
        if va & u64::from(bytes - 1) != 0 || self.midway.is_some() {
            return self.read_in_pieces(around, op, va, bytes);
        }
        match around.translate(&self.request(va, bytes, Access::Load)) {
            Poll::Ready(Ok(pa)) => match around.load(pa, bytes) {
                Poll::Ready(Ok(value)) => Ok(value),
                Poll::Ready(Err(Refused)) => Err(self.refused(Access::Load, va)),
                Poll::Pending => Err(self.pause(op, Some(pa))),
            },
            Poll::Ready(Err(fault)) => Err(self.fault(fault)),
            Poll::Pending => Err(self.pause(op, None)),
        }
    }

    /// Writes memory.
    #[inline(always)]
    pub(crate) fn write<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        va: u64,
        bytes: u8,
        value: u64,
    ) -> Result<(), Step> {
        if va & u64::from(bytes - 1) != 0 || self.midway.is_some() {
            return self.write_in_pieces(around, op, va, bytes, value);
        }
        match around.translate(&self.request(va, bytes, Access::Store)) {
            Poll::Ready(Ok(pa)) => match around.store(pa, bytes, value) {
                Poll::Ready(Ok(())) => Ok(()),
                Poll::Ready(Err(Refused)) => Err(self.refused(Access::Store, va)),
                Poll::Pending => Err(self.pause(op, Some(pa))),
            },
            Poll::Ready(Err(fault)) => Err(self.fault(fault)),
            Poll::Pending => Err(self.pause(op, None)),
        }
    }

    #[cold]
    #[inline(never)]
    fn read_in_pieces<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        va: u64,
        bytes: u8,
    ) -> Result<u64, Step> {
        self.in_pieces((op, va, bytes, Access::Load), around, |around, pa, (offset, size)| {
            around.load(pa, size).map_ok(|value| value << (8 * offset))
        })
    }

    #[cold]
    #[inline(never)]
    fn write_in_pieces<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        va: u64,
        bytes: u8,
        value: u64,
    ) -> Result<(), Step> {
        let done =
            self.in_pieces((op, va, bytes, Access::Store), around, |around, pa, (offset, size)| {
                around.store(pa, size, value >> (8 * offset)).map_ok(|()| 0)
            });
        done.map(|_| ())
    }

    /// An access as one or several aligned ones: all are translated, and then each is made. What was
    /// loaded is put together.
    fn in_pieces<S: Surroundings>(
        &mut self,
        (op, va, bytes, access): (Op, u64, u8, Access),
        around: &mut S,
        mut transfer: impl FnMut(&mut S, u64, (u8, u8)) -> Poll<Result<u64, Refused>>,
    ) -> Result<u64, Step> {
        let (pieces, count) = split(va, bytes);
        if count > 1 && self.config.misaligned == Misaligned::Trap {
            return Err(self.misaligned(access, va));
        }
        let mut midway = self.midway.take().unwrap_or_else(|| {
            let places = [0; PIECES];
            Box::new(Midway { op, places, translated: 0, moved: 0, value: 0 })
        });
        while midway.translated < count {
            let (offset, size) = pieces[midway.translated];
            let at = va.wrapping_add(u64::from(offset)) & self.mask;
            match around.translate(&self.request(at, size, access)) {
                Poll::Ready(Ok(pa)) => midway.places[midway.translated] = pa,
                Poll::Ready(Err(fault)) => return Err(self.fault(fault)),
                Poll::Pending => return Err(self.pause_again(midway)),
            }
            midway.translated += 1;
        }
        while midway.moved < count {
            let piece = pieces[midway.moved];
            match transfer(around, midway.places[midway.moved], piece) {
                Poll::Ready(Ok(value)) => midway.value |= value,
                Poll::Ready(Err(Refused)) => {
                    let at = va.wrapping_add(u64::from(piece.0)) & self.mask;
                    return Err(self.refused(access, at));
                }
                Poll::Pending => return Err(self.pause_again(midway)),
            }
            midway.moved += 1;
        }
        Ok(midway.value)
    }

    fn pause_again(&mut self, midway: Box<Midway>) -> Step {
        self.midway = Some(midway);
        self.attention = true;
        Step::Pending
    }

    #[cold]
    fn misaligned(&mut self, access: Access, va: u64) -> Step {
        let load = access == Access::Load;
        let cause = if load { cause::LOAD_MISALIGNED } else { cause::STORE_MISALIGNED };
        self.raise(cause, va)
    }

    /// An access that is never split: its address must be aligned.
    fn whole<S: Surroundings>(
        &mut self,
        (op, bytes, access): (Op, u8, Access),
        around: &mut S,
        mut transfer: impl FnMut(&mut S, u64) -> Poll<Result<u64, Refused>>,
    ) -> Result<u64, Step> {
        let va = self.get(op.rs1()) & self.mask;
        if va & u64::from(bytes - 1) != 0 {
            return Err(self.misaligned(access, va));
        }
        self.in_pieces((op, va, bytes, access), around, |around, pa, _| transfer(around, pa))
    }

    /// `lr`: reserves the bytes that it loads.
    pub(crate) fn load_reserved<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        bytes: u8,
    ) -> Executed {
        let mut place = 0;
        let value = self.whole((op, bytes, Access::Load), around, |around, pa| {
            place = pa;
            around.load(pa, bytes)
        })?;
        self.reservation = Some((place, bytes));
        self.set(op, Extend::Signed.apply(value, bytes));
        self.advance(op)
    }

    /// `sc`: stores if its bytes are still reserved, and gives up the reservation. Its address is
    /// translated in any case, as a store's.
    pub(crate) fn store_conditional<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        bytes: u8,
    ) -> Executed {
        let (reservation, value) = (self.reservation, self.get(op.rs2()));
        let failed =
            self.whole((op, bytes, Access::Store), around, |around, pa| {
                match reservation == Some((pa, bytes)) {
                    true => around.store(pa, bytes, value).map_ok(|()| 0),
                    false => Poll::Ready(Ok(1)),
                }
            })?;
        self.reservation = None;
        self.set(op, failed);
        self.advance(op)
    }

    /// An atomic memory operation.
    pub(crate) fn modify<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        bytes: u8,
        modify: Modify,
    ) -> Executed {
        let value = self.get(op.rs2());
        let old = self.whole((op, bytes, Access::Store), around, |around, pa| {
            around.modify(pa, bytes, modify, value)
        })?;
        self.set(op, Extend::Signed.apply(old, bytes));
        self.advance(op)
    }

    /// `sfence.vma` and `sinval.vma`
    pub(crate) fn fence_addresses<S: Surroundings>(&mut self, around: &mut S, op: Op) -> Executed {
        if !self.may_manage_translation() {
            return self.illegal(op);
        }
        let operand = |register: usize| (register != 0).then(|| self.get(register));
        let va = operand(op.rs1()).map(|va| va & self.mask);
        let asid =
            operand(op.rs2()).map(|asid| self.config.sizes.asid(asid as u16, self.config.xlen));
        let answer = around.fence(Fence { va, asid });
        self.fenced(answer, op)
    }

    /// `sfence.w.inval` and `sfence.inval.ir`: stores and fences are in order anyway.
    pub(crate) fn order_invalidations<S>(&mut self, _: &mut S, op: Op) -> Executed {
        if self.privilege == model::isa::Privilege::User {
            return self.illegal(op);
        }
        self.advance(op)
    }

    /// `fence.i`
    pub(crate) fn fence_instructions<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
    ) -> Executed {
        let answer = around.fence_instructions();
        self.fenced(answer, op)
    }

    fn fenced(&mut self, answer: Poll<()>, op: Op) -> Executed {
        match answer {
            Poll::Ready(()) => {
                self.midway = None;
                self.advance(op)
            }
            Poll::Pending => Err(self.pause(op, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_aligned_and_cover_the_access() {
        for bytes in [1_u8, 2, 4, 8] {
            for va in 0..16_u64 {
                let (pieces, count) = split(va, bytes);
                let mut next = 0;
                for (offset, size) in &pieces[..count] {
                    assert_eq!(*offset, next);
                    assert_eq!((va + u64::from(*offset)) % u64::from(*size), 0, "{va} {bytes}");
                    next += size;
                }
                assert_eq!(next, bytes);
                assert_eq!(count == 1, va % u64::from(bytes) == 0);
            }
        }
    }
}
