//! `pagewalk exec`

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use engine::Engine;
use hart::Misaligned;
use machine::board::Checks;
use machine::computer::Computer;
use model::isa::{PAGE_BYTES, Xlen};
use platform::Map;

use super::output;
use super::run::known;
use super::trace_out::TraceOutArgs;
use super::watched::Watched;
use super::{Status, interrupt};
use crate::exec::{Execution, Outcome, Program, Report, SIGNATURES};
use crate::linux::Symbols;
use crate::watch::{Snapshot, Viewer, of_computer};

/// `pagewalk exec`
#[derive(Debug, Args)]
pub struct ExecArgs {
    /// A bare-metal ELF file for RISC-V. It ends by its word `tohost` (a symbol or a section), or by
    /// a write to the power-off register at 0x100000.
    pub elf: PathBuf,
    /// The MMU [default: rv64_linux_pmp or rv32_linux_pmp, by the file's width].
    #[arg(long)]
    pub config: Option<String>,
    /// RAM from 0x80000000 on, in bytes, or with K, M or G [default: 64M, or what the program takes
    /// and 16M more]. Parts of a program below that address have RAM of their own.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Cycles until memory answers the walker.
    #[arg(long, value_name = "CYCLES", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub latency: u64,
    /// Cycles of a load or a store after its translation.
    #[arg(long, value_name = "CYCLES", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub data_latency: u64,
    /// What becomes of loads and stores at addresses that are no multiples of their size.
    #[arg(long, value_enum, default_value_t = MisalignedArg::Split)]
    pub misaligned: MisalignedArg,
    /// Which answers of the hardware the golden model checks.
    #[arg(long, value_enum, default_value_t = CheckArg::All)]
    pub check: CheckArg,
    /// Stop after so many steps: instructions completed, and traps taken.
    #[arg(long, value_name = "N", default_value_t = 1_000_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max: u64,
    /// Write memory from `begin_signature` to `end_signature`, or from `rvtest_sig_begin` to
    /// `rvtest_sig_end`, into a file, 4 bytes a line.
    #[arg(long, value_name = "FILE")]
    pub signature: Option<PathBuf>,
    /// A recording of its accesses.
    #[command(flatten)]
    pub trace: TraceOutArgs,
    /// Print the report as JSON, on standard error.
    #[arg(long)]
    pub json: bool,
    /// Print no report, only what the program prints.
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,
    /// Show the run on a dashboard in the terminal: where the program is, hit rates, walks, faults.
    #[arg(long)]
    pub watch: bool,
}

/// What becomes of misaligned accesses, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MisalignedArg {
    /// Each becomes several aligned ones.
    Split,
    /// Each traps.
    Trap,
}

/// Which answers the golden model checks, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckArg {
    /// Each.
    All,
    /// Each that needed a walk or came beside something else, and one in 64 of the others.
    Sampled,
    /// None.
    Off,
}

impl From<CheckArg> for Checks {
    fn from(argument: CheckArg) -> Checks {
        match argument {
            CheckArg::All => Checks::All,
            CheckArg::Sampled => Checks::Sampled,
            CheckArg::Off => Checks::Off,
        }
    }
}

impl From<MisalignedArg> for Misaligned {
    fn from(argument: MisalignedArg) -> Misaligned {
        match argument {
            MisalignedArg::Split => Misaligned::Split,
            MisalignedArg::Trap => Misaligned::Trap,
        }
    }
}

/// A size as people write it.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: write bytes, or a number with K, M or G");
    let (digits, unit) = match text.strip_suffix(['K', 'M', 'G']) {
        Some(digits) => (digits, text.chars().last().unwrap_or(' ')),
        None => (text, ' '),
    };
    let shift = match unit {
        'K' => 10,
        'M' => 20,
        'G' => 30,
        _ => 0,
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    match bytes {
        0 => Err("a machine needs memory".to_owned()),
        _ if bytes % 4096 != 0 => Err(format!("{bytes} bytes are not whole pages of 4096")),
        _ if bytes > 4 << 30 => Err("more than 4G of memory".to_owned()),
        _ => Ok(bytes),
    }
}

/// The word a program ends with becomes the exit status.
pub(super) fn exec(arguments: &ExecArgs, engine: Engine) -> anyhow::Result<Status> {
    let program = Program::open(&arguments.elf)?;
    known(arguments.config.as_deref())?;
    let default = match program.xlen {
        Xlen::Rv32 => "rv32_linux_pmp",
        Xlen::Rv64 => "rv64_linux_pmp",
    };
    let config = engine::find(arguments.config.as_deref().unwrap_or(default))
        .context("only MMUs with pages execute programs")?;
    if config.xlen != program.xlen {
        let bits = if program.xlen == Xlen::Rv32 { 32 } else { 64 };
        anyhow::bail!("{} is for RV{bits}, {} is not", program.name, config.name);
    }
    if arguments.signature.is_some() && program.signature.is_none() {
        anyhow::bail!(
            "{} has no symbols {}: --signature has no effect",
            program.name,
            SIGNATURES.map(|(from, to)| format!("{from} and {to}")).join(", nor "),
        );
    }
    let execution = Execution {
        program: &program,
        config,
        engine,
        memory: arguments.memory.unwrap_or_else(|| enough(&program)),
        latency: arguments.latency,
        data_latency: arguments.data_latency,
        misaligned: arguments.misaligned.into(),
        most: arguments.max,
    };
    let stop = interrupt::stop_flag()?;
    let (watched, viewer) = Watched::start(arguments.watch, stop)?;
    let console = Console(viewer.clone());
    let mut computer = execution.computer(Box::new(console.clone()))?;
    computer.board_mut().set_checks(arguments.check.into());
    let recorded = arguments.trace.begin(&mut computer)?;
    let symbols = Symbols::of_elf(&fs::read(&arguments.elf)?);
    let title = format!("exec {} on {}", arguments.elf.display(), config.name);
    let outcome = execution.run(
        &mut computer,
        stop,
        |printed| {
            // Who closes the pipe does not want it.
            let _ = console.clone().write_all(printed);
        },
        |computer| {
            let Some(viewer) = &viewer else { return };
            viewer.look(|| moment(computer, symbols.as_ref(), &title, viewer));
        },
    );
    drop(watched);
    if let Some(recorded) = recorded {
        recorded.finish()?;
    }
    if let Some(path) = &arguments.signature {
        fs::write(path, signature(&program, &computer)?)
            .with_context(|| format!("the signature cannot be written to {}", path.display()))?;
    }
    let names = |va| symbols.as_ref().and_then(|symbols| symbols.describe(va));
    let report = Report::new(&program.name, config.name, &outcome, &mut computer, &names);
    let report = report.lacks(&program, &outcome, &mut computer);
    if arguments.json {
        output::note(&report.json()?);
    } else if !arguments.quiet || report.code.is_none() {
        output::note(report.text().trim_end());
    }
    Ok(match outcome {
        Outcome::Ended(code) => Status::Program(u8::try_from(code).unwrap_or(u8::MAX)),
        Outcome::Interrupted => Status::Interrupted,
        Outcome::Hardware(_) => Status::Differs,
        Outcome::Reboot
        | Outcome::Limit
        | Outcome::Asleep
        | Outcome::Unhandled(_)
        | Outcome::Strange(_)
        | Outcome::Call(_)
        | Outcome::Loops(_)
        | Outcome::Traps(_) => Status::Failed,
    })
}

/// The RAM that a program is given if nobody says how much.
fn enough(program: &Program) -> u64 {
    const USUAL: u64 = 64 << 20;
    const MOST: u64 = 2 << 30;
    let taken = program.end().saturating_sub(Map::RAM);
    if taken <= USUAL {
        return USUAL;
    }
    taken.saturating_add(16 << 20).next_multiple_of(PAGE_BYTES).min(MOST)
}

/// Standard output, which a dashboard shows as well.
#[derive(Clone)]
struct Console(Option<Viewer>);

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(viewer) = &self.0 {
            viewer.print(bytes);
        }
        output::write(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the dashboard shows of a computer.
pub(super) fn moment(
    computer: &mut Computer,
    symbols: Option<&Symbols>,
    title: &str,
    viewer: &Viewer,
) -> Snapshot {
    let symbol = |pc| {
        let (name, distance) = symbols.and_then(|symbols| symbols.name(pc))?;
        Some((name.to_owned(), distance))
    };
    Snapshot {
        title: title.to_owned(),
        lines_are: "console",
        lines: viewer.printed(),
        ..of_computer(computer, symbol)
    }
}

/// Memory between the symbols, 4 bytes a line, the first line first. The last may have fewer.
fn signature(program: &Program, computer: &Computer) -> anyhow::Result<String> {
    let mut text = String::new();
    let range = program.signature.clone().unwrap_or(0..0);
    for pa in range.clone().step_by(4) {
        let mut word = 0;
        for (place, pa) in (pa..range.end.min(pa + 4)).enumerate() {
            let byte = computer.memory().peek(pa, 1);
            let byte = byte.with_context(|| format!("{pa:#x} of the signature is no memory"))?;
            word |= byte << (8 * place);
        }
        text += &format!("{word:08x}\n");
    }
    Ok(text)
}
