//! Runs rounds until enough steps were made or one failed.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use serde::Serialize;

use super::generate::{Setup, generate};
use super::round::Round;
use engine::{Engine, build};
use scenario::load::Scenario;
use scenario::run::{RunError, Unwatched, run};
use scenario::variant::Select;

/// The steps of programs that are counted, by the report's names.
const STEPS: [&str; 10] = [
    "loads",
    "stores",
    "fetches",
    "user_copies",
    "forks",
    "execs",
    "mmaps",
    "munmaps",
    "mprotects",
    "ticks",
];

/// The counts that are printed.
pub const SHOWN: [&str; 14] = [
    "minor_faults",
    "major_faults",
    "protection_faults",
    "supervisor_faults",
    "efaults",
    "evictions",
    "swap_outs",
    "swap_ins",
    "cow_copies",
    "forks",
    "execs",
    "oom_kills",
    "disk_errors",
    "fences",
];

/// The failure of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What was compared: `the run` if it could not continue.
    pub what: String,
    /// The cycle, expected and got.
    pub told: String,
}

impl Failure {
    /// Whether something broke, which is a failure for any program.
    pub fn is_break(&self) -> bool {
        self.what == BREAK || self.what == PANIC
    }
}

const BREAK: &str = "the run";
const PANIC: &str = "the machine";

/// One round's outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Steps of programs.
    pub steps: u64,
    /// Everything counted.
    pub counts: BTreeMap<String, u64>,
    /// The failure, if any.
    pub failure: Option<Failure>,
}

/// The result of a soak under one scheme and policy.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The first round's seed; each round has the next.
    pub seed: u64,
    /// Rounds run to their end.
    pub rounds: u64,
    /// Steps of programs made: accesses and calls.
    pub steps: u64,
    /// Everything counted, over all rounds.
    pub counts: BTreeMap<String, u64>,
    /// The round that failed, and how.
    pub failed: Option<(Round, Failure)>,
}

/// Runs rounds from `seed` on until `steps` were made, one failed, or `stop` is set. `done` is
/// called with the outcome of each round.
///
/// # Errors
/// [`RunError`] for a round that cannot be run at all.
pub fn soak(
    setup: &Setup<'_>,
    seed: u64,
    steps: u64,
    engine: Engine,
    stop: &AtomicBool,
    done: &(dyn Fn(&Played) + Sync),
) -> Result<Tally, RunError> {
    let mut tally = Tally { seed, ..Tally::default() };
    while tally.steps < steps {
        let round = generate(setup, seed + tally.rounds);
        let played = play(&round, engine, stop)?;
        if stop.load(Relaxed) {
            break;
        }
        tally.rounds += 1;
        tally.steps += played.steps;
        for (name, count) in &played.counts {
            *tally.counts.entry(name.clone()).or_default() += count;
        }
        done(&played);
        if let Some(failure) = played.failure {
            tally.failed = Some((round, failure));
            break;
        }
    }
    Ok(tally)
}

/// Runs one round. A panic is a failure like others.
///
/// # Errors
/// As [`soak`].
pub fn play(round: &Round, engine: Engine, stop: &AtomicBool) -> Result<Played, RunError> {
    let text = round.to_toml();
    let scenario = Scenario::parse("soak", "soak.toml", &text)
        .map_err(|error| RunError::Tool(anyhow::anyhow!("a round does not read: {error}")))?;
    let run = || {
        let factory = |config: &str| Ok(build(config, engine)?);
        let select = Select { config: round.config, mode: None };
        run(&scenario, select, &factory, &mut Unwatched, stop)
    };
    let reports = match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(reports) => reports?,
        Err(payload) => {
            let told = format!("it panicked: {}", message(payload.as_ref()));
            let failure = Some(Failure { what: PANIC.to_owned(), told });
            return Ok(Played { failure, ..Played::default() });
        }
    };
    let mut played = Played::default();
    if stop.load(Relaxed) {
        // An interrupted round has not failed.
        return Ok(played);
    }
    for report in reports {
        let step = |name: &&str| report.counts.get(*name).copied();
        played.steps += STEPS.iter().filter_map(step).sum::<u64>();
        if let Some(mismatch) = report.mismatch {
            let (what, told) = (mismatch.what.clone(), mismatch.to_string());
            played.failure = Some(Failure { what, told });
        }
        played.counts.extend(report.counts);
    }
    Ok(played)
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a word".to_owned())
}
