//! A software MMU that fulfils the hardware's contract to the cycle, unless a defect is planted.
//!
//! It shows that scenarios can fail: the correct model passes them all, each defective one fails
//! the scenario assigned to its defect.

use engine::Config;
use model::isa::{Attributes, Cause, Extensions, Fault, Mode, Physical, Satp, Xlen};
use model::mmu::{
    Inputs, MemoryRequest, Mmu, Outputs, PerPort, Port, Pulse, Request, Response, Signal,
};

use super::mutant::Mutant as M;
use super::physical::Memory;
use super::rules::{Entry, Rules};

/// One TLB line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) asid: u16,
    pub(super) global: bool,
    pub(super) level: u32,
    pub(super) va: u64,
    pub(super) entry: Entry,
    /// MXR when it was filled, for the defect that keeps the permission check's result.
    pub(super) mxr: bool,
}

/// A response with the attributes of its page.
pub(super) type Answer = (Response, Attributes);

/// A waiting miss, with the registers at its acceptance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) request: Request,
    pub(super) satp: u64,
    pub(super) adue: bool,
    pub(super) pbmte: bool,
    pub(super) overtaken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Idle,
    /// Waits this many cycles, then requests.
    Ask(u32),
    Wait,
    Update,
    WaitUpdate,
    Answer(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    pub(super) port: usize,
    pub(super) level: u32,
    pub(super) table: u64,
    pub(super) global: bool,
    pub(super) entry: u64,
    pub(super) result: Result<(), Cause>,
}

pub(crate) struct Model {
    pub(super) config: &'static Config,
    pub(super) rules: Rules,
    pub(super) mutant: Option<M>,
    pub(super) lines: [Vec<Line>; 2],
    pub(super) pending: [Option<Pending>; 2],
    pub(super) state: State,
    pub(super) walk: Walk,
    pub(super) last: usize,
    pub(super) orphans: u32,
    pub(super) fault: Option<Fault>,
    pub(super) last_va: [u64; 2],
    pub(super) last_fence_va: Option<u64>,
    pub(super) fence_seen: bool,
    pub(super) delayed: [Option<Answer>; 2],
    pub(super) had_fault: bool,
    pub(super) patience: u32,
    pub(super) live_satp: u64,
    pub(super) memory: Memory,
}

pub(super) const IDLE_WALK: Walk =
    Walk { port: 0, level: 0, table: 0, global: false, entry: 0, result: Ok(()) };

impl Model {
    pub(crate) fn new(config: &'static Config, mutant: Option<M>) -> Model {
        let Config { xlen, extensions, physical, .. } = *config;
        Model {
            config,
            rules: Rules { xlen, extensions, mutant },
            mutant,
            lines: [Vec::new(), Vec::new()],
            pending: [None; 2],
            state: State::Idle,
            walk: IDLE_WALK,
            last: 0,
            orphans: 0,
            fault: None,
            last_va: [0; 2],
            last_fence_va: None,
            fence_seen: false,
            delayed: [None; 2],
            had_fault: false,
            patience: 0,
            live_satp: 0,
            memory: Memory::new(xlen, physical, mutant),
        }
    }

    pub(super) fn is(&self, mutant: M) -> bool {
        self.mutant == Some(mutant)
    }

    pub(super) fn mode(&self, satp: u64) -> Mode {
        Satp::decode(satp, self.rules.xlen).map_or(Mode::Bare, |satp| satp.mode)
    }

    pub(super) fn asid(&self, satp: u64) -> u16 {
        Satp::decode(satp, self.rules.xlen).map_or(0, |satp| satp.asid)
    }

    fn accept(&mut self, port: usize, request: Request, inputs: &Inputs, out: &mut Outputs) {
        let previous = std::mem::replace(&mut self.last_va[port], request.va);
        if let Some(response) = self.rules.untranslated(&request, inputs.satp, previous) {
            let answer = self.judged(&request, (response, Attributes::default()));
            self.respond(port, answer, out);
            return;
        }
        let line = self.lookup(port, request.va, inputs.satp);
        let answer = line.and_then(|line| self.hit(&line, &request, inputs.adue));
        let unchecked = self.is(M::PmpUncheckedOnHit);
        let judge = |answer| if unchecked { answer } else { self.judged(&request, answer) };
        let answer = answer.map(judge);
        match answer {
            Some(response) => {
                out.events += Pulse::hit(Port::ALL[port]);
                if self.is(M::HitTakesACycle) {
                    self.delayed[port] = Some(response);
                    self.pending[port] = None;
                } else {
                    self.respond(port, response, out);
                }
            }
            None => {
                out.events += Pulse::miss(Port::ALL[port]);
                let Inputs { satp, adue, pbmte, .. } = *inputs;
                self.pending[port] = Some(Pending { request, satp, adue, pbmte, overtaken: false });
            }
        }
    }

    /// The answer after PMP and the regions have judged the access.
    pub(super) fn judged(&self, request: &Request, answer: Answer) -> Answer {
        let (Ok(pa), attributes) = answer else { return answer };
        match self.memory.serves(request, pa) {
            Some(pma) => (Ok(pa), Attributes { pma, ..attributes }),
            None => {
                let fault = Fault { cause: Cause::access_fault(request.access), tval: request.va };
                (Err(fault), Attributes::default())
            }
        }
    }

    pub(super) fn respond(
        &mut self,
        port: usize,
        (response, attributes): Answer,
        out: &mut Outputs,
    ) {
        if let Err(fault) = response {
            let page = fault.cause.is_page_fault();
            out.events += if page { Pulse::PageFault } else { Pulse::AccessFault };
        }
        let port = if self.is(M::AnswersSwapped) && self.pending.iter().all(Option::is_some) {
            1 - port
        } else {
            port
        };
        out.responses[Port::ALL[port]] = Some(response);
        out.attributes[Port::ALL[port]] = attributes;
    }
}

impl Mmu for Model {
    fn xlen(&self) -> Xlen {
        self.rules.xlen
    }

    fn extensions(&self) -> Extensions {
        self.rules.extensions
    }

    fn physical(&self) -> Physical {
        self.config.physical
    }

    fn name(&self) -> &str {
        "model"
    }

    fn entries(&self) -> usize {
        self.config.entries
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        if inputs.reset {
            let mut memory = self.memory.clone();
            memory.reset();
            *self = Model { memory, ..Model::new(self.config, self.mutant) };
            return Outputs::default();
        }
        let fencing = inputs.fence.is_some() && !self.is(M::RequestBesideFenceAccepted);
        let walking = self.is(M::HitsWaitForWalk) && self.pending.iter().any(Option::is_some);
        let slow = |port: usize| self.delayed[port].is_some();
        let free =
            |port: usize| self.pending[port].is_none() && !fencing && !walking && !slow(port);
        let mut out = Outputs {
            ready: PerPort([free(0), free(1)]),
            fence_ready: !self.is(M::FenceTakesTwo) || self.fence_seen,
            fault: self.fault,
            busy: self.pending.iter().any(Option::is_some),
            csr: self.memory.read(inputs.csr.number),
            ..Outputs::default()
        };
        for port in 0..2 {
            if let Some(response) = self.delayed[port].take() {
                self.respond(port, response, &mut out);
            }
        }
        self.live_satp = inputs.satp;
        if let Some(fence) = inputs.fence.filter(|_| self.is(M::RefillSurvivesFence)) {
            self.fence(fence.va, fence.asid, inputs.satp);
        }
        self.work(inputs, &mut out);
        // An update that is refused never reaches memory.
        let update = matches!(out.memory, Some(MemoryRequest::CompareSwap { .. }));
        out.fence_ready &= !update || inputs.memory_ready;
        for port in Port::ALL {
            if let Some(request) = inputs.accepted(port, &out) {
                self.accept(port as usize, request, inputs, &mut out);
            }
        }
        if let Some(fence) = inputs.fence {
            self.fence_seen = true;
            if out.fence_ready {
                out.events += Pulse::Fence;
                if !self.is(M::RefillSurvivesFence) {
                    self.fence(fence.va, fence.asid, inputs.satp);
                }
                self.restart(&mut out);
            }
        }
        self.registers(inputs, &out);
        self.memory.write(inputs.csr);
        out
    }

    fn signals(&self) -> Vec<Signal> {
        Vec::new()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.clear();
    }

    fn watch(&mut self, _on: bool) {}
}

impl Model {
    /// Registers besides those of the walk, at the clock edge.
    fn registers(&mut self, inputs: &Inputs, out: &Outputs) {
        for pending in self.pending.iter_mut().flatten() {
            if pending.satp != inputs.satp {
                pending.overtaken = true;
            }
        }
        if inputs.fault_ready && !self.is(M::FaultNeverDropped) {
            self.fault = None;
        }
        let [fetch, data] = out.responses.0;
        let new = [data, fetch].into_iter().flatten().find_map(Response::err);
        self.fault =
            if self.is(M::NewestFaultHeld) { new.or(self.fault) } else { self.fault.or(new) };
    }
}
