//! The walker's port to memory, and its page-table entries decoded.

use waves::Error;
use waves::save::Line;

use super::super::table::Declare;
use super::pins::{Pins, hex};
use super::pte::{self, Entries};
use model::isa::{Extensions, Mode, Xlen};
use model::mmu::{Inputs, MemoryRequest, Outputs, Pulse};

/// The port in the current cycle.
#[derive(Debug)]
pub(super) struct Memory {
    entries: Entries,
    /// The last request, until it is answered.
    asked: Option<MemoryRequest>,
    /// The last entry that was read, until the next walk starts: its kind and its flags.
    read: Option<(u64, String)>,
    outstanding: u32,
}

impl Memory {
    pub(super) fn new(xlen: Xlen, extensions: Extensions) -> Memory {
        let entries = Entries::new(xlen, extensions);
        Memory { entries, asked: None, read: None, outstanding: 0 }
    }

    /// `mode` is the scheme under which walks start.
    pub(super) fn cycle(&mut self, inputs: &Inputs, outputs: &Outputs, mode: Option<Mode>) {
        let starts = outputs.events.has(Pulse::WalkStart);
        if outputs.memory.is_some() || self.outstanding == 0 {
            self.asked = outputs.memory;
        }
        self.outstanding += u32::from(outputs.memory.is_some() && inputs.memory_ready);
        if let Some(answer) = inputs.memory {
            self.outstanding = self.outstanding.saturating_sub(1);
            let kind = self.entries.kind(answer.data, answer.error);
            self.read = Some((kind, pte::summary(answer.data)));
        } else if starts {
            self.read = None;
        }
        if starts || outputs.events.has(Pulse::WalkRestart) {
            self.entries.root(mode, inputs.pbmte);
        }
    }

    /// A reset discards what is in flight.
    pub(super) fn reset(&mut self) {
        self.outstanding = 0;
    }
}

const KINDS: [&str; 2] = ["read", "update"];

fn kind(request: MemoryRequest) -> bool {
    matches!(request, MemoryRequest::CompareSwap { .. })
}

fn pa(request: MemoryRequest) -> u64 {
    match request {
        MemoryRequest::Read { pa } | MemoryRequest::CompareSwap { pa, .. } => pa,
    }
}

fn desired(request: MemoryRequest) -> Option<u64> {
    match request {
        MemoryRequest::Read { .. } => None,
        MemoryRequest::CompareSwap { desired, .. } => Some(desired),
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Pins>, xlen: Xlen) -> Result<(), Error> {
    let (entry, address) = if xlen == Xlen::Rv32 { (32, 34) } else { (64, 64) };
    let bus = "Memory bus";
    let request = |p: &Pins| p.outputs.memory;
    let answer = |p: &Pins| p.inputs.memory;
    declare.flag("memory.valid", move |p| request(p).is_some())?;
    declare.flag("memory.ready", |p| p.inputs.memory_ready)?;
    declare.state("memory.kind", 2, &KINDS, move |p| request(p).map(kind))?;
    declare.bits("memory.pa", address, move |p| request(p).map(pa))?;
    declare.bits("memory.desired", entry, move |p| request(p).and_then(desired))?;
    declare
        .state("memory.asked_kind", 2, &KINDS, |p| p.memory.asked.map(kind))?
        .row(bus, "request");
    declare
        .text("memory.asked", |p| hex(p.memory.asked.map(pa)))?
        .row(bus, "PTE address")
        .line(Line::Yellow);
    declare.flag("memory.response", move |p| answer(p).is_some())?.row(bus, "response");
    declare.bits("memory.entry", entry, move |p| answer(p).map(|answer| answer.data))?;
    declare.flag("memory.error", move |p| answer(p).is_some_and(|answer| answer.error))?;
    declare.flag("memory.swapped", move |p| answer(p).is_some_and(|answer| answer.swapped))?;
    declare
        .state("memory.pte", 2, &pte::KINDS, |p| p.memory.read.as_ref().map(|read| read.0))?
        .row(bus, "PTE is");
    declare
        .text("memory.flags", |p| p.memory.read.as_ref().map(|read| read.1.clone()))?
        .row(bus, "PPN and flags");
    Ok(())
}
