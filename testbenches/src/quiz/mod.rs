//! Questions for students, answered by running them on the machine.
//!
//! A question is generated from a seed, and the same seed always gives the same question. Its
//! answer is not calculated: the question is run on the compiled hardware, under the operating
//! system if it needs one, and the answer is read from the recorded events.
//!
//! | kind | the question | file |
//! |---|---|---|
//! | `translate` | an address, given page-table entries in memory | `translate` |
//! | `faults`, `victims` | a reference string under a policy | `replacement` |
//! | `fault` | the outcome of an access: a fault, a kill, nothing | `outcome` |
//! | `tlb`, `time` | hits, misses and cycles of loops over pages | `loops` |
//! | a scenario's name | its outcome | `story` |
//! | | the recorded events, from which answers are read | `diary` |

mod diary;
mod loops;
mod outcome;
mod replacement;
mod story;
mod translate;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use engine::Engine;
use scenario::library::{self, FindError};

/// A question that cannot be generated.
#[derive(Debug, thiserror::Error)]
pub enum QuizError {
    /// No kind of question and no scenario has this name.
    #[error("there is no question or scenario `{name}`{}", hint(.similar))]
    Unknown {
        /// The name requested.
        name: String,
        /// Names like it.
        similar: Vec<String>,
    },
    /// A folder.
    #[error("`{name}` matches {count} scenarios; choose one")]
    Many {
        /// The name requested.
        name: String,
        /// The number of scenarios.
        count: usize,
    },
    /// The scenario cannot be found or read.
    #[error(transparent)]
    Find(#[from] FindError),
}

fn hint(similar: &[String]) -> String {
    match similar {
        [] => "; `pagewalk quiz` lists the kinds".to_owned(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}

/// The machine's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// As JSON.
    pub value: Value,
    /// In one line.
    pub text: String,
    /// The explanation, line by line.
    pub worked: Vec<String>,
}

/// Runs the question.
type Solve = Box<dyn FnOnce(Engine) -> anyhow::Result<Answer>>;

/// A question.
pub struct Question {
    /// Its kind, or the scenario's name.
    pub kind: String,
    /// The seed from which it was drawn.
    pub seed: u64,
    /// The given facts, line by line.
    pub given: Vec<String>,
    /// The question.
    pub ask: String,
    /// The same as a scenario file for `pagewalk run`, if possible.
    pub scenario: Option<String>,
    solve: Solve,
}

impl Question {
    /// Runs the question and returns the machine's answer.
    ///
    /// # Errors
    /// If the machine breaks a rule: every answer is checked as in any other run.
    pub fn answer(self, engine: Engine) -> anyhow::Result<Answer> {
        (self.solve)(engine)
    }
}

/// What a kind generates from a seed.
struct Posed {
    given: Vec<String>,
    ask: String,
    scenario: Option<String>,
    solve: Solve,
}

/// A kind of question.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// The question.
    pub idea: &'static str,
    pose: fn(&mut ChaCha8Rng) -> Posed,
}

/// Every kind.
pub const KINDS: [Kind; 6] = [
    Kind {
        name: "translate",
        idea: "Walk the page table: which physical address, or which fault?",
        pose: translate::pose,
    },
    Kind {
        name: "faults",
        idea: "A reference string in a few frames: how many page faults?",
        pose: replacement::faults,
    },
    Kind {
        name: "victims",
        idea: "A reference string in a few frames: which pages are evicted, in order?",
        pose: replacement::victims,
    },
    Kind {
        name: "fault",
        idea: "An access in an address space: which fault is it, or what kills the process?",
        pose: outcome::pose,
    },
    Kind {
        name: "tlb",
        idea: "Loops over pages: how many TLB hits and misses?",
        pose: loops::hits,
    },
    Kind {
        name: "time",
        idea: "Loops over pages: how long does a translation take on average?",
        pose: loops::time,
    },
];

/// The question of a kind, or about a scenario, for a seed.
///
/// # Errors
/// [`QuizError`].
pub fn pose(name: &str, seed: u64) -> Result<Question, QuizError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (kind, posed) = match KINDS.iter().find(|kind| kind.name == name) {
        Some(kind) => (kind.name.to_owned(), (kind.pose)(&mut rng)),
        None => {
            let scenario = about(name)?;
            (scenario.name.clone(), story::pose(scenario, &mut rng))
        }
    };
    let Posed { given, ask, scenario, solve } = posed;
    Ok(Question { kind, seed, given, ask, scenario, solve })
}

fn about(name: &str) -> Result<scenario::load::Scenario, QuizError> {
    let mut found = match library::find(name) {
        Err(FindError::Unknown { .. }) => {
            let kinds = KINDS.iter().map(|kind| kind.name);
            let scenarios = library::files().iter().map(|(name, _)| *name);
            let similar = library::similar(name, kinds.chain(scenarios));
            return Err(QuizError::Unknown { name: name.to_owned(), similar });
        }
        other => other?,
    };
    match (found.pop(), found.len()) {
        (Some(scenario), 0) => Ok(scenario),
        (_, more) => Err(QuizError::Many { name: name.to_owned(), count: more + 1 }),
    }
}

#[cfg(test)]
mod tests;
