//! Permissions of regions changed under pages that are mapped.

use super::table;
use super::{AddressSpace, Hal, Os, OsError, Permissions, Pid, Region, RegionKind};
use crate::isa::PAGE_BYTES;
use std::ops::Range;

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

impl AddressSpace {
    /// Makes an address the border of two regions, if it is inside of one.
    pub(super) fn cut(&mut self, at: u64) {
        let Some((_, region)) = self.regions.range_mut(..at).next_back() else { return };
        if region.end > at {
            let upper = region.split_off(at);
            self.regions.insert(at, upper);
        }
    }

    /// Makes both ends of a range borders of regions.
    pub(super) fn cut_out(&mut self, range: &Range<u64>) {
        self.cut(range.start);
        self.cut(range.end);
    }

    /// Whether a stack may grow over a range, with a gap below it: nothing may lie in the range,
    /// and in the gap only what allows no access, or another stack.
    pub(super) fn leaves_room(&self, range: Range<u64>, gap: u64) -> bool {
        let reaches = |region: &&Region, from| region.start < range.end && from < region.end;
        let bars =
            |region: &&Region| region.kind != RegionKind::Stack && !region.permissions.is_none();
        let low = range.start.saturating_sub(gap);
        let mut regions = self.regions.values().filter(|region| reaches(region, low));
        !regions.any(|region| reaches(&region, range.start) || bars(&region))
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
