//! A translation port: its nets, and what is in flight.
//!
//! A net is valid for one cycle, which is correct but hard to read. So there are three derived
//! signals besides the nets: `asked` (the address) and `asked_access`, from the request to its
//! answer, and `answered`, from the answer to the next request.

use waves::Error;
use waves::save::Line;

use strum::VariantNames;

use super::super::table::{Declare, Shown};
use super::pins::{Pins, hex};
use super::words;
use model::isa::{Access, Attributes, Privilege, Xlen};
use model::mmu::{Inputs, Outputs, Port, Pulse, Request, Response};

/// A port in the current cycle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flight {
    request: Option<Request>,
    ready: bool,
    response: Option<Response>,
    attributes: Attributes,
    /// Whether it hit in the TLB.
    hit: Option<bool>,
    /// The last request, until it is answered; the last answer, until the next request.
    asked: Option<Request>,
    answered: Option<Response>,
    /// Requests accepted and not yet answered.
    outstanding: u32,
    /// Not all requests were made in U-mode: the view shows the privilege.
    mixed: bool,
}

impl Flight {
    /// A cycle of the MMU. A reset discards what is in flight.
    pub(super) fn cycle(&mut self, port: Port, inputs: &Inputs, outputs: &Outputs) {
        if inputs.reset {
            self.outstanding = 0;
        }
        let (request, response) = (inputs.requests[port], outputs.responses[port]);
        (self.request, self.ready, self.response) = (request, outputs.ready[port], response);
        self.attributes = outputs.attributes[port];
        self.mixed |= request.is_some_and(|asked| asked.context.privilege != Privilege::User);
        let missed = outputs.events.has(Pulse::miss(port)).then_some(false);
        self.hit = if outputs.events.has(Pulse::hit(port)) { Some(true) } else { missed };
        if request.is_some() {
            (self.asked, self.answered) = (request, None);
        } else if self.outstanding == 0 {
            self.asked = None;
        }
        self.answered = response.or(self.answered);
        self.outstanding += u32::from(request.is_some() && self.ready);
        self.outstanding = self.outstanding.saturating_sub(u32::from(response.is_some()));
    }
}

/// Declares a port's signals. Fetches are always made in U-mode, so this port needs fewer rows.
pub(super) fn declare(
    declare: &mut Declare<'_, Pins>,
    port: Port,
    xlen: Xlen,
) -> Result<(), Error> {
    let path = |name: &str| format!("{port}.{name}");
    let alias = |name: &str| format!("{port} {name}");
    let of = move |p: &Pins| p.flights[port];
    let (va, pa) = if xlen == Xlen::Rv32 { (32, 34) } else { (64, 64) };
    let is_data = port == Port::Data;
    declare.flag(path("valid"), move |p| of(p).request.is_some())?;
    declare.flag(path("ready"), move |p| of(p).ready)?;
    let asked_access = |flight: Flight| flight.asked.map(|asked| asked.access as u64);
    let of_asked =
        declare.state(path("asked_access"), 2, Access::VARIANTS, move |p| asked_access(of(p)))?;
    if is_data {
        of_asked.row("Request", alias("access"));
    }
    let context = declare.state(path("context"), 4, &words::CONTEXTS, move |p| {
        of(p).request.map(|asked| words::context(asked.context))
    })?;
    if is_data {
        context.row("Request", alias("context")).when(move |p| of(p).mixed);
    }
    declare
        .text(path("asked"), move |p| hex(of(p).asked.map(|asked| asked.va)))?
        .row("Request", alias("VA"))
        .line(Line::Yellow);
    declare
        .text(path("answered"), move |p| match of(p).answered {
            Some(Ok(pa)) => hex(Some(pa)),
            Some(Err(fault)) => Shown::Word(words::CAUSES[words::cause(fault.cause)]),
            None => Shown::Absent,
        })?
        .row("Request", alias("answer"));
    declare.bits(path("va"), va, move |p| of(p).request.map(|asked| asked.va))?;
    // The address as the walk reads it.
    declare.text(path("vpn"), move |p| {
        of(p).request.map(|asked| words::segments(asked.va, p.satp, p.xlen))
    })?;
    declare.state(path("access"), 2, Access::VARIANTS, move |p| {
        of(p).request.map(|asked| asked.access as u64)
    })?;
    declare
        .state(path("lookup"), 2, &["miss", "hit"], move |p| of(p).hit)?
        .row("TLB", alias("TLB"));
    declare.flag(path("response"), move |p| of(p).response.is_some())?;
    declare.bits(path("pa"), pa, move |p| of(p).response.and_then(Result::ok))?;
    let answer = move |p: &Pins| of(p).response.and_then(Result::ok).map(|_| of(p).attributes);
    declare.state(path("size"), 3, &Attributes::SIZES, move |p| {
        answer(p).map(|attributes| u64::from(attributes.size))
    })?;
    declare.state(path("pbmt"), 2, &Attributes::TYPES, move |p| {
        answer(p).map(|attributes| u64::from(attributes.pbmt))
    })?;
    declare
        .state(path("cause"), 4, &words::CAUSES, move |p| {
            of(p).response.and_then(Result::err).map(|fault| words::cause(fault.cause))
        })?
        .row("Fault", alias("fault"));
    Ok(())
}
