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
//! The file `lines` reads lines without copying them; `log` handles Valgrind's own lines.

mod lines;
mod log;

use super::{AHEAD, Access, Op, Program, ProgramError};
use lines::Lines;
use log::Log;
use model::isa;
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
        self.only = pid;
        self
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
            let read = match self.beginnings.line(self.lines.at_hand()) {
                Some((access, modify, bytes)) => {
                    self.lines.used(bytes);
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

    /// Handles a line that is not in the plain form: Valgrind's own, blank, unusual, malformed, or
    /// none.
    #[cold]
    fn other(&mut self) -> Result<Line, ProgramError> {
        let line = match self.lines.line() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(Line::End),
            Err(source) => {
                let (file, line) = (self.file.clone(), self.line);
                return Err(ProgramError::Read { file, line, source });
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
        if self.ended
            || self.pending.is_some()
            || self.only.is_some_and(|only| self.log.current() != Some(only))
        {
            return;
        }
        let text = self.lines.at_hand();
        let (mut used, mut lines) = (0, 0);
        while ahead.len() < AHEAD {
            let line = self.beginnings.line(&text[used..]);
            let Some((access, modify, bytes)) = line else { break };
            if access.end() > end {
                break;
            }
            ahead.push(access);
            if modify {
                ahead.push(Access { kind: isa::Access::Store, ..access });
            }
            used += bytes;
            lines += 1;
        }
        self.lines.used(used);
        self.line += lines;
    }

    fn position(&self) -> String {
        format!("{}:{}: ", self.file, self.line)
    }
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
    va: u64,
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
        digits.max().is_some_and(|most| most < 16).then_some(Beginning { text, kind, modify, va })
    }
}

/// Beginnings that were read recently.
struct Beginnings([Beginning; 16]);

impl Beginnings {
    fn new() -> Beginnings {
        // The beginning of no line.
        let none = Beginning { text: [0; 8], kind: isa::Access::Fetch, modify: false, va: 0 };
        Beginnings([none; 16])
    }

    /// A line as Valgrind writes it, to its end: the access, whether a store follows, and its
    /// length in bytes. `None` for a line of any other form, or if too few bytes are at hand.
    #[inline(always)]
    fn line(&mut self, text: &[u8]) -> Option<(Access, bool, usize)> {
        let text: &[u8; PLAIN] = text.first_chunk()?;
        let beginning: [u8; 8] = *text.first_chunk()?;
        let mixed = u64::from_le_bytes(beginning).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let known = &mut self.0[(mixed >> 60) as usize];
        if known.text != beginning {
            *known = Beginning::read(beginning)?;
        }
        let Beginning { kind, modify, mut va, .. } = *known;
        // Addresses have eight digits at least, and most have no more.
        let [a, b, c] = [8, 9, 10].map(|at| DIGITS[usize::from(text[at])]);
        if a | b | c > 15 {
            return None;
        }
        va = va << 12 | u64::from(a) << 8 | u64::from(b) << 4 | u64::from(c);
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
        // Most sizes have one digit.
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
        Some((Access { kind, va, bytes }, modify, at + 1))
    }
}

/// The largest access that is accepted, in bytes.
const MOST_BYTES: u32 = 4096;

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
