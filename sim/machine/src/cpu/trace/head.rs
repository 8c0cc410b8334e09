//! The beginning of a source, read to recognise its format, and then the whole source.

use super::text::is_empty;
use std::io::{self, Read};

/// Lines with contents that are looked at.
pub(super) const LINES: usize = 32;
/// The most bytes that are looked at.
const BYTES: usize = 1 << 16;
/// A file with a byte of 0 among so many is not text.
const BINARY: usize = 64;

/// A source whose beginning is known.
pub(super) struct Head {
    beginning: Vec<u8>,
    /// Bytes of the beginning that were read again.
    used: usize,
    rest: Box<dyn Read>,
    /// Why the rest cannot be read. It is told after the beginning.
    failed: Option<io::Error>,
    at_end: bool,
}

impl Head {
    /// Reads as much of the source as recognising its format needs.
    pub(super) fn of(rest: Box<dyn Read>) -> Head {
        let mut head = Head { beginning: Vec::new(), used: 0, rest, failed: None, at_end: false };
        let mut buffer = vec![0; BYTES];
        let (mut lines, mut seen) = (0, 0);
        while !head.at_end && head.beginning.len() < BYTES && lines < LINES && !head.is_binary() {
            let room = BYTES - head.beginning.len();
            match head.rest.read(&mut buffer[..room]) {
                Ok(0) => head.at_end = true,
                Ok(bytes) => head.beginning.extend_from_slice(&buffer[..bytes]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => (head.failed, head.at_end) = (Some(error), true),
            }
            while let Some(length) = head.beginning[seen..].iter().position(|&b| b == b'\n') {
                lines += usize::from(!is_empty(&head.beginning[seen..seen + length]));
                seen += length + 1;
            }
        }
        head
    }

    /// Whether this is no text.
    pub(super) fn is_binary(&self) -> bool {
        self.beginning.iter().take(BINARY).any(|&byte| byte == 0)
    }

    /// The first lines with contents, and their numbers from 1.
    pub(super) fn lines(&self) -> Vec<(u64, &[u8])> {
        let mut text = &self.beginning[..];
        // A last line of which only the beginning is known says nothing.
        if !self.at_end {
            let end = text.iter().rposition(|&byte| byte == b'\n');
            text = end.map_or(text, |end| &text[..end]);
        }
        let lines = text.split(|&byte| byte == b'\n');
        let with_contents = |(_, line): &(u64, &[u8])| !is_empty(line);
        (1..).zip(lines).filter(with_contents).take(LINES).collect()
    }
}

impl Read for Head {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let beginning = &self.beginning[self.used..];
        if !beginning.is_empty() {
            let bytes = beginning.len().min(buffer.len());
            buffer[..bytes].copy_from_slice(&beginning[..bytes]);
            self.used += bytes;
            return Ok(bytes);
        }
        match self.failed.take() {
            Some(error) => Err(error),
            None if self.at_end => Ok(0),
            None => self.rest.read(buffer),
        }
    }
}
