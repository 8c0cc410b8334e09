//! Where traces come from: files and standard input, compressed or not.

use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::xz;
use super::zstd::Frames;

/// Bytes read at a time.
const BUFFER: usize = 1 << 16;

/// Opens a trace; `-` is standard input.
///
/// # Errors
/// When the file cannot be opened or its first bytes cannot be read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return decompress(io::stdin());
    }
    decompress(File::open(path)?)
}

/// Reads gzip, xz, zstd or what is not compressed, recognised by the first bytes. Memory use does
/// not depend on the length.
///
/// # Errors
/// When the first bytes cannot be read.
pub fn decompress(source: impl Read + 'static) -> io::Result<Box<dyn BufRead>> {
    let mut source = source;
    let mut magic = Vec::with_capacity(xz::MAGIC.len());
    source.by_ref().take(xz::MAGIC.len() as u64).read_to_end(&mut magic)?;
    let is_gzip = magic.starts_with(&[0x1f, 0x8b]);
    let is_zstd = magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    let is_xz = magic == xz::MAGIC;
    let whole = BufReader::with_capacity(BUFFER, io::Cursor::new(magic).chain(source));
    Ok(if is_gzip {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(whole)))
    } else if is_xz {
        Box::new(BufReader::with_capacity(BUFFER, xz::Streams::new(whole)))
    } else if is_zstd {
        Box::new(BufReader::with_capacity(BUFFER, Frames::new(whole)))
    } else {
        Box::new(whole)
    })
}
