//! The folder of the site: it is built beside its place, and moved there when it is complete.

use std::path::{Path, PathBuf};

use crate::Error;

/// A file that tells a site from another folder, which must not be replaced.
const MARK: &str = ".pagewalk-site";

/// A site on its way.
pub(crate) struct Output {
    place: PathBuf,
    part: PathBuf,
}

impl Output {
    /// Begins a site that shall replace an older one, or an empty folder.
    ///
    /// # Errors
    /// When the folder above is missing, or something else is in that place.
    pub(crate) fn begin(place: &Path) -> Result<Output, Error> {
        let above = match place.parent() {
            Some(above) if above.as_os_str().is_empty() => Path::new("."),
            Some(above) => above,
            None => return Err(Error::Occupied { path: place.into() }),
        };
        if !above.is_dir() {
            return Err(Error::NoFolder { path: above.into() });
        }
        // From other working directories, too.
        let above = above.canonicalize().map_err(Error::read(above))?;
        let name = place.file_name().ok_or(Error::Occupied { path: place.into() })?;
        let place = above.join(name);
        let mut part = name.to_owned();
        part.push(".part");
        let output = Output { part: above.join(part), place };
        refuse_others(&output.place)?;
        refuse_others(&output.part)?;
        output.remove(&output.part)?;
        std::fs::create_dir(&output.part).map_err(Error::write(&output.part))?;
        output.write(MARK, b"built by the crate `site` of Pagewalk\n")?;
        output.make_folder("live")?;
        Ok(output)
    }

    /// Where files are until the site is complete.
    pub(crate) fn folder(&self) -> &Path {
        &self.part
    }

    fn make_folder(&self, name: &str) -> Result<(), Error> {
        let path = self.part.join(name);
        std::fs::create_dir_all(&path).map_err(Error::write(path))
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, name: &str, contents: &[u8]) -> Result<(), Error> {
        let path = self.part.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
        }
        std::fs::write(&path, contents).map_err(Error::write(path))
    }

    /// Puts the complete site into its place.
    ///
    /// # Errors
    /// When the older one cannot be removed.
    pub(crate) fn finish(self) -> Result<(), Error> {
        refuse_others(&self.place)?;
        self.remove(&self.place)?;
        std::fs::rename(&self.part, &self.place).map_err(Error::write(&self.place))
    }

    fn remove(&self, folder: &Path) -> Result<(), Error> {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::Write { path: folder.into(), source: error })
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Output {
    /// What is not complete is of no use, and may have filled the disk.
    fn drop(&mut self) {
        drop(self.remove(&self.part));
    }
}

/// Refuses a place in which something is that is no site and not empty.
fn refuse_others(place: &Path) -> Result<(), Error> {
    let occupied = || Error::Occupied { path: place.into() };
    if !place.exists() {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(place).map_err(|_| occupied())?;
    if place.join(MARK).is_file() || entries.next().is_none() { Ok(()) } else { Err(occupied()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_replaces_a_site_and_nothing_else() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let place = folder.path().join("site");
        for text in ["one", "two"] {
            let output = Output::begin(&place).expect("a site may be here");
            output.write("a/b.html", text.as_bytes()).expect("it can be written");
            output.finish().expect("it can be moved");
            assert_eq!(std::fs::read_to_string(place.join("a/b.html")).expect("a file"), text);
        }
        // One that fails leaves nothing; one that was interrupted its part, which the next removes.
        drop(Output::begin(&place).expect("a site may be here"));
        assert!(!folder.path().join("site.part").exists());
        std::mem::forget(Output::begin(&place).expect("a site may be here"));
        assert!(folder.path().join("site.part").exists());
        drop(Output::begin(&place).expect("a site may be here"));
        std::fs::remove_file(place.join(MARK)).expect("it is there");
        let refused = Output::begin(&place).err().map(|error| error.to_string());
        assert!(refused.is_some_and(|text| text.contains("is not empty")));
        let above = Output::begin(&folder.path().join("no/site")).err();
        assert!(matches!(above, Some(Error::NoFolder { .. })));
        let file = Output::begin(&place.join("a/b.html")).err();
        assert!(matches!(file, Some(Error::Occupied { .. })));
    }
}
