//! An MMU in software: no TLB, one blocking walker, the golden algorithm.
//!
//! It implements the same ports as the hardware, so that bus, operating system and machine can be
//! run without any hardware.
//!
//! Timing in memory latency L and levels read d: identity answers in the cycle of acceptance; a
//! walk that finds the walker idle answers after 1 + d·L cycles, an A/D update adds L. Each port
//! holds one request; the ports take turns at the walker.
//!
//! Not modelled: any TLB. Every translated request counts as a miss.
//!
//! The file `job` has one walk in progress, which receives one memory response at a time.

mod job;
#[cfg(test)]
mod tests;

use job::{Job, Progress};

use super::{Guard, Pmp, Regime};
use crate::isa::{Attributes, Extensions, Fault, Physical, Sizes, Xlen};
use crate::mmu::{
    Events, Inputs, MemoryRequest, Mmu, Organisation, Outputs, PerPort, Port, Pulse, Request,
    Response, Signal,
};

/// A request that waits for the walker, with the registers sampled at its acceptance.
#[derive(Clone, Copy, Debug)]
struct Pending {
    regime: Regime,
    request: Request,
}

/// The software MMU. It implements [`Mmu`].
#[derive(Debug)]
pub struct IdealMmu {
    xlen: Xlen,
    extensions: Extensions,
    physical: Physical,
    sizes: Sizes,
    pmp: Pmp,
    /// Accepted and not yet answered; the one being walked stays here.
    pending: PerPort<Option<Pending>>,
    job: Option<(Port, Job)>,
    /// The port served last: the other has priority when both wait.
    last: Port,
    /// Outstanding responses to walks that were abandoned at a reset.
    orphans: u32,
    fault: Option<Fault>,
    watching: bool,
    values: [u128; 4],
}

impl IdealMmu {
    /// An idle MMU for a machine width, without extensions.
    pub fn new(xlen: Xlen) -> IdealMmu {
        IdealMmu::with(xlen, Extensions::NONE)
    }

    /// An idle MMU for a machine width.
    pub fn with(xlen: Xlen, extensions: Extensions) -> IdealMmu {
        IdealMmu::of(xlen, extensions, Physical::NONE)
    }

    /// An idle MMU that protects physical memory.
    pub fn of(xlen: Xlen, extensions: Extensions, physical: Physical) -> IdealMmu {
        IdealMmu {
            xlen,
            extensions,
            physical,
            sizes: Sizes::ALL,
            pmp: Pmp::new(xlen, physical.pmp),
            pending: PerPort::default(),
            job: None,
            last: Port::Data,
            orphans: 0,
            fault: None,
            watching: false,
            values: [0; 4],
        }
    }

    /// The same with these sizes.
    pub fn sized(self, sizes: Sizes) -> IdealMmu {
        IdealMmu { sizes, ..self }
    }

    /// Accepts a presented request. Identity needs no walker and answers at once.
    fn accept(&mut self, port: Port, inputs: &Inputs, out: &mut Outputs) {
        let Some(request) = inputs.requests[port] else { return };
        let Inputs { satp, adue, pbmte, .. } = *inputs;
        let IdealMmu { xlen, extensions, sizes, .. } = *self;
        let regime = Regime { xlen, satp, adue, pbmte, extensions, sizes };
        if !regime.is_active(&request) {
            let tables = [&self.pmp];
            let guard = guard(self.physical, &self.pmp, &tables);
            let walk = super::guarded_walk(regime, &request, &job::Nothing, guard);
            self.respond(port, (walk.outcome, walk.attributes), out);
            return;
        }
        out.events += Pulse::miss(port);
        self.pending[port] = Some(Pending { regime, request });
    }

    /// Gives the idle walker the next request, the ports in turn.
    fn start(&mut self, events: &mut Events) {
        if self.job.is_some() {
            return;
        }
        let other = if self.last == Port::Fetch { Port::Data } else { Port::Fetch };
        for port in [other, self.last] {
            if let Some(Pending { regime, request }) = self.pending[port] {
                self.job = Some((port, Job::new(regime, request)));
                self.last = port;
                *events += Pulse::WalkStart;
                return;
            }
        }
    }

    fn respond(
        &mut self,
        port: Port,
        (response, attributes): (Response, Attributes),
        out: &mut Outputs,
    ) {
        if let Err(fault) = response {
            let page = fault.cause.is_page_fault();
            out.events += if page { Pulse::PageFault } else { Pulse::AccessFault };
        }
        out.responses[port] = Some(response);
        out.attributes[port] = attributes;
    }

    /// The walker's part of a cycle: takes memory's response, presents the next request or the
    /// result.
    fn walk(&mut self, inputs: &Inputs, out: &mut Outputs) {
        let mut answer = inputs.memory;
        if answer.is_some() && self.orphans > 0 {
            self.orphans -= 1;
            answer = None;
        }
        // A restarted walk may issue a request only after its stale response has arrived; otherwise
        // memory would hold two requests of one blocking walker.
        if self.orphans > 0 {
            return;
        }
        let Some((port, job)) = &mut self.job else { return };
        let port = *port;
        let tables = [&self.pmp];
        let guard = guard(self.physical, &self.pmp, &tables);
        match job.step(answer, guard, &mut out.events) {
            Progress::Waits => {}
            Progress::Asks(request) => out.memory = Some(request),
            Progress::Done(response) => {
                out.events += Pulse::WalkDone;
                self.job = None;
                self.pending[port] = None;
                self.respond(port, response, out);
            }
        }
    }

    /// Holds the oldest fault until it is taken. A data access is older in program order than a
    /// fetch answered in the same cycle.
    fn hold_fault(&mut self, inputs: &Inputs, out: &Outputs) {
        if inputs.fault_ready {
            self.fault = None;
        }
        let answered = |response: Option<Response>| response.and_then(Result::err);
        let [fetch, data] = out.responses.0;
        self.fault = self.fault.or(answered(data)).or(answered(fetch));
    }

    fn reset(&mut self) -> Outputs {
        if self.job.take().is_some_and(|(_, job)| job.is_waiting()) {
            self.orphans += 1;
        }
        self.pmp.reset();
        let IdealMmu { xlen, extensions, physical, sizes, orphans, watching, .. } = *self;
        let pmp = self.pmp.clone();
        let fresh = IdealMmu::of(xlen, extensions, physical).sized(sizes);
        *self = IdealMmu { orphans, watching, pmp, ..fresh };
        Outputs::default()
    }
}

/// What judges a walk now.
fn guard<'a>(physical: Physical, pmp: &'a Pmp, tables: &'a [&'a Pmp]) -> Guard<'a> {
    let some = !pmp.is_empty();
    let tables = if some { tables } else { &[] };
    Guard { regions: physical.regions, tables, access: some.then_some(pmp) }
}

impl Mmu for IdealMmu {
    fn xlen(&self) -> Xlen {
        self.xlen
    }

    fn name(&self) -> &str {
        match self.xlen {
            Xlen::Rv32 => "ideal_rv32",
            Xlen::Rv64 => "ideal_rv64",
        }
    }

    fn entries(&self) -> usize {
        0
    }

    fn extensions(&self) -> Extensions {
        self.extensions
    }

    fn physical(&self) -> Physical {
        self.physical
    }

    fn organisation(&self) -> Organisation {
        Organisation { sizes: self.sizes, ..Organisation::default() }
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let fits = |(port, request): (Port, &Option<Request>)| {
            request.is_none_or(|request| Port::of(request.access) == port)
        };
        debug_assert!(inputs.requests.iter().all(fits));
        if inputs.reset {
            self.orphans = self.orphans.saturating_sub(u32::from(inputs.memory.is_some()));
            return self.reset();
        }
        let mut out = Outputs {
            ready: self.pending.map(|pending| pending.is_none()),
            fault: self.fault,
            csr: self.pmp.read(inputs.csr.number),
            ..Outputs::default()
        };
        self.start(&mut out.events);
        self.walk(inputs, &mut out);
        // An A/D write that is presented can neither be withdrawn nor be performed after a fence
        // has freed its table: such a fence waits until memory has accepted the write.
        let writing = matches!(out.memory, Some(MemoryRequest::CompareSwap { .. }));
        out.fence_ready = !writing || inputs.memory_ready;
        if let Some((_, job)) = &mut self.job {
            if out.memory.is_some() && inputs.memory_ready {
                job.accepted(&mut out.events);
            }
            if inputs.fence.is_some() && out.fence_ready {
                out.events.add_if(Pulse::WalkRestart, job.restart());
            }
        }
        out.events.add_if(Pulse::Fence, inputs.accepted_fence(&out).is_some());
        for port in Port::ALL {
            if out.ready[port] {
                self.accept(port, inputs, &mut out);
            }
        }
        self.hold_fault(inputs, &out);
        if let Some(value) = inputs.csr.write {
            self.pmp.write(inputs.csr.number, value);
        }
        out.busy = self.pending.values().any(Option::is_some) || self.orphans > 0;
        if self.watching {
            self.values = [
                self.job.as_ref().map_or(0, |(_, job)| job.state_code()),
                u128::from(self.pending[Port::Fetch].is_some()),
                u128::from(self.pending[Port::Data].is_some()),
                u128::from(self.fault.is_some()),
            ];
        }
        out
    }

    /// While a walk waits for memory, or nothing waits for the walker.
    fn is_quiescent(&self) -> bool {
        match &self.job {
            Some((_, job)) => job.is_waiting(),
            None => self.pending.values().all(Option::is_none),
        }
    }

    fn signals(&self) -> Vec<Signal> {
        let states = ["Idle", "Request", "Wait", "Drain"].map(String::from).to_vec();
        let bit = |path: &str| Signal { path: path.to_owned(), width: 1, names: Vec::new() };
        vec![
            Signal { path: "walker.state".to_owned(), width: 2, names: states },
            bit("fetch.pending"),
            bit("data.pending"),
            bit("fault.held"),
        ]
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.clear();
        values.extend(self.values);
    }

    fn watch(&mut self, on: bool) {
        self.watching = on;
    }
}
