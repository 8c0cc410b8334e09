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
use super::snapshot::{SnapshotArgs, Taking};
use super::trace_out::TraceOutArgs;
use super::watched::Watched;
use super::{Status, interrupt};
use crate::bench::CpuClock;
use crate::boot::snapshot::Snapshot;
use crate::boot::{
    self, Begin, Boot, Console, Extensions, Follower, Idle, Kernel, Machine, Series,
};
use crate::exec::{Outcome, Program, Report};
use crate::linux::{Header, Symbols};
use crate::watch::Viewer;

/// `pagewalk boot`
#[derive(Debug, Args)]
pub struct BootArgs {
    /// The kernel: an uncompressed Image of Linux, or an ELF file that begins in M-mode.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "restore",
        conflicts_with = "restore"
    )]
    pub kernel: Option<PathBuf>,
    /// Its initial file system.
    #[arg(long, value_name = "FILE", conflicts_with = "restore")]
    pub initrd: Option<PathBuf>,
    /// Its command line.
    #[arg(
        long,
        value_name = "ARGS",
        default_value = "console=ttyS0 earlycon=sbi",
        conflicts_with = "restore"
    )]
    pub append: String,
    /// Firmware that begins in M-mode and jumps to the kernel, such as OpenSBI's fw_jump.bin
    /// [default: calls of firmware are answered without one].
    #[arg(long, value_name = "FILE", conflicts_with = "restore")]
    pub firmware: Option<PathBuf>,
    /// An image file as disk, on virtio. What the computer writes is written there. With --restore,
    /// where the snapshot's image is now.
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
    /// Without svadu and svade, the hardware sets A and D for an ELF file from the beginning.
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
    /// Snapshots.
    #[command(flatten)]
    pub snapshot: SnapshotArgs,
    /// A recording of what programs access.
    #[command(flatten)]
    pub trace: TraceOutArgs,
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
    if let Some(file) = &arguments.machine.snapshot.restore {
        let disk = arguments.disk.as_deref();
        return restore(file, disk, &arguments.machine, engine).map(|ran| ran.status);
    }
    let kernel = arguments.kernel.as_ref().context("--kernel says what to boot")?;
    let name = kernel.display().to_string();
    let bytes = read(kernel)?;
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
    let begin = Begin::Boot(Box::new(boot));
    start(&begin, &name, symbols.as_ref(), machine).map(|ran| ran.status)
}

/// Goes on from a snapshot.
pub(super) fn restore(
    file: &Path,
    disk: Option<&Path>,
    machine: &BootMachineArgs,
    engine: Engine,
) -> anyhow::Result<Ran> {
    let snapshot = Snapshot::read(file, engine, disk)?;
    let about = snapshot.about();
    if disk.is_some() && about.disk.is_none() {
        bail!("the computer of {} has no disk: --disk has no effect", file.display());
    }
    let (name, symbols) = (about.name.clone(), about.symbols.clone().map(Rc::new));
    let begin = Begin::Snapshot(Box::new(snapshot));
    start(&begin, &name, symbols.as_ref(), machine)
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
    taking: Option<Taking>,
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
        let looked = self.taking.as_mut().map_or(Ok(()), |taking| taking.look(computer));
        self.error = looked.err();
        self.error.is_none()
    }

    fn idle(&mut self, computer: &mut Computer) -> Idle {
        match self.taking.as_mut().map_or(Ok(Idle::Type), |taking| taking.idle(computer)) {
            Ok(idle) => idle,
            Err(error) => {
                self.error = Some(error);
                Idle::End
            }
        }
    }

    fn stretch(&self, computer: &Computer, most: u64) -> u64 {
        let seeks = self.taking.as_ref().is_some_and(Taking::seeks);
        let left = self.series.as_ref().map_or(u64::MAX, |series| series.left(computer));
        if seeks { 1 } else { most.min(left) }
    }

    fn reached(&mut self, computer: &mut Computer) -> bool {
        if let Some(taking) = self.taking.as_mut().filter(|taking| taking.moment().is_some()) {
            taking.reached();
            self.error = taking.look(computer).err();
            return self.error.is_none();
        }
        let done = self.film.as_mut().map_or(Ok(()), |film| film.reached(computer));
        self.error = done.err();
        self.error.is_none()
    }
}

/// Runs what is to be booted, and reports.
pub(super) fn start(
    begin: &Begin,
    name: &str,
    symbols: Option<&Rc<Symbols>>,
    machine: &BootMachineArgs,
) -> anyhow::Result<Ran> {
    let config = begin.config();
    if machine.snapshot.watches() && machine.wave.wave.is_some() {
        bail!("only one moment can be watched for: give --wave without --snapshot-at");
    }
    let series = machine.over_time.series(machine.quiet)?;
    let stop = interrupt::stop_flag()?;
    let mut console = Console::open()?;
    let mut film = Film::plan(&machine.wave, name, symbols)?;
    if let Some(film) = &mut film {
        film.scout(begin, &mut console, machine.max, stop)?;
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
    let mut computer = begin.computer(Box::new(tee), false)?;
    let recorded = machine.trace.begin(&mut computer)?;
    computer.board_mut().set_checks(machine.check.into());
    let title = format!("{name} on {}", config.name);
    let symbols = symbols.map(Rc::as_ref);
    let about = || begin.about(name, symbols);
    let taking = Taking::plan(&machine.snapshot, symbols, about)?;
    let moment = taking.as_ref().and_then(Taking::moment);
    let moment = film.as_ref().map(Film::begins).or(moment);
    let mut following = Following { film, taking, series, viewer, title, symbols, error: None };
    if moment.is_some() {
        computer.watch_for(moment);
    }
    let clock = CpuClock::start();
    let outcome = boot::run(&mut computer, &mut console, machine.max, stop, &mut following);
    let seconds = clock.seconds();
    if let Some(series) = &mut following.series {
        series.end(&mut computer);
    }
    drop(console);
    drop(watched);
    if let Some(error) = following.error {
        return Err(error);
    }
    if let Some(recorded) = recorded {
        recorded.finish()?;
    }
    let taking = following.taking;
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
    // After the report: who ends a run before the moment of its wave gets the report nevertheless.
    if let Some(film) = following.film {
        film.finish(&mut computer)?;
    }
    if let Some(taking) = taking {
        taking.finish()?;
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
