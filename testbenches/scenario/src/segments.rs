//! A scenario of contiguous memory: processes made of segments, under a segmentation unit.
//!
//! The same file demonstrates what textbooks compare with it: `fit = "pages"` and `fit = "buddy"`
//! place the same processes in other ways. Lengths and places are in units of `unit` bytes,
//! addresses in bytes.

mod check;
mod perform;
mod read;
mod run;
mod step;
mod told;

use std::collections::BTreeMap;
use std::str::FromStr;

use machine::contiguous::{Config, Fit, ProcessSpec, Rights, SegmentSpec};
use serde::{Deserialize, Deserializer};

use super::expect::Expected;
use super::names::from_text;
use super::schema::OneOrMany;

pub use step::{Access, Action, Check, Churn, Compact, End, Grow, Load, Step};

pub use run::concerns;
pub(super) use run::{described, observe, run};

/// Counts printed with a run, in this order, if the scenario has them.
pub const SHOWN: [(&str, &str); 7] = [
    ("loads", "loads"),
    ("refused", "refused"),
    ("accesses", "accesses"),
    ("faults", "faults"),
    ("compactions", "compactions"),
    ("moved_bytes", "bytes moved"),
    ("register_writes", "registers"),
];

/// The file without its steps.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// One sentence: its idea. The project's own scenarios have one, as they have a `source`.
    #[serde(default)]
    pub idea: String,
    /// The sources of the numbers.
    pub source: Option<OneOrMany<String>>,
    /// The machine.
    pub contiguous: Environment,
    /// The processes that can be loaded, by name.
    #[serde(default)]
    pub process: BTreeMap<String, Vec<SegmentText>>,
    /// Counts at the end.
    #[serde(default)]
    pub expect: Expected,
}

/// `contiguous`: the machine and its operating system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Names of units; `segment_4` by default.
    #[serde(default = "segment_4")]
    pub hardware: OneOrMany<String>,
    /// The size of a unit in bytes; 1024 by default.
    #[serde(default = "kibi")]
    pub unit: u64,
    /// One free piece from address 0 on.
    pub memory: Option<u64>,
    /// Or several, each followed by one unit in use, which never moves.
    #[serde(default)]
    pub holes: Vec<u64>,
    /// The rule that places segments; first fit by default.
    #[serde(default = "first")]
    pub fit: OneOrMany<Fit>,
    /// The size of a page in units, under `fit = "pages"`; 4 by default.
    #[serde(default = "four")]
    pub page: u64,
    /// Memory is compacted when a request fails although enough is free.
    #[serde(default)]
    pub compaction: bool,
    /// L; 10 by default.
    #[serde(default = "ten")]
    pub latency: u64,
    /// Cycles of each entry into the kernel: a fault, or a load, end, growth, compaction, switch;
    /// 1000 by default.
    #[serde(default = "thousand")]
    pub handler: u64,
}

impl Environment {
    /// The world's configuration under one rule.
    pub fn config(&self, fit: Fit) -> Config {
        let mut start: u64 = 0;
        let mut holes = Vec::new();
        for length in self.memory.iter().chain(&self.holes) {
            let end = start.saturating_add(*length);
            holes.push(start..end);
            start = end.saturating_add(1);
        }
        let (unit, page) = (self.unit, self.page);
        let (compaction, latency, handler) = (self.compaction, self.latency, self.handler);
        Config { unit, holes, fit, page, compaction, latency, handler }
    }
}

/// One segment of a process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentText {
    /// Its name; `all` by default.
    #[serde(default = "all")]
    pub name: String,
    /// Its number; its place in the list by default.
    pub number: Option<usize>,
    /// Length in units.
    pub length: u64,
    /// Letters of `rwx`; `rw` by default.
    #[serde(default = "rw")]
    pub rights: Letters,
    /// User programs may not access it.
    #[serde(default)]
    pub supervisor: bool,
    /// It grows downwards.
    #[serde(default)]
    pub down: bool,
    /// It must begin at this unit of physical memory.
    pub at: Option<u64>,
    /// Segments with the same name here share one copy.
    pub shared: Option<String>,
}

/// Letters of `rwx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters(String);

impl FromStr for Letters {
    type Err = String;

    fn from_str(text: &str) -> Result<Letters, String> {
        match text.chars().find(|letter| !"rwx".contains(*letter)) {
            Some(letter) => Err(format!("`{letter}` is not a right; rights are r, w and x")),
            None => Ok(Letters(text.to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for Letters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Letters, D::Error> {
        from_text(deserializer)
    }
}

/// The process to be loaded.
pub fn spec(name: &str, segments: &[SegmentText]) -> ProcessSpec {
    let segment = |(index, text): (usize, &SegmentText)| {
        let has = |letter| text.rights.0.contains(letter);
        SegmentSpec {
            name: text.name.clone(),
            number: text.number.unwrap_or(index),
            length: text.length,
            rights: Rights {
                read: has('r'),
                write: has('w'),
                execute: has('x'),
                user: !text.supervisor,
                down: text.down,
            },
            at: text.at,
            shared: text.shared.clone(),
        }
    };
    ProcessSpec {
        name: name.to_owned(),
        segments: segments.iter().enumerate().map(segment).collect(),
    }
}

fn segment_4() -> OneOrMany<String> {
    OneOrMany::One("segment_4".to_owned())
}

fn kibi() -> u64 {
    1024
}

fn first() -> OneOrMany<Fit> {
    OneOrMany::One(Fit::First)
}

fn four() -> u64 {
    4
}

fn ten() -> u64 {
    10
}

fn thousand() -> u64 {
    1000
}

fn all() -> String {
    "all".to_owned()
}

fn rw() -> Letters {
    Letters("rw".to_owned())
}
