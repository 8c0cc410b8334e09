//! The accesses of programs as a recording that `pagewalk trace` reads: in the form of Valgrind's
//! lackey, with a line of the address space wherever it changes.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use machine::computer::Accesses;
use machine::cpu::Access;
use model::isa::{self, Satp, Xlen};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use tempfile::NamedTempFile;

use crate::export::file::{begin, complete};

/// Bytes of a frame of zstd, before compression.
const FRAME: usize = 1 << 20;
/// How much xz tries: a recording repeats itself so much that more gains little.
const XZ_PRESET: u32 = 1;

/// A recording that is being written.
pub struct TraceOut {
    path: PathBuf,
    file: Sink,
    xlen: Xlen,
    /// Only the accesses of this address space.
    only: Option<u16>,
    /// That of the last access.
    space: Option<u16>,
    spaces: Vec<u16>,
    line: Vec<u8>,
    written: u64,
    error: Option<io::Error>,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// Accesses.
    pub accesses: u64,
    /// The address spaces that ran, in the order of their first instructions; with those that were
    /// not asked for.
    pub spaces: Vec<u16>,
}

/// Where it goes, by the end of its name.
enum Sink {
    Plain(BufWriter<NamedTempFile>),
    Gz(Box<GzEncoder<BufWriter<NamedTempFile>>>),
    Xz(Box<XzWriter<BufWriter<NamedTempFile>>>),
    /// Frame by frame, each of which can be read for itself.
    Zst(BufWriter<NamedTempFile>, Vec<u8>),
}

impl Sink {
    fn new(path: &Path) -> io::Result<Sink> {
        let file = BufWriter::with_capacity(1 << 16, begin(path)?);
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        Ok(match end {
            "gz" => Sink::Gz(Box::new(GzEncoder::new(file, Compression::fast()))),
            "xz" => Sink::Xz(Box::new(XzWriter::new(file, XzOptions::with_preset(XZ_PRESET))?)),
            "zst" => Sink::Zst(file, Vec::with_capacity(FRAME)),
            _ => Sink::Plain(file),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Sink::Plain(file) => file.write_all(bytes),
            Sink::Gz(file) => file.write_all(bytes),
            Sink::Xz(file) => file.write_all(bytes),
            Sink::Zst(file, frame) => {
                frame.extend(bytes);
                if frame.len() < FRAME {
                    return Ok(());
                }
                file.write_all(&compress_to_vec(&frame[..], CompressionLevel::Fastest))?;
                frame.clear();
                Ok(())
            }
        }
    }

    fn finish(self, path: &Path) -> io::Result<()> {
        let file = match self {
            Sink::Plain(file) => file,
            Sink::Gz(file) => file.finish()?,
            Sink::Xz(file) => file.finish()?,
            Sink::Zst(mut file, frame) => {
                if !frame.is_empty() {
                    file.write_all(&compress_to_vec(&frame[..], CompressionLevel::Fastest))?;
                }
                file
            }
        };
        complete(file.into_inner().map_err(io::IntoInnerError::into_error)?, path)
    }
}

impl TraceOut {
    /// Begins a recording, which has its name only when it is finished.
    ///
    /// # Errors
    /// The host's.
    pub fn new(path: &Path, xlen: Xlen, only: Option<u16>) -> io::Result<TraceOut> {
        Ok(TraceOut {
            path: path.to_owned(),
            file: Sink::new(path)?,
            xlen,
            only,
            space: None,
            spaces: Vec::new(),
            line: Vec::new(),
            written: 0,
            error: None,
        })
    }

    /// Ends it. Nothing is left of one without accesses.
    ///
    /// # Errors
    /// The host's, of any write.
    pub fn finish(self) -> io::Result<Traced> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.written > 0 {
            self.file.finish(&self.path)?;
        }
        Ok(Traced { accesses: self.written, spaces: self.spaces })
    }

    fn put(&mut self, satp: u64, accesses: &[Access]) -> io::Result<()> {
        let space = Satp::decode(satp, self.xlen).map_or(0, |satp| satp.asid);
        let TraceOut { line, only, .. } = self;
        line.clear();
        if self.space != Some(space) {
            self.space = Some(space);
            if !self.spaces.contains(&space) {
                self.spaces.push(space);
            }
            writeln!(line, "=={space}== address space {space}")?;
        }
        if only.is_some_and(|only| only != space) {
            return Ok(());
        }
        let mut rest = accesses;
        while let [Access { kind, va, bytes }, after @ ..] = rest {
            let stores = Access { kind: isa::Access::Store, va: *va, bytes: *bytes };
            let modifies = *kind == isa::Access::Load && after.first() == Some(&stores);
            rest = if modifies { &after[1..] } else { after };
            let letter = match kind {
                isa::Access::Fetch => "I ",
                _ if modifies => " M",
                isa::Access::Store => " S",
                isa::Access::Load | isa::Access::CacheBlock => " L",
            };
            writeln!(line, "{letter} {va:08x},{bytes}")?;
            self.written += 1 + u64::from(modifies);
        }
        self.file.write(&self.line)
    }
}

impl Accesses for TraceOut {
    fn completed(&mut self, satp: u64, accesses: &[Access]) {
        if self.error.is_none() {
            self.error = self.put(satp, accesses).err();
        }
    }
}
