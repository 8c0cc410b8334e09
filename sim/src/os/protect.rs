//! Permissions of regions changed under pages that are mapped.

use super::fault::permission_bits;
use super::table;
use super::{AddressSpace, Hal, Os, OsError, Permissions, Pid};
use crate::isa::PAGE_BYTES;
use std::ops::Range;

/// The bits of an entry that a region's permissions decide.
const PERMISSIONS: u64 = table::READ | table::WRITE | table::EXECUTE;

impl Os {
    /// Brings the entries of these pages in line with their regions, and fences each.
    pub(super) fn reprotect(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpns: Range<u64>,
    ) -> Result<(), OsError> {
        let space = self.space(pid);
        let shown = space.pages.range(vpns.clone()).filter(|(_, held)| held.mapped);
        let shown: Vec<_> = shown.map(|(vpn, held)| (*vpn, held.page)).collect();
        let devices: Vec<u64> = space.devices.range(vpns).map(|(vpn, _)| *vpn).collect();
        for (vpn, page) in shown {
            let va = vpn * PAGE_BYTES;
            let allowed = self.allowed(pid, va, page);
            // An entry without R, W and X would be a pointer: the page is taken out, and held.
            if allowed == Permissions::default() {
                self.unmap(hal, pid, vpn)?;
            } else {
                self.rewrite(hal, pid, vpn, allowed)?;
            }
        }
        for vpn in devices {
            let allowed = self.space(pid).permissions(vpn * PAGE_BYTES);
            if allowed == Permissions::default() {
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
        let at = self.leaf(hal, pid, vpn)?;
        let bits = permission_bits(allowed);
        self.space(pid).table.update(hal, at, |entry| entry & !PERMISSIONS | bits)?;
        self.fence_page(hal, pid, vpn * PAGE_BYTES)
    }
}

impl AddressSpace {
    /// Makes an address the border of two regions, if it is inside of one.
    pub(super) fn cut(&mut self, at: u64) {
        let Some((_, region)) = self.regions.range_mut(..at).next_back() else { return };
        if region.end > at {
            let upper = region.split_off(at);
            self.regions.insert(at, upper);
        }
    }

    /// Whether all of a range is mapped.
    pub(super) fn covers(&self, range: &Range<u64>) -> bool {
        let mut at = range.start;
        while at < range.end {
            let Some(region) = self.region(at) else { return false };
            at = region.end;
        }
        true
    }
}
