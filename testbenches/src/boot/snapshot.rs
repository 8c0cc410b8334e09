//! A computer in a file: everything that it remembers, to go on from later.
//!
//! | bytes | contents |
//! |---|---|
//! | 8 | `MAGIC` |
//! | 4 | the format's number |
//! | 1, and as many | the version of Pagewalk that has written it |
//! | 8 | length of the rest without its hash |
//! | 32 | SHA-256 of the rest |
//! | rest | compressed by zlib: length of the state (8), the state, and pages |
//!
//! Numbers are little-endian. A page is its address (8), whether it was watched (1), and its bytes;
//! those that are zero are left out, if nobody has watched them.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use engine::{Config, Engine};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use hart::Misaligned;
use machine::computer::{Computer, ComputerState, OtherComputer, Setup, SetupError};
use model::isa::PAGE_BYTES;
use model::page::{PAGE_WORDS, PageData};
use platform::{Disk, DiskError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::export::file::{begin, complete};
use crate::linux::Symbols;

const MAGIC: [u8; 8] = *b"\x89pwsnap\n";
/// It changes whenever what is written does.
const FORMAT: u32 = 1;
/// The largest RAM, as on the command line.
const MOST_MEMORY: u64 = 4 << 30;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A file that is no snapshot which can be used, or cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The host's reason.
    #[error("{path}: {error}")]
    Host {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is something else.
    #[error("{0} is no snapshot of Pagewalk")]
    Foreign(String),
    /// It was written in another format.
    #[error(
        "{path} is a snapshot of Pagewalk {version} in format {format}, and this is {VERSION} with \
         format {FORMAT}: take it anew"
    )]
    Format {
        /// The file.
        path: String,
        /// Who has written it.
        version: String,
        /// Its format.
        format: u32,
    },
    /// Bytes are missing, or others than those that were written.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// It is sound, and yet not of this build.
    #[error("{path} was written by another build of Pagewalk {VERSION}: {what}")]
    Build {
        /// The file.
        path: String,
        /// What does not fit.
        what: String,
    },
    /// The computer cannot be built.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The computer is another one.
    #[error("the snapshot cannot be used: {0}")]
    Other(#[from] OtherComputer),
    /// The disk cannot be used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The disk's image has changed since.
    #[error(
        "the disk image {path} is not what it was when the snapshot was taken: what a computer \
         writes is in the image, so keep a copy beside the snapshot, and name it with --disk"
    )]
    Image {
        /// The image.
        path: String,
    },
    /// The computer cannot be saved.
    #[error("this engine cannot tell the MMU's state: the engine `compiled` can")]
    Engine,
}

/// How a computer was built, and what reports need to know of its software.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// What was booted.
    pub name: String,
    /// The MMU's configuration.
    pub config: String,
    /// Names of addresses.
    pub symbols: Option<Symbols>,
    /// Bytes of RAM.
    pub memory: u64,
    /// As in [`Setup`].
    pub walker_latency: u64,
    /// As in [`Setup`].
    pub data_latency: u64,
    /// As in [`Setup`].
    pub reset: u64,
    /// As in [`Setup`]: `sstc`, `svadu` and `svpbmt`.
    pub extensions: [bool; 3],
    /// As in [`Setup`].
    pub misaligned: Misaligned,
    /// As in [`Setup`].
    pub to_host: Option<u64>,
    /// What the kernel's randomness was made from.
    pub seed: u64,
    /// The image file of a disk.
    pub disk: Option<Image>,
}

/// The image file of a disk, as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    path: PathBuf,
    hash: [u8; 32],
}

impl Image {
    /// The image, with what is in it now.
    ///
    /// # Errors
    /// [`SnapshotError::Host`].
    pub fn read(path: &Path) -> Result<Image, SnapshotError> {
        let host = |error| SnapshotError::Host { path: path.display().to_string(), error };
        let mut file = File::open(path).map_err(host)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer).map_err(host)? {
                0 => break,
                count => hasher.update(&buffer[..count]),
            }
        }
        let path = fs::canonicalize(path).map_err(host)?;
        Ok(Image { path, hash: hasher.finalize().into() })
    }
}

/// A page of memory: its address, whether it was watched, its words.
type Page = (u64, bool, Box<PageData>);

/// A computer that was read from a file.
pub struct Snapshot {
    about: About,
    state: ComputerState,
    pages: Vec<Page>,
    config: &'static Config,
    engine: Engine,
}

/// Writes a computer at rest into a file, whole or not at all. Returns the file's size.
///
/// # Errors
/// [`SnapshotError`].
pub fn write(path: &Path, about: &About, computer: &mut Computer) -> Result<u64, SnapshotError> {
    let about = match &about.disk {
        Some(disk) => About { disk: Some(Image::read(&disk.path)?), ..about.clone() },
        None => about.clone(),
    };
    let state = computer.state().ok_or(SnapshotError::Engine)?;
    let host = |error| SnapshotError::Host { path: path.display().to_string(), error };
    let body = body(&about, &state, computer).map_err(host)?;
    let mut head = MAGIC.to_vec();
    head.extend(FORMAT.to_le_bytes());
    head.push(VERSION.len() as u8);
    head.extend(VERSION.as_bytes());
    head.extend((body.len() as u64).to_le_bytes());
    head.extend(Sha256::digest(&body));
    let mut file = begin(path).map_err(host)?;
    file.write_all(&head).and_then(|()| file.write_all(&body)).map_err(host)?;
    file.as_file().sync_all().map_err(host)?;
    complete(file, path).map_err(host)?;
    Ok((head.len() + body.len()) as u64)
}

fn body(about: &About, state: &ComputerState, computer: &Computer) -> io::Result<Vec<u8>> {
    let state = postcard::to_extend(&(about, state), Vec::new()).map_err(io::Error::other)?;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&(state.len() as u64).to_le_bytes())?;
    encoder.write_all(&state)?;
    let mut done = Ok(());
    let mut page = Vec::with_capacity(PAGE_BYTES as usize + 9);
    computer.memory().each_page(|pa, words, watched| {
        page.clear();
        page.extend(pa.to_le_bytes());
        page.push(u8::from(watched));
        words.iter().for_each(|word| page.extend(word.to_le_bytes()));
        if done.is_ok() {
            done = encoder.write_all(&page);
        }
    });
    done?;
    encoder.finish()
}

/// The parts of a file, one after the other.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn word(&mut self) -> Option<u64> {
        self.number().map(u64::from_le_bytes)
    }

    fn page(&mut self) -> Option<Page> {
        let (pa, [watched]) = (self.word()?, self.number()?);
        let mut words = Box::new([0; PAGE_WORDS]);
        for word in words.iter_mut() {
            *word = self.word()?;
        }
        Some((pa, watched != 0, words))
    }
}

impl Snapshot {
    /// Reads a file. The disk of its computer is at `disk`, if it is elsewhere now.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn read(
        path: &Path,
        engine: Engine,
        disk: Option<&Path>,
    ) -> Result<Snapshot, SnapshotError> {
        let name = path.display().to_string();
        let file = fs::read(path);
        let file = file.map_err(|error| SnapshotError::Host { path: name.clone(), error })?;
        let damaged = |what| SnapshotError::Damaged { path: name.clone(), what };
        let short = || damaged("it is cut off");
        let build = |what: &str| SnapshotError::Build { path: name.clone(), what: what.to_owned() };
        let mut parts = Parts(&file);
        if parts.take(MAGIC.len()) != Some(&MAGIC) {
            return Err(SnapshotError::Foreign(name));
        }
        let format = u32::from_le_bytes(parts.number().ok_or_else(short)?);
        let [length] = parts.number().ok_or_else(short)?;
        let version = parts.take(length.into()).ok_or_else(short)?;
        let version = String::from_utf8_lossy(version).into_owned();
        if (format, version.as_str()) != (FORMAT, VERSION) {
            return Err(SnapshotError::Format { path: name, version, format });
        }
        let length = parts.word().ok_or_else(short)?;
        let hash: [u8; 32] = parts.number().ok_or_else(short)?;
        match (parts.0.len() as u64).cmp(&length) {
            std::cmp::Ordering::Less => return Err(short()),
            std::cmp::Ordering::Greater => return Err(damaged("something follows its end")),
            std::cmp::Ordering::Equal => {}
        }
        if <[u8; 32]>::from(Sha256::digest(parts.0)) != hash {
            return Err(damaged("its checksum is wrong"));
        }
        let mut all = Vec::new();
        // More than the largest memory, and a state, is no snapshot.
        let most = MOST_MEMORY + (MOST_MEMORY >> 6);
        let read = ZlibDecoder::new(parts.0).take(most).read_to_end(&mut all);
        read.map_err(|_| damaged("it cannot be decompressed"))?;
        let mut parts = Parts(&all);
        let state = parts.word().and_then(|length| parts.take(usize::try_from(length).ok()?));
        let state = state.ok_or_else(|| build("its state is too short"))?;
        let state = postcard::from_bytes::<(About, ComputerState)>(state);
        let (mut about, state) = state.map_err(|error| build(&error.to_string()))?;
        let mut pages = Vec::new();
        while !parts.0.is_empty() {
            pages.push(parts.page().ok_or_else(|| build("a page is too short"))?);
        }
        let config = engine::find(&about.config);
        let config = config.map_err(|_| build(&format!("it has no {}", about.config)))?;
        if about.memory > MOST_MEMORY {
            return Err(build("it has more memory than there may be"));
        }
        if let Some(image) = &mut about.disk {
            let there = Image::read(disk.unwrap_or(&image.path))?;
            if there.hash != image.hash {
                return Err(SnapshotError::Image { path: there.path.display().to_string() });
            }
            image.path = there.path;
        }
        Ok(Snapshot { about, state, pages, config, engine })
    }

    /// How the computer was built.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Its MMU.
    pub fn config(&self) -> &'static Config {
        self.config
    }

    /// The computer, as it was. Each call gives one of its own; a scout leaves the disk's image as it
    /// is.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn computer(
        &self,
        printed: Box<dyn Write>,
        scout: bool,
    ) -> Result<Computer, SnapshotError> {
        let About { memory, walker_latency, data_latency, reset, misaligned, .. } = self.about;
        let [sstc, svadu, svpbmt] = self.about.extensions;
        let disk = match &self.about.disk {
            Some(Image { path, .. }) if scout => Some(Disk::open(path)?.copied(path)?),
            Some(Image { path, .. }) => Some(Disk::open(path)?),
            None => None,
        };
        let setup = Setup {
            mmu: self.config.mmu(self.engine),
            memory,
            walker_latency,
            data_latency,
            reset,
            printed,
            disk,
            sstc,
            svadu,
            svpbmt,
            misaligned,
            to_host: self.about.to_host,
        };
        let mut computer = setup.build()?;
        for (pa, watched, words) in &self.pages {
            let put = computer.memory().put_page(*pa, words, *watched);
            put.map_err(|_| SetupError::Outside {
                pa: *pa,
                bytes: PAGE_BYTES,
                from: platform::Map::RAM,
                to: platform::Map::RAM + memory,
            })?;
        }
        computer.restore(self.state.clone())?;
        Ok(computer)
    }
}
