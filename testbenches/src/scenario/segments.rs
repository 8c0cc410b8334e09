//! A scenario of contiguous memory: processes made of segments, under a segmentation unit.
//!
//! The same file shows what the books compare with it: `fit = "pages"` and `fit = "buddy"` place
//! the same processes otherwise. Lengths and places count in units of `unit` bytes, addresses in
//! bytes.

mod perform;
mod read;
mod run;

use std::collections::BTreeMap;

use serde::Deserialize;
use sim::contiguous::{Config, Fit, ProcessSpec, Reason, Rights, SegmentSpec};

use super::schema::OneOrMany;

pub(super) use read::read;
pub(crate) use run::concerns;
pub(super) use run::run;

/// Counts shown beside a run, in this order, if the scenario has them.
pub(crate) const SHOWN: [(&str, &str); 7] = [
    ("loads", "loads"),
    ("refused", "refused"),
    ("accesses", "accesses"),
    ("faults", "faults"),
    ("compactions", "compactions"),
    ("moved_bytes", "bytes moved"),
    ("register_writes", "registers"),
];

/// The file but its steps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// One sentence: what is shown.
    pub idea: String,
    /// Where the numbers come from.
    pub source: OneOrMany<String>,
    /// The machine.
    pub contiguous: Circumstances,
    /// What can be loaded, by name.
    #[serde(default)]
    pub process: BTreeMap<String, Vec<SegmentText>>,
    /// Exact counts at the end.
    #[serde(default)]
    pub expect: BTreeMap<String, u64>,
}

/// `contiguous`: the machine and its operating system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// Names of units; `segment_4` unless said otherwise.
    #[serde(default = "segment_4")]
    pub hardware: OneOrMany<String>,
    /// Bytes of a unit; 1024 unless said otherwise.
    #[serde(default = "kibi")]
    pub unit: u64,
    /// One free piece from address 0 on.
    pub memory: Option<u64>,
    /// Or several, each followed by one unit of somebody else's memory, which never moves.
    #[serde(default)]
    pub holes: Vec<u64>,
    /// Who places segments; first fit unless said otherwise.
    #[serde(default = "first")]
    pub fit: OneOrMany<Fit>,
    /// Units of a page, under `fit = "pages"`; 4 unless said otherwise.
    #[serde(default = "four")]
    pub page: u64,
    /// Everything is moved together when a request fails although enough is free.
    #[serde(default)]
    pub compaction: bool,
    /// L; 10 unless said otherwise.
    #[serde(default = "ten")]
    pub latency: u64,
}

impl Circumstances {
    /// The world's circumstances under one rule.
    pub fn config(&self, fit: Fit) -> Config {
        let mut start: u64 = 0;
        let mut holes = Vec::new();
        for length in self.memory.iter().chain(&self.holes) {
            let end = start.saturating_add(*length);
            holes.push(start..end);
            start = end.saturating_add(1);
        }
        let (unit, page) = (self.unit, self.page);
        let (compaction, latency) = (self.compaction, self.latency);
        Config { unit, holes, fit, page, compaction, latency }
    }
}

/// One segment of a process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentText {
    /// Its name; `all` unless said otherwise.
    #[serde(default = "all")]
    pub name: String,
    /// Its number; its place in the list unless said otherwise.
    pub number: Option<usize>,
    /// Length in units.
    pub length: u64,
    /// Letters of `rwx`; `rw` unless said otherwise.
    #[serde(default = "rw")]
    pub rights: Letters,
    /// Programs may not use it.
    #[serde(default)]
    pub supervisor: bool,
    /// It grows downwards.
    #[serde(default)]
    pub down: bool,
    /// It must begin at this unit of physical memory.
    pub at: Option<u64>,
    /// Segments with the same name here are one copy.
    pub shared: Option<String>,
}

/// Letters of `rwx`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Letters(String);

impl TryFrom<String> for Letters {
    type Error = String;

    fn try_from(text: String) -> Result<Letters, String> {
        match text.chars().find(|letter| !"rwx".contains(*letter)) {
            Some(letter) => Err(format!("`{letter}` is no right; there are r, w and x")),
            None => Ok(Letters(text)),
        }
    }
}

/// What the world is asked for.
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

/// A step, and the line on which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// From 1.
    pub line: usize,
    /// What is done.
    pub action: Action,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A process is brought into memory.
    Load(Load),
    /// A process ends.
    End(End),
    /// A process runs from now on.
    Run(String),
    /// An access of the running process.
    Access(sim::isa::Access, Access),
    /// A segment grows.
    Grow(Grow),
    /// Everything is moved together.
    Compact(Compact),
    /// Memory must look so.
    Check(Check),
    /// A long random history.
    Churn(Churn),
}

/// `{ load = "P1", at = [101] }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Which process.
    pub load: String,
    /// So many of it, called `P1#1`, `P1#2`, ...
    pub times: Option<u64>,
    /// There must be room; yes unless said otherwise.
    #[serde(default = "yes")]
    pub placed: bool,
    /// The unit at which each of its segments must begin.
    pub at: Option<Vec<u64>>,
    /// Whether everything must have been moved together for it.
    #[serde(default)]
    pub compacted: bool,
}

/// `{ end = "P1" }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Which process; one that was loaded several times ends as a whole.
    pub end: String,
    /// Of those loaded several times, only every n-th.
    pub every: Option<u64>,
}

/// `{ read = 4200, pa = 34920 }`, `{ write = -8, in = "stack", fault = "limit" }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Logical address; with `in`, the offset in that segment, negative from its end.
    #[serde(alias = "read", alias = "write", alias = "fetch")]
    pub address: i64,
    /// The segment.
    pub r#in: Option<String>,
    /// 1, 2, 4 or 8; 1 unless said otherwise.
    #[serde(default = "one")]
    pub bytes: u8,
    /// Not made by a program.
    #[serde(default)]
    pub supervisor: bool,
    /// The physical address that must come of it.
    pub pa: Option<u64>,
    /// The fault that must come of it; none unless said otherwise.
    pub fault: Option<Reason>,
    /// What is written, or must be read.
    pub value: Option<u64>,
}

/// `{ grow = "P1", segment = "heap", by = 1 }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grow {
    /// Which process.
    pub grow: String,
    /// Which of its segments.
    pub segment: String,
    /// By how many units.
    pub by: u64,
    /// It must be granted; yes unless said otherwise.
    #[serde(default = "yes")]
    pub granted: bool,
    /// The unit at which it must begin then.
    pub at: Option<u64>,
    /// Whether everything must have been moved together for it.
    #[serde(default)]
    pub compacted: bool,
}

/// `{ compact = true, moved = 300 }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compact {
    /// Can only be true.
    pub compact: bool,
    /// Units that must have been moved.
    pub moved: Option<u64>,
}

/// `{ check = { free = 959, largest = 300 } }`: what is left out is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Units that are free.
    pub free: Option<u64>,
    /// The longest request that would be granted.
    pub largest: Option<u64>,
    /// The length of every hole, from the lowest address on.
    pub holes: Option<Vec<u64>>,
    /// How many holes there are.
    pub count: Option<u64>,
    /// External fragmentation: thousandths of free memory that the longest request would leave.
    pub external: Option<u64>,
    /// Units handed out and not asked for.
    pub internal: Option<u64>,
}

/// `{ churn = 10000, lengths = [1, 100], segments = 500, seed = 1, holes = [450, 550] }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Churn {
    /// Comings and goings.
    pub churn: u64,
    /// The shortest and the longest request.
    pub lengths: [u64; 2],
    /// The most segments at a time.
    pub segments: usize,
    /// Of the random numbers.
    pub seed: u64,
    /// Between how many holes there must be for a thousand segments on average.
    pub holes: [u64; 2],
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

fn all() -> String {
    "all".to_owned()
}

fn rw() -> Letters {
    Letters("rw".to_owned())
}

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}
