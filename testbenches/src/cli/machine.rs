//! The arguments of each command.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use kernel::PolicyKind;
use machine::system::LatencySpec;
use machine::wave::Choice;
use model::isa::Mode;
use waves::Window;

use crate::export::{Kind, Target};

use super::trace::EveryArg;
use super::values::{ElfArg, LatencyArg, named, scheme};
use super::wave::Place;

/// Whether, where and how to record runs.
#[derive(Clone, Debug, Args)]
pub struct WaveOptions {
    /// Record waveforms, into a directory [default: waves/out] or a file that ends in .vcd or
    /// .fst.
    #[arg(long, value_name = "PLACE", num_args = 0..=1, require_equals = true,
          default_missing_value = "waves/out")]
    pub wave: Option<PathBuf>,
    /// The part of a run to record, and the format.
    #[command(flatten)]
    pub shape: WaveShape,
}

/// The part of a run to record, and the format.
#[derive(Clone, Debug, Args)]
pub struct WaveShape {
    /// The first cycle recorded.
    #[arg(long, value_name = "N")]
    pub wave_from: Option<u64>,
    /// The number of cycles recorded.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub wave_cycles: Option<u64>,
    /// VCD for strict readers: without strings and names of states.
    #[arg(long)]
    pub plain: bool,
    /// What the view opens on [default: os for stories of processes, hardware for others].
    #[arg(long)]
    pub view: Option<ViewArg>,
}

/// The opening view, on the command line. A run that failed opens at its failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ViewArg {
    /// The operating system, with the whole story in view.
    Os,
    /// The hardware, at the first fault or else the first miss.
    Hardware,
    /// Both, with the whole story in view.
    All,
}

impl From<ViewArg> for Choice {
    fn from(view: ViewArg) -> Choice {
        match view {
            ViewArg::Os => Choice::Os,
            ViewArg::Hardware => Choice::Hardware,
            ViewArg::All => Choice::All,
        }
    }
}

impl WaveShape {
    /// The cycles recorded.
    pub fn window(&self) -> Window {
        Window { from: self.wave_from.unwrap_or(0), cycles: self.wave_cycles }
    }

    /// The same for this place.
    pub(super) fn at(&self, place: &Path) -> anyhow::Result<Place> {
        Place::new(place, self.plain, self.view.map(Choice::from))
    }

    /// An error if there are options of waves and none is recorded.
    pub(super) fn unused(&self) -> anyhow::Result<()> {
        let said = [
            (self.wave_from.is_some(), "--wave-from"),
            (self.wave_cycles.is_some(), "--wave-cycles"),
            (self.plain, "--plain"),
            (self.view.is_some(), "--view"),
        ];
        match said.iter().find(|(said, _)| *said) {
            Some((_, option)) => anyhow::bail!("{option} has no effect without --wave"),
            None => Ok(()),
        }
    }
}

impl WaveOptions {
    /// Where and how to record, if at all.
    pub(super) fn place(&self) -> anyhow::Result<Option<Place>> {
        match &self.wave {
            Some(place) => self.shape.at(place).map(Some),
            None => self.shape.unused().map(|()| None),
        }
    }
}

/// `pagewalk run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenarios by name or folder, or files ending in .toml.
    #[arg(required_unless_present = "all")]
    pub names: Vec<String>,
    /// Every scenario.
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Only this configuration, instead of those that the files name.
    #[arg(long)]
    pub config: Option<String>,
    /// Only this scheme.
    #[arg(long, value_parser = scheme())]
    pub mode: Option<Mode>,
    /// Options of recordings.
    #[command(flatten)]
    pub wave: WaveOptions,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `pagewalk wave`
#[derive(Debug, Args)]
pub struct WaveArgs {
    /// The scenario by name, or a file ending in .toml.
    pub name: String,
    /// On this configuration; the first that the file names if absent.
    #[arg(long)]
    pub config: Option<String>,
    /// With this scheme; the first that the file names if absent.
    #[arg(long, value_parser = scheme())]
    pub mode: Option<Mode>,
    /// The place of the waveform: a directory, or a file that ends in .vcd or .fst.
    #[arg(long, value_name = "PLACE", default_value = "waves/out")]
    pub dir: PathBuf,
    /// Write the files only; do not open GTKWave.
    #[arg(long)]
    pub no_open: bool,
    /// The part of a run to record, and the format.
    #[command(flatten)]
    pub shape: WaveShape,
}

/// A recorded program, and the machine that it runs on.
#[derive(Debug, Args)]
pub struct RecordedArgs {
    /// A trace of lackey (`valgrind --tool=lackey --trace-mem=yes`), of Dinero, ChampSim or
    /// DynamoRIO's view, or lines as `1000 R`; also in gzip, xz or zstd; - is standard input.
    pub file: PathBuf,
    /// The MMU. Several, with commas between them, are compared in a table, relative to the first.
    #[arg(long, value_name = "CONFIG,...", default_value = "rv64_linux", value_delimiter = ',')]
    pub config: Vec<String>,
    /// The scheme [default: sv39, or sv32 on rv32 configurations].
    #[arg(long, value_parser = scheme())]
    pub mode: Option<Mode>,
    /// Frames of physical memory, the kernel's included [default: 4096].
    #[arg(long, value_name = "N")]
    pub frames: Option<u64>,
    /// Latency of memory for walker and kernel, in cycles, as 10 or 5-20.
    #[arg(long, default_value = "10")]
    pub latency: LatencyArg,
    /// The replacement policy [default: clock].
    #[arg(long, value_parser = named)]
    pub policy: Option<PolicyKind>,
    /// Accesses between two timer ticks, 0 for none [default: 0, or as many as there are frames for
    /// pages under policies that need ticks].
    #[arg(long, value_name = "N")]
    pub tick: Option<u64>,
    /// Slots of the swap device, one page each [default: 65536].
    #[arg(long, value_name = "N")]
    pub swap: Option<u32>,
    /// Seed of random latencies and of the policy random [default: 1].
    #[arg(long)]
    pub seed: Option<u64>,
    /// Any other key of `os` in a scenario, as quantum=5000, costs.disk_read=5000 or thp=always.
    #[arg(long, value_name = "KEY=VALUE")]
    pub os: Vec<String>,
    /// Software sets A and D, by faults (ADUE=0), instead of hardware.
    #[arg(long)]
    pub svade: bool,
    /// Fold addresses outside the scheme's range into it.
    #[arg(long)]
    pub fold: bool,
    /// In a log that several processes wrote, run only what follows the lines of this one.
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,
    /// The recorded program's own file, or a library's, which identifies text and data. The load
    /// address of a position-independent file follows after @ [default: 0x108000, as Valgrind loads
    /// programs].
    #[arg(long, value_name = "FILE[@0xADDRESS]")]
    pub elf: Vec<ElfArg>,
}

impl RecordedArgs {
    /// A trace with nothing said about its run.
    pub(super) fn plain(file: &str) -> RecordedArgs {
        RecordedArgs {
            file: PathBuf::from(file),
            config: Vec::new(),
            mode: None,
            frames: None,
            latency: LatencyArg(LatencySpec::Fixed(10)),
            policy: None,
            tick: None,
            swap: None,
            seed: None,
            os: Vec::new(),
            svade: false,
            fold: false,
            pid: None,
            elf: Vec::new(),
        }
    }
}

/// `pagewalk trace`
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// The program and the machine.
    #[command(flatten)]
    pub run: RecordedArgs,
    /// What is recorded; the first 20000 cycles by default.
    #[command(flatten)]
    pub wave: WaveOptions,
    /// Log every walk into this file, as CSV: its start, each entry read, where answers come from
    /// and why accesses fault. The MMU then has trace pins.
    #[arg(long, value_name = "FILE")]
    pub walks: Option<PathBuf>,
    /// Show the run over time, in stretches of so many instructions, as 10000, or cycles, as
    /// 10000cycles.
    #[arg(long, value_name = "N|Ncycles")]
    pub every: Option<EveryArg>,
    /// Print the stretches of --every as CSV.
    #[arg(long, requires = "every", conflicts_with = "json")]
    pub csv: bool,
    /// Draw the comparison of several configurations, or the run over time, into a file ending in
    /// .svg or .png, or both into a folder.
    #[arg(long, value_name = "FILE|DIR")]
    pub plot: Vec<PathBuf>,
    /// Print JSON: one report, or a list of them for several configurations, in their order.
    #[arg(long)]
    pub json: bool,
    /// Show the run on a dashboard in the terminal: hit rates, walks, faults, fences, frames.
    #[arg(long)]
    pub watch: bool,
}

/// `pagewalk conform`
#[derive(Debug, Args)]
pub struct ConformArgs {
    /// Vectors, plain or gzip.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The configuration; by default, for each scenario, the smallest with eight entries that has
    /// what it needs.
    #[arg(long)]
    pub config: Option<String>,
    /// Parts of the configurations that are chosen by default, as walk_cache=8+l2=512.
    #[arg(long, value_name = "PARTS", conflicts_with = "config")]
    pub with: Option<String>,
    /// Clear the TLB before every access.
    #[arg(long)]
    pub cold: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `pagewalk export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The configuration.
    pub config: String,
    /// The folder for the files, which have the configuration's name.
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Write these only: verilog, template, core, testbench, guide.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', hide_possible_values = true)]
    pub only: Vec<Kind>,
    /// For this hardware: generic, or ecp5, where some modules are cells of the Lattice ECP5.
    #[arg(long, value_name = "HARDWARE", default_value = "generic", hide_possible_values = true)]
    pub target: Target,
    /// Check the Verilog with Icarus Verilog, Verilator and yosys, and run the test bench. In cells
    /// of a target: have yosys prove that it is the same.
    #[arg(long)]
    pub check: bool,
}
