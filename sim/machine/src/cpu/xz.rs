//! xz, read stream by stream.

use lzma_rust2::XzReader;
use std::io::{self, Read};

/// A source in this format begins with it.
pub(super) const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];

/// The most memory that a stream may ask for, in KiB. `xz -9` needs 64 MiB.
const MOST: u32 = 1 << 20;

/// The contents of a source's streams, one after the other. Checksums are verified.
pub(super) struct Streams<R: Read> {
    reader: XzReader<R>,
    /// After an error or the end, nothing is read.
    ended: bool,
}

impl<R: Read> Streams<R> {
    pub(super) fn new(source: R) -> Self {
        Self { reader: XzReader::new_mem_limit(source, true, MOST), ended: false }
    }
}

impl<R: Read> Read for Streams<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.reader.read(buffer);
        let is_interrupted = |error: &io::Error| error.kind() == io::ErrorKind::Interrupted;
        self.ended = match &read {
            Ok(bytes) => *bytes == 0,
            Err(error) => !is_interrupted(error),
        };
        read.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            io::ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), format!("xz is cut off: {error}"))
            }
            io::ErrorKind::OutOfMemory => {
                let most = MOST >> 10;
                io::Error::new(error.kind(), format!("xz that needs more than {most} MiB"))
            }
            kind => io::Error::new(kind, format!("no sound xz: {error}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lzma_rust2::{XzOptions, XzWriter};
    use std::io::Write;

    fn stream(text: &str) -> Vec<u8> {
        let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Streams::new(bytes).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn streams_follow_each_other() {
        let long = "several blocks of text ".repeat(50_000);
        let parts = [stream("one"), stream(""), vec![0; 8], stream(&long), vec![0; 4]];
        assert_eq!(read(&parts.concat()).unwrap(), format!("one{long}"));
        assert!(stream(&long).starts_with(&MAGIC));
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_an_error() {
        let whole = stream(&"a line of a trace\n".repeat(1000));
        for length in [0, 1, 6, 12, whole.len() / 2, whole.len() - 1] {
            assert!(read(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            let mut streams = Streams::new(&damaged[..]);
            let mut buffer = [0; 999];
            // Damage is found, and what is read after it is the end.
            let ended = (0..100)
                .map(|_| streams.read(&mut buffer))
                .find(|read| read.is_err() || matches!(read, Ok(0)));
            assert!(ended.is_some_and(|ended| ended.is_err()), "byte {at}");
            assert_eq!(streams.read(&mut buffer).unwrap(), 0);
        }
        assert!(read(&[&whole[..], b"trailing"].concat()).is_err());
    }

    #[test]
    fn a_stream_that_needs_too_much_memory_is_refused() {
        let mut options = XzOptions::with_preset(0);
        options.lzma_options.dict_size = 1 << 16;
        let mut writer = XzWriter::new(Vec::new(), options).unwrap();
        writer.write_all(b"x").unwrap();
        let mut whole = writer.finish().unwrap();
        // The block's header: its size, flags, filter, size of the properties, dictionary.
        assert_eq!((whole[12], whole[14], whole[15]), (2, 0x21, 1));
        whole[16] = 40;
        let crc = crc32(&whole[12..20]);
        whole[20..24].copy_from_slice(&crc.to_le_bytes());
        let error = read(&whole).unwrap_err().to_string();
        assert!(error.contains("more than 1024 MiB"), "{error}");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }
}
