//! Between what bounds the numbers of a file must be, so that nothing that is counted wraps.

use std::fmt::Display;
use std::ops::RangeInclusive;

use super::place::{Mistake, Place};

/// The most cycles that one thing may take: 18 minutes of a processor of 1 GHz. The clock counts
/// a trillion times as many.
pub(super) const MOST_CYCLES: u64 = 1 << 40;

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

/// Checks the number at a key, if the file has it.
///
/// # Errors
/// As [`within`].
pub(super) fn key_within<T: Copy + Display + PartialOrd>(
    table: &Place,
    key: &str,
    value: Option<T>,
    bounds: RangeInclusive<T>,
) -> Result<(), Mistake> {
    value.map_or(Ok(()), |value| within(&table.key(key), value, bounds))
}
