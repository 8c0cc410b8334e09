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
//! | `adue` | a write of `menvcfg.ADUE` |
//! | `wait` | cycles in which nothing is presented |
//! | `take_faults`, `held` | whether held faults are taken; which one must be held now |
//!
//! Every step may name the `hart` that takes it, from 0; the first unless it does. Memory is one:
//! what software writes there, every hart reads. Every step may carry `during = [..]`: steps that begin `at` so many cycles after it does.

use model::isa::{Access, Privilege};
use serde::Deserialize;

use super::number::Number;
use super::schema::{self, Edit};

/// What is done and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The hart that does it, from 0.
    pub hart: usize,
    /// What is done.
    pub action: Action,
    /// What begins meanwhile.
    pub during: Vec<Timed>,
}

/// A step that begins while another one is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Cycles after the other step's begin.
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
    /// The privilege; `user` unless said otherwise.
    #[serde(rename = "as", default = "schema::user")]
    pub privilege: Privilege,
    /// `sstatus.SUM`.
    #[serde(default)]
    pub sum: bool,
    /// `sstatus.MXR`.
    #[serde(default)]
    pub mxr: bool,
    /// The physical address that must come back.
    pub pa: Option<Number>,
    /// The fault that must come back, as the specification writes it in lower case.
    pub fault: Option<super::names::CauseName>,
    /// Cycles from presentation to response, exactly; 0 is the same cycle.
    pub latency: Option<Number>,
    /// Cycles from presentation to response, at most.
    pub within: Option<Number>,
    /// Page-table entries that are read meanwhile, exactly.
    pub reads: Option<Number>,
    /// Entries that are written by compare-and-swap meanwhile, exactly.
    pub updates: Option<Number>,
    /// Whether the TLB answers.
    pub hit: Option<bool>,
}

/// Accesses back to back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamStep {
    /// What each does.
    pub stream: Access,
    /// The first virtual address.
    pub va: Number,
    /// Bytes from one to the next.
    pub stride: Number,
    /// How many.
    pub count: Number,
    /// How often the sequence is run through; 1 unless said otherwise.
    #[serde(default = "schema::one")]
    pub passes: Number,
    /// The privilege; `user` unless said otherwise.
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
    /// Whether the TLB answers each.
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
    /// Cycles that it is presented for, exactly: 1 is accepted at once.
    pub cycles: Option<Number>,
}

/// At which of the walker's accesses memory refuses.
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
    /// A virtual address on whose path the entry stands.
    pub bus_error: Number,
    /// Its level; 0 unless said otherwise.
    #[serde(default = "schema::zero")]
    pub level: Number,
    /// Its address space; the one in `satp` unless said otherwise.
    pub space: Option<String>,
    /// What is refused; reads unless said otherwise.
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
