//! Memory traces as `valgrind --tool=lackey --trace-mem=yes` writes them.
//!
//! ```text
//! ==1234== Command: ls          Valgrind's own: passed over, as blank lines are
//! --1234-- WARNING: ...         likewise, and **1234** too
//! I  0401ab70,3                 a fetch: address in hexadecimal, size in decimal
//!  L 1ffefffe28,8               a load
//!  S 1ffefffe28,8               a store
//!  M 0421c7cc,4                 a modify: a load, then a store
//! ```
//!
//! Memory use does not depend on the length, of the trace or of a line.
//!
//! The file `log` handles Valgrind's own lines.

mod log;

use super::lines::Lines;
use super::{AHEAD, Access, Format, Op, Program, ProgramError};
use log::Log;
use model::isa::{self, PAGE_BYTES};
use std::io::Read;

/// A trace being read, one line at a time.
pub struct Lackey {
    file: String,
    lines: Lines,
    /// Lines read so far.
    line: u64,
    beginnings: Beginnings,
    log: Log,
    /// Only the accesses of this process.
    only: Option<u32>,
    /// The store half of a modify.
    pending: Option<Access>,
    ended: bool,
}

impl Lackey {
    /// A trace from `source`, called `file` in messages.
    pub fn new(file: impl Into<String>, source: Box<dyn Read>) -> Lackey {
        Lackey {
            file: file.into(),
            lines: Lines::new(source),
            line: 0,
            beginnings: Beginnings::new(),
            log: Log::default(),
            only: None,
            pending: None,
            ended: false,
        }
    }

    /// In a log that several processes wrote, takes only the accesses of this one: those that
    /// follow a line of Valgrind's with its number, up to a line with another's. Accesses
    /// themselves carry no number, and no line marks the beginning of a forked child, so it cannot
    /// be told from its parent.
    #[must_use]
    pub fn only(mut self, pid: Option<u32>) -> Lackey {
        self.choose(pid);
        self
    }

    /// The same, of a trace that exists.
    pub(super) fn choose(&mut self, pid: Option<u32>) {
        self.only = pid;
    }

    /// The numbers of the processes that wrote what has been read so far.
    pub fn processes(&self) -> &[u32] {
        self.log.processes()
    }

    fn step(&mut self) -> Result<Option<Op>, ProgramError> {
        if let Some(store) = self.pending.take() {
            return Ok(Some(Op::Access(store)));
        }
        loop {
            let plain = self.beginnings.of(self.lines.at_hand());
            let plain = plain.and_then(|(line, beginning)| {
                let (access, length) = beginning.line(line)?;
                Some((access, beginning.modify, length))
            });
            let read = match plain {
                Some((access, modify, length)) => {
                    self.lines.used(length);
                    self.line += 1;
                    Some((access, modify))
                }
                None => match self.other()? {
                    Line::End => return Ok(None),
                    Line::Passed => None,
                    Line::Access(access, modify) => Some((access, modify)),
                },
            };
            let Some((access, modify)) = read else { continue };
            if self.only.is_some() && self.only != self.log.current() {
                continue;
            }
            if modify {
                self.pending = Some(Access { kind: isa::Access::Store, ..access });
            }
            return Ok(Some(Op::Access(access)));
        }
    }

    /// Reads lines in the plain form, as far as they are at hand, for [`Program::accesses`] or
    /// [`Program::touched`].
    #[inline(always)]
    fn plain_lines(&mut self, end: u64, ahead: &mut Vec<Access>, touched: bool) {
        if self.ended
            || self.pending.is_some()
            || self.only.is_some_and(|only| self.log.current() != Some(only))
        {
            return;
        }
        let mut text = self.lines.at_hand();
        let (whole, mut lines) = (text.len(), 0);
        while ahead.len() < AHEAD {
            if touched {
                let (passed, length) = self.beginnings.repeats(text);
                text = &text[length..];
                lines += passed;
            }
            let Some((line, beginning)) = self.beginnings.of(text) else { break };
            let found = beginning.line(line).filter(|(access, _)| access.end() <= end);
            let Some((access, length)) = found else { break };
            let in_page = access.va % PAGE_BYTES + u64::from(access.bytes) <= PAGE_BYTES;
            beginning.seen |= touched && in_page && access.va / PAGE_BYTES == beginning.va;
            ahead.push(access);
            if beginning.modify {
                ahead.push(Access { kind: isa::Access::Store, ..access });
            }
            text = &text[length..];
            lines += 1;
        }
        let used = whole - text.len();
        self.lines.used(used);
        self.line += lines;
    }

    /// Handles a line that is not in the plain form: Valgrind's own, blank, unusual, malformed, or
    /// none.
    #[cold]
    fn other(&mut self) -> Result<Line, ProgramError> {
        let line = match self.lines.line() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(Line::End),
            Err(source) => {
                let (file, line) = (self.file.clone(), self.line);
                return Err(ProgramError::Read { file, unit: "line", line, source });
            }
        };
        self.line += 1;
        if line.iter().all(u8::is_ascii_whitespace) || self.log.take(line) {
            return Ok(Line::Passed);
        }
        match parse(line) {
            Ok((access, modify)) => Ok(Line::Access(access, modify)),
            Err((column, problem)) => {
                let (file, line) = (self.file.clone(), self.line);
                Err(ProgramError::Malformed { file, line, column, problem })
            }
        }
    }
}

/// The contents of a line.
enum Line {
    /// There is none.
    End,
    /// Nothing to do.
    Passed,
    /// An access, and whether a store follows.
    Access(Access, bool),
}

impl Program for Lackey {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        if self.ended {
            return None;
        }
        let step = self.step();
        self.ended = !matches!(step, Ok(Some(_)));
        step.transpose()
    }

    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        self.plain_lines(end, ahead, false);
    }

    fn touched(&mut self, end: u64, touched: &mut Vec<Access>) {
        self.plain_lines(end, touched, true);
    }

    fn position(&self) -> String {
        format!("{}:{}: ", self.file, self.line)
    }

    fn format(&self) -> Option<Format> {
        Some(Format::Lackey)
    }
}

/// Whether a line is in this format: an access, or one of Valgrind's own.
pub(super) fn is_line(line: &[u8]) -> bool {
    parse(line).is_ok() || Log::default().take(line)
}

/// Whether a line begins like an access of this format.
pub(super) fn begins(line: &[u8]) -> bool {
    matches!(line.get(..3), Some(b"I  " | b" L " | b" S " | b" M "))
}

/// The value of each byte as a hexadecimal digit; 255 for those that are none.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut digit = 0;
    while digit < 16 {
        let byte = b"0123456789abcdef"[digit as usize];
        digits[byte as usize] = digit;
        digits[byte.to_ascii_uppercase() as usize] = digit;
        digit += 1;
    }
    digits
};

/// Length of the longest line in the plain form: kind, 16 digits, a comma, a size of 4 digits, the
/// end.
const PLAIN: usize = 32;

/// The beginning of a line in the plain form: its kind and five digits of the address. Neighbouring
/// accesses begin alike, so the result of reading it is cached.
#[derive(Clone, Copy)]
struct Beginning {
    text: [u8; 8],
    kind: isa::Access,
    modify: bool,
    /// The value of the digits; of an address with eight digits, its page.
    va: u64,
    /// An access to the page with this number was given to [`Program::touched`].
    seen: bool,
}

impl Beginning {
    fn read(text: [u8; 8]) -> Option<Beginning> {
        let (kind, modify) = match &text[..3] {
            b"I  " => (isa::Access::Fetch, false),
            b" L " => (isa::Access::Load, false),
            b" S " => (isa::Access::Store, false),
            b" M " => (isa::Access::Load, true),
            _ => return None,
        };
        let digits = text[3..].iter().map(|&byte| DIGITS[usize::from(byte)]);
        let va = digits.clone().fold(0, |va, digit| va << 4 | u64::from(digit));
        let sound = digits.max().is_some_and(|most| most < 16);
        sound.then_some(Beginning { text, kind, modify, va, seen: false })
    }

    /// The access of a line that begins like this, and the line's length in bytes. `None` for a
    /// line that Valgrind would write in another way.
    #[inline(always)]
    fn line(&self, text: &[u8; PLAIN]) -> Option<(Access, usize)> {
        let digit = |at: usize| DIGITS[usize::from(text[at])];
        // Addresses have eight digits at least.
        let [a, b, c] = [digit(8), digit(9), digit(10)];
        if a | b | c > 15 {
            return None;
        }
        let va = self.va << 12 | u64::from(a) << 8 | u64::from(b) << 4 | u64::from(c);
        let size = text[12].wrapping_sub(b'0');
        // Most addresses have no more, and most sizes have one digit.
        if text[11] == b',' && text[13] == b'\n' && (1..=9).contains(&size) {
            return Some((Access { kind: self.kind, va, bytes: size.into() }, SHORT));
        }
        self.long_line(text, va)
    }

    /// Whether a line is seen at a glance to be an access of the same kind to the same page as one
    /// that was given before.
    #[inline(always)]
    fn is_repeated(&self, text: &[u8; PLAIN]) -> bool {
        let digit = |at: usize| u32::from(DIGITS[usize::from(text[at])]);
        let [a, b, c] = [digit(8), digit(9), digit(10)];
        let size = u32::from(text[12].wrapping_sub(b'0'));
        let sound = a | b | c < 16 && text[11] == b',' && text[13] == b'\n';
        let in_page = (a << 8 | b << 4 | c) + size <= PAGE_BYTES as u32;
        self.seen && sound && (1..=9).contains(&size) && in_page
    }

    /// [`Beginning::line`] with any number of digits; `va` is the value of the first eight.
    #[inline(never)]
    fn long_line(&self, text: &[u8; PLAIN], mut va: u64) -> Option<(Access, usize)> {
        let mut at = 11;
        // Sixteen digits cannot overflow.
        while text[at] != b',' {
            let digit = DIGITS[usize::from(text[at])];
            at += 1;
            if digit > 15 || at > 19 {
                return None;
            }
            va = va << 4 | u64::from(digit);
        }
        let size = at + 1;
        let first = text[size].wrapping_sub(b'0');
        let mut bytes = u16::from(first);
        at = size + 1;
        while text[at] != b'\n' {
            let digit = text[at].wrapping_sub(b'0');
            at += 1;
            if digit > 9 || bytes > 999 || at > size + 4 {
                return None;
            }
            bytes = bytes * 10 + u16::from(digit);
        }
        let sound = first <= 9 && bytes > 0 && u32::from(bytes) <= MOST_BYTES;
        if !sound || va > u64::MAX - u64::from(bytes - 1) {
            return None;
        }
        Some((Access { kind: self.kind, va, bytes }, at + 1))
    }
}

/// The length of a line with eight digits of address and one of size.
const SHORT: usize = 14;

/// Number of cached beginnings.
const BEGINNINGS: usize = 64;

/// Beginnings that were read recently.
struct Beginnings([Beginning; BEGINNINGS]);

impl Beginnings {
    fn new() -> Beginnings {
        // The beginning of no line.
        let (text, kind) = ([0; 8], isa::Access::Fetch);
        Beginnings([Beginning { text, kind, modify: false, va: 0, seen: false }; BEGINNINGS])
    }

    /// How many lines a text begins with that [`Program::touched`] need not give again, and their
    /// length.
    #[inline(never)]
    fn repeats(&self, text: &[u8]) -> (u64, usize) {
        let mut lines = 0;
        let mut rest = text;
        while let Some((line, beginning)) = rest.first_chunk::<PLAIN>().zip(rest.first_chunk()) {
            let beginning: [u8; 8] = *beginning;
            let known = &self.0[Beginnings::index(beginning)];
            if known.text != beginning || !known.is_repeated(line) {
                break;
            }
            rest = &rest[SHORT..];
            lines += 1;
        }
        (lines, text.len() - rest.len())
    }

    #[inline(always)]
    fn index(beginning: [u8; 8]) -> usize {
        let mixed = u64::from_le_bytes(beginning).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (64 - BEGINNINGS.ilog2())) as usize
    }

    /// The line that a text begins with, as far as it can be in the plain form, and the beginning
    /// of this line. `None` if it is in another form, or if too few bytes are at hand.
    #[inline(always)]
    fn of<'a>(&mut self, text: &'a [u8]) -> Option<(&'a [u8; PLAIN], &mut Beginning)> {
        let line: &[u8; PLAIN] = text.first_chunk()?;
        let beginning: [u8; 8] = *line.first_chunk()?;
        let known = &mut self.0[Beginnings::index(beginning)];
        if known.text != beginning {
            *known = Beginning::read(beginning)?;
        }
        Some((line, known))
    }
}

/// The largest access that is accepted, in bytes.
pub(super) const MOST_BYTES: u32 = 4096;

/// A line of any form: an access and whether a store follows. Errors carry the column.
fn parse(line: &[u8]) -> Result<(Access, bool), (usize, String)> {
    let (kind, modify) = match line.get(..3) {
        Some(b"I  ") => (isa::Access::Fetch, false),
        Some(b" L ") => (isa::Access::Load, false),
        Some(b" S ") => (isa::Access::Store, false),
        Some(b" M ") => (isa::Access::Load, true),
        _ => {
            let forms = "\"I  \", \" L \", \" S \" or \" M \"";
            return Err((1, format!("a line begins with {forms}")));
        }
    };
    let (va, comma) = number(line, 3, 16, "a hexadecimal address")?;
    if line.get(comma) != Some(&b',') {
        return Err((comma + 1, "a comma belongs between address and size".to_owned()));
    }
    let (bytes, end) = number(line, comma + 1, 10, "a size in decimal")?;
    let rest = line[end..].iter().position(|byte| !byte.is_ascii_whitespace());
    if let Some(rest) = rest {
        return Err((end + rest + 1, "nothing may follow the size".to_owned()));
    }
    if !(1..=u64::from(MOST_BYTES)).contains(&bytes) {
        return Err((comma + 2, format!("a size is 1 to {MOST_BYTES} bytes, not {bytes}")));
    }
    let bytes = bytes as u16;
    if va.checked_add(u64::from(bytes) - 1).is_none() {
        return Err((4, "the access runs past the end of the address space".to_owned()));
    }
    Ok((Access { kind, va, bytes }, modify))
}

/// A number from column `start` (from 0) on, and the column after it.
fn number(
    line: &[u8],
    start: usize,
    radix: u32,
    what: &str,
) -> Result<(u64, usize), (usize, String)> {
    let mut value: u64 = 0;
    let mut at = start;
    while let Some(digit) = line.get(at).and_then(|&byte| char::from(byte).to_digit(radix)) {
        let next = value.checked_mul(u64::from(radix));
        value = next
            .and_then(|value| value.checked_add(u64::from(digit)))
            .ok_or_else(|| (start + 1, format!("expected {what} of at most 64 bits")))?;
        at += 1;
    }
    if at == start {
        return Err((at + 1, format!("expected {what}")));
    }
    Ok((value, at))
}

#[cfg(test)]
mod tests;
