//! The segmentation unit as pins: a table of base and limit, which translates one access at a time.

use serde::Deserialize;
use strum::IntoStaticStr;

use model::isa;
use model::mmu::Signal;

/// The accesses that a segment allows, and the direction in which it grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the field")]
pub struct Rights {
    pub read: bool,
    pub write: bool,
    pub execute: bool,
    /// User programs may access it; otherwise only the supervisor.
    pub user: bool,
    /// It grows downwards: its bytes are those below the base.
    pub down: bool,
}

/// One segment register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Physical address: of the first byte, or after the last one when it grows downwards.
    pub base: u64,
    /// Length in bytes.
    pub limit: u64,
    /// The accesses that it allows.
    pub rights: Rights,
}

/// How many segments a unit has, and how long each can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Segment registers.
    pub segments: usize,
    /// Bits of an offset.
    pub offset_bits: u32,
}

impl Shape {
    /// The maximum length of a segment, in bytes.
    pub fn span(self) -> u64 {
        1 << self.offset_bits
    }

    /// The logical address of an offset in a segment; negative offsets count back from the end.
    pub fn address(self, segment: usize, offset: i64) -> u64 {
        (segment as u64) << self.offset_bits | (offset as u64 & (self.span() - 1))
    }
}

/// One access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Logical address: a segment number and an offset.
    pub va: u64,
    /// 1, 2, 4 or 8.
    pub bytes: u8,
    /// Fetch, load or store.
    pub access: isa::Access,
    /// Made by a user program; otherwise by the supervisor.
    pub user: bool,
}

/// Why an access is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Reason {
    /// There is no such segment.
    NoSegment,
    /// Some byte lies outside of the segment.
    Limit,
    /// The segment does not allow this kind of access, or no access by user programs.
    Protection,
}

impl Reason {
    /// The reason of a cause code.
    pub fn from_code(code: u64) -> Option<Reason> {
        [Reason::NoSegment, Reason::Limit, Reason::Protection]
            .into_iter()
            .find(|reason| reason.code() == code)
    }

    /// The cause code on the pins.
    pub fn code(self) -> u64 {
        match self {
            Reason::NoSegment => 1,
            Reason::Limit => 2,
            Reason::Protection => 3,
        }
    }

    /// A fault's name in waves, by the cause code.
    pub(crate) const FAULTS: [&str; 4] =
        ["", "no_segment_fault", "limit_fault", "protection_fault"];

    /// The fault's name in waves.
    pub(crate) fn fault(self) -> &'static str {
        Reason::FAULTS[self.code() as usize]
    }

    /// In words, as in scenarios.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A fault and its logical address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The reason.
    pub reason: Reason,
    /// The address requested.
    pub va: u64,
}

/// The input pins in one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Everything is reset.
    pub reset: bool,
    /// A request is presented.
    pub request: Option<Request>,
    /// A register is written; with `None` inside, the segment is removed.
    pub load: Option<(usize, Option<Descriptor>)>,
    /// The held fault is taken.
    pub fault_ready: bool,
}

/// The output pins in the same cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// The request is accepted.
    pub ready: bool,
    /// The register write is accepted.
    pub load_ready: bool,
    /// The answer to the request accepted in this cycle.
    pub response: Option<Result<u64, Fault>>,
    /// The oldest fault not yet taken.
    pub held: Option<Fault>,
}

/// A segmentation unit: one call per clock cycle.
pub trait SegmentUnit {
    /// The configuration's name.
    fn name(&self) -> &str;

    /// The number of segments, and their maximum length.
    fn shape(&self) -> Shape;

    /// One cycle: outputs are those settled with these inputs, before the clock rises.
    fn cycle(&mut self, inputs: &Inputs) -> Outputs;

    /// The unit's internal signals, for waves; empty if it has none to show.
    fn signals(&self) -> Vec<Signal> {
        Vec::new()
    }

    /// The signals' values as they were settled in the last [`SegmentUnit::cycle`], *before* its
    /// clock edge, appended to `values`; none in a cycle that was not [watched](SegmentUnit::watch).
    fn values(&self, values: &mut Vec<u128>) {
        let _ = values;
    }

    /// Turns the sampling behind [`SegmentUnit::values`] on or off; off at first.
    fn watch(&mut self, on: bool) {
        let _ = on;
    }
}
