//! The steps of a port-level scenario: one line each, named by its first key.
//!
//! | key | meaning |
//! |---|---|
//! | `fetch`, `load`, `store` | one access at this virtual address, answered before the next step |
//! | `stream` | accesses back to back on one port |
//! | `fence` | `sfence.vma`, its operands in a table: `{}`, `{ va = }`, `{ asid = }`, both |
//! | `satp` | a write of `satp`: a space's name, `bare`, or a register value |
//! | `pte` | software writes an entry: bits `set`, bits `clear`, a new `pa`, or a `value` |
//! | `expect_pte` | the entry must have these bits `set` and those `clear` |
//! | `bus_error`, `bus_ok` | memory refuses to read (or `on = "update"` to write) an entry |
//! | `adue`, `pbmte` | a write of `menvcfg.ADUE`, of `menvcfg.PBMTE` |
//! | `l2_inject` | what is written to the second-level TLB from now on gets wrong parity, or right parity again |
//! | `pmp`, `csr` | software sets up a PMP entry; accesses a PMP register (`csr.rs`) |
//! | `wait` | cycles in which nothing is presented |
//! | `take_faults`, `held` | whether held faults are taken; the fault that must be held now |
//!
//! Every step may name its `hart`, from 0; the default is the first. There is one memory: what
//! software writes there, every hart reads. Every step may have `during = [..]`: steps that begin
//! `at` so many cycles after it.

use model::isa::{Access, Privilege};
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::csr::{CsrStep, PmpStep};
use super::number::Number;
use super::schema::{self, Edit};

/// An action and its expected result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The hart, from 0.
    pub hart: usize,
    /// The action.
    pub action: Action,
    /// Steps that begin during it.
    pub during: Vec<Timed>,
}

/// A step that begins during another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Cycles after the beginning of the other step.
    pub at: Number,
    /// The step; it has no `during` of its own.
    pub step: Step,
}

/// The kinds of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `fetch`, `load`, `store`
    Access(Access, AccessStep),
    /// `stream`
    Stream(StreamStep),
    /// `fence`
    Fence(FenceStep),
    /// `satp`
    Satp(String),
    /// `pte`
    Pte(Edit),
    /// `expect_pte`
    ExpectPte(Edit),
    /// `bus_error`
    BusError(BusErrorStep),
    /// `bus_ok`
    BusOk,
    /// `adue`
    Adue(bool),
    /// `pbmte`
    Pbmte(bool),
    /// `l2_inject`
    L2Inject(bool),
    /// `pmp`
    Pmp(PmpStep),
    /// `csr`
    Csr(CsrStep),
    /// `wait`
    Wait(Number),
    /// `take_faults`
    TakeFaults(bool),
    /// `held`
    Held(HeldStep),
}

/// One access.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessStep {
    /// The virtual address.
    pub va: Number,
    /// Its size in bytes, a power of two up to 128; 4 by default.
    #[serde(default = "four", deserialize_with = "bytes")]
    pub bytes: u8,
    /// The privilege; `user` by default.
    #[serde(rename = "as", default = "schema::user")]
    pub privilege: Privilege,
    /// `sstatus.SUM`.
    #[serde(default)]
    pub sum: bool,
    /// `sstatus.MXR`.
    #[serde(default)]
    pub mxr: bool,
    /// The physical address expected.
    pub pa: Option<Number>,
    /// The size of the page expected, by the specification's names: `base`, `mega`, `giga`, `tera`,
    /// `peta`, or `napot`.
    pub size: Option<super::names::SizeName>,
    /// The memory type of the page expected: `pma`, `nc` or `io`.
    pub pbmt: Option<super::names::TypeName>,
    /// What is expected at the physical address: `memory`, `io`, `memory without atomics` or `io
    /// without atomics`.
    pub pma: Option<super::names::MemoryName>,
    /// The fault expected, as the specification writes it, in lower case.
    pub fault: Option<super::names::CauseName>,
    /// Cycles from presentation to response, exactly; 0 is the same cycle.
    pub latency: Option<Number>,
    /// Cycles from presentation to response, at most.
    pub within: Option<Number>,
    /// Page-table entries read during the access, exactly.
    pub reads: Option<Number>,
    /// Entries written by compare-and-swap during the access, exactly.
    pub updates: Option<Number>,
    /// Whether it hits in the TLB.
    pub hit: Option<bool>,
    /// Where the answer comes from, `tlb`, `l2` or `walk`; needs `machine.trace`.
    pub from: Option<super::names::SourceName>,
    /// Why it faults; needs `machine.trace`.
    pub because: Option<super::names::ReasonName>,
}

fn four() -> u8 {
    4
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let bytes = u8::deserialize(deserializer)?;
    match bytes.is_power_of_two() {
        true => Ok(bytes),
        false => Err(de::Error::custom("an access has a power of two of bytes, up to 128")),
    }
}

/// Accesses back to back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamStep {
    /// The kind of access.
    pub stream: Access,
    /// The first virtual address.
    pub va: Number,
    /// Bytes from one to the next.
    pub stride: Number,
    /// The number of accesses.
    pub count: Number,
    /// The number of passes over the sequence; 1 by default.
    #[serde(default = "schema::one")]
    pub passes: Number,
    /// The privilege; `user` by default.
    #[serde(rename = "as", default = "schema::user")]
    pub privilege: Privilege,
    /// `sstatus.SUM`.
    #[serde(default)]
    pub sum: bool,
    /// `sstatus.MXR`.
    #[serde(default)]
    pub mxr: bool,
    /// The first physical address; the others follow by the stride.
    pub pa: Option<Number>,
    /// Whether each hits in the TLB.
    pub hit: Option<bool>,
    /// Cycles from the first presentation to the last response, both counted, exactly.
    pub cycles: Option<Number>,
}

/// The operands of an `sfence.vma`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operands {
    /// rs1.
    pub va: Option<Number>,
    /// rs2.
    pub asid: Option<u16>,
}

/// A fence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FenceStep {
    /// Its operands.
    pub fence: Operands,
    /// Cycles for which it is presented, exactly: 1 means accepted at once.
    pub cycles: Option<Number>,
}

/// The walker's accesses that memory refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refuses {
    /// Reads.
    #[default]
    Read,
    /// Compare-and-swaps.
    Update,
}

/// An entry that memory refuses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusErrorStep {
    /// A virtual address whose walk reads the entry.
    pub bus_error: Number,
    /// Its level; 0 by default.
    #[serde(default = "schema::zero")]
    pub level: Number,
    /// Its address space; the one in `satp` by default.
    pub space: Option<String>,
    /// The accesses refused; reads by default.
    #[serde(default)]
    pub on: Refuses,
}

/// The fault that must be held at the fault port in the next cycle.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldStep {
    /// The cause, or `nothing`.
    pub held: super::names::HeldName,
    /// Its `tval`.
    pub tval: Option<Number>,
}
