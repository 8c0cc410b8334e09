//! `pagewalk soak`

use std::collections::BTreeMap;
use std::fs;
use std::panic;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, bail, ensure};
use clap::Args;
use model::isa::{Mode, Xlen};
use rayon::prelude::*;
use serde_json::json;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::run::known;
use super::values::policies;
use super::watched::{Sums, Watched};
use super::{Status, interrupt};
use crate::soak::generate::{Setup, generate};
use crate::soak::round::Round;
use crate::soak::run::{Failure, Played, SHOWN, Tally, play, soak};
use crate::soak::shrink::shrink;
use engine::{Engine, find};

/// `pagewalk soak`
#[derive(Debug, Args)]
pub struct SoakArgs {
    /// Steps of programs under each scheme and policy: accesses and calls.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub ops: u64,
    /// The first round's seed; each round has the next.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=1 << 63))]
    pub seed: u64,
    /// The schemes: sv32, sv39, sv48, sv57, several with commas, or all
    /// [default: sv32, sv39 and sv48, of these what the MMU supports].
    #[arg(long)]
    pub mode: Option<String>,
    /// The policies: one, several with commas, or all.
    #[arg(long, default_value = "all")]
    pub policy: String,
    /// Failing bus requests of programs and walker, per million.
    #[arg(long, value_name = "PPM", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub bus_errors: u32,
    /// Failing disk transfers, per million.
    #[arg(long, value_name = "PPM", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=500_000))]
    pub disk_errors: u32,
    /// Kernel entries between two checks of every invariant; 1 checks after each.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..))]
    pub check_every: u64,
    /// The MMU [default: several sizes in turn].
    #[arg(long)]
    pub config: Option<String>,
    /// The folder for rounds that fail, shrunk.
    #[arg(long, value_name = "DIR", default_value = "soak-failures")]
    pub out: PathBuf,
    /// Print the first round of the first scheme and policy as a scenario, without running it.
    #[arg(long, conflicts_with_all = ["json", "ops", "out"])]
    pub print: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Show the soaks on a dashboard in the terminal: what runs, faults, evictions, fences.
    #[arg(long, conflicts_with = "print")]
    pub watch: bool,
}

/// Runs every scheme under every policy, in parallel, and reports.
pub(super) fn soak_command(arguments: &SoakArgs, engine: Engine) -> anyhow::Result<Status> {
    let setups = setups(arguments)?;
    if arguments.print {
        print(&generate(&setups[0], arguments.seed).to_toml())?;
        return Ok(Status::Fine);
    }
    let stop = interrupt::stop_flag()?;
    let total = arguments.ops.saturating_mul(setups.len() as u64);
    let (watched, viewer) = Watched::start(arguments.watch, stop)?;
    let progress = match viewer {
        Some(_) => Progress::hidden(),
        None => Progress::runs(total, "steps"),
    };
    let title = format!("soak, {} soaks of {} steps", setups.len(), arguments.ops);
    let sums = viewer.map(|viewer| Sums::new(viewer, title, (total, "steps")));
    let one = |setup: &Setup<'_>| {
        let name = format!("{} {}", setup.mode.name(), setup.policy.name());
        sums.iter().for_each(|sums| sums.begin(&name));
        let done = |played: &Played| {
            progress.more(played.steps);
            let count = |counter: &str| played.counts.get(counter).copied();
            sums.iter().for_each(|sums| sums.add(played.steps, count));
        };
        let tally = soak(setup, arguments.seed, arguments.ops, engine, stop, &done);
        sums.iter().for_each(|sums| sums.end(&name));
        tally
    };
    let (mut rows, mut failed) = (Vec::new(), 0);
    in_order(&setups, one, |setup, tally| {
        let tally = tally?;
        rows.push(row(setup, &tally));
        progress.aside(|| {
            // Nothing to report if the first round was interrupted.
            let line = line(setup, &tally);
            sums.iter().for_each(|sums| sums.tell(&line));
            if !arguments.json && tally.rounds > 0 {
                print(&line)?;
            }
            let Some((round, failure)) = tally.failed else { return Ok(()) };
            failed += 1;
            report(arguments, setup, round, failure, engine, stop)
        })
    })?;
    progress.clear();
    drop(watched);
    if arguments.json {
        print_json(&rows)?;
    } else {
        let steps: u64 = rows.iter().filter_map(|row| row["steps"].as_u64()).sum();
        print(&format!("{} soaks, {steps} steps: {failed} failed\n", setups.len()))?;
    }
    if stop.load(Relaxed) {
        output::note("interrupted: rounds that were complete until then are counted");
        return Ok(Status::Interrupted);
    }
    Ok(if failed == 0 { Status::Fine } else { Status::Differs })
}

/// Does all the work in parallel, and reports each result in order, as soon as it and all before it
/// are complete.
fn in_order<S: Sync, T: Send>(
    all: &[S],
    work: impl Fn(&S) -> T + Sync,
    mut tell: impl FnMut(&S, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            // If the receiver is gone, the rest is not wanted.
            let one = |sender: &mut mpsc::Sender<_>, (at, item)| {
                sender.send((at, work(item))).map_err(drop)
            };
            all.iter().enumerate().par_bridge().try_for_each_with(sender, one)
        });
        let mut early = BTreeMap::new();
        let mut items = all.iter().enumerate().peekable();
        for (at, done) in receiver {
            early.insert(at, done);
            while let Some((at, item)) = items.peek()
                && let Some(done) = early.remove(at)
            {
                tell(item, done)?;
                items.next();
            }
        }
        Ok(())
    })
}

fn setups(arguments: &SoakArgs) -> anyhow::Result<Vec<Setup<'_>>> {
    known(arguments.config.as_deref())?;
    let is_unit = |name: &str| name.starts_with("segment");
    ensure!(
        !arguments.config.as_deref().is_some_and(is_unit),
        "--config: a segmentation unit has no pages to soak"
    );
    let config = arguments.config.as_deref().map(find).transpose()?;
    let fits = |mode: Mode| {
        config.is_none_or(|config| (config.xlen == Xlen::Rv32) == (mode == Mode::Sv32))
    };
    let mut setups = Vec::new();
    let name = arguments.config.as_deref().unwrap_or_default();
    let stated = arguments.mode.as_deref().map(modes).transpose()?;
    let unfit = stated.iter().flatten().find(|mode| !fits(**mode));
    if let Some(mode) = unfit {
        bail!("--mode: {name} does not support {}", mode.name());
    }
    let modes = stated.unwrap_or_else(|| vec![Mode::Sv32, Mode::Sv39, Mode::Sv48]);
    for mode in modes.into_iter().filter(|mode| fits(*mode)) {
        for policy in policies(&arguments.policy)? {
            let SoakArgs { bus_errors, disk_errors, check_every, .. } = *arguments;
            setups.push(Setup { mode, policy, config, bus_errors, disk_errors, check_every });
        }
    }
    Ok(setups)
}

fn modes(text: &str) -> anyhow::Result<Vec<Mode>> {
    const ALL: [Mode; 4] = [Mode::Sv32, Mode::Sv39, Mode::Sv48, Mode::Sv57];
    let one = |name: &str| {
        let found = ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(name.trim()));
        found.with_context(|| {
            format!("--mode: there is no scheme `{name}`; there are sv32, sv39, sv48, sv57, all")
        })
    };
    if text == "all" {
        return Ok(ALL.to_vec());
    }
    let modes: Vec<Mode> = text.split(',').map(one).collect::<anyhow::Result<_>>()?;
    let twice = modes.iter().enumerate().find(|(n, mode)| modes[..*n].contains(mode));
    if let Some((_, mode)) = twice {
        bail!("--mode: {} is named twice", mode.name());
    }
    Ok(modes)
}

fn row(setup: &Setup<'_>, tally: &Tally) -> serde_json::Value {
    json!({
        "config": setup.config.map(|config| config.name),
        "mode": setup.mode.name(),
        "policy": setup.policy.name(),
        "seed": tally.seed,
        "rounds": tally.rounds,
        "steps": tally.steps,
        "counts": tally.counts,
        "failure": tally.failed.as_ref().map(|(round, failure)| json!({
            "seed": round.seed, "what": failure.what, "told": failure.told,
        })),
    })
}

fn line(setup: &Setup<'_>, tally: &Tally) -> String {
    let Tally { seed, rounds, steps, counts, failed } = tally;
    let last = seed + rounds.saturating_sub(1);
    let (mode, policy) = (setup.mode.name().to_lowercase(), setup.policy.name());
    let mut text = format!("{mode} {policy:22} seeds {seed}..{last}: {steps} steps");
    for name in SHOWN {
        if let Some(count) = counts.get(name).filter(|count| **count > 0) {
            text += &format!(", {count} {}", name.replace('_', " "));
        }
    }
    text + if failed.is_some() { ": FAILED\n" } else { "\n" }
}

/// Shrinks a failing round, saves it, and prints the command that repeats it.
fn report(
    arguments: &SoakArgs,
    setup: &Setup<'_>,
    round: Round,
    failure: Failure,
    engine: Engine,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let (seed, lines) = (round.seed, round.lines());
    let (directory, text) = (&arguments.out, round.to_toml());
    let (mode, policy) = (setup.mode.name().to_lowercase(), setup.policy.name());
    output::note(&format!("{mode} {policy}, seed {seed}: {}: {}", failure.what, failure.told));
    let path = directory.join(format!("{mode}-{policy}-{seed}.toml"));
    let write = |text: &str| {
        let made = fs::create_dir_all(directory).and_then(|()| fs::write(&path, text));
        made.with_context(|| path.display().to_string())
    };
    // Unshrunk, in case the user interrupts while it is being shrunk.
    write(&text)?;
    // A panic is repeated many times; one report is enough.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let small = shrink(round, failure, &mut |round| play(round, engine, stop));
    panic::set_hook(hook);
    let (small, failure) = small?;
    write(&small.to_toml())?;
    let shrunk = format!("{} of {lines} lines are left: {}", small.lines(), failure.told);
    let shown = path.display();
    let on = small.config.map_or(String::new(), |config| format!(" --config {config}"));
    print(&format!(
        "FAIL  {mode} {policy}, seed {seed}\n  {}\n  again     pagewalk run {shown}{on}\n",
        shrunk.replace('\n', "\n  ")
    ))?;
    Ok(())
}
