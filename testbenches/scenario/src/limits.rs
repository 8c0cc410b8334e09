//! Bounds of the numbers in a file, so that no count wraps.

use std::fmt::Display;
use std::ops::RangeInclusive;

use super::place::{Mistake, Place};

pub(super) use kernel::MOST_CYCLES;

/// Checks a number that the file has at a place.
///
/// # Errors
/// When it is out of bounds.
pub(super) fn within<T: Display + PartialOrd>(
    place: &Place,
    value: T,
    bounds: RangeInclusive<T>,
) -> Result<(), Mistake> {
    if bounds.contains(&value) {
        return Ok(());
    }
    let (least, most) = bounds.into_inner();
    Err(place.wrong(format!("`{}` is {value}; it can be {least} to {most}", place.name())))
}
