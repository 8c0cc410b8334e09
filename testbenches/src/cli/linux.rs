//! `pagewalk linux`

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use engine::Engine;
use model::isa::Xlen;

use super::boot::{BootMachineArgs, Ran, image, read, restore, start};
use super::{Status, output};
use crate::boot::{Begin, Boot};
use crate::linux::{self, Extra, Kind, Symbols, console, in_qemu, packages};

/// `pagewalk linux`
#[derive(Debug, Args)]
pub struct LinuxArgs {
    /// The folder for Debian's kernel, Busybox and firmware; what is missing is fetched through apt.
    #[arg(default_value = "linux", conflicts_with = "restore")]
    pub folder: PathBuf,
    /// How much of a boot: its command line.
    #[arg(long, value_enum, default_value_t = BootKind::Lean, conflicts_with = "restore")]
    pub boot: BootKind,
    /// More words for the command line, such as no5lvl, or no4lvl no5lvl.
    #[arg(long, value_name = "ARGS", conflicts_with = "restore")]
    pub append: Option<String>,
    /// A shell into which you type, instead of a tour that powers off.
    #[arg(long, conflicts_with = "restore")]
    pub shell: bool,
    /// A file for the guest: a program for its /bin, or HOST:GUEST.
    #[arg(long = "file", value_name = "FILE", conflicts_with = "restore")]
    pub files: Vec<Extra>,
    /// Answer calls of firmware without OpenSBI.
    #[arg(long, conflicts_with = "restore")]
    pub sbi: bool,
    /// Boot the same in QEMU, and compare what the two print.
    #[arg(long, conflicts_with_all = ["shell", "files", "restore"])]
    pub compare: bool,
    /// The address of a mirror of Debian [default: apt's].
    #[arg(long, value_name = "URL", conflicts_with = "restore")]
    pub mirror: Option<String>,
    /// How it runs.
    #[command(flatten)]
    pub machine: BootMachineArgs,
}

/// How much of a boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BootKind {
    /// Without the kernel's tests of itself: a fifth of the instructions.
    Lean,
    /// With everything.
    Default,
}

/// The wave that is left in the folder.
const WAVE: &str = "first-user-fault.fst";

/// Real time that the reference may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Fetches what is missing, boots, and compares.
pub(super) fn linux(arguments: &LinuxArgs, engine: Engine) -> anyhow::Result<Status> {
    if let Some(file) = &arguments.machine.snapshot.restore {
        return restore(file, None, &arguments.machine, engine).map(|ran| ran.status);
    }
    let folder = &arguments.folder;
    if arguments.mirror.is_some() && packages::kept(folder).is_some() {
        bail!("{} has everything already: --mirror has no effect", folder.display());
    }
    let packages = packages::fetch(folder, arguments.mirror.as_deref(), &mut |step| {
        output::note(step);
    })?;
    let kind = if arguments.shell { Kind::Shell } else { Kind::Tour };
    let initrd = linux::initramfs(kind, &read(&packages.busybox)?, &arguments.files)?;
    let name = packages.image.display().to_string();
    let bytes = read(&packages.image)?;
    let symbols = Symbols::of_image(&bytes).map(Rc::new);
    let base = match arguments.boot {
        BootKind::Lean => linux::LEAN,
        BootKind::Default => linux::DEFAULT,
    };
    let line = [Some(base), arguments.append.as_deref()];
    let boot = Boot {
        kernel: image(&name, bytes)?,
        firmware: if arguments.sbi { None } else { Some(read(&packages.firmware)?) },
        initrd: Some(initrd),
        arguments: line.into_iter().flatten().collect::<Vec<_>>().join(" "),
        disk: None,
        machine: arguments.machine.read(Xlen::Rv64, engine)?,
    };
    let theirs = match arguments.compare {
        true => Some(reference(&boot, &packages, arguments)?),
        false => None,
    };
    let mut machine = arguments.machine.clone();
    if machine.wave.wave.is_none() && !machine.snapshot.watches() {
        // The first instruction of U-mode faults: Linux maps a program's pages when they are touched.
        machine.wave.film_first_user_fault(folder.join(WAVE));
    }
    let begin = Begin::Boot(Box::new(boot));
    let ran = start(&begin, &name, symbols.as_ref(), &machine)?;
    for (file, text) in [("report.txt", ran.report.text()), ("report.json", ran.report.json()?)] {
        let path = folder.join(file);
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    match theirs {
        Some(theirs) if ran.status == Status::Program(0) => compare(&ran, &theirs),
        _ => Ok(ran.status),
    }
}

/// The same boot in QEMU: the same files, and the same device tree.
fn reference(
    boot: &Boot,
    packages: &linux::Packages,
    arguments: &LinuxArgs,
) -> anyhow::Result<linux::Boot> {
    if arguments.sbi {
        bail!("QEMU boots with OpenSBI: --compare needs it here, too, without --sbi");
    }
    output::note("booting in QEMU");
    Ok(in_qemu(boot, packages, PATIENCE)?)
}

/// Says whether the consoles agree, and how the CPU times compare.
fn compare(ran: &Ran, theirs: &linux::Boot) -> anyhow::Result<Status> {
    let ratio = ran.seconds / theirs.cpu.as_secs_f64().max(1e-3);
    let times = format!("CPU time: {ratio:.1} times that of QEMU");
    Ok(match console::compare(&ran.console, &theirs.console) {
        Ok(console::Agreement { lines, forgiven }) => {
            output::note(&format!(
                "the console equals that of QEMU: {lines} lines, of which {forgiven} name the \
                 machine; {times}"
            ));
            ran.status
        }
        Err(difference) => {
            output::note(&format!("{difference}\n{times}"));
            Status::Differs
        }
    })
}
