//! Questions for students, answered by running them on the machine.
//!
//! A question is generated from a seed, and the same seed always gives the same question; each kind
//! draws numbers of its own from it. Its answer is not calculated: the question is run on the
//! compiled hardware, under the operating system if it needs one, and the answer is read from the
//! recorded events. Only toy machines, which no hardware has, are run by a model.
//!
//! | kind | the question | file |
//! |---|---|---|
//! | `translate` | an address, given page-table entries in memory | `translate` |
//! | `toy` | the same in a machine that fits on a sheet of paper | `toy` |
//! | `table-size` | the bytes of an address space's page tables | `table_size` |
//! | `faults`, `victims` | a reference string under a policy | `replacement` |
//! | `working-set` | the pages used in a window of a reference string | `working_set` |
//! | `fault` | the outcome of an access: a fault, a kill, nothing | `outcome` |
//! | `cow` | pages copied after a fork | `copies` |
//! | `tlb`, `time` | misses and cycles of loops over pages | `loops` |
//! | `access-time` | the average with a TLB and a cache | `access_time` |
//! | `base`, `segments` | an address under base and limit, or in segments | `contiguous` |
//! | `free-list` | where a request is placed among holes | `free_list` |
//! | a scenario's name | its outcome | `story` |
//! | | the recorded events, from which answers are read | `diary` |
//! | | how hard a question is; what counts as a right answer | `difficulty`, `key` |
//! | | several questions as text, Markdown, Moodle XML or GIFT | `sheet` |

mod access_time;
mod contiguous;
mod copies;
mod diary;
mod difficulty;
mod free_list;
mod key;
mod loops;
mod outcome;
mod replacement;
pub mod sheet;
mod story;
mod table_size;
mod toy;
mod translate;
mod working_set;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use engine::Engine;
use scenario::library::{self, FindError};

pub use difficulty::Difficulty;
pub use key::Key;

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
    /// A scenario is as hard as it is.
    #[error("--difficulty has no effect on the scenario `{name}`: it is as hard as it is")]
    NotDrawn {
        /// The scenario.
        name: String,
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
    /// What counts as right.
    pub key: Key,
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
    /// How to write the answer, in a sentence; empty where a person reads it.
    pub form: String,
    /// What to choose from, if the answer is a choice.
    pub options: Vec<String>,
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
    form: String,
    options: Vec<String>,
    scenario: Option<String>,
    solve: Solve,
}

impl Posed {
    /// A question with a free answer about a scenario.
    fn about(given: Vec<String>, [ask, form]: [&str; 2], scenario: String, solve: Solve) -> Posed {
        let (ask, form) = (ask.to_owned(), form.to_owned());
        Posed { given, ask, form, options: Vec::new(), scenario: Some(scenario), solve }
    }
}

/// A kind of question.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// The question.
    pub idea: &'static str,
    pose: fn(&mut ChaCha8Rng, Difficulty) -> Posed,
}

/// Every kind, in the order in which a course comes to them.
pub const KINDS: [Kind; 14] = [
    Kind {
        name: "base",
        idea: "Base and limit: which physical address, or a fault?",
        pose: contiguous::base,
    },
    Kind {
        name: "segments",
        idea: "Segments with bases, limits and rights: which physical address, or which fault?",
        pose: contiguous::segments,
    },
    Kind {
        name: "free-list",
        idea: "Holes, and first, best, worst or next fit: where is a request placed?",
        pose: free_list::pose,
    },
    Kind {
        name: "toy",
        idea: "A machine that fits on paper, one to three levels of tables: which address?",
        pose: toy::pose,
    },
    Kind {
        name: "translate",
        idea: "Walk the page table: which physical address, or which fault?",
        pose: translate::pose,
    },
    Kind {
        name: "table-size",
        idea: "An address space in a few pieces: how many bytes of page tables?",
        pose: table_size::pose,
    },
    Kind { name: "tlb", idea: "Loops over pages: how many TLB misses?", pose: loops::misses },
    Kind {
        name: "time",
        idea: "Loops over pages: how long does a translation take on average?",
        pose: loops::time,
    },
    Kind {
        name: "access-time",
        idea: "A TLB, page tables and a cache: how long does an access take on average?",
        pose: access_time::pose,
    },
    Kind {
        name: "fault",
        idea: "An access in an address space: which fault is it, or what kills the process?",
        pose: outcome::pose,
    },
    Kind {
        name: "cow",
        idea: "A fork, and stores of both processes: how many pages are copied?",
        pose: copies::pose,
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
        name: "working-set",
        idea: "A reference string and a window: which pages are in the working set?",
        pose: working_set::pose,
    },
];

/// The numbers from which a kind draws a question: no two kinds share them, so that the question
/// about victims does not give away the one about faults.
fn numbers(kind: &str, seed: u64) -> ChaCha8Rng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    for (place, letter) in bytes[8..].iter_mut().zip(kind.bytes()) {
        *place = letter;
    }
    ChaCha8Rng::from_seed(bytes)
}

/// The question of a kind, or about a scenario, for a seed. Medium unless a difficulty is given.
///
/// # Errors
/// [`QuizError`].
pub fn pose(name: &str, seed: u64, difficulty: Option<Difficulty>) -> Result<Question, QuizError> {
    let mut numbers = numbers(name, seed);
    let (kind, posed) = match KINDS.iter().find(|kind| kind.name == name) {
        Some(kind) => {
            let posed = (kind.pose)(&mut numbers, difficulty.unwrap_or_default());
            (kind.name.to_owned(), posed)
        }
        None => {
            let scenario = about(name)?;
            if difficulty.is_some() {
                return Err(QuizError::NotDrawn { name: scenario.name });
            }
            (scenario.name.clone(), story::pose(scenario, &mut numbers))
        }
    };
    let Posed { given, ask, form, options, scenario, solve } = posed;
    Ok(Question { kind, seed, given, ask, form, options, scenario, solve })
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
