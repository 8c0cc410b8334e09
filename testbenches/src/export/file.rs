//! Files that appear whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file under a temporary name in its directory, which is created first, and renames it.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    std::fs::create_dir_all(directory(path))?;
    let mut file = begin(path)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    complete(file, path)
}

/// Opens what becomes a file, under a temporary name in its directory.
pub(crate) fn begin(path: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".unfinished-").tempfile_in(directory(path))
}

/// Gives it its name.
pub(crate) fn complete(file: NamedTempFile, path: &Path) -> io::Result<()> {
    readable_by_all(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
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
