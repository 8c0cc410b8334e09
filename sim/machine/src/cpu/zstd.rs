//! Zstandard, read frame by frame.

use std::error::Error;
use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The contents of a source's frames, one after the other. Skippable frames are skipped, and if a
/// frame has a checksum, it is verified at the frame's end.
pub(super) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    /// A frame has begun and its end has not been checked.
    inside: bool,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), inside: false }
    }

    /// Begins the next frame with contents. False at the end of the source.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = (&mut self.source).take(length.into());
                    if io::copy(&mut skipped, &mut io::sink())? < length.into() {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(refused(&error, "what begins here is no frame")),
            }
        }
        Ok(false)
    }

    /// Verifies a frame's checksum, if it has one.
    fn end(&mut self) -> io::Result<()> {
        self.inside = false;
        match self.decoder.get_checksum_from_data() {
            Some(written) if self.decoder.get_calculated_checksum() != Some(written) => {
                Err(unsound("the checksum differs from what was read"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if self.inside && !self.decoder.is_finished() {
                let block = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = self.decoder.decode_blocks(&mut self.source, block);
                decoded.map_err(|error| refused(&error, "a block is damaged"))?;
            } else if self.inside {
                self.end()?;
            } else if !self.begin()? {
                return Ok(0);
            }
        }
    }
}

/// The decoder's error in words: that the source ends too soon, or `what` is wrong.
fn refused(error: &(dyn Error + 'static), what: &str) -> io::Error {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let read = error.downcast_ref::<io::Error>();
        if read.is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof) {
            return io::Error::new(io::ErrorKind::UnexpectedEof, "zstd is cut off");
        }
        cause = error.source();
    }
    unsound(what)
}

fn unsound(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("no sound zstd: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn frame(text: &str) -> Vec<u8> {
        compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Frames::new(bytes).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn frames_follow_each_other_and_some_are_skipped() {
        let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let long = "several blocks of text ".repeat(50_000);
        let parts = [&skipped, &frame("one"), &frame(""), &skipped, &frame(&long), &skipped];
        assert_eq!(read(&parts.map(|part| &part[..]).concat()).unwrap(), format!("one{long}"));
        assert_eq!(read(&[]).unwrap(), "");
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_an_error() {
        let whole = frame(&"a line of a trace\n".repeat(1000));
        for length in [1, 3, 4, 6, whole.len() / 2, whole.len() - 1] {
            let error = read(&whole[..length]).expect_err("it is not whole").to_string();
            assert_eq!(error, "zstd is cut off", "{length} of {} bytes", whole.len());
        }
        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        let error = read(&damaged).unwrap_err().to_string();
        assert!(error.contains("checksum"), "{error}");
        let error = read(&[&whole[..], b"trailing"].concat()).unwrap_err().to_string();
        assert_eq!(error, "no sound zstd: what begins here is no frame");
        assert!(read(&[0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0, 1]).is_err());
    }
}
