//! Runs, with what is needed to understand them.

use super::{Hex, Record};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of the form, raised when readers would misunderstand a newer one.
const VERSION: u32 = 1;

/// One run, or two to be seen side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// [`VERSION`].
    pagewalk_show: u32,
    /// What it is about.
    pub title: String,
    /// The idea, in a sentence; may be empty.
    pub idea: String,
    /// The command that makes it again.
    pub command: String,
    /// The rules of the specification that it shows.
    pub spec: Vec<String>,
    /// The scenario's file.
    pub source: Option<Source>,
    /// A server that can run the source again after it was edited shows it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub served: bool,
    /// The runs.
    pub runs: Vec<Run>,
}

impl Document {
    /// A document without runs.
    pub fn new(title: String, idea: String, command: String) -> Document {
        let (spec, source, runs) = (Vec::new(), None, Vec::new());
        let served = false;
        Document { pagewalk_show: VERSION, title, idea, command, spec, source, served, runs }
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its contents.
    pub text: String,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// A label that tells it from others.
    pub name: String,
    /// What it ran on.
    pub machine: Machine,
    /// Its length in cycles.
    pub cycles: u64,
    /// The cycles of which each is recorded.
    pub window: Window,
    /// Where the record ends before the run does.
    pub cut: Option<Cut>,
    /// What was not as expected.
    pub failure: Option<String>,
    /// The report of the run, or its counts.
    pub report: Value,
    /// Names of virtual pages, if the program has its own for them: by `pid:vpn`, as in `1:0x405`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What happened, in the order of cycles.
    pub records: Vec<Record>,
    /// Counters in time; empty without a kernel.
    pub series: Vec<Reading>,
}

/// The hardware and what is around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Machine {
    /// The configuration.
    pub config: String,
    /// The translation scheme.
    pub scheme: Scheme,
    /// The TLBs of the ports.
    pub tlbs: Vec<Tlb>,
    /// Physical memory under a kernel: its first frame and how many there are.
    pub frames: Option<Section>,
    /// The slots of the swap device; `None` without a kernel.
    pub slots: Option<u32>,
    /// The replacement policy; `None` without a kernel.
    pub policy: Option<String>,
}

/// A range of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The first, by physical page number.
    pub first: Hex,
    /// How many there are.
    pub count: u64,
}

/// A translation scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scheme {
    /// Its name.
    pub name: &'static str,
    /// Bits of a virtual address.
    pub va_bits: u32,
    /// Bits of a physical address.
    pub pa_bits: u32,
    /// Bytes of an entry.
    pub pte_bytes: u64,
    /// Bits of the offset in a page.
    pub page_bits: u32,
    /// The fields of a virtual page number, that of the root first.
    pub levels: Vec<Field>,
}

/// A field of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its bits.
    pub bits: u32,
    /// Its lowest bit.
    pub shift: u32,
}

impl Scheme {
    /// A scheme on a machine with so many bits of physical address.
    pub fn of(mode: model::isa::Mode, pa_bits: u32) -> Scheme {
        let (levels, bits) = (mode.levels(), mode.segment_bits());
        let field = |level| Field { bits, shift: 12 + level * bits };
        Scheme {
            name: mode.name(),
            va_bits: mode.va_bits(),
            pa_bits,
            pte_bytes: mode.pte_bytes(),
            page_bits: 12,
            levels: (0..levels).rev().map(field).collect(),
        }
    }
}

/// A TLB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tlb {
    /// `fetch`, `data`, or `both` where one port serves both.
    pub name: String,
    /// Its lines.
    pub lines: usize,
    /// Whether lines hold all of its entries; otherwise others are in memories, and not recorded.
    pub seen: bool,
}

/// The cycles of which each is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The first.
    pub from: u64,
    /// The first that is not.
    pub to: u64,
    /// They are the whole run.
    pub whole: bool,
    /// Why they are not, in a sentence.
    pub why: Option<String>,
}

/// Where a record ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The cycle.
    pub at: u64,
    /// Why, in a sentence.
    pub why: String,
}

/// A reading of the counters: from the beginning of the run to a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the counters of these names")]
pub struct Reading {
    pub at: u64,
    pub accesses: u64,
    pub misses: u64,
    pub walks: u64,
    pub faults: u64,
    pub free: u64,
}
