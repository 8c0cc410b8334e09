//! Permissions of regions changed under pages that are mapped.

use crate::space::table;
use crate::{Hal, Os, OsError, Permissions, Pid};
use model::isa::PAGE_BYTES;
use std::ops::Range;

impl Os {
    /// Updates the entries of these pages to the permissions of their regions, and fences each.
    pub(crate) fn reprotect(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpns: Range<u64>,
    ) -> Result<(), OsError> {
        let space = self.space(pid);
        let mapped = space.pages.range(vpns.clone()).filter(|(_, held)| held.mapped);
        let mapped: Vec<_> = mapped.map(|(vpn, held)| (vpn, held.page)).collect();
        let devices: Vec<u64> = space.devices.range(vpns).map(|(vpn, _)| *vpn).collect();
        for (vpn, page) in mapped {
            let allowed = self.allowed(pid, vpn * PAGE_BYTES, page);
            self.rewrite(hal, pid, vpn, allowed)?;
        }
        for vpn in devices {
            let allowed = self.space(pid).permissions(vpn * PAGE_BYTES);
            if allowed.is_none() {
                self.unmap_device(hal, pid, vpn)?;
            } else {
                self.rewrite(hal, pid, vpn, allowed)?;
            }
        }
        Ok(())
    }

    fn rewrite(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpn: u64,
        allowed: Permissions,
    ) -> Result<(), OsError> {
        self.split(hal, pid, vpn)?;
        let at = self.leaf(hal, pid, vpn)?;
        let bits = table::permission_bits(allowed);
        self.space(pid).table.update(hal, at, |entry| entry & !table::PERMISSIONS | bits)?;
        self.fence_page(hal, pid, vpn * PAGE_BYTES)
    }
}
