//! System calls that change the address space of the running process.

use super::{Hal, Layout, Os, OsError, Permissions, Pid, RegionSpec, Verdict};
use std::ops::Range;

impl Os {
    /// A copy of the running process: tables copied, pages shared copy-on-write. `None`: there
    /// is not enough memory, and nothing has changed.
    ///
    /// # Errors
    /// The hardware's.
    pub fn fork(&mut self, _hal: &mut dyn Hal, _name: &str) -> Result<Option<Pid>, OsError> {
        Ok(None)
    }

    /// Gives the running process a new image: its old address space is given back.
    ///
    /// # Errors
    /// [`OsError::Region`] for a layout that cannot be; else the hardware's.
    pub fn exec(
        &mut self,
        _hal: &mut dyn Hal,
        _name: &str,
        _layout: &Layout,
    ) -> Result<Verdict, OsError> {
        Ok(Verdict::Resume)
    }

    /// Maps a region into the running process. `false`: refused, nothing has changed.
    ///
    /// # Errors
    /// The hardware's.
    pub fn mmap(&mut self, _hal: &mut dyn Hal, _spec: &RegionSpec) -> Result<bool, OsError> {
        Ok(false)
    }

    /// Unmaps a range of the running process, splitting regions. `false`: refused.
    ///
    /// # Errors
    /// The hardware's.
    pub fn munmap(&mut self, _hal: &mut dyn Hal, _range: Range<u64>) -> Result<bool, OsError> {
        Ok(false)
    }

    /// Changes the permissions of a range of the running process, splitting regions. `false`:
    /// refused, since part of the range is not mapped.
    ///
    /// # Errors
    /// The hardware's.
    pub fn mprotect(
        &mut self,
        _hal: &mut dyn Hal,
        _range: Range<u64>,
        _permissions: Permissions,
    ) -> Result<bool, OsError> {
        Ok(false)
    }

    /// A timer interrupt of the running process: the policy may sample and clear A bits.
    ///
    /// # Errors
    /// The hardware's.
    pub fn tick(&mut self, _hal: &mut dyn Hal) -> Result<(), OsError> {
        Ok(())
    }
}
