//! Runs apt beside the system's own state: lists, caches and sources are in a folder of ours, nothing
//! is installed, and no rights are needed. Proxies and passwords are those of the system.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::packages::PackagesError;

/// The release from which packages are taken: Debian 13.
pub(super) const RELEASE: &str = "trixie";

/// Where the keys are with which Debian signs; the package is `debian-archive-keyring`.
const KEYRINGS: &[&str] = &[
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/etc/apt/trusted.gpg.d/debian-archive-trixie-stable.asc",
];

/// Where apt is on this machine.
pub(super) struct Place {
    /// The folder of its programs, if not where the system looks for them.
    pub(super) programs: Option<PathBuf>,
    /// Files that may hold Debian's keys.
    pub(super) keyrings: Vec<PathBuf>,
}

impl Default for Place {
    fn default() -> Self {
        Place { programs: None, keyrings: KEYRINGS.iter().map(PathBuf::from).collect() }
    }
}

/// apt, with a folder for its files.
pub(super) struct Apt<'a> {
    place: &'a Place,
    folder: PathBuf,
}

/// A package as a mirror has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// The name of its file.
    pub(super) file: String,
    /// Its bytes.
    pub(super) size: u64,
}

impl<'a> Apt<'a> {
    pub(super) fn new(place: &'a Place, folder: &Path) -> Result<Apt<'a>, PackagesError> {
        if folder.display().to_string().contains(['"', '\n']) {
            let error = std::io::Error::other("apt does not take folders with \" in their names");
            return Err(PackagesError::host(folder, error));
        }
        let apt = Apt { place, folder: folder.to_owned() };
        for part in ["lists/partial", "cache/archives/partial"] {
            let part = folder.join(part);
            std::fs::create_dir_all(&part).map_err(|error| PackagesError::host(&part, error))?;
        }
        // Programs that the system has run after an update are of no use here, and may clean up
        // what is the system's. Preferences choose among its own packages.
        let conf = format!(
            "#clear APT::Update::Pre-Invoke;\n#clear APT::Update::Post-Invoke;\n\
             #clear APT::Update::Post-Invoke-Success;\n#clear APT::Default-Release;\n\
             Dir::State::Lists \"{0}/lists\";\nDir::State::status \"/dev/null\";\n\
             Dir::Cache \"{0}/cache\";\nDir::Etc::preferences \"/dev/null\";\n\
             Dir::Etc::preferencesparts \"/dev/null\";\nAPT::Sandbox::User \"root\";\n\
             APT::Update::Error-Mode \"any\";\nAcquire::Retries \"2\";\n\
             Acquire::http::Timeout \"30\";\nAcquire::https::Timeout \"30\";\n",
            folder.display()
        );
        apt.write("look.conf", &conf)?;
        Ok(apt)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), PackagesError> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(|error| PackagesError::host(&path, error))
    }

    /// The Debian mirror in the system's own sources.
    pub(super) fn mirror(&self) -> Result<String, PackagesError> {
        let said = self.run("apt-get", "look.conf", &["update", "--print-uris"])?;
        mirror(&said).ok_or(PackagesError::Mirror)
    }

    /// Takes packages for riscv64 from this mirror from now on.
    pub(super) fn choose(&self, mirror: &str) -> Result<(), PackagesError> {
        let keyring = self.place.keyrings.iter().find(|path| path.is_file());
        let keyring = keyring.ok_or(PackagesError::Keyring)?.display();
        let strange = |letter: char| letter.is_whitespace() || letter == '[' || letter.is_control();
        if !mirror.contains(":/") || mirror.contains(strange) {
            return Err(PackagesError::Address(mirror.to_owned()));
        }
        let source = format!(
            "deb [arch=riscv64 target=Packages lang=none signed-by={keyring}] {mirror} {RELEASE} main\n"
        );
        self.write("sources.list", &source)?;
        let look = self.folder.join("look.conf");
        let base = std::fs::read_to_string(&look).map_err(|e| PackagesError::host(&look, e))?;
        let conf = format!(
            "{base}#clear APT::Architectures;\nAPT::Architecture \"riscv64\";\n\
             APT::Architectures {{ \"riscv64\"; }};\nDir::Etc::sourcelist \"{}/sources.list\";\n\
             Dir::Etc::sourceparts \"/dev/null\";\n",
            self.folder.display()
        );
        self.write("apt.conf", &conf)
    }

    /// Reads the mirror's list of packages.
    pub(super) fn update(&self) -> Result<(), PackagesError> {
        self.run("apt-get", "apt.conf", &["-q", "update"]).map(drop)
    }

    /// The package with the present kernel, on which one without a version depends.
    pub(super) fn kernel(&self) -> Result<String, PackagesError> {
        let said = self.run("apt-cache", "apt.conf", &["depends", "linux-image-riscv64"])?;
        kernel(&said).ok_or_else(|| PackagesError::Apt {
            command: "apt-cache depends linux-image-riscv64".into(),
            said: "no package linux-image-* is named".into(),
        })
    }

    /// What there is of these packages.
    pub(super) fn offers(&self, packages: &[&str]) -> Result<Vec<Offer>, PackagesError> {
        let said =
            self.run("apt-get", "apt.conf", &with(&["download", "--print-uris"], packages))?;
        let offers: Vec<Offer> = said.lines().filter_map(offer).collect();
        if offers.len() == packages.len() {
            return Ok(offers);
        }
        Err(PackagesError::Apt { command: "apt-get download --print-uris".into(), said })
    }

    /// Downloads packages into the folder, and checks them against the signed list.
    pub(super) fn download(&self, packages: &[&str]) -> Result<(), PackagesError> {
        self.run("apt-get", "apt.conf", &with(&["-q", "download"], packages)).map(drop)
    }

    /// Runs one of its programs in the folder: its output.
    fn run(&self, program: &str, conf: &str, arguments: &[&str]) -> Result<String, PackagesError> {
        let path = match &self.place.programs {
            Some(folder) => folder.join(program),
            None => program.into(),
        };
        let result = Command::new(path)
            .arg("-c")
            .arg(self.folder.join(conf))
            .args(arguments)
            .current_dir(&self.folder)
            // Messages are read.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output();
        let output = match result {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(PackagesError::NoApt);
            }
            Err(error) => return Err(PackagesError::host(Path::new(program), error)),
        };
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(failure(format!("{program} {}", arguments.join(" ")), &said))
    }
}

fn with<'a>(first: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [first, rest].concat()
}

/// The reason of a failure by apt's words.
fn failure(command: String, said: &str) -> PackagesError {
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let complaints = said.lines().filter(|line| line.starts_with("E:") || line.starts_with("W:"));
    let mut lines: Vec<&str> = complaints.collect();
    if lines.is_empty() {
        lines = said.lines().collect();
    }
    let told = lines[lines.len().saturating_sub(4)..].join("\n");
    if has(&["No space left", "don't have enough free space"]) {
        PackagesError::Full
    } else if has(&["gpgv2 or gpgv1 required", "sqv required"]) {
        PackagesError::Checker(told)
    } else if has(&["NO_PUBKEY", "is not signed", "EXPKEYSIG", "signatures couldn't be verified"]) {
        PackagesError::Signature(told)
    } else if has(&[
        "Could not resolve",
        "Temporary failure",
        "Could not connect",
        "Cannot initiate the connection",
        "Connection failed",
        "Connection timed out",
        "Network is unreachable",
    ]) {
        PackagesError::Network(told)
    } else {
        PackagesError::Apt { command, said: told }
    }
}

/// The first mirror of Debian itself among the addresses that an update would read: those of other
/// archives, such as that for security, have other names.
fn mirror(said: &str) -> Option<String> {
    let addresses = said.lines().filter_map(|line| line.strip_prefix('\'')?.split('\'').next());
    let sites = addresses.filter_map(|address| address.split_once("/dists/"));
    let mut mirrors = sites.map(|(site, _)| site.trim_end_matches('/')).filter(|site| {
        let last = site.rsplit('/').next().unwrap_or(site);
        !site.starts_with("cdrom:") && last.trim_end_matches(".list") == "debian"
    });
    mirrors.next().map(str::to_owned)
}

fn kernel(said: &str) -> Option<String> {
    let mut names = said.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    names.find(|name| name.starts_with("linux-image-")).map(str::to_owned)
}

/// A line `'ADDRESS' FILE SIZE HASH`.
fn offer(line: &str) -> Option<Offer> {
    let mut words = line.strip_prefix('\'')?.split_once("' ")?.1.split(' ');
    let (file, size) = (words.next()?, words.next()?.parse().ok()?);
    let plain = file.ends_with(".deb") && !file.contains('/');
    plain.then(|| Offer { file: file.to_owned(), size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_is_recognised_among_the_systems_sources() {
        let said = |site: &str| format!("'{site}/dists/bookworm/InRelease' name 0 \n");
        for (site, is) in [
            ("http://deb.debian.org/debian", true),
            ("https://mirror.example/pub/linux/debian/", true),
            ("mirror+file:///etc/apt/mirrors/debian.list", true),
            ("http://deb.debian.org/debian-security", false),
            ("http://archive.ubuntu.com/ubuntu", false),
            ("cdrom://[Debian 13]/debian", false),
        ] {
            assert_eq!(mirror(&said(site)).is_some(), is, "{site}");
        }
        let both = said("http://a/debian-security") + &said("http://b/debian/");
        assert_eq!(mirror(&both).as_deref(), Some("http://b/debian"));
        assert_eq!(mirror("nothing\n'unfinished"), None);
    }

    #[test]
    fn lines_of_apt_are_read() {
        let line = "'http://x/o.deb' opensbi_1.6-1_all.deb 204072 SHA256:aa";
        let wanted = Offer { file: "opensbi_1.6-1_all.deb".into(), size: 204_072 };
        assert_eq!(offer(line), Some(wanted));
        for wrong in ["", "'http://x/o.deb'", "'u' ../o.deb 3 h", "'u' o.deb many h", "W: no"] {
            assert_eq!(offer(wrong), None, "{wrong}");
        }
        let said =
            "linux-image-riscv64\n  Depends: linux-base\n  Depends: linux-image-6.12-riscv64\n";
        assert_eq!(kernel(said).as_deref(), Some("linux-image-6.12-riscv64"));
        assert_eq!(kernel("linux-image-riscv64\n"), None);
    }

    #[test]
    fn failures_are_told_apart_by_apts_words() {
        let of = |said: &str| failure("apt-get update".into(), said);
        assert!(matches!(of("E: Could not resolve 'x'"), PackagesError::Network(_)));
        assert!(matches!(of("W: GPG error: NO_PUBKEY 1"), PackagesError::Signature(_)));
        let tool = "E: gpgv, gpgv2 or gpgv1 required for verification\nE: x is not signed.";
        assert!(matches!(of(tool), PackagesError::Checker(_)));
        assert!(matches!(
            of("E: Write error - write (28: No space left on device)"),
            PackagesError::Full
        ));
        let PackagesError::Apt { said, .. } = of("noise\nE: Strange\n") else { panic!() };
        assert_eq!(said, "E: Strange");
    }
}
