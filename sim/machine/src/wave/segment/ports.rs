//! The unit's ports and the memory bus.

use waves::Error;
use waves::save::{Format, Line};

use strum::VariantNames;

use super::super::table::Declare;
use super::Pins;
use super::registers::rights;
use crate::contiguous::{Descriptor, Inputs, Outputs, Reason, Request, Shape};
use model::bus;
use model::isa::Access;

/// The groups of its rows.
pub(super) const REQUEST: &str = "Request";
pub(super) const BUS: &str = "Memory bus";

/// What a transfer does.
const TRANSFERS: [&str; 3] = ["read", "write", "update"];

fn transfer(request: &bus::Request) -> u64 {
    match request {
        bus::Request::Read { .. } => 0,
        bus::Request::Write { .. } => 1,
        bus::Request::CompareSwap { .. } => 2,
    }
}

/// Where a transfer goes, and how wide it is.
fn target(request: bus::Request) -> (u64, u8) {
    match request {
        bus::Request::Read { pa, bytes }
        | bus::Request::Write { pa, bytes, .. }
        | bus::Request::CompareSwap { pa, bytes, .. } => (pa, bytes),
    }
}

/// Bits of a physical address.
const PA: u32 = 34;

/// The ports in the current cycle.
#[derive(Debug)]
pub(super) struct Ports {
    pub(super) shape: Shape,
    inputs: Inputs,
    outputs: Outputs,
    /// From a request until the next event: the access, its address, and its result.
    asked: Option<(Access, String)>,
    answered: Option<String>,
    /// The transfer on the bus.
    pub(super) transfer: Option<bus::Request>,
    /// There was a request, or a held fault.
    pub(super) used: bool,
    faulted: bool,
}

impl Ports {
    pub(super) fn new(shape: Shape) -> Ports {
        Ports {
            shape,
            inputs: Inputs::default(),
            outputs: Outputs::default(),
            asked: None,
            answered: None,
            transfer: None,
            used: false,
            faulted: false,
        }
    }

    /// The pins of one cycle. `named` gives the segment of a logical address.
    pub(super) fn cycle(
        &mut self,
        inputs: &Inputs,
        outputs: &Outputs,
        named: impl Fn(usize) -> String,
    ) {
        (self.inputs, self.outputs) = (*inputs, *outputs);
        if inputs.reset {
            self.outputs.held = None;
        }
        self.faulted |= self.outputs.held.is_some();
        if let Some(asked) = inputs.request {
            self.used = true;
            let segment = named((asked.va >> self.shape.offset_bits) as usize);
            let offset = asked.va & (self.shape.span() - 1);
            self.asked = Some((asked.access, format!("{segment}+{offset}")));
            self.answered = outputs.response.map(|response| match response {
                Ok(pa) => pa.to_string(),
                Err(fault) => fault.reason.fault().to_owned(),
            });
        }
    }

    /// Nothing is presented and nothing answered.
    pub(super) fn rest(&mut self) {
        self.inputs = Inputs::default();
        let Outputs { ready, load_ready, .. } = self.outputs;
        self.outputs = Outputs { ready, load_ready, ..Outputs::default() };
    }

    /// The last access is no longer current.
    pub(super) fn over(&mut self) {
        (self.asked, self.answered) = (None, None);
    }

    fn loaded(&self) -> Option<Descriptor> {
        self.inputs.load.and_then(|(_, descriptor)| descriptor)
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Pins>, shape: Shape) -> Result<(), Error> {
    let va = shape.offset_bits + shape.segments.next_power_of_two().ilog2().max(1);
    let request = |p: &Pins| -> Option<Request> { p.ports.inputs.request };
    let response = |p: &Pins| p.ports.outputs.response;
    declare
        .word("request.asked_access", Access::VARIANTS, |p| {
            p.ports.asked.as_ref().map(|(what, _)| what.name())
        })?
        .row(REQUEST, "access");
    declare
        .text("request.asked", |p| p.ports.asked.as_ref().map(|(_, at)| at.clone()))?
        .row(REQUEST, "segment+offset")
        .line(Line::Yellow);
    declare.text("request.answered", |p| p.ports.answered.clone())?.row(REQUEST, "answer");
    declare.flag("request.valid", move |p| request(p).is_some())?;
    declare.flag("request.ready", |p| p.ports.outputs.ready)?;
    declare.bits("request.va", va, move |p| request(p).map(|asked| asked.va))?;
    declare.bits("request.bytes", 4, move |p| request(p).map(|asked| asked.bytes))?;
    declare.word("request.access", Access::VARIANTS, move |p| {
        request(p).map(|asked| asked.access.name())
    })?;
    declare.flag("request.user", move |p| request(p).is_some_and(|asked| asked.user))?;
    declare.flag("request.response", move |p| response(p).is_some())?;
    declare.bits("request.pa", PA, move |p| response(p).and_then(Result::ok))?;
    declare.state("request.cause", 4, &Reason::FAULTS, move |p| {
        response(p).and_then(Result::err).map(|fault| fault.reason.code())
    })?;
    declare.flag("load.valid", |p| p.ports.inputs.load.is_some())?;
    declare.flag("load.ready", |p| p.ports.outputs.load_ready)?;
    declare.bits("load.index", 8, |p| p.ports.inputs.load.map(|(index, _)| index))?;
    declare.bits("load.base", PA, |p| p.ports.loaded().map(|present| present.base))?;
    declare.bits("load.limit", PA, |p| p.ports.loaded().map(|present| present.limit))?;
    declare.text("load.rights", |p| p.ports.loaded().map(|present| rights(present.rights)))?;
    declare
        .state("fault.cause", 4, &Reason::FAULTS, |p| {
            p.ports.outputs.held.map(|fault| fault.reason.code())
        })?
        .row(REQUEST, "held: cause")
        .when(|p| p.ports.faulted);
    declare
        .bits("fault.va", va, |p| p.ports.outputs.held.map(|fault| fault.va))?
        .row(REQUEST, "held: address")
        .format(Format::Decimal)
        .when(|p| p.ports.faulted);
    declare.flag("fault.taken", |p| p.ports.inputs.fault_ready)?;
    declare
        .state("bus.kind", 2, &TRANSFERS, |p| p.ports.transfer.as_ref().map(transfer))?
        .row(BUS, "request");
    declare
        .bits("bus.pa", PA, |p| p.ports.transfer.map(|request| target(request).0))?
        .row(BUS, "address")
        .format(Format::Decimal)
        .line(Line::Yellow);
    declare
        .bits("bus.bytes", 4, |p| p.ports.transfer.map(|request| target(request).1))?
        .row(BUS, "bytes")
        .format(Format::Decimal);
    Ok(())
}
