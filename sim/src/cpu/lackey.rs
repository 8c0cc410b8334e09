//! Memory traces as `valgrind --tool=lackey --trace-mem=yes` writes them.
//!
//! ```text
//! ==1234== Command: ls          skipped, as blank lines are
//! I  0401ab70,3                 a fetch: address in hexadecimal, size in decimal
//!  L 1ffefffe28,8               a load
//!  S 1ffefffe28,8               a store
//!  M 0421c7cc,4                 a modify: a load, then a store
//! ```

use super::{Access, Op, Program, ProgramError};
use crate::isa;
use std::io::{BufRead, Read};

/// Longer lines are not Lackey's, and are not read into memory.
const LONGEST_LINE: u64 = 256;

/// A trace being read, one line at a time.
pub struct Lackey {
    file: String,
    source: Box<dyn BufRead>,
    line: u64,
    buffer: Vec<u8>,
    /// The store of a modify.
    pending: Option<Access>,
    ended: bool,
}

impl Lackey {
    /// A trace from `source`, called `file` in messages.
    pub fn new(file: impl Into<String>, source: Box<dyn BufRead>) -> Lackey {
        let (file, buffer) = (file.into(), Vec::new());
        Lackey { file, source, line: 0, buffer, pending: None, ended: false }
    }

    /// Lines read so far.
    pub fn lines(&self) -> u64 {
        self.line
    }

    fn read_line(&mut self) -> Result<bool, ProgramError> {
        self.buffer.clear();
        let mut limited = self.source.by_ref().take(LONGEST_LINE);
        match limited.read_until(b'\n', &mut self.buffer) {
            Ok(0) => Ok(false),
            Ok(_) => {
                self.line += 1;
                while self.buffer.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
                    self.buffer.pop();
                }
                Ok(true)
            }
            Err(source) => {
                Err(ProgramError::Read { file: self.file.clone(), line: self.line, source })
            }
        }
    }

    fn step(&mut self) -> Result<Option<Op>, ProgramError> {
        if let Some(store) = self.pending.take() {
            return Ok(Some(Op::Access(store)));
        }
        while self.read_line()? {
            match parse(&self.buffer) {
                Ok(None) => {}
                Ok(Some((access, modify))) => {
                    if modify {
                        self.pending = Some(Access { kind: isa::Access::Store, ..access });
                    }
                    return Ok(Some(Op::Access(access)));
                }
                Err((column, problem)) => {
                    let (file, line) = (self.file.clone(), self.line);
                    return Err(ProgramError::Malformed { file, line, column, problem });
                }
            }
        }
        Ok(None)
    }
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

    fn position(&self) -> String {
        format!("{}:{}: ", self.file, self.line)
    }
}

/// One line: nothing, or an access and whether a store follows. Errors carry the column.
fn parse(line: &[u8]) -> Result<Option<(Access, bool)>, (usize, String)> {
    if line.iter().all(u8::is_ascii_whitespace) || line.starts_with(b"==") {
        return Ok(None);
    }
    let (kind, modify) = match line.get(..3) {
        Some(b"I  ") => (isa::Access::Fetch, false),
        Some(b" L ") => (isa::Access::Load, false),
        Some(b" S ") => (isa::Access::Store, false),
        Some(b" M ") => (isa::Access::Load, true),
        _ => return Err((1, "a line begins with \"I  \", \" L \", \" S \" or \" M \"".to_owned())),
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
    let sized = u16::try_from(bytes).ok().filter(|bytes| (1..=4096).contains(bytes));
    let Some(bytes) = sized else {
        return Err((comma + 2, format!("a size is 1 to 4096 bytes, not {bytes}")));
    };
    if va.checked_add(u64::from(bytes) - 1).is_none() {
        return Err((4, "the access runs past the end of the address space".to_owned()));
    }
    Ok(Some((Access { kind, va, bytes }, modify)))
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
            .ok_or_else(|| (start + 1, format!("{what} of at most 64 bits belongs here")))?;
        at += 1;
    }
    if at == start {
        return Err((at + 1, format!("{what} belongs here")));
    }
    Ok((value, at))
}

#[cfg(test)]
mod tests;
