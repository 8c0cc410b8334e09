//! `pagewalk boot`

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, bail};
use clap::Args;
use engine::Engine;
use machine::computer::Computer;
use model::isa::Xlen;

use super::exec::{CheckArg, MisalignedArg, moment, size};
use super::film::{Film, WaveAtArgs};
use super::output;
use super::over_time::{self, OverTimeArgs};
use super::run::known;
use super::watched::Watched;
use super::{Status, interrupt};
use crate::bench::CpuClock;
use crate::boot::{self, Boot, Console, Extensions, Follower, Kernel, Machine, Series};
use crate::exec::{Outcome, Program, Report};
use crate::linux::{Header, Symbols};
use crate::watch::Viewer;

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
    /// An image file as disk, on virtio. What the computer writes is written there.
    #[arg(long, value_name = "FILE")]
    pub disk: Option<PathBuf>,
    /// How it runs.
    #[command(flatten)]
    pub machine: BootMachineArgs,
}

/// The computer on which an operating system runs.
#[derive(Clone, Debug, Args)]
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
    /// Which answers of the hardware the golden model checks.
    #[arg(long, value_enum, default_value_t = CheckArg::Sampled)]
    pub check: CheckArg,
    /// Stop after so many steps: instructions completed, and traps taken.
    #[arg(long, value_name = "N", default_value_t = 20_000_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max: u64,
    /// The randomness that the kernel is given.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Show what happens in the terminal while it runs.
    #[arg(long)]
    pub watch: bool,
    /// Waves.
    #[command(flatten)]
    pub wave: WaveAtArgs,
    /// The run over time.
    #[command(flatten)]
    pub over_time: OverTimeArgs,
    /// Print the report as JSON, on standard error.
    #[arg(long)]
    pub json: bool,
    /// Print no report, only what the computer prints.
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,
}

pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

/// Boots, and reports at the end.
pub(super) fn boot(arguments: &BootArgs, engine: Engine) -> anyhow::Result<Status> {
    let name = arguments.kernel.display().to_string();
    let bytes = read(&arguments.kernel)?;
    let (kernel, xlen, symbols) = if bytes.starts_with(b"\x7fELF") {
        if arguments.firmware.is_some() {
            bail!("{name} begins in M-mode by itself: --firmware has no effect");
        }
        let program = Program::read(&name, &bytes)?;
        let xlen = program.xlen;
        (Kernel::Program(program), xlen, Symbols::of_elf(&bytes).map(Rc::new))
    } else {
        let kernel = image(&name, bytes)?;
        let Kernel::Image { bytes, .. } = &kernel else { bail!("{name} is no image") };
        let symbols = Symbols::of_image(bytes).map(Rc::new);
        (kernel, Xlen::Rv64, symbols)
    };
    let read_other = |path: &Option<PathBuf>| path.as_deref().map(read).transpose();
    let machine = &arguments.machine;
    let boot = Boot {
        kernel,
        firmware: read_other(&arguments.firmware)?,
        initrd: read_other(&arguments.initrd)?,
        arguments: arguments.append.clone(),
        disk: arguments.disk.clone(),
        machine: machine.read(xlen, engine)?,
    };
    start(&boot, &name, symbols.as_ref(), machine).map(|ran| ran.status)
}

/// A kernel's image, with what its header says.
pub(super) fn image(name: &str, bytes: Vec<u8>) -> anyhow::Result<Kernel> {
    let header = Header::read(name, &bytes).with_context(|| name.to_owned())?;
    let (offset, size) = (header.text_offset, header.image_size);
    Ok(Kernel::Image { bytes, offset, size })
}

impl BootMachineArgs {
    /// What they say of a computer of this width.
    pub(super) fn read(&self, xlen: Xlen, engine: Engine) -> anyhow::Result<Machine> {
        known(self.config.as_deref())?;
        let default = if xlen == Xlen::Rv32 { "rv32_linux_pmp" } else { "rv64_linux_pmp" };
        let config = engine::find(self.config.as_deref().unwrap_or(default))
            .context("only MMUs with pages run an operating system")?;
        if config.xlen != xlen {
            let bits = if xlen == Xlen::Rv32 { 32 } else { 64 };
            bail!("the kernel is for RV{bits}, {} is not", config.name);
        }
        if let Some(lacking) = self.extensions.lacking(config.extensions) {
            bail!("{} has no {lacking}: it cannot be among --extensions", config.name);
        }
        Ok(Machine {
            config,
            engine,
            memory: self.memory,
            latency: self.latency,
            data_latency: self.data_latency,
            misaligned: self.misaligned.into(),
            extensions: self.extensions,
            seed: self.seed,
        })
    }
}

/// A run that has ended.
pub(super) struct Ran {
    pub(super) status: Status,
    /// What the computer printed.
    pub(super) console: String,
    /// What was counted.
    pub(super) report: Report,
    /// Seconds of CPU time of the run, without building the computer.
    pub(super) seconds: f64,
}

/// What is printed goes to standard output, and is kept.
struct Tee {
    kept: Rc<RefCell<Vec<u8>>>,
    viewer: Option<Viewer>,
}

impl Write for Tee {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.kept.borrow_mut().extend(text);
        if let Some(viewer) = &self.viewer {
            viewer.print(text);
        }
        // Who closes the pipe does not want it.
        let _ = output::write(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Follows a run, and records what is to be recorded.
struct Following<'a> {
    film: Option<Film>,
    series: Option<Series>,
    viewer: Option<Viewer>,
    title: String,
    symbols: Option<&'a Symbols>,
    error: Option<anyhow::Error>,
}

impl Follower for Following<'_> {
    fn look(&mut self, computer: &mut Computer) -> bool {
        if let Some(series) = &mut self.series {
            series.look(computer);
        }
        if let Some(viewer) = &self.viewer {
            viewer.look(|| moment(computer, self.symbols, &self.title, viewer));
        }
        true
    }

    fn most(&self, computer: &Computer) -> u64 {
        self.series.as_ref().map_or(u64::MAX, |series| series.left(computer))
    }

    fn reached(&mut self, computer: &mut Computer) -> bool {
        let done = self.film.as_mut().map_or(Ok(()), |film| film.reached(computer));
        self.error = done.err();
        self.error.is_none()
    }
}

/// Runs what is to be booted, and reports.
pub(super) fn start(
    boot: &Boot,
    name: &str,
    symbols: Option<&Rc<Symbols>>,
    machine: &BootMachineArgs,
) -> anyhow::Result<Ran> {
    let config = boot.machine.config;
    let series = machine.over_time.series(machine.quiet)?;
    let stop = interrupt::stop_flag()?;
    let mut console = Console::open()?;
    let mut film = Film::plan(&machine.wave, name, symbols)?;
    if let Some(film) = &mut film {
        film.scout(boot, &mut console, machine.max, stop)?;
        console.rewind();
    }
    if machine.watch && console.is_interactive() {
        bail!(
            "--watch draws on the terminal into which you would type: give standard input from a \
             file, such as /dev/null"
        );
    }
    let (watched, viewer) = Watched::start(machine.watch, stop)?;
    let printed = Rc::new(RefCell::new(Vec::new()));
    let tee = Tee { kept: printed.clone(), viewer: viewer.clone() };
    let mut computer = boot.computer(Box::new(tee), false)?;
    computer.board_mut().set_checks(machine.check.into());
    let title = format!("{name} on {}", config.name);
    let symbols = symbols.map(Rc::as_ref);
    let mut following = Following { film, series, viewer, title, symbols, error: None };
    if let Some(film) = &following.film {
        computer.watch_for(Some(film.begins()));
    }
    let clock = CpuClock::start();
    let outcome = boot::run(&mut computer, &mut console, machine.max, stop, &mut following);
    let seconds = clock.seconds();
    if let Some(series) = &mut following.series {
        series.end(&mut computer);
    }
    drop(console);
    drop(watched);
    if let Some(film) = following.film {
        film.finish(&mut computer)?;
    }
    if let Some(error) = following.error {
        return Err(error);
    }
    let names = |va| symbols.and_then(|symbols| symbols.describe(va));
    let report = Report::new(name, config.name, &outcome, &mut computer, &names);
    let (over_time, series) = (&machine.over_time, following.series.as_ref());
    if machine.json {
        let json = report.json()?;
        output::note(&match series {
            Some(series) => over_time::joined(&json, series, config.name)?,
            None => json,
        });
    } else if !machine.quiet || report.code.is_none() {
        output::note(report.text().trim_end());
        if let Some(series) = series {
            over_time::note(over_time, series, config.name);
        }
    }
    if let Some(series) = series {
        over_time.write(series, config.name)?;
    }
    let status = match outcome {
        Outcome::Ended(code) => Status::Program(u8::try_from(code).unwrap_or(u8::MAX)),
        Outcome::Interrupted => Status::Interrupted,
        Outcome::Hardware(_) => Status::Differs,
        _ => Status::Failed,
    };
    let console = String::from_utf8_lossy(&printed.borrow()).into_owned();
    Ok(Ran { status, console, report, seconds })
}
