//! The program of a process in words: each line of a scenario's `program`.
//!
//! ```text
//! load heap 7 0 1 2                  one access to each of these pages of the region `heap`
//! store stack -1..-8                 pages from..to, both included, in that order
//! load heap 0..99 step 2             every second page
//! load heap 3 offset 0x10 bytes 8    where in the page, and how many bytes (default 4)
//! load a elements 0..9 of 4          elements of an array of 4-byte elements
//! load d rows 128 x 128 of 8         a matrix of 8-byte elements, row after row ...
//! load d columns 128 x 128 of 8      ... or column after column, as it lies in memory by rows
//! load heap random 100 of 0..9 seed 1      as many pages, drawn evenly from these
//! fetch at 0x1000                    an address; at "1 << va_bits - 1" calculates
//! load heap[3]                       page 3 of a region; in brackets are expressions
//! store new 0..3                     the pages that the last `sbrk` or `mmap` gave
//! let n = 64                         a name for a number, in all lines that follow
//! array a[n][n] of 8                 the region `a` as a matrix of 8-byte elements, by rows ...
//! array b[100] of 4 in heap offset 0x1000      ... or part of another region
//! for i in 0..n-1: for j in 0..i: load a[i][j]    loops, both ends included; none if i > n-1
//! for i in 9..0 step -1: (load b[2*i+1]; store b[i])      downwards; groups
//! 3 x load a 0..3; store b 0         all of the line, three times
//! load a 0; 3 x (load a 1; 2 x (store b 0..7))     groups
//! read heap 3 offset 0x10 bytes 100  read(2): the kernel stores into this buffer of the program
//! write heap 0..2 bytes 4096         write(2), three times: the kernel loads these bytes
//! emulate text 0                     the kernel loads an instruction, to emulate it
//! stray heap 0                       a kernel's mistake: it loads there outside of any copy
//! think 1000                         cycles of computing without memory
//! tick                               a timer interrupt
//! sbrk 4 / sbrk -4                   the heap's size, changed by so many pages
//! mmap lib                           maps the region `lib` (`mapped = false`) over what is there
//! munmap lib 0..3                    unmaps pages of a region
//! mprotect lib 0..3 r--              changes what may be done with them
//! mremap lib 0x80_0000               moves a region, or a part: `mremap lib 0..1 0x80_0000`
//! mremap lib pages 8 maymove         changes its size; `maymove`: elsewhere if there is no room
//! madvise heap 0..1 dontneed         drops pages: they come back as zeroes, or from their file
//! msync lib 0..3                     writes what was stored to a shared file's pages
//! mlock heap 0..3 / munlock heap 0..3    keeps pages in their frames, and lets them go
//! fork child                         a copy of the process runs the program of `child`
//! exec other                         the process becomes `other`
//! wait                               until a child has ended
//! exit                               the end, before the end
//! ```
//!
//! A line is parsed once; its steps are generated one by one while the process runs, so that
//! millions of accesses take no memory.

mod expression;
mod parse;
mod pattern;
mod resolve;
mod script;

pub use script::Script;

use std::fmt;
use std::str::FromStr;

use kernel::{Call, Permissions, RegionSpec};
use model::isa::{Access, PAGE_BYTES};
use serde::de::{Deserialize, Deserializer};

use super::names::from_text;
use super::number::Number;
use expression::Expression;
use pattern::Pattern;

/// More steps than this in one line are an error.
const MOST_STEPS: u64 = 1 << 40;

/// Bytes of an access by default.
const ACCESS_BYTES: u64 = 4;

/// The most bytes of a buffer.
const MOST_COPIED: u64 = 1 << 24;

/// The target of accesses.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Parts of a region.
    In(String, Pattern),
    /// An address.
    At(Number),
}

/// The kind of access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// The program's own access.
    Access(Access),
    /// A system call or the like, in which the kernel accesses it.
    Call(Call),
}

impl Purpose {
    /// The most bytes of one access or call.
    fn most(self) -> u64 {
        match self {
            Purpose::Access(_) => PAGE_BYTES,
            Purpose::Call(_) => MOST_COPIED,
        }
    }
}

/// A call about a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartCall {
    Munmap,
    Mprotect(Permissions),
    DontNeed,
    Msync,
    Mlock,
    Munlock,
}

/// One step as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Touch {
        purpose: Purpose,
        bytes: u64,
        place: Place,
    },
    Think(u64),
    Tick,
    Sbrk(Expression),
    Mmap(String),
    /// A call for pages of a region, from..to.
    Part(PartCall, String, i64, i64),
    /// A region or a part of it; the new place, the new number of pages, and whether it may move.
    Mremap {
        region: String,
        part: Option<(i64, i64)>,
        to: Option<u64>,
        pages: Option<u64>,
        may_move: bool,
    },
    Fork(String),
    Exec(String),
    Wait,
    Exit,
    /// A name for a number.
    Let(String, Expression),
    /// A name for elements of a region.
    Array(Box<Array>),
    /// An access to an element or a page whose number is calculated.
    Index(Box<Index>),
}

/// `array a[64][64] of 8 in heap offset 0x1000`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Array {
    name: String,
    /// Elements in each dimension; those of the last lie side by side.
    lengths: Vec<Expression>,
    /// Bytes of an element.
    unit: u64,
    region: String,
    /// Where in the region it begins.
    offset: u64,
}

/// `load a[i][j]`: of an array, or of a region, whose elements are pages.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Index {
    purpose: Purpose,
    /// An element's by default.
    bytes: Option<u64>,
    name: String,
    indices: Vec<Expression>,
    /// Bytes from the beginning of the element.
    offset: Expression,
}

/// `for i in 0..7 step 2: ...`
#[derive(Clone, Debug, PartialEq, Eq)]
struct For {
    name: String,
    from: Expression,
    to: Expression,
    /// 1 by default.
    by: Option<Expression>,
    body: Vec<Node>,
}

impl Step {
    /// The region that the step names.
    fn region(&self) -> Option<&str> {
        match self {
            Step::Touch { place: Place::In(name, _), .. }
            | Step::Mmap(name)
            | Step::Part(_, name, ..)
            | Step::Mremap { region: name, .. } => Some(name),
            Step::Array(array) => Some(&array.region),
            _ => None,
        }
    }

    /// The process that the step names.
    fn process(&self) -> Option<&str> {
        match self {
            Step::Fork(name) | Step::Exec(name) => Some(name),
            _ => None,
        }
    }

    fn steps(&self) -> u64 {
        match self {
            Step::Touch { place: Place::In(_, pattern), .. } => pattern.count(),
            Step::Let(..) | Step::Array(_) => 0,
            _ => 1,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Repeat(u64, Vec<Node>),
    For(Box<For>),
    Step(Step),
}

impl Node {
    fn steps(&self) -> u64 {
        match self {
            Node::Step(step) => step.steps(),
            Node::Repeat(times, nodes) => total(nodes).saturating_mul(*times),
            // How often is known when it runs.
            Node::For(inner) => total(&inner.body),
        }
    }

    fn find<'n>(&'n self, wanted: &dyn Fn(&'n Step) -> Option<&'n str>) -> Option<&'n str> {
        match self {
            Node::Step(step) => wanted(step),
            Node::Repeat(_, nodes) => nodes.iter().find_map(|node| node.find(wanted)),
            Node::For(inner) => inner.body.iter().find_map(|node| node.find(wanted)),
        }
    }
}

/// Cycles in which nodes compute without memory access.
fn thought(nodes: &[Node]) -> u64 {
    let one = |node: &Node| match node {
        Node::Step(Step::Think(cycles)) => *cycles,
        Node::Step(_) => 0,
        Node::Repeat(times, nodes) => thought(nodes).saturating_mul(*times),
        Node::For(inner) => thought(&inner.body),
    };
    nodes.iter().map(one).fold(0, u64::saturating_add)
}

fn total(nodes: &[Node]) -> u64 {
    nodes.iter().map(Node::steps).fold(0, u64::saturating_add)
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    text: String,
    nodes: Vec<Node>,
    /// Whether any of its steps names a process: few lines do, and each is asked often.
    names_process: bool,
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Line, String> {
        let nodes = parse::line(text)?;
        let steps = total(&nodes);
        if steps > MOST_STEPS {
            return Err(format!("{steps} steps in one line; at most {MOST_STEPS}"));
        }
        let names_process = nodes.iter().any(|node| node.find(&Step::process).is_some());
        Ok(Line { text: text.to_owned(), nodes, names_process })
    }
}

impl Line {
    /// A region that the line names and that does not exist.
    pub fn stranger(&self, regions: &[RegionSpec]) -> Option<&str> {
        // What is `new` is known when the program runs.
        let is_known = |name: &str| name == "new" || find(regions, name).is_some();
        let strange = |step| Step::region(step).filter(|name| !is_known(name));
        self.nodes.iter().find_map(|node| node.find(&strange))
    }

    /// A process that the line names and that is not among these.
    pub fn unknown_process(&self, known: &dyn Fn(&str) -> bool) -> Option<&str> {
        let unknown = |step| Step::process(step).filter(|name| !known(name));
        self.find(&unknown)
    }

    /// What is wanted of the steps that name processes.
    fn find<'n>(&'n self, wanted: &dyn Fn(&'n Step) -> Option<&'n str>) -> Option<&'n str> {
        let nodes = if self.names_process { &self.nodes[..] } else { &[] };
        nodes.iter().find_map(|node| node.find(wanted))
    }

    /// Whether it forks this process.
    pub fn forks(&self, name: &str) -> bool {
        let forks = |step: &'_ Step| match step {
            Step::Fork(child) if child == name => Some(""),
            _ => None,
        };
        self.find(&forks).is_some()
    }

    /// Whether it executes this process.
    pub fn executes(&self, name: &str) -> bool {
        let executes = |step: &'_ Step| match step {
            Step::Exec(other) if other == name => Some(""),
            _ => None,
        };
        self.find(&executes).is_some()
    }

    /// Cycles in which it computes without memory access.
    pub fn thought(&self) -> u64 {
        thought(&self.nodes)
    }
}

/// The name of a region: its own, else its kind's.
pub(super) fn title(region: &RegionSpec) -> &str {
    region.name.as_deref().unwrap_or(region.kind.name())
}

/// The region with this name.
pub(super) fn find<'r>(regions: &'r [RegionSpec], name: &str) -> Option<&'r RegionSpec> {
    regions.iter().find(|region| title(region) == name)
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        from_text(deserializer)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
