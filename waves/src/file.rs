//! The open file: renamed to its final name when it ends, complete or truncated to its complete
//! part.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// The destination of a dump.
pub(crate) struct Sink<'a> {
    output: Option<Output<'a>>,
    /// The hidden file that is renamed at the end.
    partial: Option<PathBuf>,
    path: PathBuf,
}

enum Output<'a> {
    File(File),
    Stream(Box<dyn Write + Send + 'a>),
}

impl<'a> Sink<'a> {
    /// To a file; see [`crate::Builder::create`].
    pub(crate) fn create(path: &Path) -> Result<Sink<'a>, Error> {
        let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
        let partial = if special { None } else { Some(hidden_beside(path)?) };
        let file = File::create(partial.as_deref().unwrap_or(path))
            .map_err(|source| Error::file(path, source))?;
        Ok(Sink { output: Some(Output::File(file)), partial, path: path.to_owned() })
    }

    /// To anything else.
    pub(crate) fn stream(output: Box<dyn Write + Send + 'a>) -> Sink<'a> {
        let path = PathBuf::from("the waveform");
        Sink { output: Some(Output::Stream(output)), partial: None, path }
    }

    /// The name that the dump has, or will have.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself, if it can be read and written at any position.
    pub(crate) fn file(&self) -> Option<io::Result<File>> {
        match &self.output {
            Some(Output::File(file)) if self.partial.is_some() => Some(file.try_clone()),
            _ => None,
        }
    }

    /// Writes all of it, or returns how much was written and the error.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
        let output: &mut dyn Write = match &mut self.output {
            Some(Output::File(file)) => file,
            Some(Output::Stream(stream)) => stream,
            None => return Err((0, io::Error::other("the waveform is closed"))),
        };
        let mut done = 0;
        while done < bytes.len() {
            match output.write(&bytes[done..]) {
                Ok(0) => return Err((done, io::ErrorKind::WriteZero.into())),
                Ok(more) => done += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err((done, error)),
            }
        }
        Ok(())
    }

    /// Ends the file and renames it to its final name.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        let flushed = match self.output.take() {
            Some(Output::Stream(mut stream)) => stream.flush(),
            _ => Ok(()),
        };
        let result = flushed.and_then(|()| match self.partial.take() {
            Some(partial) => fs::rename(&partial, &self.path).inspect_err(|_| {
                fs::remove_file(&partial).ok();
            }),
            None => Ok(()),
        });
        result.map_err(|source| Error::file(&self.path, source))
    }

    /// Truncates the file to its first `length` bytes and renames it to its final name; returns
    /// whether that was possible.
    pub(crate) fn keep(&mut self, length: u64) -> bool {
        let cut = match (&self.output, &self.partial) {
            (Some(Output::File(file)), Some(_)) => file.set_len(length).is_ok(),
            _ => false,
        };
        let kept = cut && self.commit().is_ok();
        if !kept {
            self.discard();
        }
        kept
    }

    /// Abandons the file: a file that had the final name before is kept.
    pub(crate) fn discard(&mut self) {
        self.output = None;
        if let Some(partial) = self.partial.take() {
            // Nothing more can be done about a file that cannot be removed.
            fs::remove_file(partial).ok();
        }
    }
}

/// A name in the same folder, so that renaming is one step; made unique by the process.
fn hidden_beside(path: &Path) -> Result<PathBuf, Error> {
    let Some(name) = path.file_name() else {
        return Err(Error::file(path, io::Error::from(io::ErrorKind::InvalidFilename)));
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|cause| Error::folder(folder, cause))?;
    }
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.partial", std::process::id()));
    Ok(path.with_file_name(hidden))
}

impl Drop for Sink<'_> {
    fn drop(&mut self) {
        self.discard();
    }
}
