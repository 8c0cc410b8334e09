//! Rounds parse, run, and shrink.

use std::sync::atomic::AtomicBool;

use kernel::PolicyKind;
use model::isa::Mode;

use super::generate::{Setup, generate};
use super::round::Birth;
use super::run::{Failure, Played, play};
use super::shrink::shrink;
use engine::{Engine, find};

const SETUP: Setup<'_> = Setup {
    mode: Mode::Sv39,
    policy: PolicyKind::Clock,
    config: None,
    bus_errors: 0,
    disk_errors: 0,
    check_every: 64,
};

#[test]
fn a_seed_gives_the_same_programs_under_every_policy() {
    let one = generate(&SETUP, 7);
    assert_eq!(one, generate(&SETUP, 7));
    assert_ne!(one.to_toml(), generate(&SETUP, 8).to_toml());
    let other = generate(&Setup { policy: PolicyKind::Fifo, ..SETUP }, 7);
    assert_eq!(one.processes, other.processes);
}

#[test]
fn a_failing_round_shrinks_to_the_lines_that_fail() {
    let round = generate(&SETUP, 3);
    let lines = round.lines();
    let guilty = |text: &str| text.starts_with("store heap");
    // A machine that breaks when two processes have stored to their heaps.
    let mut run = |round: &super::round::Round| {
        let stores =
            |process: &&super::round::Process| process.lines.iter().any(|line| guilty(&line.text));
        let breaks = round.processes.iter().filter(stores).count() > 1;
        let failure = Failure { what: "the run".to_owned(), told: String::new() };
        Ok(Played { failure: breaks.then_some(failure), steps: 1, ..Played::default() })
    };
    let failure = run(&round).expect("it runs").failure.expect("it fails");
    let (small, _) = shrink(round, failure, &mut run).expect("it shrinks");
    // The two stores, and at most an exec and a fork on the way to them.
    assert!(lines > 100 && small.lines() <= 4, "{}", small.to_toml());
    assert!(small.processes.iter().any(|process| process.birth == Birth::Start));
}

#[test]
fn a_round_runs_on_the_configuration_that_is_asked_for() {
    let stop = AtomicBool::new(false);
    let hits = |config: Option<&str>| {
        let config = config.map(|name| find(name).expect("it is in the table"));
        let round = generate(&Setup { config, ..SETUP }, 1);
        let played = play(&round, Engine::default(), &stop).expect("it runs");
        assert_eq!(played.failure, None);
        played.counts.get("l2_hits").copied().unwrap_or(0)
    };
    assert_eq!((hits(None), hits(Some("rv64_linux"))), (0, 0));
    assert!(hits(Some("rv64_linux_l2")) > 0);
    assert!(hits(Some("rv64_tiny+l2=64")) > 0);
}

#[test]
fn a_round_is_a_scenario_that_passes() {
    let stop = AtomicBool::new(false);
    let played = play(&generate(&SETUP, 1), Engine::default(), &stop).expect("it runs");
    assert_eq!(played.failure, None);
    assert!(played.steps > 1000, "{played:?}");
}

/// The programs of a seed stay what they are: only frames change places.
#[test]
fn frames_of_any_choice_keep_all_data_and_invariants() {
    let stop = AtomicBool::new(false);
    for (choice, seed) in [("random", 1), ("coloured", 2), ("bin_hopping", 3), ("coloured", 4)] {
        let mut round = generate(&Setup { check_every: 4, ..SETUP }, seed);
        round.os.push(("frame_choice", format!("\"{choice}\"")));
        round.os.push(("cache", "{ bytes = 65536, ways = 2, line = 32 }".to_owned()));
        let played = play(&round, Engine::default(), &stop).expect("it runs");
        assert_eq!(played.failure, None, "{choice}");
        let missed = played.counts.get("cache.misses").copied();
        assert!(missed.is_some_and(|misses| misses > 0), "{choice}");
    }
}
