//! Kernel, Busybox and firmware of Debian 13 for riscv64, fetched through this machine's own apt.
//!
//! A folder holds three files and a list of them. The list is written last: as long as it is not
//! there, or a file has not the length that it says, nothing counts. What is under way is in a folder
//! `part` inside, which the next call begins anew.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::apt::{Apt, Place, RELEASE};
use super::deb::{DebError, unpack};

/// The list of what is there.
const LIST: &str = "packages.toml";
/// What is under way.
const PART: &str = "part";
/// Held while files are fetched.
const LOCK: &str = "lock";

/// What to do where apt is of no help.
const INSTEAD: &str = "without it, give the files to `pagewalk boot --kernel Image --initrd FILE \
                       --firmware fw_jump.bin`; Debian's packages linux-image-riscv64 and opensbi \
                       contain kernel and firmware";

/// Packages that could not be fetched, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum PackagesError {
    /// This machine has no apt.
    #[error("there is no apt on this machine, which would fetch Debian's kernel; {INSTEAD}")]
    NoApt,
    /// Its sources name no mirror of Debian.
    #[error(
        "apt's sources on this machine name no mirror of Debian; name one, such as \
         http://deb.debian.org/debian; {INSTEAD}"
    )]
    Mirror,
    /// The mirror that was named is no address.
    #[error("`{0}` is no address of a mirror, such as http://deb.debian.org/debian")]
    Address(String),
    /// Debian's keys are not installed.
    #[error(
        "Debian's keys are missing, with which packages are checked; install the package \
         debian-archive-keyring; {INSTEAD}"
    )]
    Keyring,
    /// They do not fit.
    #[error(
        "{0}\nThe list of packages is signed with a key that is not installed; bring the package debian-archive-keyring up to date; {INSTEAD}"
    )]
    Signature(String),
    /// What checks signatures is not found.
    #[error(
        "{0}\nThe program gpgv, which checks signatures, is not found; install the package gpgv, and \
         see whether it is in PATH; {INSTEAD}"
    )]
    Checker(String),
    /// The mirror cannot be reached.
    #[error(
        "{0}\nThe mirror cannot be reached; is there a network, and does it need a proxy (variable http_proxy)? {INSTEAD}"
    )]
    Network(String),
    /// The disk is full.
    #[error("the disk is full; about 160 MB are needed while packages are unpacked; {INSTEAD}")]
    Full,
    /// apt failed for another reason.
    #[error("`{command}` failed:\n{said}\n{INSTEAD}")]
    Apt {
        /// What was asked of it.
        command: String,
        /// What it said.
        said: String,
    },
    /// A package has another form than expected.
    #[error("{0}: {1}; {INSTEAD}")]
    Package(String, String),
    /// A file or folder of this machine.
    #[error("{0}: {1}")]
    Host(String, std::io::Error),
}

impl PackagesError {
    pub(super) fn host(path: &Path, error: std::io::Error) -> PackagesError {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => PackagesError::Full,
            _ => PackagesError::Host(path.display().to_string(), error),
        }
    }
}

/// What is in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packages {
    /// The kernel: a raw `Image`.
    pub image: PathBuf,
    /// OpenSBI, which jumps to the kernel.
    pub firmware: PathBuf,
    /// Busybox, linked statically.
    pub busybox: PathBuf,
    /// Name and version of each package: kernel, Busybox, firmware.
    pub versions: Vec<(String, String)>,
}

/// The list, as it is stored.
#[derive(Serialize, Deserialize)]
struct List {
    file: Vec<Item>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    name: String,
    bytes: u64,
    package: String,
    version: String,
}

/// The files: name here, whether a path in the package is it, and how to call that path.
type Pattern = (&'static str, fn(&str) -> bool, &'static str);
const FIRMWARE: &str = "usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin";
const FILES: [Pattern; 3] = [
    ("Image", |path| path.starts_with("boot/vmlinux-"), "boot/vmlinux-*"),
    ("busybox", |path| path == "usr/bin/busybox" || path == "bin/busybox", "usr/bin/busybox"),
    // There is one for 32 bits beside it.
    ("fw_jump.bin", |path| path == FIRMWARE, FIRMWARE),
];

/// What is in a folder already: `None` if anything is missing.
pub fn kept(folder: &Path) -> Option<Packages> {
    let list: List = toml::from_str(&std::fs::read_to_string(folder.join(LIST)).ok()?).ok()?;
    let mut versions = Vec::new();
    for (name, ..) in FILES {
        let item = list.file.iter().find(|item| item.name == name)?;
        let about = std::fs::metadata(folder.join(name)).ok()?;
        if !about.is_file() || about.len() != item.bytes || item.bytes == 0 {
            return None;
        }
        versions.push((item.package.clone(), item.version.clone()));
    }
    let [image, busybox, firmware] = FILES.map(|(name, ..)| folder.join(name));
    Some(Packages { image, firmware, busybox, versions })
}

/// Fetches what is not there yet, into a folder that is made if need be. `mirror` is an address to
/// use in place of the system's. Each step is told to `say`.
///
/// Two calls at once do not disturb each other: the second one waits.
///
/// # Errors
/// [`PackagesError`]; the folder is then as it was.
pub fn fetch(
    folder: &Path,
    mirror: Option<&str>,
    say: &mut dyn FnMut(&str),
) -> Result<Packages, PackagesError> {
    fetch_by(&Place::default(), folder, mirror, say)
}

/// As [`fetch`], with apt from another place.
fn fetch_by(
    place: &Place,
    folder: &Path,
    mirror: Option<&str>,
    say: &mut dyn FnMut(&str),
) -> Result<Packages, PackagesError> {
    let already = |say: &mut dyn FnMut(&str)| {
        let found = kept(folder)?;
        say(&format!("{}: everything is there already", folder.display()));
        Some(found)
    };
    if let Some(found) = already(say) {
        return Ok(found);
    }
    std::fs::create_dir_all(folder).map_err(|error| PackagesError::host(folder, error))?;
    // apt works in a folder of its own, where a relative path would be another.
    let whole = folder.canonicalize().map_err(|error| PackagesError::host(folder, error))?;
    let lock = whole.join(LOCK);
    let held = std::fs::File::create(&lock).map_err(|error| PackagesError::host(&lock, error))?;
    if held.try_lock().is_err() {
        say(&format!("{}: waiting for another pagewalk that is fetching", folder.display()));
        held.lock().map_err(|error| PackagesError::host(&lock, error))?;
        if let Some(found) = already(say) {
            return Ok(found);
        }
    }
    let part = whole.join(PART);
    clear(&part)?;
    let result = bring(place, &whole, &part, mirror, say);
    // The error that came first is the one to tell.
    let cleared = clear(&part);
    result?;
    cleared?;
    kept(folder).ok_or_else(|| {
        let path = folder.join(LIST);
        PackagesError::host(&path, std::io::Error::other("it vanished while it was used"))
    })
}

/// Removes what an earlier call left.
fn clear(part: &Path) -> Result<(), PackagesError> {
    match std::fs::remove_dir_all(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(PackagesError::host(part, error)),
        _ => Ok(()),
    }
}

fn bring(
    place: &Place,
    folder: &Path,
    part: &Path,
    mirror: Option<&str>,
    say: &mut dyn FnMut(&str),
) -> Result<(), PackagesError> {
    let apt = Apt::new(place, part)?;
    let mirror = match mirror {
        Some(mirror) => mirror.trim_end_matches('/').to_owned(),
        None => apt.mirror()?,
    };
    apt.choose(&mirror)?;
    say(&format!("reading the list of Debian's packages ({RELEASE}, riscv64) from {mirror}"));
    apt.update()?;
    let kernel = apt.kernel()?;
    let names = [kernel.as_str(), "busybox-static", "opensbi"];
    let offers = apt.offers(&names)?;
    let total = offers.iter().map(|offer| offer.size).sum::<u64>() as f64 / 1e6;
    say(&format!("fetching {}: {total:.0} MB", names.join(", ")));
    apt.download(&names)?;
    let mut list = List { file: Vec::new() };
    for ((file, wanted, what), package) in FILES.into_iter().zip(names) {
        let absent = || PackagesError::Package(package.to_owned(), "it was not downloaded".into());
        let offered = offers.iter().find(|offer| version(&offer.file, package).is_some());
        let offer = offered.ok_or_else(absent)?;
        let version = version(&offer.file, package).ok_or_else(absent)?;
        let to = part.join(file);
        let deb = part.join(&offer.file);
        say(&format!("unpacking {file} from {package} {version}"));
        unpack(&deb, wanted, what, &to).map_err(|error| match error {
            DebError::Io(error) => PackagesError::host(&deb, error),
            DebError::Broken(text) => PackagesError::Package(package.to_owned(), text),
        })?;
        let about = std::fs::metadata(&to).map_err(|error| PackagesError::host(&to, error))?;
        let (package, name) = (package.to_owned(), file.to_owned());
        list.file.push(Item { name, bytes: about.len(), package, version });
    }
    // An old list must not speak of new files.
    let path = folder.join(LIST);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(PackagesError::host(&path, error));
        }
        _ => {}
    }
    let text = toml::to_string(&list)
        .map_err(|error| PackagesError::host(&path, std::io::Error::other(error)))?;
    let new = part.join(LIST);
    std::fs::write(&new, text).map_err(|error| PackagesError::host(&new, error))?;
    for name in FILES.map(|(name, ..)| name).into_iter().chain([LIST]) {
        let to = folder.join(name);
        let moved = std::fs::rename(part.join(name), &to);
        moved.map_err(|error| PackagesError::host(&to, error))?;
    }
    Ok(())
}

/// The version in a file's name `PACKAGE_VERSION_ARCHITECTURE.deb`, if it is of this package.
fn version(file: &str, package: &str) -> Option<String> {
    let rest = file.strip_prefix(package)?.strip_prefix('_')?;
    Some(rest.split('_').next()?.replace("%3a", ":"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::deb::tests::package;
    use super::*;

    /// What stands for apt: it answers as apt does, from packages in its own folder.
    struct Fake {
        folder: tempfile::TempDir,
        place: Place,
    }

    const UPDATE: &str = "echo update >> calls";
    const DOWNLOAD: &str = "cp \"$here\"/*.deb .";

    impl Fake {
        fn new() -> Fake {
            let folder = tempfile::tempdir().unwrap();
            let other = "./usr/lib/riscv32-linux-gnu/opensbi/generic/fw_jump.bin";
            let firmware = format!("./{FIRMWARE}");
            let parts: [&[(&str, &[u8])]; 3] = [
                &[("./boot/vmlinux-6.9", b"kernel")],
                &[("./usr/bin/busybox", b"busybox")],
                &[(other, b"other"), (&firmware, b"firmware")],
            ];
            let debs = [
                "linux-image-6.9_6.9-1_riscv64.deb",
                "busybox-static_1%3a1.37-6_riscv64.deb",
                "opensbi_1.6-1_all.deb",
            ];
            for (file, files) in debs.into_iter().zip(parts) {
                std::fs::write(folder.path().join(file), package(files, true)).unwrap();
            }
            let keyring = folder.path().join("keys.gpg");
            std::fs::write(&keyring, "").unwrap();
            let programs = Some(folder.path().to_owned());
            let fake = Fake { place: Place { programs, keyrings: vec![keyring] }, folder };
            fake.act(UPDATE, DOWNLOAD);
            fake
        }

        /// What it does when it is to update, and to download.
        fn act(&self, update: &str, download: &str) {
            let here = self.folder.path().display();
            let get = format!(
                "#!/bin/sh\nhere='{here}'\ncase \"$*\" in\n\
                 *'update --print-uris') echo \"'http://m/debian/dists/bookworm/InRelease' x 0\";;\n\
                 *'download --print-uris'*) for deb in \"$here\"/*.deb; do\n\
                 echo \"'http://m/x' $(basename $deb) 1000000 SHA256:0\"; done;;\n\
                 *' update') {update};;\n*' download '*) {download};;\nesac\n"
            );
            let cache = "#!/bin/sh\necho '  Depends: linux-image-6.9'\n";
            for (name, text) in [("apt-get", get.as_str()), ("apt-cache", cache)] {
                let path = self.folder.path().join(name);
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
        }

        fn fetch(&self, to: &Path) -> (Result<Packages, PackagesError>, Vec<String>) {
            let mut told = Vec::new();
            let result = fetch_by(&self.place, to, None, &mut |line| told.push(line.to_owned()));
            (result, told)
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_first_call_fetches_and_a_second_one_has_nothing_to_do() {
        let (fake, to) = (Fake::new(), tempfile::tempdir().unwrap());
        let to = to.path().join("new/folder");
        let (found, told) = fake.fetch(&to);
        let found = found.unwrap();
        assert_eq!(std::fs::read(&found.image).unwrap(), b"kernel");
        assert_eq!(std::fs::read(&found.busybox).unwrap(), b"busybox");
        assert_eq!(std::fs::read(&found.firmware).unwrap(), b"firmware");
        let versions =
            [("linux-image-6.9", "6.9-1"), ("busybox-static", "1:1.37-6"), ("opensbi", "1.6-1")];
        let versions = versions.map(|(name, version)| (name.to_owned(), version.to_owned()));
        assert_eq!(found.versions, versions);
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told[0].ends_with("from http://m/debian") && told[1].ends_with("3 MB"), "{told:?}");
        assert_eq!(names(&to), ["Image", "busybox", "fw_jump.bin", "lock", "packages.toml"]);
        // Without apt, from now on.
        fake.act("exit 1", "exit 1");
        let (again, told) = fake.fetch(&to);
        assert_eq!(again.unwrap(), found);
        assert!(told.len() == 1 && told[0].ends_with("everything is there already"), "{told:?}");
    }

    #[test]
    fn what_is_missing_or_cut_off_is_fetched_again() {
        let (fake, to) = (Fake::new(), tempfile::tempdir().unwrap());
        let found = fake.fetch(to.path()).0.unwrap();
        for damage in [
            &|| std::fs::write(&found.image, "kern").unwrap() as (),
            &|| std::fs::remove_file(&found.firmware).unwrap(),
            &|| std::fs::write(to.path().join(LIST), "file = 3").unwrap(),
        ] as [&dyn Fn(); 3]
        {
            damage();
            assert_eq!(kept(to.path()), None);
            assert_eq!(fake.fetch(to.path()).0.unwrap(), found);
            assert_eq!(std::fs::read(&found.image).unwrap(), b"kernel");
        }
    }

    #[test]
    fn a_failure_leaves_nothing_half_done_and_says_what_to_do() {
        let (fake, to) = (Fake::new(), tempfile::tempdir().unwrap());
        let say = |text: &str| format!("echo \"{text}\" >&2; exit 100");
        for (update, download, words) in [
            (say("E: Could not resolve 'm'"), DOWNLOAD.to_owned(), "cannot be reached"),
            (say("W: GPG error: NO_PUBKEY 6ED0"), DOWNLOAD.to_owned(), "up to date"),
            (UPDATE.to_owned(), say("E: No space left on device"), "disk is full"),
            (UPDATE.to_owned(), say("E: Hash Sum mismatch"), "Hash Sum mismatch"),
            (UPDATE.to_owned(), format!("{DOWNLOAD}; echo > opensbi_1.6-1_all.deb"), "opensbi: "),
            (UPDATE.to_owned(), format!("{DOWNLOAD}; rm busybox*"), "busybox-static_"),
        ] {
            fake.act(&update, &download);
            let error = fake.fetch(to.path()).0.unwrap_err().to_string();
            assert!(error.contains(words), "{words}: {error}");
            assert_eq!(names(to.path()), ["lock"], "{words}");
        }
        // As after a kill: rests of another call are removed.
        let part = to.path().join(PART);
        std::fs::create_dir(&part).unwrap();
        std::fs::write(part.join("busybox-static_9_riscv64.deb"), "half").unwrap();
        fake.act(UPDATE, DOWNLOAD);
        assert_eq!(fake.fetch(to.path()).0.unwrap().versions[1].1, "1:1.37-6");
    }

    #[test]
    fn a_machine_without_apt_keys_or_mirror_is_told_what_to_give_to_boot() {
        let (mut fake, to) = (Fake::new(), tempfile::tempdir().unwrap());
        let mirror = |mirror| fetch_by(&fake.place, to.path(), Some(mirror), &mut |_| ());
        assert!(matches!(mirror("debian"), Err(PackagesError::Address(_))));
        assert!(mirror("http://other/debian/").is_ok());
        std::fs::remove_file(to.path().join(LIST)).unwrap();
        fake.place.keyrings.clear();
        let keys = fake.fetch(to.path()).0.unwrap_err();
        fake.place.programs = Some(to.path().join("none"));
        let apt = fake.fetch(to.path()).0.unwrap_err();
        for (error, package) in [(keys, "debian-archive-keyring"), (apt, "no apt")] {
            let said = error.to_string();
            assert!(said.contains("pagewalk boot --kernel Image --initrd FILE"), "{said}");
            assert!(said.contains(package), "{said}");
        }
    }
}
