//! What base and limit mean, byte by byte, and nothing cleverer.
//!
//! Written without looking at the hardware: a segment is a range of offsets and a range of
//! physical addresses of the same length, side by side.

use std::ops::Range;

use super::{Descriptor, Reason, Request, Shape};
use model::isa::Access;

/// The valid offsets of a segment.
pub fn offsets(descriptor: &Descriptor, shape: Shape) -> Range<u64> {
    let limit = descriptor.limit.min(shape.span());
    if descriptor.rights.down { shape.span() - limit..shape.span() } else { 0..limit }
}

/// The physical address of an offset of the segment; only for valid offsets.
fn location(descriptor: &Descriptor, shape: Shape, offset: u64) -> u64 {
    match descriptor.rights.down {
        // The byte before the end of the offsets is the byte before the base.
        true => descriptor.base.wrapping_sub(shape.span() - offset),
        false => descriptor.base.wrapping_add(offset),
    }
}

/// Translates one access by a table of segments.
///
/// # Errors
/// The first [`Reason`] that applies, in their order.
pub fn translate(
    table: &[Option<Descriptor>],
    shape: Shape,
    request: &Request,
) -> Result<u64, Reason> {
    let (number, offset) = (request.va / shape.span(), request.va % shape.span());
    let segment = usize::try_from(number).ok().and_then(|number| table.get(number));
    let Some(Some(descriptor)) = segment else { return Err(Reason::NoSegment) };
    let has = offsets(descriptor, shape);
    if !(offset..offset + u64::from(request.bytes)).all(|byte| has.contains(&byte)) {
        return Err(Reason::Limit);
    }
    let rights = descriptor.rights;
    let kind = match request.access {
        Access::Fetch => rights.execute,
        // The unit has no pin for cache-block management: it treats it as a load.
        Access::Load | Access::CacheBlock => rights.read,
        Access::Store => rights.write,
    };
    if !kind || (request.user && !rights.user) {
        return Err(Reason::Protection);
    }
    Ok(location(descriptor, shape, offset))
}
