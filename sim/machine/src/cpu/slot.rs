//! One access on its way through the pipeline.

use model::bus;
use model::isa::{Access, Context, Fault};
use model::mmu::Request;

/// The progress of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not yet presented to the MMU, or squashed.
    Waiting,
    /// Presented, not yet answered.
    Translating,
    /// Translated to this physical address; its transfers follow.
    Translated(u64),
    /// Its translation faulted.
    Faulted(Fault),
    /// Memory refused one of its transfers, at this physical address.
    Refused(u64),
}

/// An access within one page, its place in the program, and its progress.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) kind: Access,
    pub(super) va: u64,
    pub(super) bytes: u16,
    /// The context of its translation.
    pub(super) context: Context,
    /// The instruction that it belongs to, counted from 0.
    pub(super) instruction: u64,
    /// It is the first part of an access of the program.
    pub(super) begins: bool,
    pub(super) stage: Stage,
    /// Bytes passed to the bus.
    pub(super) sent: u16,
    /// Transfers that the bus has not answered.
    pub(super) in_flight: u16,
    pub(super) transfers: u16,
}

/// One bus transfer of an access. `va` and `pa` are of its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) va: u64,
    pub(super) pa: u64,
    pub(super) bytes: u8,
    /// Bytes of the access that it completes.
    pub(super) covers: u16,
}

impl Slot {
    /// Its request to the MMU.
    pub(super) fn request(&self) -> Request {
        let bytes = self.bytes.next_power_of_two().min(128) as u8;
        Request { va: self.va, access: self.kind, bytes, context: self.context }
    }

    /// Translated, and not refused by memory.
    pub(super) fn is_translated(&self) -> bool {
        matches!(self.stage, Stage::Translated(_))
    }

    /// Some of its bytes were not passed to the bus yet.
    pub(super) fn is_unsent(&self) -> bool {
        self.sent < self.bytes
    }

    /// It faulted or was refused.
    pub(super) fn is_bad(&self) -> bool {
        matches!(self.stage, Stage::Faulted(_) | Stage::Refused(_))
    }

    /// All its transfers were answered.
    pub(super) fn is_done(&self) -> bool {
        self.is_translated() && !self.is_unsent() && self.in_flight == 0
    }

    /// Its next transfer; `None` if it is not translated or all were sent.
    pub(super) fn next_transfer(&self) -> Option<Transfer> {
        let Stage::Translated(pa) = self.stage else { return None };
        if !self.is_unsent() {
            return None;
        }
        let at = u64::from(self.sent);
        let piece = Piece::next(self.kind, self.va + at, self.bytes - self.sent);
        let Piece { into, bytes, covers } = piece;
        Some(Transfer { va: self.va + at - into, pa: pa + at - into, bytes, covers })
    }
}

/// The part of an access that the bus carries in one transfer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Where it begins, in bytes before the access's next byte.
    pub(super) into: u64,
    pub(super) bytes: u8,
    /// Bytes of the access that it completes.
    pub(super) covers: u16,
}

impl Piece {
    /// The next piece of an access of which `left` bytes remain, the first of them at `va`.
    ///
    /// The bus carries naturally aligned powers of two up to 8 bytes. A store is cut into such
    /// pieces exactly; a load or fetch of another size reads the aligned 8-byte words around it.
    #[inline]
    pub(super) fn next(kind: Access, va: u64, left: u16) -> Piece {
        let into = va % 8;
        if kind == Access::Store {
            let aligned = 1_u16 << (va | 8).trailing_zeros();
            let fit = aligned.min(1 << left.clamp(1, 8).ilog2());
            return Piece { into: 0, bytes: fit as u8, covers: fit };
        }
        if left < 8 && left.is_power_of_two() && into.is_multiple_of(left.into()) {
            return Piece { into: 0, bytes: left as u8, covers: left };
        }
        Piece { into, bytes: 8, covers: Piece::of_word(va, left) }
    }

    /// How many of a load's or fetch's bytes are in the aligned 8-byte word at `va`: what its next
    /// piece covers, whichever bytes of that word it reads.
    #[inline]
    pub(super) fn of_word(va: u64, left: u16) -> u16 {
        left.min(8 - (va % 8) as u16)
    }
}

impl Transfer {
    /// The bus request; `store` is the value of a store.
    pub(super) fn request(self, store: Option<u64>) -> bus::Request {
        let Transfer { pa, bytes, .. } = self;
        match store {
            Some(value) => bus::Request::Write { pa, bytes, value },
            None => bus::Request::Read { pa, bytes },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(kind: Access, va: u64, bytes: u16) -> Vec<(u64, u8)> {
        let mut slot = Slot {
            kind,
            va,
            bytes,
            context: Context::USER,
            instruction: 0,
            begins: true,
            stage: Stage::Translated(0x8000_0000 + va),
            sent: 0,
            in_flight: 0,
            transfers: 0,
        };
        let mut pieces = Vec::new();
        while let Some(transfer) = slot.next_transfer() {
            assert_eq!(transfer.pa, 0x8000_0000 + transfer.va);
            assert_eq!(transfer.va % u64::from(transfer.bytes), 0);
            pieces.push((transfer.va, transfer.bytes));
            slot.sent += transfer.covers;
        }
        pieces
    }

    #[test]
    fn accesses_are_cut_into_what_the_bus_carries() {
        assert_eq!(pieces(Access::Load, 0x10, 8), [(0x10, 8)]);
        assert_eq!(pieces(Access::Load, 0x14, 4), [(0x14, 4)]);
        assert_eq!(pieces(Access::Fetch, 0x11, 3), [(0x10, 8)]);
        assert_eq!(pieces(Access::Fetch, 0x16, 5), [(0x10, 8), (0x18, 8)]);
        assert_eq!(pieces(Access::Load, 0x10, 32), [(0x10, 8), (0x18, 8), (0x20, 8), (0x28, 8)]);
        assert_eq!(pieces(Access::Store, 0x11, 3), [(0x11, 1), (0x12, 2)]);
        assert_eq!(pieces(Access::Store, 0x12, 8), [(0x12, 2), (0x14, 4), (0x18, 2)]);
    }
}
