//! Lays out the regions of an address space, checking each.

use crate::memory::Objects;
use crate::space::{Backing, Bounds, Region, RegionKind, RegionSpec};
use crate::{FileId, ObjectId, OsError};
use model::isa::{Mode, PAGE_BYTES};
use std::collections::BTreeMap;
use std::ops::Range;

/// The program's image: the file of text, rodata and data regions that name no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// The file's number.
    pub file: FileId,
    /// As an object.
    pub object: ObjectId,
}

/// The range for regions: the scheme's user addresses; and physical RAM, where there is no device.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The translation scheme.
    pub mode: Mode,
    /// Physical addresses of RAM.
    pub ram: Range<u64>,
}

/// Lays out stated regions in an address space, checking each.
///
/// # Errors
/// [`OsError::Region`] for a region that is misaligned, empty, outside the user's addresses (growth
/// included), that overlaps another, or that maps an object that it cannot map. Two regions may lie
/// in each other's range of growth: then it is the growth that is refused.
pub fn lay_out(
    ground: &Ground,
    process: &str,
    image: Image,
    specs: &[RegionSpec],
    objects: &mut Objects,
) -> Result<BTreeMap<u64, Region>, OsError> {
    let mut regions: BTreeMap<u64, Region> = BTreeMap::new();
    let mut part = 0;
    for spec in specs {
        let region = lay_one(ground, image, part, spec, objects);
        let region = region.and_then(|region| match overlap(&regions, &region) {
            Some(other) => Err(format!("it overlaps {other}")),
            None => Ok(region),
        });
        let region = region.map_err(|problem| OsError::Region {
            process: process.to_owned(),
            region: name(spec),
            problem,
        })?;
        part += region.pages();
        regions.insert(region.start, region);
    }
    Ok(regions)
}

/// Lays out one stated region, ignoring those already there. `part` is the page of the image at its
/// start, unless the region states one.
///
/// # Errors
/// A message that says what is wrong.
pub fn lay_one(
    ground: &Ground,
    image: Image,
    part: u64,
    spec: &RegionSpec,
    objects: &mut Objects,
) -> Result<Region, String> {
    let mut region = place(ground, spec)?;
    back(ground, image, part, spec, &mut region, objects)?;
    Ok(region)
}

fn name(spec: &RegionSpec) -> String {
    spec.name.clone().unwrap_or_else(|| spec.kind.name().to_owned())
}

fn overlap<'a>(regions: &'a BTreeMap<u64, Region>, new: &Region) -> Option<&'a str> {
    // A heap without pages still has a place.
    let end = |region: &Region| region.end.max(region.start + 1);
    // Regions are sorted and disjoint, so only the neighbours of the new one's end can overlap it.
    let below = regions.range(..end(new)).next_back().map(|(_, old)| old);
    below.filter(|old| new.start < end(old)).map(|old| old.name.as_str())
}

/// The region's addresses, with no object yet.
fn place(ground: &Ground, spec: &RegionSpec) -> Result<Region, String> {
    use RegionKind::{Heap, Stack};
    let bounds = Bounds::new(ground.mode);
    let start = spec.start;
    let limit = spec.limit.unwrap_or(spec.pages);
    if !start.is_multiple_of(PAGE_BYTES) {
        return Err(format!("its start {start:#x} is not a multiple of {PAGE_BYTES}"));
    }
    if spec.pages == 0 && spec.kind != Heap || limit == 0 {
        return Err("it has no pages".to_owned());
    }
    if let Some(limit) = spec.limit.filter(|limit| *limit < spec.pages) {
        return Err(format!("its limit of {limit} pages is below the {} that it has", spec.pages));
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
    if !bounds.admit(&(lowest..highest)) {
        return Err(format!("{lowest:#x}..{highest:#x} leaves the user's part of the space"));
    }
    Ok(Region {
        name: name(spec),
        kind: spec.kind,
        start,
        end,
        lowest,
        highest,
        permissions: spec.permissions.unwrap_or(spec.kind.permissions()),
        backing: Backing::Zero,
        object: None,
        first: 0,
        shared: spec.shared,
        locked: false,
    })
}

/// Assigns the region's file, shared memory or device.
fn back(
    ground: &Ground,
    image: Image,
    part: u64,
    spec: &RegionSpec,
    region: &mut Region,
    objects: &mut Objects,
) -> Result<(), String> {
    use RegionKind::{Device, Heap, Library, Mapped, Stack};
    if spec.kind == Device {
        region.backing = Backing::Device { pa: device(ground, spec)? };
        return Ok(());
    }
    if spec.device.is_some() {
        return Err("only a region of kind device has a device's address".to_owned());
    }
    if spec.shared && matches!(spec.kind, Heap | Stack) {
        return Err(format!("a {} is not shared", spec.kind.name()));
    }
    if spec.file.is_none() && (spec.file_pages.is_some() || spec.kind == Library) {
        return Err("it names no `file`".to_owned());
    }
    let is_file = spec.kind.from_image() || spec.kind == Library || spec.kind == Mapped;
    region.object = match &spec.file {
        Some(_) if !is_file && !spec.shared => {
            return Err("a region that starts as zero maps no file, unless it is shared".to_owned());
        }
        Some(file) => Some(objects.named(file, is_file, spec.file_pages)?),
        None if spec.kind.from_image() => Some(image.object),
        None if spec.shared => Some(objects.anonymous()),
        None => None,
    };
    region.first = match (spec.offset, &spec.file) {
        (Some(offset), _) => offset,
        (None, None) if spec.kind.from_image() => part,
        _ => 0,
    };
    let last = region.first.checked_add(region.pages()).and_then(|p| p.checked_mul(PAGE_BYTES));
    last.ok_or_else(|| format!("page {} is beyond every file", region.first))?;
    let file = region.object.and_then(|id| objects.get(id)).and_then(|object| object.file);
    if let Some(file) = file {
        region.backing = Backing::File { file, offset: region.first * PAGE_BYTES };
    }
    Ok(())
}

/// A device's first physical address, checked.
fn device(ground: &Ground, spec: &RegionSpec) -> Result<u64, String> {
    let pa = spec.device.ok_or("it lacks `device`, its physical address")?;
    let end = pa.checked_add(spec.pages.saturating_mul(PAGE_BYTES));
    let bits = if ground.mode == Mode::Sv32 { 34 } else { 56 };
    let Some(end) = end.filter(|&end| end <= 1 << bits && pa.is_multiple_of(PAGE_BYTES)) else {
        return Err(format!("{pa:#x} is not a page of the physical address space"));
    };
    if pa < ground.ram.end && ground.ram.start < end {
        return Err(format!("physical {pa:#x} is RAM, not a device"));
    }
    if spec.file.is_some() || spec.shared || spec.offset.is_some() {
        return Err("a device maps no file and is not shared".to_owned());
    }
    Ok(pa)
}
