//! Base and bounds, and segments: a sum and a comparison.

use super::SizeError;

/// More bits than this in an address are no toy.
const MOST_BITS: u32 = 20;

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Its number: the upper bits of its addresses.
    pub number: u64,
    /// The physical address at which it begins; of one that grows down, the one behind its end.
    pub base: u64,
    /// Its bytes.
    pub limit: u64,
    /// It grows down: its last offsets are valid, not its first.
    pub down: bool,
}

/// An access, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// What one writes down by hand.
    pub lines: Vec<String>,
    /// The physical address; none at a fault.
    pub pa: Option<u64>,
}

/// A process in one piece: an address below `limit` is at `base` and the address.
pub fn bounds(base: u64, limit: u64, va: u64) -> Placed {
    if va >= limit {
        let lines = vec![format!("{va} is not below the limit {limit}: a fault")];
        return Placed { lines, pa: None };
    }
    let pa = base + va;
    let lines =
        vec![format!("{va} is below the limit {limit}"), format!("base {base} + {va} = {pa}")];
    Placed { lines, pa: Some(pa) }
}

/// The segments of a process. The upper bits of an address are a segment's number, the others the
/// offset in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segments {
    bits: u32,
    number_bits: u32,
    segments: Vec<Segment>,
}

impl Segments {
    /// Segments in addresses of so many bits; numbers take as few bits as hold the largest.
    ///
    /// # Errors
    /// [`SizeError`], a sentence: too many bits, no bits for offsets, two of one number, a segment
    /// larger than its offsets reach, or one that begins below address 0 or ends beyond memory.
    pub fn new(bits: u32, segments: Vec<Segment>) -> Result<Segments, SizeError> {
        let wrong = |message| Err(SizeError(message));
        if bits > MOST_BITS {
            return wrong(format!("{bits} bits of an address; a toy has {MOST_BITS} at most"));
        }
        let most = segments.iter().map(|segment| segment.number).max().unwrap_or(0);
        let number_bits = (u64::BITS - most.leading_zeros()).max(1);
        if number_bits >= bits {
            return wrong(format!(
                "number {most} takes {number_bits} of the {bits} bits of an address, and none is \
                 left for offsets; --bits gives more"
            ));
        }
        let span = 1_u64 << (bits - number_bits);
        for (at, segment) in segments.iter().enumerate() {
            let Segment { name, number, base, limit, down } = segment;
            if segments[..at].iter().any(|other| other.number == *number) {
                return wrong(format!("two segments have the number {number}"));
            }
            if *limit == 0 || *limit > span {
                return wrong(format!(
                    "`{name}` has {limit} bytes; offsets of {} bits allow 1 to {span}",
                    bits - number_bits
                ));
            }
            if *down && base < limit {
                return wrong(format!("`{name}` would begin {} bytes below 0", limit - base));
            }
            if *base > 1 << MOST_BITS {
                return wrong(format!("`{name}` is at {base}; a toy has {} bytes", 1 << MOST_BITS));
            }
        }
        Ok(Segments { bits, number_bits, segments })
    }

    /// The bytes that a segment may have: as many as there are offsets.
    pub fn span(&self) -> u64 {
        1 << (self.bits - self.number_bits)
    }

    /// Bits of a segment's number.
    pub fn number_bits(&self) -> u32 {
        self.number_bits
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Translates an address.
    ///
    /// # Errors
    /// [`SizeError`], a sentence: the address has too many bits.
    pub fn access(&self, va: u64) -> Result<Placed, SizeError> {
        if va >> self.bits != 0 {
            let last = (1_u64 << self.bits) - 1;
            return Err(SizeError(format!("there is no address {va}: they go from 0 to {last}")));
        }
        let span = self.span();
        let (number, offset) = (va / span, va % span);
        let (n, o) = (self.number_bits as usize, (self.bits - self.number_bits) as usize);
        let mut lines =
            vec![format!("{va} = {number:0n$b} {offset:0o$b}: segment {number}, offset {offset}")];
        let Some(segment) = self.segments.iter().find(|segment| segment.number == number) else {
            lines.push(format!("there is no segment {number}: a fault"));
            return Ok(Placed { lines, pa: None });
        };
        let Segment { name, base, limit, down, .. } = segment;
        // A segment that grows down is counted from its end.
        let (distance, inside, pa) = if *down {
            let below = span - offset;
            lines.push(format!("{name} grows down: offset {offset} is {below} below its end"));
            (below, below <= *limit, base.checked_sub(below))
        } else {
            (offset, offset < *limit, Some(base + offset))
        };
        let (is, is_not) =
            if *down { ("is not more than", "is more than") } else { ("is below", "is not below") };
        let Some(pa) = pa.filter(|_| inside) else {
            lines.push(format!("{distance} {is_not} the limit of {name}, {limit}: a fault"));
            return Ok(Placed { lines, pa: None });
        };
        lines.push(format!("{distance} {is} the limit of {name}, {limit}"));
        let sign = if *down { '-' } else { '+' };
        lines.push(format!("base {base} {sign} {distance} = {pa}"));
        Ok(Placed { lines, pa: Some(pa) })
    }
}
