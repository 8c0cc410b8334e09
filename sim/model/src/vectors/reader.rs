//! Reads a vector file line by line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::fields::{Bad, VectorError};
use super::line::parse;
use super::record::Record;

/// Longer lines are refused, to keep memory constant whatever the input.
const LINE_BYTES: u64 = 1 << 16;

/// An iterator over the records of a vector file. After an error it ends.
pub struct Reader {
    input: Box<dyn BufRead>,
    file: String,
    line: u64,
    buffer: Vec<u8>,
    in_scenario: bool,
    finished: bool,
}

impl Reader {
    /// Opens a file, plain or gzip, whatever its name.
    ///
    /// # Errors
    /// [`VectorError::Io`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Reader, VectorError> {
        let file = path.display().to_string();
        match File::open(path) {
            Ok(input) => Reader::new(input, &file),
            Err(source) => Err(VectorError::Io { file, line: 0, source }),
        }
    }

    /// Reads from any source; `file` is its name in errors.
    ///
    /// # Errors
    /// [`VectorError::Io`] when the first bytes, which tell gzip from text, cannot be read.
    pub fn new(input: impl Read + 'static, file: &str) -> Result<Reader, VectorError> {
        let mut input = BufReader::new(input);
        let gzip = match input.fill_buf() {
            Ok(start) => start.starts_with(&[0x1f, 0x8b]),
            Err(source) => return Err(VectorError::Io { file: file.to_owned(), line: 0, source }),
        };
        let input: Box<dyn BufRead> = if gzip {
            Box::new(BufReader::new(MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        };
        Ok(Reader {
            input,
            file: file.to_owned(),
            line: 0,
            buffer: Vec::new(),
            in_scenario: false,
            finished: false,
        })
    }

    /// The line of the record returned last, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next record; `None` at the end of the file.
    fn record(&mut self) -> Result<Option<Record>, VectorError> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let mut limited = (&mut self.input).take(LINE_BYTES);
            if let Err(source) = limited.read_until(b'\n', &mut self.buffer) {
                return Err(VectorError::Io { file: self.file.clone(), line: self.line, source });
            }
            let Ok(line) = str::from_utf8(&self.buffer) else {
                return Err(self.bad(Bad::new("record", "text", "bytes that are not UTF-8")));
            };
            if line.is_empty() {
                return if self.in_scenario {
                    Err(self.bad(Bad {
                        found: "the end of the file".into(),
                        ..Bad::end("record", "`E`")
                    }))
                } else {
                    Ok(None)
                };
            }
            if line.len() as u64 == LINE_BYTES && !line.ends_with('\n') {
                return Err(self.bad(Bad::new("record", "a line of at most 65536 bytes", line)));
            }
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            return match parse(line, self.in_scenario) {
                Ok(record) => {
                    match record {
                        Record::Scenario(_) => self.in_scenario = true,
                        Record::End => self.in_scenario = false,
                        _ => {}
                    }
                    Ok(Some(record))
                }
                Err(bad) => Err(self.bad(bad)),
            };
        }
    }

    fn bad(&self, bad: Bad) -> VectorError {
        let Bad { field, expected, found } = bad;
        VectorError::Field { file: self.file.clone(), line: self.line, field, expected, found }
    }
}

impl Iterator for Reader {
    type Item = Result<Record, VectorError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let record = self.record().transpose();
        self.finished = !matches!(record, Some(Ok(_)));
        record
    }
}
