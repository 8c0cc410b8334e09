//! The file under way: complete under its name, or not there under it at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Error;

/// Bytes gathered before the operating system is asked to write them.
const BUFFER: usize = 1 << 16;

/// Where a dump goes.
pub(super) struct Sink {
    output: Option<BufWriter<Box<dyn Write + Send>>>,
    /// The hidden file that takes the name at the end.
    partial: Option<PathBuf>,
    path: PathBuf,
}

impl Sink {
    /// Into a file; see [`super::Builder::create`].
    pub(super) fn create(path: &Path) -> Result<Sink, Error> {
        let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
        let partial = if special { None } else { Some(hidden_beside(path)?) };
        let file = File::create(partial.as_deref().unwrap_or(path))
            .map_err(|source| Error::file(path, source))?;
        let output = BufWriter::with_capacity(BUFFER, Box::new(file) as Box<dyn Write + Send>);
        Ok(Sink { output: Some(output), partial, path: path.to_owned() })
    }

    /// Into anything else.
    pub(super) fn stream(output: Box<dyn Write + Send>) -> Sink {
        let output = BufWriter::with_capacity(BUFFER, output);
        Sink { output: Some(output), partial: None, path: PathBuf::from("the waveform") }
    }

    /// The name that the dump has, or will have.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Hands over the last bytes and gives the file its name.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        let Some(mut output) = self.output.take() else { return Ok(()) };
        let result = output.flush().and_then(|()| match self.partial.take() {
            Some(partial) => fs::rename(&partial, &self.path).inspect_err(|_| {
                fs::remove_file(&partial).ok();
            }),
            None => Ok(()),
        });
        if result.is_err() {
            // What the buffer still holds cannot be written: do not try again when it drops.
            drop(output.into_parts());
            self.discard();
        }
        result.map_err(|source| Error::file(&self.path, source))
    }

    /// Gives the dump up: the name keeps what it had before.
    pub(super) fn discard(&mut self) {
        if let Some(output) = self.output.take() {
            drop(output.into_parts());
        }
        if let Some(partial) = self.partial.take() {
            // Nothing more can be done about a file that cannot be removed.
            fs::remove_file(partial).ok();
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.output {
            Some(output) => output.write(bytes),
            None => Err(io::Error::other("the waveform is closed")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// A name in the same folder, so that renaming is one step; made unique by the process.
fn hidden_beside(path: &Path) -> Result<PathBuf, Error> {
    let Some(name) = path.file_name() else {
        return Err(Error::file(path, io::Error::from(io::ErrorKind::InvalidFilename)));
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| Error::file(path, source))?;
    }
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.partial.vcd", std::process::id()));
    Ok(path.with_file_name(hidden))
}
