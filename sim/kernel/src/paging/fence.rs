//! The fences after changed entries: as small as the privileged specification allows.

use crate::{Hal, Os, OsError, Pid};
use model::mmu::Fence;

impl Os {
    /// The fence after a new entry: for its page, or, if a pointer changed, for the address space,
    /// since a fence by address orders leaf entries only.
    pub(crate) fn fence_mapped(
        &self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        linked: bool,
    ) -> Result<(), OsError> {
        if linked { self.fence_space(hal, pid) } else { self.fence_page(hal, pid, va) }
    }

    /// Invalidates one page's translation.
    pub(crate) fn fence_page(&self, hal: &mut dyn Hal, pid: Pid, va: u64) -> Result<(), OsError> {
        match self.asids.held(pid) {
            Some(asid) => hal.fence(Fence { va: Some(va), asid: Some(asid) }),
            // No translation of it is cached: its ASID was fenced when it was reassigned.
            None => Ok(()),
        }
    }

    /// Invalidates everything cached of one address space, pointers included.
    pub(crate) fn fence_space(&self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        match self.asids.held(pid) {
            Some(asid) => hal.fence(Fence { va: None, asid: Some(asid) }),
            None => Ok(()),
        }
    }
}
