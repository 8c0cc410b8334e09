//! The command line: the commands, and their results.
//!
//! Exit status: 0 all as expected; 1 something observed differs; 2 usage, file or tool error;
//! 130 interrupted (what was simulated until then is reported). Results go to standard output and
//! are deterministic; progress and errors go to standard error.
//!
//! | file | does |
//! |---|---|
//! | `machine` | the arguments of every command |
//! | `values` | the meaning of their values |
//! | `subject` | the trace or the scenario that one of them names |
//! | `list`, `new`, `run`, `open`, `wave` | scenarios: naming, beginning one, running, opening (`pagewalk wave`), recording |
//! | `show` | a run as a page to look at |
//! | `trace`, `compare`, `curve`, `policy`, `toy`, `explore`, `quiz`, `soak` | the commands of those names |
//! | `exec` | a program on the hart |
//! | `film` | a wave of one moment of these |
//! | `over_time` | these, stretch by stretch |
//! | `boot`, `linux` | an operating system on it; Debian's |
//! | `conform`, `export`, `netlist`, `bench` | the commands about the hardware itself |
//! | `output`, `progress`, `plot`, `interrupt` | standard output and error; a progress bar; pictures; Ctrl-C |
//! | `watched` | `--watch` |
//! | `snapshot`, `trace_out` | `--snapshot` and `--restore`; `--trace-out` |

mod bench;
mod boot;
mod compare;
mod conform;
mod curve;
mod exec;
mod explore;
mod export;
mod film;
mod interrupt;
mod linux;
mod list;
mod machine;
mod netlist;
mod new;
mod open;
pub(crate) mod output;
mod over_time;
mod plot;
mod policy;
mod progress;
mod quiz;
mod run;
mod show;
mod snapshot;
mod soak;
mod subject;
mod toy;
mod trace;
mod trace_out;
mod values;
mod watched;
mod wave;

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};

use engine::Engine;

pub use bench::BenchArgs;
pub use boot::{BootArgs, BootMachineArgs};
pub use compare::CompareArgs;
pub use curve::{CurveArgs, Of};
pub use exec::{CheckArg, ExecArgs, MisalignedArg};
pub use explore::ExploreArgs;
pub use film::WaveAtArgs;
pub use linux::{BootKind, LinuxArgs};
pub use machine::{
    ConformArgs, ExportArgs, RecordedArgs, RunArgs, TraceArgs, WaveArgs, WaveOptions, WaveShape,
};
pub use netlist::NetlistArgs;
pub use new::NewArgs;
pub use policy::{PolicyArgs, StringArgs};
pub use quiz::QuizArgs;
pub use show::{ShowArgs, ShowOther, ShowOutput};
pub use snapshot::SnapshotArgs;
pub use soak::SoakArgs;
pub use toy::ToyArgs;
pub use trace_out::TraceOutArgs;

/// An open RISC-V MMU that can be read, run, seen and synthesised.
#[derive(Debug, Parser)]
#[command(name = "pagewalk", version, about, max_term_width = 100)]
pub struct Arguments {
    /// The engine that runs the hardware [default: compiled]; all give the same results.
    #[arg(long, global = true, value_parser = engines())]
    pub engine: Option<Engine>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// An engine by its name.
fn engines() -> impl TypedValueParser<Value = Engine> {
    let known = |engine: Engine| PossibleValue::new(engine.name()).help(engine.meaning());
    PossibleValuesParser::new(Engine::ALL.map(known)).map(|name| {
        let named = Engine::ALL.into_iter().find(|engine| engine.name() == name);
        named.expect("only these names are possible")
    })
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the scenarios, with the idea of each.
    List {
        /// Only these folders or names.
        names: Vec<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Begin a scenario of your own from a template.
    New(NewArgs),
    /// Run scenarios on every machine that they name, and report.
    Run(RunArgs),
    /// Run one scenario and open its waveform in GTKWave.
    Wave(WaveArgs),
    /// Write a page that shows a run, moment by moment, in any browser.
    Show(ShowArgs),
    /// Run the recorded memory trace of a real program under the operating system.
    Trace(TraceArgs),
    /// Compare two configurations on a trace or a scenario, or two reports: what differs, and by how
    /// much.
    Compare(CompareArgs),
    /// Draw miss-ratio curves, working sets and reuse distances of a trace: every size from one
    /// pass.
    Curve(CurveArgs),
    /// Run a page-reference string under a replacement policy.
    Policy(PolicyArgs),
    /// Translate addresses in a machine that fits on a sheet of paper, step by step.
    Toy(ToyArgs),
    /// Execute a bare-metal RISC-V program, with every fetch, load and store translated by the
    /// hardware.
    Exec(ExecArgs),
    /// Boot an operating system, with every fetch, load and store translated by the hardware.
    Boot(BootArgs),
    /// Boot Debian's Linux, which is fetched if need be.
    Linux(LinuxArgs),
    /// Replay translation vectors through the hardware.
    Conform(ConformArgs),
    /// Write a configuration as Verilog, with what it takes to use it.
    Export(ExportArgs),
    /// Show the results of the netlist compiler for a configuration.
    Netlist(NetlistArgs),
    /// Sweep parameters of a scenario: table and picture.
    Explore(ExploreArgs),
    /// Generate a question for students; the machine computes the answer.
    Quiz(QuizArgs),
    /// Run random programs of many processes under memory pressure, with everything checked.
    Soak(SoakArgs),
    /// Measure cycles per second of CPU time, compared with simulators of the exported Verilog.
    Bench(BenchArgs),
}

/// The result of a command, unless it failed with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All as expected.
    Fine,
    /// An observation differs.
    Differs,
    /// Something failed, and was reported.
    Failed,
    /// Ctrl-C.
    Interrupted,
    /// What a program that was executed ended with.
    Program(u8),
}

impl Status {
    /// The exit status.
    pub(crate) fn code(self) -> u8 {
        match self {
            Status::Fine => 0,
            Status::Differs => 1,
            Status::Failed => 2,
            Status::Interrupted => 130,
            Status::Program(code) => code,
        }
    }
}

/// Parses the command line, runs the command, and reports errors.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse_from(joined(env::args_os())) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are not errors. A closed pipe is not worth
            // a message.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Status::Failed.code() } else { 0 });
        }
    };
    match dispatch(arguments.command, arguments.engine) {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) if is_closed_pipe(&error) => ExitCode::from(Status::Fine.code()),
        Err(error) => {
            output::error(&error);
            ExitCode::from(Status::Failed.code())
        }
    }
}

/// `--wave x.fst` becomes `--wave=x.fst`: any other word might be a place or the scenario.
fn joined(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut all: Vec<OsString> = Vec::new();
    for argument in arguments {
        match all.last_mut() {
            Some(last) if last == "--wave" && wave::is_file(Path::new(&argument)) => {
                last.push("=");
                last.push(argument);
            }
            _ => all.push(argument),
        }
    }
    all
}

fn dispatch(command: Command, engine: Option<Engine>) -> anyhow::Result<Status> {
    let idle = match &command {
        Command::List { .. } => Some("list"),
        Command::New(_) => Some("new"),
        Command::Toy(_) => Some("toy: it is a model, and no hardware has its sizes"),
        Command::Export(_) => Some("export"),
        Command::Netlist(_) => Some("netlist"),
        Command::Bench(_) => Some("bench"),
        Command::Soak(arguments) if arguments.print => Some("soak --print"),
        _ => None,
    };
    if let Some(command) = idle.filter(|_| engine.is_some()) {
        anyhow::bail!("--engine has no effect on {command}");
    }
    let (named, engine) = (engine, engine.unwrap_or_default());
    match command {
        Command::List { names, json } => list::list(&names, json),
        Command::New(arguments) => new::new(&arguments),
        Command::Run(arguments) => run::run(&arguments, engine),
        Command::Wave(arguments) => open::open(&arguments, engine),
        Command::Show(arguments) => show::show(&arguments, engine),
        Command::Trace(arguments) => trace::trace(&arguments, engine),
        Command::Compare(arguments) => compare::compare(&arguments, named),
        Command::Curve(arguments) => curve::curve(&arguments, named),
        Command::Policy(arguments) => policy::policy(&arguments, engine),
        Command::Toy(arguments) => toy::toy(&arguments),
        Command::Exec(arguments) => exec::exec(&arguments, engine),
        Command::Boot(arguments) => boot::boot(&arguments, engine),
        Command::Linux(arguments) => linux::linux(&arguments, engine),
        Command::Conform(arguments) => conform::conform(&arguments, engine),
        Command::Export(arguments) => export::export(&arguments),
        Command::Netlist(arguments) => netlist::netlist(&arguments),
        Command::Explore(arguments) => explore::explore(&arguments, engine),
        Command::Quiz(arguments) => quiz::quiz(&arguments, engine),
        Command::Soak(arguments) => soak::soak_command(&arguments, engine),
        Command::Bench(arguments) => bench::bench(&arguments),
    }
}

/// The reader of the output has closed the pipe.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
