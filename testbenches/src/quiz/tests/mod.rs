//! The machine's answers compared with those of independent solvers.
//!
//! A solver knows nothing of how a question was drawn or answered: it reads the printed question as
//! a student does, and follows the textbook's definition. So it also shows that the text has
//! everything that the answer needs.
//!
//! | file | solves |
//! |---|---|
//! | `contiguous` | `base`, `segments`, `free-list` |
//! | `paging` | `toy`, `translate`, `table-size` |
//! | `times` | `tlb`, `time`, `access-time` |
//! | `processes` | `fault`, `cow` |
//! | `strings` | `faults`, `victims`, `working-set` |

mod contiguous;
mod paging;
mod processes;
mod strings;
mod times;

use std::collections::BTreeSet;

use scenario::load::Scenario;
use strum::IntoEnumIterator;

use super::*;

const ENGINE: Engine = Engine::Compiled;

/// What a solver found.
#[derive(Debug)]
enum Right {
    Number(f64),
    Text(String),
}

/// Poses 200 questions of a kind in each difficulty, and compares the machine's answer with the
/// solver's. Both must come to at least `least` different answers.
fn agree(kind: &str, least: usize, solve: impl Fn(&Question) -> Right) {
    let mut answers = BTreeSet::new();
    for difficulty in Difficulty::iter() {
        for seed in 1..=200 {
            let question = pose(kind, seed, Some(difficulty)).unwrap_or_else(|e| panic!("{e}"));
            let (right, options) = (solve(&question), question.options.clone());
            let text = format!(
                "{kind} {seed} {difficulty}:\n{}\n{}",
                question.given.join("\n"),
                question.ask
            );
            let answer =
                question.answer(ENGINE).unwrap_or_else(|error| panic!("{text}\n{error:#}"));
            let same = match (&answer.key, &right) {
                (Key::Number { value, within }, Right::Number(right)) => {
                    // A hundredth has no exact binary form.
                    (value - right).abs() <= *within + 1e-9
                }
                (Key::Text(accepted), Right::Text(right)) => accepted.contains(right),
                (Key::Choice { right: place }, Right::Text(right)) => options[*place] == *right,
                _ => false,
            };
            assert!(same, "{text}\nmachine {:?}\nsolver {right:?}", answer.key);
            answers.insert(format!("{right:?}"));
        }
    }
    assert!(answers.len() >= least, "only {} different answers: {answers:?}", answers.len());
}

/// The line that begins with a word, without it.
fn line<'q>(question: &'q Question, word: &str) -> &'q str {
    let found = question.given.iter().find_map(|line| line.strip_prefix(word));
    found.unwrap_or_else(|| panic!("{word} in {:?}", question.given)).trim()
}

/// Every number in a text, decimal or hexadecimal.
fn numbers(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let number = |word: &str| match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    words.filter_map(number).collect()
}

#[test]
fn a_seed_is_a_question_and_another_seed_another() {
    for kind in KINDS {
        let given = |seed, difficulty| {
            let question = pose(kind.name, seed, difficulty).expect("it is a kind");
            (question.given, question.ask)
        };
        assert_eq!(given(7, None), given(7, None));
        assert_eq!(given(7, None), given(7, Some(Difficulty::Medium)));
        assert!((8..12).any(|seed| given(seed, None) != given(7, None)), "{}", kind.name);
        for hard in [Difficulty::Easy, Difficulty::Hard] {
            let differs = |seed| given(seed, None) != given(seed, Some(hard));
            assert!((7..12).any(differs), "{} {hard}", kind.name);
        }
    }
    let error = |name: &str, difficulty| match pose(name, 1, difficulty) {
        Ok(_) => panic!("`{name}` is no question"),
        Err(error) => error.to_string(),
    };
    assert!(error("faluts", None).contains("did you mean faults"));
    error("who-may-access", None);
    let hard = error("belady-with-3-frames", Some(Difficulty::Hard));
    assert!(hard.contains("--difficulty has no effect"), "{hard}");
}

#[test]
fn no_two_kinds_share_what_they_draw() {
    for (one, other) in [("faults", "victims"), ("tlb", "time"), ("faults", "working-set")] {
        let first = |kind, seed| pose(kind, seed, None).expect("it is a kind").given[0].clone();
        let same = (1..=20).filter(|seed| {
            let rest = |kind| pose(kind, *seed, None).expect("it is a kind").given.join("\n");
            first(one, *seed) == first(other, *seed) && rest(one) == rest(other)
        });
        assert_eq!(same.count(), 0, "{one} and {other}");
        let strings = |kind| (1..=20).map(move |seed| first(kind, seed)).collect::<Vec<_>>();
        assert_ne!(strings(one), strings(other), "{one} and {other}");
    }
}

#[test]
fn scenarios_are_questions_that_do_not_tell_their_answer() {
    let question = pose("belady-with-3-frames", 1, None).expect("it is a scenario");
    let given = question.given.join("\n");
    assert!(given.contains("1 2 3 4 1 2 5 1 2 3 4 5") && !given.contains("expect"), "{given}");
    assert!(!given.contains("More frames, more faults"), "{given}");
    assert!(question.ask.contains("minor_faults of belady"), "{}", question.ask);
    let answer = question.answer(ENGINE).expect("it runs");
    assert_eq!(answer.value["minor_faults of belady"], 9.0);
    let ports = pose("a-hit-takes-none", 3, None).expect("it is a scenario");
    let ports = ports.answer(ENGINE).expect("it runs");
    assert!(!ports.text.is_empty() && ports.worked.len() > 2);
}

#[test]
fn what_a_question_prints_as_a_scenario_is_one() {
    for kind in KINDS {
        for difficulty in Difficulty::iter() {
            for seed in 1..=10 {
                let question = pose(kind.name, seed, Some(difficulty)).expect("it is a kind");
                let Some(text) = question.scenario else { continue };
                let read = Scenario::parse("quiz", "quiz.toml", &text);
                let read = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
                read.check_effects().unwrap_or_else(|error| panic!("{error}\n{text}"));
            }
        }
    }
}

#[test]
fn options_are_different_and_answers_are_among_them() {
    for kind in KINDS {
        let question = pose(kind.name, 1, None).expect("it is a kind");
        let options: BTreeSet<_> = question.options.iter().collect();
        assert_eq!(options.len(), question.options.len(), "{}", kind.name);
        assert!(question.form.ends_with(['.', ':']), "{}: {}", kind.name, question.form);
        assert!(question.ask.ends_with('?'), "{}: {}", kind.name, question.ask);
    }
}
