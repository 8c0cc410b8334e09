//! The input formats of the cache simulator Dinero.
//!
//! ```text
//! 2 401ab70          din: label and address in hexadecimal; the rest of the line is ignored
//! i 401ab70 3        xdin: letter, address and size in hexadecimal; the rest is ignored
//! ```
//!
//! | din | xdin | is |
//! |---|---|---|
//! | 0 | r | a load |
//! | 1 | w | a store |
//! | 2 | i | a fetch |
//! | 3 | m | any other access, like a load |
//! | 4 | c, v | work of the cache alone: passed over |

use super::words::{Parsed, Words, assumed};
use model::isa::Access::{Fetch, Load, Store};

/// A line of din.
pub(super) fn din(line: &[u8]) -> Parsed {
    let mut words = Words::of(line);
    let label = words.want("the label")?;
    let kind = match label.text {
        b"0" | b"3" => Some(Load),
        b"1" => Some(Store),
        b"2" => Some(Fetch),
        b"4" => None,
        _ => return label.wrong("no label: 0 is a load, 1 a store, 2 a fetch"),
    };
    let va = words.want("the address")?.address()?;
    Ok(kind.map(|kind| assumed(kind, va)))
}

/// A line of xdin.
pub(super) fn xdin(line: &[u8]) -> Parsed {
    let mut words = Words::of(line);
    let letter = words.want("the kind of access")?;
    let kind = match letter.text {
        b"r" | b"R" | b"m" | b"M" => Some(Load),
        b"w" | b"W" => Some(Store),
        b"i" | b"I" => Some(Fetch),
        b"c" | b"C" | b"v" | b"V" => None,
        _ => return letter.wrong("no kind of access: r is a load, w a store, i a fetch"),
    };
    let va = words.want("the address")?.address()?;
    let size = words.want("the size")?;
    // What the cache alone does may concern any number of bytes.
    kind.map(|kind| size.sized(kind, va, 16)).transpose()
}
