//! `pagewalk boot`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use engine::Engine;
use model::isa::Xlen;
use platform::Disk;

use super::exec::{MisalignedArg, size};
use super::output;
use super::run::known;
use super::{Status, interrupt};
use crate::boot::{self, Boot, Console, Extensions, Kernel};
use crate::exec::{Outcome, Program, Report};

/// `pagewalk boot`
#[derive(Debug, Args)]
pub struct BootArgs {
    /// The kernel: an uncompressed Image of Linux, or an ELF file that begins in M-mode.
    #[arg(long, value_name = "FILE")]
    pub kernel: PathBuf,
    /// Its initial file system.
    #[arg(long, value_name = "FILE")]
    pub initrd: Option<PathBuf>,
    /// Its command line.
    #[arg(long, value_name = "ARGS", default_value = "console=ttyS0 earlycon=sbi")]
    pub append: String,
    /// Firmware that begins in M-mode and jumps to the kernel, such as OpenSBI's fw_jump.bin
    /// [default: calls of firmware are answered without one].
    #[arg(long, value_name = "FILE")]
    pub firmware: Option<PathBuf>,
    /// An image file as disk, on virtio. What is written stays in memory.
    #[arg(long, value_name = "FILE")]
    pub disk: Option<PathBuf>,
    /// How it runs.
    #[command(flatten)]
    pub machine: BootMachineArgs,
}

/// The computer on which an operating system runs.
#[derive(Debug, Args)]
pub struct BootMachineArgs {
    /// The MMU [default: rv64_linux_pmp or rv32_linux_pmp, by the kernel's width].
    #[arg(long)]
    pub config: Option<String>,
    /// RAM from 0x80000000 on, in bytes, or with K, M or G.
    #[arg(long, value_name = "SIZE", default_value = "128M", value_parser = size)]
    pub memory: u64,
    /// Cycles until memory answers the walker.
    #[arg(long, value_name = "CYCLES", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub latency: u64,
    /// Cycles of a load or a store after its translation.
    #[arg(long, value_name = "CYCLES", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub data_latency: u64,
    /// What becomes of loads and stores at addresses that are no multiples of their size.
    #[arg(long, value_enum, default_value_t = MisalignedArg::Split)]
    pub misaligned: MisalignedArg,
    /// Extensions that software is told of: svadu, svade, sstc, svinval, svnapot, svpbmt, or none.
    #[arg(long, value_name = "LIST", default_value = "svadu")]
    pub extensions: Extensions,
    /// Stop after so many steps: instructions completed, and traps taken.
    #[arg(long, value_name = "N", default_value_t = 20_000_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max: u64,
    /// The randomness that the kernel is given.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Print the report as JSON, on standard error.
    #[arg(long)]
    pub json: bool,
    /// Print no report, only what the computer prints.
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

/// Boots, and reports at the end.
pub(super) fn boot(arguments: &BootArgs, engine: Engine) -> anyhow::Result<Status> {
    let name = arguments.kernel.display().to_string();
    let bytes = read(&arguments.kernel)?;
    let (kernel, xlen) = if bytes.starts_with(b"\x7fELF") {
        if arguments.firmware.is_some() {
            bail!("{name} begins in M-mode by itself: --firmware has no effect");
        }
        let program = Program::read(&name, &bytes)?;
        let xlen = program.xlen;
        (Kernel::Program(program), xlen)
    } else {
        let word = |at: usize| {
            bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
        };
        let (Some(offset), Some(size)) = (word(8), word(16)) else { bail!("{name}: too short") };
        (Kernel::Image { bytes, offset, size }, Xlen::Rv64)
    };
    let read_other = |path: &Option<PathBuf>| path.as_deref().map(read).transpose();
    let machine = &arguments.machine;
    known(machine.config.as_deref())?;
    let default = if xlen == Xlen::Rv32 { "rv32_linux_pmp" } else { "rv64_linux_pmp" };
    let config = engine::find(machine.config.as_deref().unwrap_or(default))
        .context("only MMUs with pages run an operating system")?;
    let boot = Boot {
        kernel,
        firmware: read_other(&arguments.firmware)?,
        initrd: read_other(&arguments.initrd)?,
        arguments: arguments.append.clone(),
        disk: arguments.disk.as_deref().map(Disk::open).transpose()?,
        config,
        engine,
        memory: machine.memory,
        latency: machine.latency,
        data_latency: machine.data_latency,
        misaligned: machine.misaligned.into(),
        extensions: machine.extensions,
        seed: machine.seed,
    };
    start(boot, &name, machine)
}

/// Runs what is to be booted, and reports.
pub(super) fn start(
    boot: Boot<'_>,
    name: &str,
    machine: &BootMachineArgs,
) -> anyhow::Result<Status> {
    let config = boot.config;
    if let Some(lacking) = boot.extensions.lacking(config.extensions) {
        bail!("{} has no {lacking}: it cannot be among --extensions", config.name);
    }
    let stop = interrupt::stop_flag()?;
    let mut computer = boot.computer(Box::new(io::stdout()))?;
    let mut console = Console::open()?;
    let outcome = boot::run(&mut computer, &mut console, machine.max, stop, |_| true);
    drop(console);
    let report = Report::new(name, config.name, &outcome, &mut computer, &|_| None);
    if machine.json {
        output::note(&serde_json::to_string_pretty(&report)?);
    } else if !machine.quiet || report.code.is_none() {
        output::note(report.text().trim_end());
    }
    Ok(match outcome {
        Outcome::Ended(code) => Status::Program(u8::try_from(code).unwrap_or(u8::MAX)),
        Outcome::Interrupted => Status::Interrupted,
        Outcome::Hardware(_) => Status::Differs,
        _ => Status::Failed,
    })
}
