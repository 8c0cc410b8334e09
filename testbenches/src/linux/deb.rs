//! Single files of a Debian package: an archive of the kind `ar`, with a compressed `tar` in it.

use std::io::{Read, Write};
use std::path::Path;

use object::read::archive::ArchiveFile;

/// A package that cannot be unpacked, or lacks a file. The text says which package.
#[derive(Debug)]
pub(super) enum DebError {
    /// Reading it, or writing what is in it, failed.
    Io(std::io::Error),
    /// It is broken, or of another kind.
    Broken(String),
}

impl From<std::io::Error> for DebError {
    fn from(error: std::io::Error) -> Self {
        DebError::Io(error)
    }
}

/// Writes the first regular file of the package that is `wanted` to `to`, and reads no further.
/// Paths are without `./` in front.
pub(super) fn unpack(
    package: &Path,
    wanted: impl Fn(&str) -> bool,
    what: &str,
    to: &Path,
) -> Result<(), DebError> {
    let bytes = std::fs::read(package)?;
    let broken = |error: &dyn std::fmt::Display| DebError::Broken(error.to_string());
    let archive = ArchiveFile::parse(&*bytes).map_err(|error| broken(&error))?;
    for member in archive.members() {
        let member = member.map_err(|error| broken(&error))?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        if !name.starts_with("data.tar") {
            continue;
        }
        let data = member.data(&*bytes).map_err(|error| broken(&error))?;
        return match name.as_str() {
            "data.tar" => take(data, wanted, what, to),
            "data.tar.xz" => take(lzma_rust2::XzReader::new(data, false), wanted, what, to),
            name => Err(DebError::Broken(format!("{name} is compressed in a way unknown here"))),
        };
    }
    Err(DebError::Broken("it has no part named data.tar".to_owned()))
}

fn take(
    tar: impl Read,
    wanted: impl Fn(&str) -> bool,
    what: &str,
    to: &Path,
) -> Result<(), DebError> {
    // What is read from memory fails only if it is broken.
    let broken = |error: std::io::Error| DebError::Broken(error.to_string());
    for entry in tar::Archive::new(tar).entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.display().to_string();
        let regular = entry.header().entry_type().is_file();
        if !regular || !wanted(path.trim_start_matches("./")) {
            continue;
        }
        let mut file = std::fs::File::create(to)?;
        let mut part = vec![0; 1 << 16];
        loop {
            let length = entry.read(&mut part).map_err(broken)?;
            if length == 0 {
                break;
            }
            file.write_all(&part[..length])?;
        }
        return Ok(file.sync_all()?);
    }
    Err(DebError::Broken(format!("it has no file {what}")))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A package with these files, compressed or not.
    pub(in super::super) fn package(files: &[(&str, &[u8])], packed: bool) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        // A link with a name that could be meant.
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        tar.append_link(&mut link, "./boot/vmlinux-link", "nowhere").unwrap();
        for (path, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, *bytes).unwrap();
        }
        let mut data = tar.into_inner().unwrap();
        let mut name = "data.tar";
        if packed {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            writer.write_all(&data).unwrap();
            data = writer.finish().unwrap();
            name = "data.tar.xz";
        }
        let mut archive = b"!<arch>\n".to_vec();
        for (name, bytes) in [("debian-binary", &b"2.0\n"[..]), (name, &data)] {
            let length = bytes.len();
            archive.extend(
                format!("{name:<16}0           0     0     100644  {length:<10}`\n").bytes(),
            );
            archive.extend(bytes);
            if length % 2 == 1 {
                archive.push(b'\n');
            }
        }
        archive
    }

    fn said(error: Result<(), DebError>) -> String {
        match error {
            Err(DebError::Broken(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_file_of_a_package_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (deb, to) = (folder.path().join("a.deb"), folder.path().join("out"));
        let files: [(&str, &[u8]); 3] =
            [("boot/System.map-6", b"map"), ("boot/vmlinux-6", &[7; 200_001]), ("usr/z", b"z")];
        for packed in [false, true] {
            std::fs::write(&deb, package(&files, packed)).unwrap();
            unpack(&deb, |path| path.starts_with("boot/vmlinux-"), "boot/vmlinux-*", &to).unwrap();
            assert_eq!(std::fs::read(&to).unwrap(), [7; 200_001]);
            let none = unpack(&deb, |path| path == "bin/sh", "bin/sh", &to);
            assert_eq!(said(none), "it has no file bin/sh");
        }
    }

    #[test]
    fn a_damaged_package_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (deb, to) = (folder.path().join("a.deb"), folder.path().join("out"));
        let whole = package(&[("a", &[1; 50_000]), ("b", b"b")], true);
        let read = |bytes: &[u8]| {
            std::fs::write(&deb, bytes).unwrap();
            unpack(&deb, |path| path == "b", "b", &to)
        };
        assert!(read(&whole).is_ok());
        for length in (0..whole.len() - 4).step_by(13) {
            said(read(&whole[..length]));
        }
        let mut flipped = whole.clone();
        let middle = whole.len() - 100;
        flipped[middle] ^= 0x10;
        said(read(&flipped));
        let name = String::from_utf8_lossy(&whole).find("data.tar.xz").unwrap();
        let mut strange = whole.clone();
        strange[name + 9..name + 11].copy_from_slice(b"q9");
        assert!(said(read(&strange)).contains("data.tar.q9"));
    }
}
