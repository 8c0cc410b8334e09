//! What protects physical memory during a walk: PMP and the attributes of regions.

use super::Pmp;
use super::pmp::Operation;
use crate::isa::{Access, Attributes, Privilege, Region, RegionKind};

/// The registers and regions that judge the accesses of one translation.
#[derive(Clone, Copy, Debug)]
pub struct Guard<'a> {
    /// PMA.
    pub regions: &'a [Region],
    /// The states of the PMP registers of which one must allow the accesses to tables; a state that
    /// counts as well as the present one is possible while software has not fenced.
    pub tables: &'a [&'a Pmp],
    /// The state that judges the final access; `None` without PMP.
    pub access: Option<&'a Pmp>,
}

/// What a region does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// PMP.
    Pmp,
    /// PMA.
    Pma,
}

impl Guard<'_> {
    /// Nothing is protected.
    pub const NONE: Guard<'static> = Guard { regions: &[], tables: &[], access: None };

    /// The region of a physical address; `None` if there are no regions at all.
    fn region(&self, pa: u64) -> Option<Region> {
        let here = |region: &&Region| pa >> region.log2 == region.base >> region.log2;
        let absent =
            Region { base: 0, log2: 0, kind: RegionKind::Absent, atomics: false, tables: false };
        let region = self.regions.iter().rev().find(here).copied().unwrap_or(absent);
        (!self.regions.is_empty()).then_some(region)
    }

    /// Whether the walker may read, or update, the entry at a physical address.
    pub(super) fn table(&self, pa: u64, bytes: u64, update: bool) -> Result<(), Refusal> {
        let operation = Operation::on_table(pa, bytes, update);
        if !self.tables.is_empty() && !self.tables.iter().any(|pmp| pmp.allows(operation)) {
            return Err(Refusal::Pmp);
        }
        let suits = |region: Region| {
            region.kind != RegionKind::Absent && region.tables && (region.atomics || !update)
        };
        if self.region(pa).is_none_or(suits) { Ok(()) } else { Err(Refusal::Pma) }
    }

    /// Whether the access itself is allowed, and the attributes of its memory.
    pub(super) fn access(
        &self,
        pa: u64,
        bytes: u8,
        access: Access,
        privilege: Privilege,
    ) -> Result<u8, Refusal> {
        let operation = Operation::of(access, privilege, pa, bytes);
        if self.access.is_some_and(|pmp| !pmp.allows(operation)) {
            return Err(Refusal::Pmp);
        }
        let Some(region) = self.region(pa) else { return Ok(0) };
        let io = if region.kind == RegionKind::Io { Attributes::IO } else { 0 };
        let plain = if region.atomics { 0 } else { Attributes::NO_ATOMICS };
        if region.kind == RegionKind::Absent { Err(Refusal::Pma) } else { Ok(io | plain) }
    }
}
