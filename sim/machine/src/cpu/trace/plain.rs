//! Lines of an address and a letter, in either order.
//!
//! ```text
//! 0041f7a0 R         a load; hexadecimal, also with 0x
//! w 0x41f7a0         a store; also in lower case
//! ```

use super::words::{Parsed, Word, Words, assumed};
use model::isa;

/// A line.
pub(super) fn plain(line: &[u8]) -> Parsed {
    let mut words = Words::of(line);
    let first = words.want("the address")?;
    let second = words.want("R or W")?;
    let (address, kind) = match (letter(second), letter(first)) {
        (Some(kind), _) => (first, kind),
        (None, Some(kind)) => (second, kind),
        (None, None) => return second.wrong("neither R nor W"),
    };
    let va = address.address()?;
    match words.next() {
        None => Ok(Some(assumed(kind, va))),
        Some(more) => more.wrong("too much: a line is an address, and R or W"),
    }
}

fn letter(word: Word<'_>) -> Option<isa::Access> {
    match word.text {
        b"R" | b"r" => Some(isa::Access::Load),
        b"W" | b"w" => Some(isa::Access::Store),
        _ => None,
    }
}
