//! The steps of such a file.

use machine::contiguous::Reason;
use serde::Deserialize;

/// A step, and its line in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// From 1.
    pub line: usize,
    /// The action.
    pub action: Action,
}

/// The action of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A process is loaded.
    Load(Load),
    /// A process ends.
    End(End),
    /// A process runs from now on.
    Run(String),
    /// An access of the running process.
    Access(model::isa::Access, Access),
    /// A segment grows.
    Grow(Grow),
    /// Memory is compacted.
    Compact(Compact),
    /// The state of memory is checked.
    Check(Check),
    /// A long random history.
    Churn(Churn),
}

/// `{ load = "P1", at = [101] }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// The process.
    pub load: String,
    /// The number of copies, called `P1#1`, `P1#2`, ...
    pub times: Option<u64>,
    /// Whether it must succeed; yes by default.
    #[serde(default = "yes")]
    pub placed: bool,
    /// The unit at which each of its segments must begin.
    pub at: Option<Vec<u64>>,
    /// Whether it must need compaction.
    #[serde(default)]
    pub compacted: bool,
}

/// `{ end = "P1" }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The process; one that was loaded several times ends as a whole.
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
    /// 1, 2, 4 or 8; 1 by default.
    #[serde(default = "one")]
    pub bytes: u8,
    /// Made by the supervisor, not a user program.
    #[serde(default)]
    pub supervisor: bool,
    /// The physical address expected.
    pub pa: Option<u64>,
    /// The fault expected; none by default.
    pub fault: Option<Reason>,
    /// The value to write, or the value expected from a read.
    pub value: Option<u64>,
}

/// `{ grow = "P1", segment = "heap", by = 1 }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grow {
    /// The process.
    pub grow: String,
    /// Its segment.
    pub segment: String,
    /// By how many units.
    pub by: u64,
    /// Whether it must succeed; yes by default.
    #[serde(default = "yes")]
    pub granted: bool,
    /// The unit at which it must begin afterwards.
    pub at: Option<u64>,
    /// Whether it must need compaction.
    #[serde(default)]
    pub compacted: bool,
}

/// `{ compact = true, moved = 300 }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compact {
    /// Can only be true.
    pub compact: bool,
    /// The expected number of units moved.
    pub moved: Option<u64>,
}

/// `{ check = { free = 959, largest = 300 } }`: what is omitted is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Units that are free.
    pub free: Option<u64>,
    /// The longest request that would succeed.
    pub largest: Option<u64>,
    /// The length of every hole, in ascending order of address.
    pub holes: Option<Vec<u64>>,
    /// How many holes there are.
    pub count: Option<u64>,
    /// External fragmentation: thousandths of free memory that the longest request could not reach.
    pub external: Option<u64>,
    /// Units allocated beyond what was requested.
    pub internal: Option<u64>,
}

/// `{ churn = 10000, lengths = [1, 100], segments = 500, seed = 1, holes = [450, 550] }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Churn {
    /// Allocations and deallocations.
    pub churn: u64,
    /// The shortest and the longest request.
    pub lengths: [u64; 2],
    /// The most segments at a time.
    pub segments: usize,
    /// The seed of the random numbers.
    pub seed: u64,
    /// The expected range of the average number of holes for a thousand segments.
    pub holes: [u64; 2],
}

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}
