//! An address space: regions, the pages in use, and the page table that maps them.
//!
//! | file | does |
//! |---|---|
//! | `region`, `layout`, `permissions` | regions, their checks and permissions |
//! | `growth` | regions split, moved and grown |
//! | `demand` | regions of recorded programs, made when they are touched |
//! | `held` | the pages that a process holds |
//! | `table`, `prune` | page tables, edited over the bus; freed when unused |
//! | `asid` | address-space identifiers |

mod asid;
mod demand;
mod growth;
mod held;
mod layout;
mod permissions;
mod prune;
mod region;
pub mod table;

pub use asid::{Asids, Grant};
pub use held::{Held, HeldPages};
pub use layout::{Ground, Image, lay_one, lay_out};
pub use permissions::Permissions;
pub use region::{Backing, Region, RegionKind, RegionSpec};

use crate::space::table::PageTable;
use model::isa::{Mode, PAGE_BYTES};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How an address space gets its regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The stated ones.
    Regions(Vec<RegionSpec>),
    /// The stated ones, and elsewhere on demand: for a recorded trace, which has only addresses.
    OnDemand(Vec<RegionSpec>),
}

/// The addresses of user programs, of the kernel, and those that are not canonical.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    mode: Mode,
}

/// The part of the address space that an address is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// User programs.
    User,
    /// The kernel.
    Kernel,
    /// Neither: its upper bits are no sign extension.
    NonCanonical,
}

impl Bounds {
    /// The bounds of a scheme.
    pub fn new(mode: Mode) -> Bounds {
        Bounds { mode }
    }

    /// The scheme.
    pub fn mode(self) -> Mode {
        self.mode
    }

    /// The root index of the one superpage that maps the kernel in every address space: at three
    /// quarters in Sv32 (0xC000_0000, 4 MiB), else the first of the upper half.
    pub fn kernel_index(self) -> u64 {
        if self.mode == Mode::Sv32 { 768 } else { 256 }
    }

    /// The first address of that superpage.
    pub fn kernel_start(self) -> u64 {
        let shift = self.mode.va_bits() - self.mode.segment_bits();
        let start = self.kernel_index() << shift;
        let unused = 64 - self.mode.va_bits();
        if self.mode == Mode::Sv32 { start } else { ((start << unused) as i64 >> unused) as u64 }
    }

    /// The first address above the user's: the end of the lower half, in Sv32 of the whole space.
    pub fn user_end(self) -> u64 {
        if self.mode == Mode::Sv32 { 1 << 32 } else { 1 << (self.mode.va_bits() - 1) }
    }

    /// The kernel's addresses in the middle of the user's, in Sv32 only.
    pub fn kernel(self) -> Option<Range<u64>> {
        let superpage = self.kernel_index() << 22..(self.kernel_index() + 1) << 22;
        (self.mode == Mode::Sv32).then_some(superpage)
    }

    /// Whether all addresses of a range are the user's.
    pub fn admit(self, range: &Range<u64>) -> bool {
        let meets = |kernel: Range<u64>| range.start < kernel.end && kernel.start < range.end;
        range.end <= self.user_end() && !self.kernel().is_some_and(meets)
    }

    /// The part that an address is in. In Sv32 only the kernel's own superpage is the kernel's.
    pub fn owner(self, va: u64) -> Owner {
        if self.mode == Mode::Sv32 {
            let index = (va & 0xffff_ffff) >> 22;
            return if index == self.kernel_index() { Owner::Kernel } else { Owner::User };
        }
        let upper = (va as i64) >> (self.mode.va_bits() - 1);
        match upper {
            0 => Owner::User,
            -1 => Owner::Kernel,
            _ => Owner::NonCanonical,
        }
    }
}

/// The kernel's record of one process's memory.
#[derive(Debug)]
pub struct AddressSpace {
    /// The hardware's view.
    pub table: PageTable,
    /// By first address.
    pub regions: BTreeMap<u64, Region>,
    /// Pages that it holds, by virtual page number.
    pub pages: HeldPages,
    /// Pages of devices that are mapped: the physical page number by the virtual.
    pub devices: BTreeMap<u64, u64>,
    /// Runs mapped by superpages, by first virtual page number: the spare table of each.
    pub runs: BTreeMap<u64, u64>,
    /// Permissions beyond those of a page's region, widened by use in on-demand layouts.
    pub widened: BTreeMap<u64, Permissions>,
    /// Whether regions are created on demand.
    pub on_demand: bool,
    /// For on-demand layouts: the page of the first store, which is on the stack.
    pub stack: Option<u64>,
    /// Whether any region is locked.
    pub has_locks: bool,
    /// Pages that were evicted from it and not brought in again.
    pub evicted: BTreeSet<u64>,
    /// Pages mapped now, except the zero page and devices: the resident set. A page that allows no
    /// access is still in its frame, and counts.
    pub resident: u64,
}

impl AddressSpace {
    /// An address space with these regions; with `on_demand`, others are created later.
    pub fn new(table: PageTable, regions: BTreeMap<u64, Region>, on_demand: bool) -> AddressSpace {
        AddressSpace {
            table,
            regions,
            pages: HeldPages::default(),
            devices: BTreeMap::new(),
            runs: BTreeMap::new(),
            widened: BTreeMap::new(),
            on_demand,
            stack: None,
            has_locks: false,
            evicted: BTreeSet::new(),
            resident: 0,
        }
    }

    /// The region at an address.
    pub fn region(&self, va: u64) -> Option<&Region> {
        let (_, region) = self.regions.range(..=va).next_back()?;
        region.contains(va).then_some(region)
    }

    /// The regions that lie wholly or partly in a range.
    pub fn regions_in<'a>(&'a self, range: &Range<u64>) -> impl Iterator<Item = &'a Region> {
        let (start, end) = (range.start, range.end);
        self.regions.values().filter(move |region| region.start < end && start < region.end)
    }

    /// Pages of regions that are locked.
    pub fn locked_pages(&self) -> u64 {
        self.regions.values().filter(|region| region.locked).map(Region::pages).sum()
    }

    /// The permissions of a page, as its entry can express them.
    pub fn permissions(&self, va: u64) -> Permissions {
        self.permissions_in(self.region(va), va)
    }

    /// As [`AddressSpace::permissions`], where the page's region is known.
    pub fn permissions_in(&self, region: Option<&Region>, va: u64) -> Permissions {
        let own = region.map(|region| region.permissions).unwrap_or_default();
        own.union(self.widened.get(&(va / PAGE_BYTES)).copied().unwrap_or_default()).encodable()
    }

    /// The source of a page's first contents; byte 0 is at the page's first address.
    pub fn backing(&self, va: u64) -> Backing {
        let Some(region) = self.region(va) else { return Backing::Zero };
        let inside = va / PAGE_BYTES * PAGE_BYTES - region.start;
        match region.backing {
            Backing::Zero => Backing::Zero,
            Backing::File { file, offset } => Backing::File { file, offset: offset + inside },
            Backing::Device { pa } => Backing::Device { pa: pa + inside },
        }
    }
}
