//! `pagewalk policy`

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Context, bail, ensure};
use clap::Args;
use kernel::PolicyKind;
use model::isa::{Mode, Xlen};

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::run::known;
use super::values::{policies, scheme};
use super::{Status, interrupt};
use crate::policy::string::{self, Step};
use crate::policy::{PolicyError, Setup, run, text};
use engine::{Engine, build};
use scenario::files;

/// Steps of longer strings are shown only on request.
const LISTED: usize = 200;
/// The size limit of a string in a file: more than the longest string needs.
const LONGEST: u64 = 64 << 20;
/// The limit of runs in one call.
const MOST_RUNS: usize = 10_000;
/// References between two ticks, for policies that need ticks.
const TICK_EVERY: u64 = 4;

/// A reference string, and the machine that it runs on.
#[derive(Debug, Args)]
pub struct StringArgs {
    /// Pages in the order of their use: 7,0,1,2 or 1..100 or 200x(0..49); 3w stores, t is a
    /// timer tick; @FILE reads a file, - standard input.
    #[arg(long, value_name = "STRING")]
    pub string: String,
    /// Frame limit for the pages: 3, or several values: 1..7 or 3,4.
    #[arg(long, value_name = "N")]
    pub frames: String,
    /// The replacement policy, several with commas, or all [default: all, or clock to be shown].
    #[arg(long)]
    pub policy: Option<String>,
    /// References that store, besides those marked w: all, none, or pages as 0,3,5..7.
    #[arg(long, default_value = "none", value_name = "PAGES")]
    pub store: String,
    /// A timer tick after every N references, 0 for none [default: 4 for policies that need ticks,
    /// if the string has none].
    #[arg(long, value_name = "N")]
    pub tick: Option<u64>,
    /// Ticks for which wsclock keeps a page after its last use [default: 4].
    #[arg(long, value_name = "N")]
    pub tau: Option<u64>,
    /// Seed of the policy random [default: 1].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The MMU [default: rv64_small, or rv32_small with --mode sv32].
    #[arg(long)]
    pub config: Option<String>,
    /// The scheme [default: sv39, or sv32 on rv32 configurations].
    #[arg(long, value_parser = scheme())]
    pub mode: Option<Mode>,
}

/// `pagewalk policy`
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// The string and the machine.
    #[command(flatten)]
    pub run: StringArgs,
    /// Show every step, also of strings longer than 200 references.
    #[arg(long)]
    pub steps: bool,
    /// Print JSON: one object, or a list for several policies or frame limits.
    #[arg(long)]
    pub json: bool,
}

/// The runs that are requested: a string with a machine and several setups.
pub(super) struct Runs {
    pub(super) steps: Vec<Step>,
    pub(super) setups: Vec<Setup>,
    pub(super) config: String,
}

/// Reads them, the setups by policy and then by frame limit, without rows; `default` are the policies
/// if none is named.
pub(super) fn runs(arguments: &StringArgs, default: &str, engine: Engine) -> anyhow::Result<Runs> {
    let steps = stored(references(&arguments.string)?, &arguments.store)?;
    let frames = frames(&arguments.frames)?;
    let policies = policies(arguments.policy.as_deref().unwrap_or(default))?;
    let runs = frames.len() * policies.len();
    ensure!(runs <= MOST_RUNS, "{runs} runs were requested; at most {MOST_RUNS} are possible");
    has_effect(arguments, &policies)?;
    let (config, mode) = machine(arguments, engine)?;
    let has_ticks = steps.contains(&Step::Tick);
    let setup = |policy: PolicyKind, frames| {
        let tick_every = arguments.tick.unwrap_or(match policy.lives_on_ticks() {
            true if !has_ticks => TICK_EVERY,
            _ => 0,
        });
        let (tau, seed) = (arguments.tau.unwrap_or(4), arguments.seed.unwrap_or(1));
        Setup { mode, policy, frames, tick_every, tau, seed, rows: false }
    };
    let setups = policies
        .iter()
        .flat_map(|&policy| frames.iter().map(move |&frames| (policy, frames)))
        .map(|(policy, frames)| setup(policy, frames))
        .collect();
    Ok(Runs { steps, setups, config })
}

/// Runs the string under each policy with each frame limit, and reports.
pub(super) fn policy(arguments: &PolicyArgs, engine: Engine) -> anyhow::Result<Status> {
    let Runs { steps, setups, config } = runs(&arguments.run, "all", engine)?;
    let alone = setups.len() == 1;
    ensure!(
        alone || !arguments.steps,
        "--steps has no effect here: steps are shown of a single run"
    );
    let rows = alone && (arguments.steps || steps.len() <= LISTED);
    let stop = interrupt::stop_flag()?;
    let progress = Progress::counting("runs");
    let mut outcomes = Vec::new();
    for setup in setups {
        match run(build(&config, engine)?, &Setup { rows, ..setup }, &steps, None, stop) {
            Ok(outcome) => outcomes.push(outcome),
            Err(PolicyError::Interrupted) => break,
            Err(error @ PolicyError::Disagreement { .. }) => {
                progress.clear();
                output::note(&format!("error: {error}"));
                return Ok(Status::Differs);
            }
            Err(error) => {
                progress.clear();
                return Err(error.into());
            }
        }
        progress.set(outcomes.len() as u64);
    }
    progress.clear();
    match &outcomes[..] {
        [] => {}
        [outcome] if alone && arguments.json => print_json(outcome)?,
        [outcome] if alone => print(&text::one(outcome))?,
        _ if arguments.json => print_json(&outcomes)?,
        _ => print(&text::many(&outcomes))?,
    }
    if stop.load(Relaxed) {
        output::note("interrupted: what is shown was complete until then");
        return Ok(Status::Interrupted);
    }
    Ok(Status::Fine)
}

/// Checks that every given option has an effect.
fn has_effect(arguments: &StringArgs, policies: &[PolicyKind]) -> anyhow::Result<()> {
    let of = |kind| policies.contains(&kind);
    let vain = [
        ("--tau", arguments.tau.is_some() && !of(PolicyKind::WsClock), "it is of wsclock"),
        ("--seed", arguments.seed.is_some() && !of(PolicyKind::Random), "it is of random"),
    ];
    match vain.into_iter().find(|(_, is_vain, _)| *is_vain) {
        Some((name, _, why)) => bail!("{name} has no effect here: {why}"),
        None => Ok(()),
    }
}

/// The string, from the command line, a file, or standard input.
fn references(text: &str) -> anyhow::Result<Vec<Step>> {
    let (text, source) = match (text, text.strip_prefix('@')) {
        ("-", _) => {
            let read = files::standard_input(LONGEST).context("standard input")?;
            (read, "standard input".to_owned())
        }
        (_, Some(path)) => {
            let read = files::text(Path::new(path), LONGEST);
            (read.with_context(|| path.to_owned())?, path.to_owned())
        }
        _ => (text.to_owned(), "--string".to_owned()),
    };
    let steps = string::parse(&text).with_context(|| source.clone())?;
    let has_references = steps.iter().any(|step| *step != Step::Tick);
    ensure!(has_references, "{source}: there are ticks only; write pages, as in 7,0,1,2");
    Ok(steps)
}

/// Marks more references as stores.
fn stored(mut steps: Vec<Step>, stores: &str) -> anyhow::Result<Vec<Step>> {
    let pages = match stores {
        "none" => return Ok(steps),
        "all" => None,
        list => {
            let mut pages =
                string::pages(list).context("--store: write all, none, or pages as in 0,3,5..7")?;
            pages.sort_unstable();
            let used: BTreeSet<u64> = steps
                .iter()
                .filter_map(|step| match step {
                    Step::Reference { page, .. } => Some(*page),
                    Step::Tick => None,
                })
                .collect();
            if let Some(page) = pages.iter().find(|page| !used.contains(page)) {
                bail!("--store: page {page} is not in the string");
            }
            Some(pages)
        }
    };
    for step in &mut steps {
        if let Step::Reference { page, store } = step {
            *store |= pages.as_ref().is_none_or(|pages| pages.binary_search(page).is_ok());
        }
    }
    Ok(steps)
}

fn frames(text: &str) -> anyhow::Result<Vec<u64>> {
    let frames = string::pages(text).context("--frames: write a number, as in 3 or 1..7")?;
    ensure!(!frames.contains(&0), "--frames: with 0 frames no page can ever be used");
    if let Some((_, twice)) = frames.iter().enumerate().find(|(at, n)| frames[..*at].contains(n)) {
        bail!("--frames: {twice} is named twice");
    }
    Ok(frames)
}

/// The configuration and the scheme; if only one is given, the other is chosen to fit.
fn machine(arguments: &StringArgs, engine: Engine) -> anyhow::Result<(String, Mode)> {
    let mode = arguments.mode;
    let fitting = if mode == Some(Mode::Sv32) { "rv32_small" } else { "rv64_small" };
    let config = arguments.config.as_deref().unwrap_or(fitting);
    known(Some(config))?;
    let is_narrow = build(config, engine)?.xlen() == Xlen::Rv32;
    let mode = mode.unwrap_or(if is_narrow { Mode::Sv32 } else { Mode::Sv39 });
    if (mode == Mode::Sv32) != is_narrow {
        bail!("configuration `{config}` does not support {}", mode.name());
    }
    Ok((config.to_owned(), mode))
}
