//! The steps of such a file.

use machine::contiguous::Reason;
use serde::Deserialize;

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
    Access(model::isa::Access, Access),
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

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}
