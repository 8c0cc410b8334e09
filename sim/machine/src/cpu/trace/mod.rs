//! Traces of memory accesses in several formats, recognised by their contents.
//!
//! | part | what it is |
//! |---|---|
//! | [`Trace`] | a trace of any of them, read as a program |
//! | [`Format`] (`format`) | the formats |
//! | `head` | the beginning of a source, by which the format is recognised |
//! | `text`, `words` | lines one by one; a line's words, numbers and accesses |
//! | `dinero`, `plain`, `drmemtrace` | the lines of these formats |
//! | `champsim` | records of 64 bytes |
//!
//! A source with a byte of 0 among the first 64 is `champsim`. Any other is text: of its first 32
//! lines that are neither blank nor comments, each format recognises some, and the one that
//! recognises the most is the source's. No line belongs to two of them, except that whatever
//! follows a line of din is ignored.

mod champsim;
mod dinero;
mod drmemtrace;
mod format;
mod head;
mod plain;
mod text;
mod words;

pub use format::{ASSUMED, Format};

use super::lackey::{self, Lackey};
use super::{Access, Op, Program, ProgramError};
use champsim::Champsim;
use head::Head;
use std::io::Read;
use text::{Text, syntax};
use words::shown;

/// A trace being read.
pub struct Trace(Reader);

enum Reader {
    Lackey(Box<Lackey>),
    Text(Text),
    Champsim(Champsim),
    /// In no known format, which reading it will say.
    Unknown(Option<ProgramError>),
}

impl Trace {
    /// A trace from `source`, called `file` in messages. The beginning is read to recognise the
    /// format; what is wrong with it is told when the trace is read.
    pub fn new(file: impl Into<String>, source: Box<dyn Read>) -> Trace {
        let (file, head) = (file.into(), Head::of(source));
        if head.is_binary() {
            return Trace(Reader::Champsim(Champsim::new(file, Box::new(head))));
        }
        let (format, line, shown) = {
            let lines = head.lines();
            let first = lines.first().copied().unwrap_or_default();
            (recognised(&lines), first.0, shown(first.1))
        };
        Trace(match format.map(|format| (format, syntax(format))) {
            Some((format, Some(syntax))) => {
                Reader::Text(Text::new(file, Box::new(head), format, syntax))
            }
            Some((_, None)) => Reader::Lackey(Box::new(Lackey::new(file, Box::new(head)))),
            None => {
                let list = Format::list();
                let problem = format!("`{shown}` is in no known format of traces: {list}");
                Reader::Unknown(Some(ProgramError::Malformed { file, line, column: 1, problem }))
            }
        })
    }

    /// Takes only the accesses of one process of a log ([`Lackey::only`]). Other formats have no
    /// processes; `false` for them.
    pub fn only(&mut self, pid: Option<u32>) -> bool {
        match &mut self.0 {
            Reader::Lackey(lackey) => lackey.choose(pid),
            Reader::Unknown(_) => {}
            Reader::Text(_) | Reader::Champsim(_) => return pid.is_none(),
        }
        true
    }

    /// The numbers of the processes that wrote what has been read so far, as far as the format has
    /// them.
    pub fn processes(&self) -> &[u32] {
        match &self.0 {
            Reader::Lackey(lackey) => lackey.processes(),
            _ => &[],
        }
    }
}

/// The format that recognises the most of these lines, the first one of several. A trace without
/// any line is one of lackey. Its lines are also known by their beginnings, so that its own reader
/// says what is wrong with them.
fn recognised(lines: &[(u64, &[u8])]) -> Option<Format> {
    if lines.is_empty() {
        return Some(Format::Lackey);
    }
    let count = |format: Format| {
        let is = |line: &[u8]| match syntax(format) {
            Some(syntax) => syntax(line).is_ok(),
            None => format == Format::Lackey && lackey::is_line(line),
        };
        lines.iter().filter(|(_, line)| is(line)).count()
    };
    let mut best = (None, 0);
    for format in Format::ALL {
        let count = count(format);
        if count > best.1 {
            best = (Some(format), count);
        }
    }
    let begins = || lines.iter().any(|(_, line)| lackey::begins(line));
    best.0.or_else(|| begins().then_some(Format::Lackey))
}

impl Program for Trace {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        match &mut self.0 {
            Reader::Lackey(lackey) => lackey.next(),
            Reader::Text(text) => text.next(),
            Reader::Champsim(champsim) => champsim.next(),
            Reader::Unknown(error) => error.take().map(Err),
        }
    }

    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        match &mut self.0 {
            Reader::Lackey(lackey) => lackey.accesses(end, ahead),
            Reader::Text(text) => text.accesses(end, ahead),
            Reader::Champsim(champsim) => champsim.accesses(end, ahead),
            Reader::Unknown(_) => {}
        }
    }

    fn touched(&mut self, end: u64, touched: &mut Vec<Access>) {
        match &mut self.0 {
            Reader::Lackey(lackey) => lackey.touched(end, touched),
            _ => self.accesses(end, touched),
        }
    }

    fn position(&self) -> String {
        match &self.0 {
            Reader::Lackey(lackey) => lackey.position(),
            Reader::Text(text) => text.position(),
            Reader::Champsim(champsim) => champsim.position(),
            Reader::Unknown(_) => String::new(),
        }
    }

    fn format(&self) -> Option<Format> {
        match &self.0 {
            Reader::Lackey(lackey) => lackey.format(),
            Reader::Text(text) => text.format(),
            Reader::Champsim(champsim) => champsim.format(),
            Reader::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
