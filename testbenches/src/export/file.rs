//! The files of a configuration, and how they are written: whole or not at all.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::ExportError;
use tempfile::NamedTempFile;

/// What a file of a configuration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The hardware: NAME.v.
    Verilog,
    /// An instance to copy: NAME_template.v.
    Template,
    /// The description for FuseSoC: NAME.core.
    Core,
    /// A test bench that checks itself: NAME_tb.v.
    Testbench,
    /// Parts, latencies, rules, how to simulate and synthesise: NAME.md.
    Guide,
}

/// A file of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is for.
    pub kind: Kind,
    /// Its name in the folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// A file of the configuration with this name.
    pub(super) fn new(kind: Kind, configuration: &str, text: String) -> File {
        let ending = match kind {
            Kind::Verilog => ".v",
            Kind::Template => "_template.v",
            Kind::Core => ".core",
            Kind::Testbench => "_tb.v",
            Kind::Guide => ".md",
        };
        File { kind, name: format!("{configuration}{ending}"), text }
    }
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its path.
    pub path: PathBuf,
    /// There was a file with another text, which is lost.
    pub replaced: bool,
}

/// Writes files into a directory, which is created if necessary, and says what was written, in
/// their order. All are written under temporary names before the first gets its own.
///
/// # Errors
/// [`ExportError::Write`] if the directory cannot be created or written, or the disk is full.
pub fn write(directory: &Path, files: &[File]) -> Result<Vec<Written>, ExportError> {
    let mut written = Vec::new();
    for File { name, text, .. } in files {
        let path = directory.join(name);
        let file = written_aside(&path, text);
        let file = file.map_err(|source| ExportError::Write { path: path.clone(), source })?;
        let replaced = std::fs::read(&path).is_ok_and(|before| before != text.as_bytes());
        written.push((Written { path, replaced }, file));
    }
    let complete = |(written, file): (Written, _)| match complete(file, &written.path) {
        Ok(()) => Ok(written),
        Err(source) => Err(ExportError::Write { path: written.path, source }),
    };
    written.into_iter().map(complete).collect()
}

/// A text under a temporary name in its directory, which is created first.
fn written_aside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    std::fs::create_dir_all(directory(path))?;
    let mut file = begin(path)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Opens what becomes a file, under a temporary name in its directory. Only a file can be replaced:
/// a device or a pipe is refused, and of a link the file behind it is replaced.
pub(crate) fn begin(path: &Path) -> io::Result<NamedTempFile> {
    let place = place(path)?;
    // An error should not name the temporary file.
    std::fs::metadata(directory(&place))?;
    tempfile::Builder::new().prefix(".unfinished-").tempfile_in(directory(&place))
}

/// Gives it its name.
pub(crate) fn complete(file: NamedTempFile, path: &Path) -> io::Result<()> {
    readable_by_all(file.as_file())?;
    file.persist(place(path)?).map_err(|error| error.error)?;
    Ok(())
}

/// Where a file is, or will be.
fn place(path: &Path) -> io::Result<PathBuf> {
    match std::fs::metadata(path) {
        Ok(there) if there.is_file() => std::fs::canonicalize(path),
        Ok(there) if there.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(_) => Err(io::Error::other("it is no ordinary file, and is not replaced by one")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(error),
    }
}

/// Whether two paths are the same file, or would be.
pub(crate) fn are_one(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| {
        let name = path.file_name().map(ToOwned::to_owned);
        std::fs::canonicalize(path)
            .ok()
            .or_else(|| Some(std::fs::canonicalize(directory(path)).ok()?.join(name?)))
    };
    whole(one).is_some_and(|one| whole(other) == Some(one))
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Temporary files are private; what they become is an ordinary file.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(crate) fn readable_by_all(_file: &std::fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn write_whole(path: &Path, text: &str) -> io::Result<()> {
        complete(written_aside(path, text)?, path)
    }

    #[test]
    fn only_files_are_replaced_and_links_stay() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [file, link, socket] = ["file", "link", "socket"].map(|name| folder.path().join(name));
        std::fs::write(&file, "old").expect("it is written");
        symlink(&file, &link).expect("links are made");
        write_whole(&link, "new").expect("the file behind the link is written");
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "new");
        let _held = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert!(write_whole(&socket, "new").is_err_and(|error| error.to_string().contains("file")));
        assert!(!socket.is_file());
        assert!(write_whole(folder.path(), "new").is_err());
        let error = begin(&folder.path().join("none/file")).expect_err("there is no folder");
        assert!(!error.to_string().contains("unfinished"), "{error}");
    }

    #[test]
    fn one_file_has_several_paths() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        let around = folder.path().join(".").join("file");
        assert!(are_one(&file, &around) && !are_one(&file, &link));
        std::fs::write(&file, "").expect("it is written");
        symlink(&file, &link).expect("links are made");
        assert!(are_one(&file, &link) && are_one(&file, &around));
    }
}
