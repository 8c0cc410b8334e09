//! Lines of a source, through one large buffer, without copying them.

use std::io::{self, Read};

/// Bytes in the buffer: more than in those of sources, which then do not copy. Only so many bytes
/// of a longer line are seen; the rest is skipped.
const BUFFER: usize = 1 << 17;
/// A line of an access with some margin: with so many bytes at hand its end is among them.
const AT_HAND: usize = 64;

/// A source, and what was read from it and not yet used.
pub(super) struct Lines {
    source: Box<dyn Read>,
    buffer: Box<[u8]>,
    /// Where the unused part begins.
    start: usize,
    end: usize,
    at_end: bool,
    /// Why the source could not be read further. What was read before is delivered first.
    failed: Option<io::Error>,
    /// The line that was returned last is longer than the buffer: its rest is still to be skipped.
    cut: bool,
}

impl Lines {
    pub(super) fn new(source: Box<dyn Read>) -> Lines {
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Lines { source, buffer, start: 0, end: 0, at_end: false, failed: None, cut: false }
    }

    /// The next bytes: the beginning of a line and more; at the end of the source, the rest.
    #[inline]
    pub(super) fn at_hand(&mut self) -> &[u8] {
        if self.end - self.start < AT_HAND && !self.at_end || self.cut {
            self.refill();
        }
        &self.buffer[self.start..self.end]
    }

    /// Marks so many bytes as used.
    #[inline]
    pub(super) fn used(&mut self, bytes: usize) {
        self.start += bytes;
    }

    /// The whole next line without its end; `None` at the end of the source.
    pub(super) fn line(&mut self) -> io::Result<Option<&[u8]>> {
        self.skip_rest();
        let mut seen = 0;
        loop {
            let unseen = &self.buffer[self.start + seen..self.end];
            if let Some(at) = unseen.iter().position(|&byte| byte == b'\n') {
                let (start, length) = (self.start, seen + at);
                self.start += length + 1;
                return Ok(Some(&self.buffer[start..start + length]));
            }
            seen = self.end - self.start;
            if let Some(error) = self.failed.take_if(|_| self.at_end) {
                return Err(error);
            }
            if self.at_end || seen == BUFFER {
                self.cut = !self.at_end;
                let start = self.start;
                self.start = self.end;
                return Ok((seen > 0).then(|| &self.buffer[start..start + seen]));
            }
            self.read();
        }
    }

    #[cold]
    fn refill(&mut self) {
        self.skip_rest();
        while self.end - self.start < AT_HAND && !self.at_end {
            self.read();
        }
    }

    /// Skips the rest of a line that was cut.
    fn skip_rest(&mut self) {
        while self.cut {
            let rest = &self.buffer[self.start..self.end];
            match rest.iter().position(|&byte| byte == b'\n') {
                Some(at) => (self.start, self.cut) = (self.start + at + 1, false),
                None if self.at_end => self.cut = false,
                None => {
                    self.start = self.end;
                    self.read();
                }
            }
        }
    }

    /// Reads once, appending to the unused part.
    fn read(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        match self.source.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.at_end = true,
            Ok(bytes) => self.end += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => (self.at_end, self.failed) = (true, Some(error)),
        }
    }
}
