//! The fields of one line, and the error that points at them.

/// What is wrong with a vector file, and where.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The file cannot be read.
    #[error("{}: it cannot be read", place(file, *line))]
    Io {
        /// The file.
        file: String,
        /// The line being read, counted from 1; 0 before the first.
        line: u64,
        /// The operating system's message.
        source: std::io::Error,
    },
    /// A line has an unexpected field.
    #[error("{file}:{line}: field `{field}`: expected {expected}, found {found}")]
    Field {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
        /// The field's name in the format's description.
        field: &'static str,
        /// The expected contents.
        expected: &'static str,
        /// The actual contents, quoted and truncated if long; or `the end of the line`.
        found: String,
    },
}

/// A line of a file, or the file.
fn place(file: &str, line: u64) -> String {
    if line == 0 { file.to_owned() } else { format!("{file}:{line}") }
}

/// An unexpected field; the reader adds file and line.
#[derive(Debug)]
pub(super) struct Bad {
    pub(super) field: &'static str,
    pub(super) expected: &'static str,
    pub(super) found: String,
}

impl Bad {
    pub(super) fn new(field: &'static str, expected: &'static str, found: &str) -> Bad {
        let mut short: String = found.chars().take(40).collect();
        if short.len() < found.len() {
            short.push_str("...");
        }
        Bad { field, expected, found: format!("{short:?}") }
    }

    pub(super) fn end(field: &'static str, expected: &'static str) -> Bad {
        Bad { field, expected, found: "the end of the line".to_owned() }
    }
}

pub(super) const HEX: &str = "a hexadecimal number of at most 64 bits without prefix";
pub(super) const HEX_OR_NONE: &str = "a hexadecimal number of at most 64 bits, or `-`";

/// The fields of a line, taken from the left.
pub(super) struct Fields<'a>(std::str::Split<'a, char>);

impl<'a> Fields<'a> {
    pub(super) fn new(line: &'a str) -> Fields<'a> {
        Fields(line.split(' '))
    }

    pub(super) fn rest(&mut self) -> impl Iterator<Item = &'a str> {
        self.0.by_ref()
    }

    pub(super) fn text(
        &mut self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<&'a str, Bad> {
        self.0.next().ok_or_else(|| Bad::end(field, expected))
    }

    pub(super) fn hex(&mut self, field: &'static str) -> Result<u64, Bad> {
        hex(field, self.text(field, HEX)?)
    }

    pub(super) fn hex_or_none(&mut self, field: &'static str) -> Result<Option<u64>, Bad> {
        match self.text(field, HEX_OR_NONE)? {
            "-" => Ok(None),
            text => hex(field, text).map(Some).map_err(|_| Bad::new(field, HEX_OR_NONE, text)),
        }
    }

    pub(super) fn bit(&mut self, field: &'static str) -> Result<bool, Bad> {
        bit(field, self.text(field, BIT)?)
    }

    /// Refuses any remaining fields.
    pub(super) fn end(mut self) -> Result<(), Bad> {
        match self.0.next() {
            None => Ok(()),
            Some(text) => Err(Bad::new("(after the last)", "the end of the line", text)),
        }
    }
}

const BIT: &str = "0 or 1";

pub(super) fn bit(field: &'static str, text: &str) -> Result<bool, Bad> {
    match text {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(Bad::new(field, BIT, text)),
    }
}

pub(super) fn hex(field: &'static str, text: &str) -> Result<u64, Bad> {
    // The standard parser would also accept a sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u64::from_str_radix(text, 16) {
        Ok(value) if digits => Ok(value),
        _ => Err(Bad::new(field, HEX, text)),
    }
}
