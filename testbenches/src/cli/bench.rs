//! `pagewalk bench`

use super::output::{self, print};
use super::progress::Progress;
use super::run::known;
use super::{Status, interrupt};
use crate::bench::boot::{BootOptions, Length, boots};
use crate::bench::{Contender, Options, PageOptions, WaveOptions, pages, run, waves};
use crate::export::tools;
use anyhow::{Context, ensure};
use clap::Args;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;

/// `pagewalk bench`
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// These configurations; rv64 with 8, 16, 32 and 64 lines by default.
    #[arg(long, value_delimiter = ',')]
    pub config: Vec<String>,
    /// The engines and simulators to measure; all by default.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub contenders: Vec<Contender>,
    /// The number of measurements of each, in turn; the median counts [default: 5, with --boot 3].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: Option<u32>,
    /// The approximate CPU seconds of each measurement.
    #[arg(long, default_value_t = 0.2, value_parser = seconds)]
    pub seconds: f64,
    /// Cycles after which all must have the same checksum.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub cycles: u64,
    /// The seed of the traffic.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write every signal as a waveform, and compare with Verilator's `--trace`: in the mixed
    /// workload, for one configuration.
    #[arg(long, conflicts_with_all = ["contenders", "check"])]
    pub waves: bool,
    /// Measure what a page costs: `show trace` of the recorded program beside `trace`.
    #[arg(
        long,
        conflicts_with_all = ["config", "contenders", "seconds", "cycles", "seed", "waves", "check"]
    )]
    pub show: bool,
    /// Measure what booting Linux costs, beside QEMU, a software MMU and Verilator. Names the boot,
    /// lean or default [default: lean], and the folder with Debian's kernel as `pagewalk linux`
    /// leaves it [default: linux].
    #[arg(
        long,
        num_args = 0..=2,
        value_names = ["BOOT", "FOLDER"],
        conflicts_with_all = ["config", "contenders", "seconds", "cycles", "seed", "waves", "show"]
    )]
    pub boot: Option<Vec<String>>,
    /// Instructions and traps of the kernel, from its first on, in which Verilator is measured.
    #[arg(
        long,
        value_name = "STEPS",
        requires = "boot",
        value_parser = clap::value_parser!(u64).range(1..=100_000_000)
    )]
    pub part: Option<u64>,
    /// A missing tool is an error.
    #[arg(long)]
    pub check: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A duration that can be measured in reasonable time.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match (0.001..=600.0).contains(&seconds) {
        true => Ok(seconds),
        false => Err("between 0.001 and 600".to_owned()),
    }
}

/// Rounds if nothing else is said, and those of boots.
const ROUNDS: u32 = 5;
const ROUNDS_OF_BOOTS: u32 = 3;

/// Steps in which Verilator takes some 20 seconds.
const PART: u64 = 4_000_000;

impl BenchArgs {
    fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(ROUNDS)
    }
}

/// Measures, and prints the table.
pub(super) fn bench(arguments: &BenchArgs) -> anyhow::Result<Status> {
    if arguments.waves {
        return with_waves(arguments);
    }
    if arguments.show {
        return of_pages(arguments);
    }
    if let Some(values) = &arguments.boot {
        return of_boots(arguments, values);
    }
    let mut options = Options {
        rounds: arguments.rounds(),
        cycles: arguments.cycles,
        seconds: arguments.seconds,
        seed: arguments.seed,
        required: arguments.check || tools::required(),
        ..Options::default()
    };
    for config in &arguments.config {
        measurable(config)?;
    }
    if !arguments.config.is_empty() {
        options.configs.clone_from(&arguments.config);
    }
    if !arguments.contenders.is_empty() {
        options.contenders.clone_from(&arguments.contenders);
    }
    let stop = interrupt::stop_flag()?;
    let progress = Progress::counting("steps");
    let mut steps = 0;
    let report = run(&options, &mut |what| {
        steps += 1;
        progress.set(steps);
        progress.say(what);
        !stop.load(Relaxed)
    });
    progress.clear();
    let report = report?;
    if arguments.json {
        // One object per line, for tools that read line by line.
        for row in &report.rows {
            print(&format!("{}\n", serde_json::to_string(row)?))?;
        }
        for note in &report.notes {
            output::note(note);
        }
    } else {
        print(&report.to_string())?;
    }
    if stop.load(Relaxed) {
        output::note("interrupted: the table covers what was measured in full until then");
        return Ok(Status::Interrupted);
    }
    Ok(Status::Fine)
}

/// Checks that the traffic fits: it is a request on each of two ports in every cycle.
fn measurable(name: &str) -> anyhow::Result<()> {
    known(Some(name))?;
    let one_port = engine::find(name).is_ok_and(|config| config.organisation.one_port);
    ensure!(
        !one_port,
        "`{name}` has one port; what is measured is the traffic of two, so choose a configuration \
         with `ports=2`"
    );
    Ok(())
}

/// Measures with waveforms, and prints the result.
fn with_waves(arguments: &BenchArgs) -> anyhow::Result<Status> {
    let mut options = WaveOptions {
        rounds: arguments.rounds(),
        seconds: arguments.seconds,
        seed: arguments.seed,
        cycles: arguments.cycles,
        ..WaveOptions::default()
    };
    if let [config, others @ ..] = &arguments.config[..] {
        ensure!(others.is_empty(), "--waves measures one configuration, not {}", others.len() + 1);
        measurable(config)?;
        options.config.clone_from(config);
    }
    let report = waves(&options)?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        print(&report.to_string())?;
    }
    Ok(Status::Fine)
}

/// Measures what a page costs, with this program's own commands, and prints the result.
fn of_pages(arguments: &BenchArgs) -> anyhow::Result<Status> {
    let program = std::env::current_exe().context("this program's own file is not known")?;
    let stop = interrupt::stop_flag()?;
    let progress = Progress::counting("rounds");
    let options = PageOptions { program, rounds: arguments.rounds() };
    let report = pages(&options, &mut |what| {
        progress.say(what);
        !stop.load(Relaxed)
    });
    progress.clear();
    if stop.load(Relaxed) {
        output::note("interrupted: the measurement was not complete");
        return Ok(Status::Interrupted);
    }
    let report = report?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        print(&report.to_string())?;
    }
    Ok(Status::Fine)
}

/// What `--boot` names: a boot and a folder, in either order.
fn named(values: &[String]) -> anyhow::Result<(Length, PathBuf)> {
    let (mut length, mut folder) = (None, None);
    for value in values {
        let kind = [Length::Lean, Length::Default].into_iter().find(|kind| kind.name() == value);
        let twice = match kind {
            Some(kind) => length.replace(kind).is_some(),
            None => folder.replace(PathBuf::from(value)).is_some(),
        };
        ensure!(!twice, "--boot takes lean or default, and one folder: `{value}` is one too many");
    }
    Ok((length.unwrap_or(Length::Lean), folder.unwrap_or_else(|| PathBuf::from("linux"))))
}

/// Measures what booting costs, and prints the result.
fn of_boots(arguments: &BenchArgs, values: &[String]) -> anyhow::Result<Status> {
    let (length, folder) = named(values)?;
    let rounds = arguments.rounds.unwrap_or(ROUNDS_OF_BOOTS);
    ensure!(rounds % 2 == 1, "--rounds {rounds}: the median of boots needs an odd number");
    ensure!(
        length == Length::Lean || arguments.part.is_none(),
        "Verilator is measured in the lean boot: --part has no effect on the default one"
    );
    let options = BootOptions {
        folder,
        length,
        rounds,
        part: arguments.part.unwrap_or(PART),
        required: arguments.check || tools::required(),
    };
    let stop = interrupt::stop_flag()?;
    let progress = Progress::counting("looks");
    let report = boots(&options, &mut |what| {
        progress.one_more();
        progress.say(what);
        !stop.load(Relaxed)
    });
    progress.clear();
    let report = report?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        print(&report.to_string())?;
    }
    if stop.load(Relaxed) {
        output::note("interrupted: the table covers what was measured until then");
        return Ok(Status::Interrupted);
    }
    Ok(Status::Fine)
}
