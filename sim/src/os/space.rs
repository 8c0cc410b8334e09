//! An address space: regions, the pages in use, and the page table that shows them.

use super::region::{Backing, Permissions, Region, RegionKind, RegionSpec};
use super::swap::Slot;
use super::table::PageTable;
use super::{FileId, OsError};
use crate::isa::{Mode, PAGE_BYTES};
use std::collections::BTreeMap;

/// What the kernel knows of a page that was touched.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The frame that it is in.
    pub frame: Option<u64>,
    /// The swap slot that holds its contents, as of its last write-back.
    pub slot: Option<Slot>,
    /// It differs from its backing although D is clear: its slot was taken away.
    pub unsaved: bool,
    /// Permissions beyond its region's, widened by use.
    pub extra: Permissions,
}

/// How an address space gets its regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As stated.
    Regions(Vec<RegionSpec>),
    /// As touched: what a recorded trace, which is addresses only, needs.
    OnDemand,
}

/// The addresses that belong to user programs, to the kernel, or to nobody.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    mode: Mode,
}

/// To whom an address belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// User programs.
    User,
    /// The kernel.
    Kernel,
    /// Nobody: not canonical.
    Nobody,
}

impl Bounds {
    /// The bounds of a scheme.
    pub fn new(mode: Mode) -> Bounds {
        Bounds { mode }
    }

    /// The root index of the one superpage through which every address space shows the kernel:
    /// three quarters up in Sv32 (0xC000_0000, 4 MiB), else the first of the upper half.
    pub fn kernel_index(self) -> u64 {
        if self.mode == Mode::Sv32 { 768 } else { 256 }
    }

    /// The first user address that is not: the end of the lower half, in Sv32 of the space.
    pub fn user_end(self) -> u64 {
        if self.mode == Mode::Sv32 { 1 << 32 } else { 1 << (self.mode.va_bits() - 1) }
    }

    /// To whom an address belongs. In Sv32 only the kernel's own superpage is the kernel's.
    pub fn owner(self, va: u64) -> Owner {
        if self.mode == Mode::Sv32 {
            let index = (va & 0xffff_ffff) >> 22;
            return if index == self.kernel_index() { Owner::Kernel } else { Owner::User };
        }
        let upper = (va as i64) >> (self.mode.va_bits() - 1);
        match upper {
            0 => Owner::User,
            -1 => Owner::Kernel,
            _ => Owner::Nobody,
        }
    }
}

/// One process's memory as the kernel keeps it.
#[derive(Debug)]
pub struct AddressSpace {
    /// The hardware's view.
    pub table: PageTable,
    /// By first address.
    pub regions: BTreeMap<u64, Region>,
    /// Pages that were touched, by virtual page number.
    pub pages: BTreeMap<u64, Page>,
    /// Whether regions appear where the program touches.
    pub on_demand: bool,
    /// For on-demand layouts: the page of the first store, which is on the stack.
    pub stack: Option<u64>,
    /// Pages in frames now.
    pub resident: u64,
}

impl AddressSpace {
    /// The region at an address.
    pub fn region(&self, va: u64) -> Option<&Region> {
        let (_, region) = self.regions.range(..=va).next_back()?;
        region.contains(va).then_some(region)
    }

    /// What a page may be used for.
    pub fn permissions(&self, va: u64) -> Permissions {
        let own = self.region(va).map(|region| region.permissions).unwrap_or_default();
        let page = self.pages.get(&(va / PAGE_BYTES));
        own.union(page.map(|page| page.extra).unwrap_or_default())
    }

    /// Where a page's first contents come from; byte 0 is at the page's first address.
    pub fn backing(&self, va: u64) -> Backing {
        match self.region(va).map(|region| (region.start, region.backing)) {
            Some((start, Backing::File { file, offset })) => {
                Backing::File { file, offset: offset + (va / PAGE_BYTES * PAGE_BYTES - start) }
            }
            _ => Backing::Zero,
        }
    }
}

/// Turns stated regions into an address space's, checking each.
///
/// # Errors
/// [`OsError::Region`] for a region that is misaligned, empty, outside the user's addresses, or
/// in another's way, growth included.
pub fn lay_out(
    mode: Mode,
    process: &str,
    file: FileId,
    specs: &[RegionSpec],
) -> Result<BTreeMap<u64, Region>, OsError> {
    let bounds = Bounds::new(mode);
    let mut regions: BTreeMap<u64, Region> = BTreeMap::new();
    let mut offset = 0;
    for spec in specs {
        let name = spec.name.clone().unwrap_or_else(|| spec.kind.name().to_owned());
        let region = place(bounds, spec, &name, Backing::File { file, offset })
            .and_then(|region| match overlap(&regions, &region) {
                Some(other) => Err(format!("it stands in the way of {other}")),
                None => Ok(region),
            })
            .map_err(|problem| OsError::Region {
                process: process.to_owned(),
                region: name,
                problem,
            })?;
        offset += region.end - region.start;
        regions.insert(region.start, region);
    }
    Ok(regions)
}

fn overlap<'a>(regions: &'a BTreeMap<u64, Region>, new: &Region) -> Option<&'a str> {
    // A stack's guard page stays unmapped, so it belongs to the stack here.
    let floor = |region: &Region| match region.kind {
        RegionKind::Stack => region.lowest.saturating_sub(PAGE_BYTES),
        _ => region.lowest,
    };
    let meets = |old: &&Region| floor(new) < old.highest && floor(old) < new.highest;
    regions.values().find(meets).map(|old| old.name.as_str())
}

fn place(bounds: Bounds, spec: &RegionSpec, name: &str, image: Backing) -> Result<Region, String> {
    use RegionKind::{Heap, Stack};
    let start = spec.start;
    let limit = spec.limit.unwrap_or(spec.pages).max(spec.pages);
    if !start.is_multiple_of(PAGE_BYTES) {
        return Err(format!("its start {start:#x} is not a multiple of {PAGE_BYTES}"));
    }
    if spec.pages == 0 && spec.kind != Heap || limit == 0 {
        return Err("it has no pages".to_owned());
    }
    if limit > spec.pages && !matches!(spec.kind, Heap | Stack) {
        return Err("only a heap or a stack can grow, so only these have a limit".to_owned());
    }
    let bytes = |pages: u64| pages.checked_mul(PAGE_BYTES);
    let ends = bytes(spec.pages).zip(bytes(limit - spec.pages)).and_then(|(now, more)| {
        let end = start.checked_add(now)?;
        match spec.kind {
            Stack => Some((end, start.checked_sub(more)?, end)),
            _ => Some((end, start, end.checked_add(more)?)),
        }
    });
    let Some((end, lowest, highest)) = ends else {
        return Err("it does not fit into the address space".to_owned());
    };
    let kernel = bounds.kernel_index() << 22..(bounds.kernel_index() + 1) << 22;
    let on_kernel = bounds.mode == Mode::Sv32 && lowest < kernel.end && kernel.start < highest;
    if highest > bounds.user_end() || on_kernel {
        return Err(format!("{lowest:#x}..{highest:#x} leaves the user's part of the space"));
    }
    Ok(Region {
        name: name.to_owned(),
        kind: spec.kind,
        start,
        end,
        lowest,
        highest,
        permissions: spec.permissions.unwrap_or(spec.kind.permissions()),
        backing: if spec.kind.from_image() { image } else { Backing::Zero },
    })
}
