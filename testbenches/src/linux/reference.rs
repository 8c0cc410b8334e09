//! The same boot in QEMU, as an independent reference: what it prints, and the CPU time that it takes.
//!
//! QEMU is made deterministic: an instruction takes one nanosecond of its virtual time, the clock
//! begins at a fixed day, and its random numbers have a seed.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use wait4::Wait4;

use super::Packages;
use crate::export::tools;

/// The program.
const QEMU: &str = "qemu-system-riscv64";

/// A hart with rv64imafdc, counters and nothing else that a kernel would use.
pub const CPU: &str = "rv64,h=off,v=off,zba=off,zbb=off,zbc=off,zbs=off,sstc=off";

/// More than this it does not print: a kernel in a loop of messages ends here.
const MOST: u64 = 16 << 20;

/// What QEMU is to boot. Memory, kernel and devices are where the board `virt` has them.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// The kernel's `Image`, which is loaded 2 MiB behind the beginning of memory.
    pub image: &'a Path,
    /// The firmware: OpenSBI's `fw_jump.bin`.
    pub firmware: &'a Path,
    /// The initramfs.
    pub initrd: &'a Path,
    /// Its physical address. The device tree must name the same.
    pub initrd_at: u64,
    /// The device tree, as a blob. Its command line is the kernel's.
    pub tree: &'a Path,
    /// Bytes of memory, whole MiB; as in the device tree.
    pub memory: u64,
    /// The hart, as QEMU's option `-cpu` has it: [`CPU`], usually.
    pub cpu: &'a str,
    /// Real time after which it is ended.
    pub limit: Duration,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boot {
    /// The text on the console, up to power-off.
    pub console: String,
    /// CPU time of QEMU, in user and system mode.
    pub cpu: Duration,
}

/// QEMU could not be a reference.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// It is not installed.
    #[error(
        "{QEMU} is missing, with which the boot would be compared; `make setup` installs it \
         (Debian 13: qemu-system-riscv, Debian 12: qemu-system-misc)"
    )]
    Missing,
    /// It or one of its files cannot be used.
    #[error("{0}: {1}")]
    Host(String, std::io::Error),
    /// There is no device tree for it.
    #[error(transparent)]
    Plan(#[from] crate::boot::BootError),
    /// It did not like its arguments or files.
    #[error("{QEMU} failed ({status}): {said}")]
    Failed {
        /// Its exit status.
        status: String,
        /// What it said of it.
        said: String,
    },
    /// The machine did not power off.
    #[error("{QEMU} did not power off {after}; the console ended with\n{last}")]
    Endless {
        /// In which time, or amount of text.
        after: String,
        /// The last lines of the console.
        last: String,
    },
}

/// Boots in QEMU what a computer of ours would boot: the same files, and the same device tree.
///
/// # Errors
/// [`ReferenceError`].
pub fn in_qemu(
    boot: &crate::boot::Boot,
    packages: &Packages,
    limit: Duration,
) -> Result<Boot, ReferenceError> {
    let host = |name: &str, error| ReferenceError::Host(name.to_owned(), error);
    let folder = tempfile::tempdir().map_err(|error| host("a folder for QEMU's files", error))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        let written = std::fs::write(&path, bytes);
        written.map_err(|error| host(&path.display().to_string(), error)).map(|()| path)
    };
    let tree = write("tree.dtb", &boot.tree()?)?;
    let initrd = write("initramfs.cpio", boot.initrd.as_deref().unwrap_or_default())?;
    let sstc = boot.machine.extensions.sstc;
    let cpu = if sstc { CPU.replace("sstc=off", "sstc=on") } else { CPU.to_owned() };
    let reference = Reference {
        image: &packages.image,
        firmware: &packages.firmware,
        initrd: &initrd,
        initrd_at: boot.initrd_range().map_or(0, |range| range.start),
        tree: &tree,
        memory: boot.machine.memory,
        cpu: &cpu,
        limit,
    };
    reference.boot()
}

impl Reference<'_> {
    /// Boots, and waits for power-off.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub fn boot(&self) -> Result<Boot, ReferenceError> {
        let program = tools::find(QEMU).ok_or(ReferenceError::Missing)?;
        for file in [self.image, self.firmware, self.initrd, self.tree] {
            let host = |error| ReferenceError::Host(file.display().to_string(), error);
            std::fs::File::open(file).map_err(host)?;
        }
        run(&program, &self.arguments(), self.limit)
    }

    /// QEMU's arguments.
    fn arguments(&self) -> Vec<std::ffi::OsString> {
        let mut loader = std::ffi::OsString::from("loader,file=");
        // A comma would end the name.
        loader.push(self.initrd.display().to_string().replace(',', ",,"));
        loader.push(format!(",addr={:#x},force-raw=on", self.initrd_at));
        let memory = format!("{}M", self.memory >> 20);
        let mut arguments: Vec<std::ffi::OsString> =
            ["-M", "virt", "-smp", "1", "-nographic", "-nic", "none", "-cpu", self.cpu, "-m"]
                .map(Into::into)
                .into();
        arguments.extend([memory.into(), "-bios".into(), self.firmware.into()]);
        arguments.extend(["-kernel".into(), self.image.into(), "-dtb".into(), self.tree.into()]);
        arguments.extend(["-device".into(), loader]);
        arguments.extend(
            ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2026-01-01,clock=vm"]
                .map(Into::into),
        );
        arguments
    }
}

fn run(
    program: &Path,
    arguments: &[std::ffi::OsString],
    limit: Duration,
) -> Result<Boot, ReferenceError> {
    let host = |error| ReferenceError::Host(program.display().to_string(), error);
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(host)?;
    let (output, errors) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let (console, whole) = match output.recv_timeout(limit) {
        Ok(found) => found,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            let after = format!("within {} s", limit.as_secs());
            return Err(end(child, &output, after));
        }
    };
    if !whole {
        let after = format!("before it had printed {} MiB", MOST >> 20);
        return Err(endless(child, &console, after));
    }
    let used = child.wait4().map_err(host)?;
    if !used.status.success() {
        let said = errors.recv().map(|(said, _)| said).unwrap_or_default();
        let said = said.trim().to_owned();
        return Err(ReferenceError::Failed { status: used.status.to_string(), said });
    }
    Ok(Boot { console, cpu: used.rusage.utime + used.rusage.stime })
}

/// Ends a child in the middle of its output.
fn end(mut child: Child, output: &Receiver<(String, bool)>, after: String) -> ReferenceError {
    // If it has ended by itself meanwhile, so much the better.
    let _ = child.kill();
    let console = output.recv().map(|(console, _)| console).unwrap_or_default();
    endless(child, &console, after)
}

fn endless(mut child: Child, console: &str, after: String) -> ReferenceError {
    let _ = child.kill();
    let _ = child.wait();
    let lines: Vec<&str> = console.lines().collect();
    let last = lines[lines.len().saturating_sub(5)..].join("\n");
    ReferenceError::Endless { after, last }
}

/// Reads a pipe on a thread of its own: its text, and whether that is all.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<(String, bool)> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // A broken pipe ends the output, which is then as complete as it can be.
            let _ = pipe.take(MOST).read_to_end(&mut bytes);
        }
        let whole = (bytes.len() as u64) < MOST;
        // The receiver may have stopped waiting.
        let _ = sender.send((String::from_utf8_lossy(&bytes).into_owned(), whole));
    });
    receiver
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, seconds: u64) -> Result<Boot, ReferenceError> {
        let shell = tools::find("sh").unwrap();
        run(&shell, &["-c".into(), script.into()], Duration::from_secs(seconds))
    }

    #[test]
    fn text_and_time_are_those_of_the_child() {
        let script = "echo one; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo two";
        let boot = shell(script, 60).unwrap();
        assert_eq!(boot.console, "one\ntwo\n");
        assert!(boot.cpu > Duration::from_millis(5), "{:?}", boot.cpu);
        // Sleeping takes none.
        let idle = shell("sleep 0.3", 60).unwrap();
        assert!(idle.cpu < boot.cpu.max(Duration::from_millis(200)), "{:?}", idle.cpu);
    }

    #[test]
    fn a_child_that_fails_or_does_not_end_is_an_error() {
        let failed = shell("echo 'no such board' >&2; exit 3", 60).unwrap_err().to_string();
        assert!(failed.contains("no such board") && failed.contains('3'), "{failed}");
        let endless = shell("echo begun; exec sleep 600", 1).unwrap_err().to_string();
        assert!(endless.contains("within 1 s") && endless.contains("begun"), "{endless}");
        let loud = shell("exec yes", 600).unwrap_err().to_string();
        assert!(loud.contains("16 MiB"), "{loud}");
    }

    #[test]
    fn a_missing_file_is_named_before_qemu_starts() {
        if !tools::or_skip(QEMU) {
            return;
        }
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let reference = Reference {
            image: &here,
            firmware: Path::new("no/firmware"),
            initrd: &here,
            initrd_at: 0x8500_0000,
            tree: &here,
            memory: 96 << 20,
            cpu: CPU,
            limit: Duration::from_secs(1),
        };
        assert!(reference.boot().unwrap_err().to_string().starts_with("no/firmware: "));
    }
}
