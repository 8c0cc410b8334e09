//! A trace of lines, each an access or nothing.

use super::words::{Parsed, shown};
use super::{Format, dinero, drmemtrace, plain};
use crate::cpu::lines::Lines;
use crate::cpu::{AHEAD, Access, Op, Program, ProgramError};
use std::io::Read;

/// How a line of a format is read; `None` for lackey, which has a reader of its own, and for what
/// has no lines.
pub(super) fn syntax(format: Format) -> Option<fn(&[u8]) -> Parsed> {
    match format {
        Format::Din => Some(dinero::din),
        Format::Xdin => Some(dinero::xdin),
        Format::Plain => Some(plain::plain),
        Format::Drmemtrace => Some(drmemtrace::view),
        Format::Lackey | Format::Champsim => None,
    }
}

/// Whether a line is blank or a comment.
pub(super) fn is_empty(line: &[u8]) -> bool {
    matches!(line.trim_ascii_start().first(), None | Some(b'#'))
}

/// A trace being read, one line at a time.
pub(super) struct Text {
    file: String,
    lines: Lines,
    format: Format,
    syntax: fn(&[u8]) -> Parsed,
    /// Lines read so far.
    line: u64,
    /// What was read ahead and not delivered.
    pending: Option<Result<Access, ProgramError>>,
    ended: bool,
}

impl Text {
    pub(super) fn new(
        file: String,
        source: Box<dyn Read>,
        format: Format,
        syntax: fn(&[u8]) -> Parsed,
    ) -> Text {
        let lines = Lines::new(source);
        Text { file, lines, format, syntax, line: 0, pending: None, ended: false }
    }

    /// The next access; `None` at the end, and after an error.
    fn read(&mut self) -> Option<Result<Access, ProgramError>> {
        while !self.ended {
            let line = match self.lines.line() {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(source) => {
                    self.ended = true;
                    let (file, line) = (self.file.clone(), self.line);
                    return Some(Err(ProgramError::Read { file, unit: "line", line, source }));
                }
            };
            self.line += 1;
            if is_empty(line) {
                continue;
            }
            match (self.syntax)(line) {
                Ok(None) => {}
                Ok(Some(access)) => return Some(Ok(access)),
                Err((column, problem)) => {
                    self.ended = true;
                    let (name, example) = (self.format.name(), self.format.example());
                    let problem = format!(
                        "{problem}; the line is `{}`, and lines of the format {name} are like \
                         `{example}`",
                        shown(line)
                    );
                    let (file, line) = (self.file.clone(), self.line);
                    return Some(Err(ProgramError::Malformed { file, line, column, problem }));
                }
            }
        }
        self.ended = true;
        None
    }
}

impl Program for Text {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        let next = self.pending.take().or_else(|| self.read())?;
        Some(next.map(Op::Access))
    }

    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        while ahead.len() < AHEAD && self.pending.is_none() {
            match self.read() {
                None => return,
                Some(Ok(access)) if access.end() <= end => ahead.push(access),
                other => self.pending = other,
            }
        }
    }

    fn position(&self) -> String {
        format!("{}:{}: ", self.file, self.line)
    }

    fn format(&self) -> Option<Format> {
        Some(self.format)
    }
}
