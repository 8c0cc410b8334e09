//! Files that are read whole: never more than a limit, whatever kind of file it is.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The bytes of a file.
///
/// # Errors
/// If the file cannot be read, or has more than `most` bytes; also a device or a pipe that delivers
/// more.
pub fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    bounded(File::open(path)?, most)
}

/// The text of a file.
///
/// # Errors
/// As [`bytes`]; also if it is not UTF-8.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    as_text(bytes(path, most)?)
}

/// The text from standard input.
///
/// # Errors
/// As [`text`].
pub fn standard_input(most: u64) -> io::Result<String> {
    as_text(bounded(io::stdin(), most)?)
}

fn as_text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Everything from a source.
fn bounded(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let problem = format!("it has more than {most} bytes, which is all that is read");
        return Err(io::Error::new(ErrorKind::FileTooLarge, problem));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_may_be() {
        assert_eq!(bounded(&b"abc"[..], 3).unwrap(), b"abc");
        assert!(bounded(&b"abc"[..], 2).unwrap_err().to_string().contains("more than 2 bytes"));
        let error = bounded(io::repeat(0), 1 << 16).unwrap_err().to_string();
        assert!(error.contains("more than 65536 bytes"), "{error}");
    }
}
