//! A line's words with their columns, and the accesses that they state.

use super::ASSUMED;
use crate::cpu::Access;
use crate::cpu::lackey::MOST_BYTES;
use model::isa;

/// A problem, and its column from 1.
pub(super) type Problem = (usize, String);

/// What a line is: an access, or nothing to run.
pub(super) type Parsed = Result<Option<Access>, Problem>;

/// Characters of a line or a word that a message shows.
const SHOWN: usize = 40;

/// A word of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// The column at which it begins, from 1.
    pub(super) column: usize,
    pub(super) text: &'a [u8],
}

/// The words of a line, in order.
pub(super) struct Words<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(line: &'a [u8]) -> Words<'a> {
        Words { line, at: 0 }
    }

    /// The next word, which must be there.
    pub(super) fn want(&mut self, what: &str) -> Result<Word<'a>, Problem> {
        self.next().ok_or_else(|| (self.line.len() + 1, format!("{what} is missing")))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = &self.line[self.at..];
        let start = self.at + rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let rest = &self.line[start..];
        let length = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        self.at = start + length;
        Some(Word { column: start + 1, text: &rest[..length] })
    }
}

impl Word<'_> {
    /// An error about it.
    pub(super) fn wrong<T>(self, what: &str) -> Result<T, Problem> {
        Err((self.column, format!("`{}` is {what}", shown(self.text))))
    }

    /// Its value as an address.
    pub(super) fn address(self) -> Result<u64, Problem> {
        match number(self.text, 16) {
            Some(va) => Ok(va),
            None => self.wrong("no hexadecimal address of at most 64 bits"),
        }
    }

    /// An access whose size it states.
    pub(super) fn sized(self, kind: isa::Access, va: u64, radix: u32) -> Result<Access, Problem> {
        let Some(bytes) = number(self.text, radix) else { return self.wrong("no size") };
        if !(1..=u64::from(MOST_BYTES)).contains(&bytes) {
            return self.wrong(&format!("no size from 1 to {MOST_BYTES} bytes"));
        }
        if va.checked_add(bytes - 1).is_none() {
            return self.wrong("a size that runs past the end of the address space");
        }
        Ok(Access { kind, va, bytes: bytes as u16 })
    }
}

/// An access of which no size is known.
pub(super) fn assumed(kind: isa::Access, va: u64) -> Access {
    Access { kind, va: va & !u64::from(ASSUMED - 1), bytes: ASSUMED }
}

/// A number of at most 64 bits; a hexadecimal one may begin with `0x`.
fn number(text: &[u8], radix: u32) -> Option<u64> {
    let digits = match text {
        [b'0', b'x' | b'X', digits @ ..] if radix == 16 => digits,
        digits => digits,
    };
    // A sign is no digit.
    let text = str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u64::from_str_radix(text, radix).ok()
}

/// The beginning of a line or a word, as messages show it.
pub(super) fn shown(text: &[u8]) -> String {
    let whole = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN)]);
    let mut shown: String =
        whole.chars().take(SHOWN).flat_map(|c| c.escape_debug().collect::<Vec<_>>()).collect();
    if whole.chars().count() > SHOWN {
        shown.push_str("...");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_columns() {
        let words: Vec<_> = Words::of(b"  ab\tc \r").map(|word| (word.column, word.text)).collect();
        assert_eq!(words, [(3, &b"ab"[..]), (6, b"c")]);
        assert_eq!(Words::of(b"ab ").nth(1), None);
        assert_eq!(Words::of(b"ab ").want("x").unwrap().column, 1);
        assert_eq!(Words::of(b"  ").want("x"), Err((3, "x is missing".to_owned())));
    }

    #[test]
    fn numbers_have_no_sign_and_fit_64_bits() {
        assert_eq!(number(b"0xfF", 16), Some(255));
        assert_eq!(number(b"0X10", 16), Some(16));
        assert_eq!(number(b"ffffffffffffffff", 16), Some(u64::MAX));
        for text in ["", "0x", "+1", "-1", "1ffffffffffffffff", "1g", "0x0x1", "\u{e9}"] {
            assert_eq!(number(text.as_bytes(), 16), None, "{text}");
        }
        assert_eq!(number(b"0x1", 10), None);
    }

    #[test]
    fn what_is_shown_is_short_and_can_be_printed() {
        assert_eq!(shown(b"a\x1b[2J\t"), "a\\u{1b}[2J\\t");
        assert_eq!(shown(&[b'x'; 4000]), format!("{}...", "x".repeat(40)));
        assert_eq!(shown(b"\xff"), "\u{fffd}");
    }
}
