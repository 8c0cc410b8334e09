//! The unit's ports and the memory bus.

use waves::Error;
use waves::save::{Format, Line};

use super::super::table::{Declare, words};
use super::Unit;
use super::registers::rights;
use crate::contiguous::{Descriptor, Inputs, Outputs, Reason, Request, Shape};
use model::bus;
use model::isa::Access;

/// The groups of its rows.
pub(super) const REQUEST: &str = "Request";
pub(super) const BUS: &str = "Memory bus";

words! {
    /// What an access does.
    ACCESSES, access(Access) {
        Access::Fetch => "fetch",
        Access::Load => "load",
        Access::Store => "store",
        Access::CacheBlock => "cache_block",
    }
}

/// Names of causes by their codes on the pins.
const REASONS: [&str; 4] = ["", "no_segment_fault", "limit_fault", "protection_fault"];

/// A fault's name in the wave.
pub(super) fn reason(reason: Reason) -> &'static str {
    REASONS[reason.code() as usize]
}

words! {
    /// What a transfer does.
    TRANSFERS, transfer(bus::Request) {
        bus::Request::Read { .. } => "read",
        bus::Request::Write { .. } => "write",
        bus::Request::CompareSwap { .. } => "update",
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
    /// From a request until something else happens: the access, where it goes, what came of it.
    asked: Option<(Access, String)>,
    answered: Option<String>,
    /// The transfer on the bus.
    pub(super) transfer: Option<bus::Request>,
    /// Something was asked; a fault was held.
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

    /// The pins of one cycle. `named` says which segment a logical address is in.
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
                Err(fault) => reason(fault.reason).to_owned(),
            });
        }
    }

    /// Nothing is presented and nothing answered.
    pub(super) fn rest(&mut self) {
        self.inputs = Inputs::default();
        let Outputs { ready, load_ready, .. } = self.outputs;
        self.outputs = Outputs { ready, load_ready, ..Outputs::default() };
    }

    /// The last access is over: something else happens.
    pub(super) fn over(&mut self) {
        (self.asked, self.answered) = (None, None);
    }

    fn loaded(&self) -> Option<Descriptor> {
        self.inputs.load.and_then(|(_, descriptor)| descriptor)
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Unit>, shape: Shape) -> Result<(), Error> {
    let va = shape.offset_bits + shape.segments.next_power_of_two().ilog2().max(1);
    let request = |u: &Unit| -> Option<Request> { u.ports.inputs.request };
    let response = |u: &Unit| u.ports.outputs.response;
    declare
        .word("request.asked_access", ACCESSES, |u| {
            u.ports.asked.as_ref().map(|(what, _)| access(what))
        })?
        .row(REQUEST, "access");
    declare
        .text("request.asked", |u| u.ports.asked.as_ref().map(|(_, at)| at.clone()))?
        .row(REQUEST, "segment+offset")
        .line(Line::Yellow);
    declare.text("request.answered", |u| u.ports.answered.clone())?.row(REQUEST, "answer");
    declare.flag("request.valid", move |u| request(u).is_some())?;
    declare.flag("request.ready", |u| u.ports.outputs.ready)?;
    declare.bits("request.va", va, move |u| request(u).map(|asked| asked.va))?;
    declare.bits("request.bytes", 4, move |u| request(u).map(|asked| asked.bytes))?;
    declare
        .word("request.access", ACCESSES, move |u| request(u).map(|asked| access(&asked.access)))?;
    declare.flag("request.user", move |u| request(u).is_some_and(|asked| asked.user))?;
    declare.flag("request.response", move |u| response(u).is_some())?;
    declare.bits("request.pa", PA, move |u| response(u).and_then(Result::ok))?;
    declare.state("request.cause", 4, &REASONS, move |u| {
        response(u).and_then(Result::err).map(|fault| fault.reason.code())
    })?;
    declare.flag("load.valid", |u| u.ports.inputs.load.is_some())?;
    declare.flag("load.ready", |u| u.ports.outputs.load_ready)?;
    declare.bits("load.index", 8, |u| u.ports.inputs.load.map(|(index, _)| index))?;
    declare.bits("load.base", PA, |u| u.ports.loaded().map(|present| present.base))?;
    declare.bits("load.limit", PA, |u| u.ports.loaded().map(|present| present.limit))?;
    declare.text("load.rights", |u| u.ports.loaded().map(|present| rights(present.rights)))?;
    declare
        .state("fault.cause", 4, &REASONS, |u| {
            u.ports.outputs.held.map(|fault| fault.reason.code())
        })?
        .row(REQUEST, "held: cause")
        .when(|u| u.ports.faulted);
    declare
        .bits("fault.va", va, |u| u.ports.outputs.held.map(|fault| fault.va))?
        .row(REQUEST, "held: address")
        .format(Format::Decimal)
        .when(|u| u.ports.faulted);
    declare.flag("fault.taken", |u| u.ports.inputs.fault_ready)?;
    declare
        .word("bus.kind", TRANSFERS, |u| u.ports.transfer.as_ref().map(transfer))?
        .row(BUS, "request");
    declare
        .bits("bus.pa", PA, |u| u.ports.transfer.map(|request| target(request).0))?
        .row(BUS, "address")
        .format(Format::Decimal)
        .line(Line::Yellow);
    declare
        .bits("bus.bytes", 4, |u| u.ports.transfer.map(|request| target(request).1))?
        .row(BUS, "bytes")
        .format(Format::Decimal);
    Ok(())
}
