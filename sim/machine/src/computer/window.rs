//! The fetch buffer: the bytes of instructions that were fetched and not yet executed.

use model::isa::{PAGE_BYTES, Privilege};
use serde::{Deserialize, Serialize};

/// Bytes that one fetch brings, naturally aligned.
pub(super) const BLOCK: u64 = 8;

/// Consecutive bytes of one page.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Window {
    /// Virtual address of the first.
    pub(super) from: u64,
    pub(super) bytes: u64,
    /// Its physical address.
    pub(super) pa: u64,
    /// Where the page's instructions are kept.
    #[serde(skip)]
    pub(super) kept: u32,
    /// The mode for which they were fetched.
    pub(super) privilege: Privilege,
}

impl Window {
    /// Nothing was fetched.
    pub(super) const EMPTY: Window =
        Window { from: 0, bytes: 0, pa: 0, kept: 0, privilege: Privilege::Machine };

    /// How far into it an address is, if it is there.
    #[inline(always)]
    pub(super) fn at(&self, pc: u64, privilege: Privilege) -> Option<u64> {
        let at = pc.wrapping_sub(self.from);
        (at < self.bytes && privilege == self.privilege).then_some(at)
    }

    /// The address after it; `None` if another page begins there.
    pub(super) fn next(&self) -> Option<u64> {
        let next = self.from.wrapping_add(self.bytes);
        (!next.is_multiple_of(PAGE_BYTES)).then_some(next)
    }

    /// Takes bytes that follow, and drops those before `pc`; false if they do not follow, or lie
    /// elsewhere.
    pub(super) fn extend(
        &mut self,
        (va, privilege): (u64, Privilege),
        pa: u64,
        bytes: u64,
        pc: u64,
    ) -> bool {
        let follows = self.next() == Some(va)
            && self.pa.wrapping_add(self.bytes) == pa
            && self.privilege == privilege;
        let used = pc.wrapping_sub(self.from);
        if !follows || used > self.bytes {
            return false;
        }
        self.from = pc;
        self.pa += used;
        self.bytes = self.bytes - used + bytes;
        true
    }
}
