//! The first file system: an archive that the kernel unpacks into memory, with Busybox as its only
//! program and a script `/init` as its first process.
//!
//! Nothing of it depends on the host: owners are root, times are zero, and the same input gives the
//! same bytes. Device nodes are entries of the archive, so making it needs no rights.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cpio::newc::{Builder, ModeFileType, trailer};

/// What the first process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Looks around, prints what it sees, and powers off.
    Tour,
    /// A shell on the console, with job control; when it ends, the machine powers off.
    Shell,
}

/// A file to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// Where it is.
    pub host: PathBuf,
    /// Where it shall be: a path from `/`.
    pub guest: String,
}

impl std::str::FromStr for Extra {
    type Err = InitramfsError;

    /// Reads `HOST:GUEST`, or `HOST` alone for a program in the guest's `/bin`, where its shell finds it.
    fn from_str(text: &str) -> Result<Extra, InitramfsError> {
        let wrong = |problem: &str| InitramfsError::Guest(text.to_owned(), problem.to_owned());
        if let Some((host, guest)) = text.rsplit_once(':') {
            let extra = Extra { host: host.into(), guest: guest.to_owned() };
            parts(&extra.guest)?;
            return if host.is_empty() { Err(wrong("it names no file")) } else { Ok(extra) };
        }
        let host = PathBuf::from(text);
        match host.file_name().and_then(|name| name.to_str()) {
            Some(name) => Ok(Extra { guest: format!("/bin/{name}"), host }),
            None => Err(wrong("it names no file")),
        }
    }
}

/// An archive that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum InitramfsError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    Host(String, std::io::Error),
    /// It is no regular file.
    #[error("{0}: it is a directory; name its files, each as HOST:GUEST")]
    Directory(String),
    /// The path in the guest is none.
    #[error("`{0}` as a path in the guest: {1}")]
    Guest(String, String),
    /// More than an archive of this form can hold.
    #[error("{0}: a file of 4 GiB or more does not fit into an initramfs")]
    Large(String),
    /// It cannot be written to memory, which does not happen.
    #[error("the initramfs cannot be written: {0}")]
    Archive(#[from] std::io::Error),
}

/// One entry.
enum Node {
    Folder,
    File { mode: u32, bytes: Vec<u8> },
    Link(&'static str),
    Device { mode: u32, major: u32, minor: u32 },
}

/// The script of the tour. Paths of programs are written out, for there are no links to them.
const TOUR: &str = "\
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox echo \"=== INIT ===\"
/bin/busybox ls /
/bin/busybox cat /proc/cpuinfo
/bin/busybox cat /proc/meminfo
/bin/busybox dmesg | /bin/busybox tail
/bin/busybox echo \"=== POWEROFF ===\"
/bin/busybox poweroff -f
";

/// The script of the shell. `cttyhack` gives it the console as its controlling terminal, without which
/// Ctrl-C and jobs do not work. It runs in the foreground: of a process in the background, Ctrl-C
/// would be ignored for ever.
const SHELL: &str = "\
#!/bin/busybox sh
export PATH=/bin HOME=/root ENV=/etc/profile
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
hostname pagewalk
cd /root
echo
echo \"A shell of Busybox on Linux $(uname -r). The command exit ends it, and powers off.\"
setsid cttyhack sh -i
poweroff -f
";

/// Read by the shell when it starts. Without `-f`, `poweroff` and `reboot` would only send a signal to
/// the first process, which waits for the shell.
const PROFILE: &str = "\
PS1='pagewalk:\\w # '
poweroff() { command poweroff -f; }
reboot() { command reboot -f; }
halt() { command halt -f; }
";

/// Makes an archive: the bytes of `busybox`, a static program, and the files.
///
/// # Errors
/// [`InitramfsError`].
pub fn initramfs(kind: Kind, busybox: &[u8], extras: &[Extra]) -> Result<Vec<u8>, InitramfsError> {
    let script = |text: &str| Node::File { mode: 0o755, bytes: text.as_bytes().to_vec() };
    let mut tree = BTreeMap::from([
        ("bin".to_owned(), Node::Folder),
        ("bin/busybox".into(), Node::File { mode: 0o755, bytes: busybox.to_vec() }),
        ("bin/sh".into(), Node::Link("busybox")),
        ("dev".into(), Node::Folder),
        // Without it, the first process has neither input nor output.
        ("dev/console".into(), Node::Device { mode: 0o600, major: 5, minor: 1 }),
        ("dev/null".into(), Node::Device { mode: 0o666, major: 1, minor: 3 }),
        ("proc".into(), Node::Folder),
        ("sys".into(), Node::Folder),
    ]);
    match kind {
        Kind::Tour => tree.insert("init".into(), script(TOUR)),
        Kind::Shell => {
            let profile = Node::File { mode: 0o644, bytes: PROFILE.as_bytes().to_vec() };
            tree.insert("etc".into(), Node::Folder);
            tree.insert("etc/profile".into(), profile);
            tree.insert("root".into(), Node::Folder);
            tree.insert("init".into(), script(SHELL))
        }
    };
    for extra in extras {
        add(&mut tree, extra)?;
    }
    write(&tree)
}

/// The parts of a path in the guest.
fn parts(guest: &str) -> Result<Vec<&str>, InitramfsError> {
    let wrong = |problem: &str| InitramfsError::Guest(guest.to_owned(), problem.to_owned());
    let Some(path) = guest.strip_prefix('/') else {
        return Err(wrong("it must begin with /, as in HOST:/bin/program"));
    };
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|part| part.is_empty() || *part == "." || *part == "..") {
        return Err(wrong("it must name a file, without empty parts, `.` and `..`"));
    }
    // The archive's end is an entry of this name.
    if path == "TRAILER!!!" || path.contains('\0') || path.len() > 4000 {
        return Err(wrong("an archive cannot have this name"));
    }
    Ok(parts)
}

fn add(tree: &mut BTreeMap<String, Node>, extra: &Extra) -> Result<(), InitramfsError> {
    let parts = parts(&extra.guest)?;
    let (bytes, executable) = read(&extra.host)?;
    let taken = |what: &str| InitramfsError::Guest(extra.guest.clone(), what.to_owned());
    for length in 1..parts.len() {
        let folder = parts[..length].join("/");
        if !matches!(tree.entry(folder).or_insert(Node::Folder), Node::Folder) {
            return Err(taken("a part of it is a file"));
        }
    }
    let mode = if executable { 0o755 } else { 0o644 };
    match tree.insert(parts.join("/"), Node::File { mode, bytes }) {
        None => Ok(()),
        Some(_) => Err(taken("there is something already")),
    }
}

/// A file's bytes, and whether it may be executed.
fn read(path: &Path) -> Result<(Vec<u8>, bool), InitramfsError> {
    let name = path.display().to_string();
    let host = |error| InitramfsError::Host(name.clone(), error);
    let about = std::fs::metadata(path).map_err(host)?;
    if about.is_dir() {
        return Err(InitramfsError::Directory(name));
    }
    if u32::try_from(about.len()).is_err() {
        return Err(InitramfsError::Large(name));
    }
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o100 != 0;
    // Where files have no such bit, what one brings is meant to be run.
    #[cfg(not(unix))]
    let executable = true;
    Ok((std::fs::read(path).map_err(host)?, executable))
}

/// Folders come before what is in them, for their names are shorter.
fn write(tree: &BTreeMap<String, Node>) -> Result<Vec<u8>, InitramfsError> {
    let mut archive = Vec::new();
    for (number, (path, node)) in (1..).zip(tree) {
        let entry = Builder::new(path).ino(number);
        let (entry, bytes): (Builder, &[u8]) = match node {
            Node::Folder => {
                (entry.nlink(2).mode(0o755).set_mode_file_type(ModeFileType::Directory), &[])
            }
            Node::File { mode, bytes } => {
                (entry.mode(*mode).set_mode_file_type(ModeFileType::Regular), bytes)
            }
            Node::Link(target) => {
                let link = entry.mode(0o777).set_mode_file_type(ModeFileType::Symlink);
                (link, target.as_bytes())
            }
            Node::Device { mode, major, minor } => {
                let device = entry.mode(*mode).set_mode_file_type(ModeFileType::Char);
                (device.rdev_major(*major).rdev_minor(*minor), &[])
            }
        };
        let length = u32::try_from(bytes.len()).map_err(|_| InitramfsError::Large(path.clone()))?;
        let mut writer = entry.write(&mut archive, length);
        std::io::Write::write_all(&mut writer, bytes)?;
        writer.finish()?;
    }
    trailer(&mut archive)?;
    // Whole blocks, as other writers do.
    archive.resize(archive.len().next_multiple_of(512), 0);
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tools;
    use cpio::newc::Reader;

    /// Name, mode, size and device of each entry.
    fn list(mut archive: &[u8]) -> Vec<(String, u32, u32, (u32, u32))> {
        let mut found = Vec::new();
        loop {
            let reader = Reader::new(archive).unwrap();
            let entry = reader.entry().clone();
            if entry.is_trailer() {
                return found;
            }
            let device = (entry.rdev_major(), entry.rdev_minor());
            found.push((entry.name().to_owned(), entry.mode(), entry.file_size(), device));
            archive = reader.finish().unwrap();
        }
    }

    fn extra(text: &str) -> Extra {
        text.parse().unwrap()
    }

    #[test]
    fn the_tour_has_what_it_needs_and_no_more() {
        let archive = initramfs(Kind::Tour, b"program", &[]).unwrap();
        let wanted = [
            ("bin", 0o040_755, 0, (0, 0)),
            ("bin/busybox", 0o100_755, 7, (0, 0)),
            ("bin/sh", 0o120_777, 7, (0, 0)),
            ("dev", 0o040_755, 0, (0, 0)),
            ("dev/console", 0o020_600, 0, (5, 1)),
            ("dev/null", 0o020_666, 0, (1, 3)),
            ("init", 0o100_755, TOUR.len() as u32, (0, 0)),
            ("proc", 0o040_755, 0, (0, 0)),
            ("sys", 0o040_755, 0, (0, 0)),
        ];
        let wanted = wanted.map(|(name, mode, size, device)| (name.to_owned(), mode, size, device));
        assert_eq!(list(&archive), wanted);
        assert_eq!(archive.len() % 512, 0);
        assert_eq!(archive, initramfs(Kind::Tour, b"program", &[]).unwrap());
    }

    #[test]
    fn an_independent_program_lists_and_unpacks_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hello"), "text").unwrap();
        let host = folder.path().join("hello").display().to_string();
        let extras = [extra(&format!("{host}:/usr/share/hello")), extra(&host)];
        let archive = initramfs(Kind::Shell, &[1; 1001], &extras).unwrap();
        std::fs::write(folder.path().join("a.cpio"), archive).unwrap();
        let listed = if tools::find("bsdtar").is_some() {
            tools::run("bsdtar", folder.path(), &["-tf", "a.cpio"]).unwrap()
        } else if tools::or_skip("cpio") {
            tools::run("cpio", folder.path(), &["-it", "--quiet", "-F", "a.cpio"]).unwrap()
        } else {
            return;
        };
        let names: Vec<&str> = listed.lines().collect();
        let wanted = [
            "bin",
            "bin/busybox",
            "bin/hello",
            "bin/sh",
            "dev",
            "dev/console",
            "dev/null",
            "etc",
            "etc/profile",
            "init",
            "proc",
            "root",
            "sys",
            "usr",
            "usr/share",
            "usr/share/hello",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn files_are_added_with_their_folders_and_their_right_to_be_run() {
        let folder = tempfile::tempdir().unwrap();
        let host = folder.path().join("run");
        std::fs::write(&host, "#!").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&host, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        let extra = Extra { host, guest: "/opt/a/run".into() };
        let found = list(&initramfs(Kind::Tour, b"", &[extra]).unwrap());
        let of = |name: &str| found.iter().find(|entry| entry.0 == name).unwrap().1;
        assert_eq!((of("opt"), of("opt/a"), of("opt/a/run")), (0o040_755, 0o040_755, 0o100_755));
    }

    #[test]
    fn what_cannot_be_added_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let said = |host: &Path, guests: &[&str]| {
            let extras: Vec<Extra> = guests
                .iter()
                .map(|guest| Extra { host: host.to_owned(), guest: (*guest).to_owned() })
                .collect();
            initramfs(Kind::Tour, b"", &extras).unwrap_err().to_string()
        };
        for (guests, words) in [
            (&["bin/a"][..], "begin with /"),
            (&["/"], "must name a file"),
            (&["/a//b"], "empty parts"),
            (&["/a/../b"], "`..`"),
            (&["/bin"], "something already"),
            (&["/init"], "something already"),
            (&["/bin/sh/x"], "a part of it is a file"),
            (&["/a", "/a"], "something already"),
            (&["/TRAILER!!!"], "cannot have this name"),
        ] {
            assert!(said(&file, guests).contains(words), "{guests:?}: {}", said(&file, guests));
        }
        assert!(said(&folder.path().join("none"), &["/a"]).contains("none"));
        assert!(said(folder.path(), &["/a"]).contains("directory"));
    }

    #[test]
    fn an_argument_names_a_file_and_its_place() {
        let wanted = Extra { host: "a/b".into(), guest: "/bin/c".into() };
        assert_eq!(extra("a/b:/bin/c"), wanted);
        assert_eq!(extra("a/b").guest, "/bin/b");
        for wrong in ["a:b", ":/b", "", "a/..", "a:/"] {
            assert!(wrong.parse::<Extra>().is_err(), "{wrong}");
        }
    }
}
