//! A software MMU that keeps the hardware's contract to the cycle, unless a defect is planted.
//!
//! It exists to show that scenarios can fail: the sound model passes them all, each defective one
//! fails the scenario that names its defect.

use sim::isa::{Access, Cause, Fault, Mode, Privilege, Satp, Xlen};
use sim::mmu::{Events, Inputs, MemoryRequest, Mmu, Outputs, Request, Response, Signal};

use super::mutant::Mutant as M;
use super::rules::{Entry, Rules};

/// One TLB line.
#[derive(Clone, Copy, Debug)]
struct Line {
    asid: u16,
    global: bool,
    level: u32,
    va: u64,
    entry: Entry,
    /// MXR when it was filled, for the defect that keeps the verdict.
    mxr: bool,
}

/// A miss that waits, with the registers of its acceptance.
#[derive(Clone, Copy, Debug)]
struct Pending {
    request: Request,
    satp: u64,
    adue: bool,
    overtaken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// Waits this many cycles, then asks.
    Ask(u32),
    Wait,
    Update,
    WaitUpdate,
    Answer(u32),
}

#[derive(Clone, Copy, Debug)]
struct Walk {
    port: usize,
    level: u32,
    table: u64,
    global: bool,
    entry: u64,
    result: Result<(), Cause>,
}

pub(crate) struct Model {
    rules: Rules,
    mutant: Option<M>,
    entries: usize,
    lines: [Vec<Line>; 2],
    pending: [Option<Pending>; 2],
    state: State,
    walk: Walk,
    last: usize,
    orphans: u32,
    fault: Option<Fault>,
    last_va: [u64; 2],
    last_fence_va: Option<u64>,
    fence_seen: bool,
    delayed: [Option<Response>; 2],
    had_fault: bool,
    patience: u32,
    live_satp: u64,
}

const IDLE_WALK: Walk =
    Walk { port: 0, level: 0, table: 0, global: false, entry: 0, result: Ok(()) };

impl Model {
    pub(crate) fn new(xlen: Xlen, entries: usize, mutant: Option<M>) -> Model {
        Model {
            rules: Rules { xlen, mutant },
            mutant,
            entries,
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
        }
    }

    fn is(&self, mutant: M) -> bool {
        self.mutant == Some(mutant)
    }

    fn mode(&self, satp: u64) -> Mode {
        Satp::decode(satp, self.rules.xlen).map_or(Mode::Bare, |satp| satp.mode)
    }

    fn asid(&self, satp: u64) -> u16 {
        Satp::decode(satp, self.rules.xlen).map_or(0, |satp| satp.asid)
    }

    fn covers(&self, line: &Line, va: u64) -> bool {
        let segment = if self.rules.xlen == Xlen::Rv32 { 10 } else { 9 };
        let wide = self.is(M::MegapageTagTooWide) && line.level > 0;
        let shift = 12 + (line.level - u32::from(wide)) * segment;
        line.va >> shift == va >> shift
    }

    fn lookup(&self, port: usize, va: u64, satp: u64) -> Option<Line> {
        let asid = self.asid(satp);
        let matches = |line: &&Line| {
            let same = match self.mutant {
                Some(M::AsidIgnored) => true,
                Some(M::AsidCompareLowByte) => line.asid as u8 == asid as u8,
                _ => line.asid == asid,
            };
            (line.global || same) && self.covers(line, va)
        };
        let own = self.lines[port].iter().find(matches);
        let shared = self.is(M::SharedTlbWithoutExecuteCheck);
        own.or_else(|| self.lines[1 - port].iter().filter(|_| shared).find(matches)).copied()
    }

    /// What a hit answers; `None` sends it to the walker.
    fn hit(&self, line: &Line, request: &Request, adue: bool) -> Option<Response> {
        let mut judged = *request;
        match self.mutant {
            Some(M::MxrFrozenAtFill) => judged.context.mxr = line.mxr,
            Some(M::NoWriteCheckOnHit) => judged.access = Access::Load,
            Some(M::SharedTlbWithoutExecuteCheck) if judged.access == Access::Fetch => {
                judged.access = Access::Load;
            }
            Some(M::NoUserCheckOnHit) => {
                let user = line.entry.user();
                judged.context.privilege =
                    if user { Privilege::User } else { Privilege::Supervisor };
            }
            _ => {}
        }
        let fault = Err(self.rules.page_fault(request));
        if !self.rules.allowed(line.entry, &judged) {
            return Some(fault);
        }
        let dirty =
            request.access != Access::Store || line.entry.dirty() || self.is(M::DirtyIgnored);
        match (dirty, adue) {
            (true, _) => Some(Ok(self.rules.physical(line.entry, line.level, request.va))),
            (false, false) => Some(fault),
            (false, true) => None,
        }
    }

    fn accept(&mut self, port: usize, request: Request, inputs: &Inputs, out: &mut Outputs) {
        let (hit, miss) = match port {
            0 => (&mut out.events.fetch_hit, &mut out.events.fetch_miss),
            _ => (&mut out.events.data_hit, &mut out.events.data_miss),
        };
        let previous = std::mem::replace(&mut self.last_va[port], request.va);
        if let Some(response) = self.rules.untranslated(&request, inputs.satp, previous) {
            self.respond(port, response, out);
            return;
        }
        let line = self.lookup(port, request.va, inputs.satp);
        let answer = line.and_then(|line| self.hit(&line, &request, inputs.adue));
        match answer {
            Some(response) => {
                *hit = true;
                if self.is(M::HitTakesACycle) {
                    self.delayed[port] = Some(response);
                    self.pending[port] = None;
                } else {
                    self.respond(port, response, out);
                }
            }
            None => {
                *miss = true;
                let (satp, adue) = (inputs.satp, inputs.adue);
                self.pending[port] = Some(Pending { request, satp, adue, overtaken: false });
            }
        }
    }

    fn respond(&mut self, port: usize, response: Response, out: &mut Outputs) {
        if let Err(fault) = response {
            out.events.page_fault |= fault.cause.is_page_fault();
            out.events.access_fault |= !fault.cause.is_page_fault();
        }
        let port = if self.is(M::AnswersSwapped) && self.pending.iter().all(Option::is_some) {
            1 - port
        } else {
            port
        };
        match port {
            0 => out.fetch = Some(response),
            _ => out.data = Some(response),
        }
    }

    fn start(&mut self, delay: u32) {
        let Some(pending) = self.pending[self.walk.port] else { return };
        let satp = if self.is(M::SatpChangeMidWalk) { self.live_satp } else { pending.satp };
        let satp = Satp::decode(satp, self.rules.xlen);
        let root = satp.map_or(0, |satp| satp.root);
        let level = self.mode(pending.satp).levels().saturating_sub(1);
        let port = self.walk.port;
        let global = self.is(M::GlobalSticks) && self.walk.global;
        self.walk = Walk { port, level, table: root << 12, global, ..IDLE_WALK };
        self.state = State::Ask(delay);
    }

    fn pick(&mut self, out: &mut Outputs) {
        let mut order = [1 - self.last, self.last];
        if self.is(M::DataAlwaysFirst) {
            order = [1, 0];
        }
        // Data first, and the fetch only once the data port has been idle for a while.
        if self.is(M::DataStarvesFetch) {
            self.patience = if self.pending[1].is_some() { 0 } else { self.patience + 1 };
            order = if self.patience > 3 { [1, 0] } else { [1, 1] };
        }
        let Some(port) = order.into_iter().find(|port| self.pending[*port].is_some()) else {
            return;
        };
        self.walk.port = port;
        self.last = port;
        out.events.walk_start = true;
        let late = self.is(M::WalkAfterFenceLate) && self.fence_seen;
        self.fence_seen = false;
        self.start(u32::from(late));
    }

    /// An entry arrived.
    fn entry(&mut self, value: u64, error: bool, pending: &Pending) {
        let request = &pending.request;
        let mode = self.mode(pending.satp);
        let entry = Entry { mode, bits: value };
        self.walk.entry = value;
        if error && !self.is(M::BusErrorIgnored) {
            self.walk.result = Err(self.rules.bus_error(request));
        } else {
            match self.rules.decode(entry, self.walk.level, request) {
                Err(cause) => self.walk.result = Err(cause),
                Ok(true) => {
                    self.walk.result = self.rules.leaf(entry, self.walk.level, request);
                    self.walk.global |= entry.global();
                }
                Ok(false) => {
                    if !self.is(M::GlobalPointerIgnored) {
                        self.walk.global |= entry.global();
                    }
                    self.walk.level = self.walk.level.saturating_sub(1);
                    self.walk.table = self.rules.table(entry);
                    let late = u32::from(self.is(M::WalkReadsOneLate));
                    self.state = State::Ask(late);
                    return;
                }
            }
        }
        if self.is(M::FaultFlagSurvives) && self.had_fault {
            self.walk.result = Err(Cause::page_fault(request.access));
        }
        self.state = State::Answer(1 + u32::from(self.is(M::AnswerOneLate)));
    }

    /// The A/D write that the leaf needs before it may be used.
    fn update(&self, pending: &Pending) -> Option<u64> {
        let early = self.is(M::UpdateBeforePermission);
        if self.walk.result.is_err() && !early || !pending.adue && !self.is(M::UpdateUnderSvade) {
            return None;
        }
        let entry = Entry { mode: self.mode(pending.satp), bits: self.walk.entry };
        let store = pending.request.access == Access::Store || self.is(M::LoadSetsDirty);
        let wanted = entry.bits | 1 << 6 | if store { 1 << 7 } else { 0 };
        (entry.valid() && entry.leaf() && wanted != entry.bits).then_some(wanted)
    }

    fn answer(&mut self, pending: Pending, inputs: &Inputs, out: &mut Outputs) {
        let Walk { port, level, global, result, .. } = self.walk;
        let entry = Entry { mode: self.mode(pending.satp), bits: self.walk.entry };
        let request = pending.request;
        let mut result = result;
        let unset = !entry.accessed() && !self.is(M::AccessedIgnored)
            || request.access == Access::Store && !entry.dirty() && !self.is(M::DirtyIgnored);
        if result.is_ok() && unset && !pending.adue && !self.is(M::UpdateUnderSvade) {
            result = Err(Cause::page_fault(request.access));
        }
        let cacheable = match (result, self.mutant) {
            (Ok(()), _) | (Err(_), Some(M::FaultingLeafCached)) => true,
            (Err(_), Some(M::PermissionFaultCached)) => entry.valid() && entry.leaf(),
            (Err(_), Some(M::InvalidCached)) => !entry.valid(),
            (Err(_), Some(M::UnaccessedCached)) => entry.leaf() && !entry.accessed(),
            _ => false,
        };
        let fenced = inputs.fence.is_some() && !self.is(M::RefillSurvivesFence);
        let overtaken = pending.overtaken && !self.is(M::OvertakenWalkCached);
        if cacheable && !fenced && !overtaken {
            let asid = self.asid(inputs.satp);
            let asid = if overtaken || self.is(M::OvertakenWalkCached) {
                asid
            } else {
                self.asid(pending.satp)
            };
            let global = global && !self.is(M::GlobalIgnored);
            let mxr = request.context.mxr;
            let line = Line { asid, global, level, va: request.va, entry, mxr };
            self.fill(if self.is(M::RefillOnWrongPort) { 1 - port } else { port }, line);
            out.events.refill = true;
        }
        self.had_fault = result.is_err();
        let response = match result {
            Ok(()) => Ok(self.rules.physical(entry, level, request.va)),
            Err(cause) => Err(self.rules.fault(cause, &request, entry)),
        };
        out.events.walk_done = true;
        self.respond(port, response, out);
        self.pending[port] = None;
        self.state = State::Idle;
    }

    fn fill(&mut self, port: usize, line: Line) {
        let keep = self.is(M::StaleDirtyAfterUpdate);
        let same: Vec<bool> = self.lines[port]
            .iter()
            .map(|old| old.asid == line.asid && self.covers(old, line.va))
            .collect();
        let mut same = same.into_iter();
        self.lines[port].retain(|_| keep || !same.next().unwrap_or(false));
        if self.lines[port].len() == self.entries {
            self.lines[port].remove(0);
        }
        self.lines[port].push(line);
    }

    fn fence(&mut self, va: Option<u64>, asid: Option<u16>, satp: u64) {
        let va = match self.mutant {
            Some(M::FenceForgetsVa) => None,
            Some(M::FenceVaFromLastFence) if va.is_some() => self.last_fence_va.or(va),
            _ => va,
        };
        self.last_fence_va = va.or(self.last_fence_va);
        let asid = match self.mutant {
            Some(M::FenceAsidFromSatp) => asid.map(|_| self.asid(satp)),
            _ => asid,
        };
        for port in 0..2 {
            let lines = std::mem::take(&mut self.lines[port]);
            let stays = |line: &Line| {
                let exact = self.is(M::SuperpageFencedByExactVa);
                let by_va = va.is_none_or(|va| {
                    if exact { line.va >> 12 == va >> 12 } else { self.covers(line, va) }
                });
                let spared = line.global && !self.is(M::AsidFenceKillsGlobal);
                let by_asid = asid.is_none_or(|asid| line.asid == asid && !spared);
                let global = self.is(M::VaFenceSparesGlobal) && va.is_some() && line.global;
                !(by_va && by_asid) || global
            };
            self.lines[port] = lines.into_iter().filter(stays).collect();
        }
    }

    /// The walker's cycle.
    fn work(&mut self, inputs: &Inputs, out: &mut Outputs) {
        if self.state == State::Idle {
            self.pick(out);
        }
        let mut response = inputs.memory;
        if response.is_some() && self.orphans > 0 && !self.is(M::StaleResponseTaken) {
            self.orphans -= 1;
            response = None;
        }
        let Some(pending) = self.pending[self.walk.port] else { return };
        match (self.state, response) {
            (State::Wait, Some(answer)) => self.entry(answer.data, answer.error, &pending),
            (State::WaitUpdate, Some(answer)) => {
                self.state = State::Answer(1 + u32::from(self.is(M::UpdateOneLate)));
                if answer.error && !self.is(M::UpdateErrorIgnored) {
                    self.walk.result = Err(Cause::access_fault(pending.request.access));
                } else if answer.swapped || answer.error || self.is(M::NoRetry) {
                    out.events.pte_update = answer.swapped;
                    self.walk.entry = self.update(&pending).unwrap_or(self.walk.entry);
                } else if self.is(M::RetryFromOldEntry) {
                    self.walk.entry = answer.data;
                    self.state = State::Answer(1);
                    out.events.update_retry = true;
                } else {
                    out.events.update_retry = true;
                    self.state = State::Ask(1);
                }
            }
            _ => {}
        }
        match self.state {
            State::Answer(0) if self.update(&pending).is_some() => self.state = State::Update,
            State::Answer(0) => self.answer(pending, inputs, out),
            State::Answer(wait) => self.state = State::Answer(wait - 1),
            State::Ask(0) => {
                let pa =
                    self.rules.entry_address(self.walk.table, pending.request.va, self.walk.level);
                out.memory = Some(MemoryRequest::Read { pa });
            }
            State::Ask(wait) => self.state = State::Ask(wait - 1),
            _ => {}
        }
        if self.state == State::Update {
            let pa = self.rules.entry_address(self.walk.table, pending.request.va, self.walk.level);
            let desired = self.update(&pending).unwrap_or(self.walk.entry);
            let expected = self.walk.entry;
            out.memory = Some(MemoryRequest::CompareSwap { pa, expected, desired });
        }
        if out.memory.is_some() && inputs.memory_ready {
            let read = self.state != State::Update;
            out.events.pte_read = read;
            self.state = if read { State::Wait } else { State::WaitUpdate };
        }
    }

    /// A fence overtakes the walk: again from the root.
    fn restart(&mut self, out: &mut Outputs) {
        if self.state == State::Idle || self.is(M::WalkIgnoresFence) {
            return;
        }
        self.orphans += u32::from(matches!(self.state, State::Wait | State::WaitUpdate));
        out.events.walk_restart = true;
        self.start(0);
    }
}

impl Mmu for Model {
    fn xlen(&self) -> Xlen {
        self.rules.xlen
    }

    fn name(&self) -> &str {
        "model"
    }

    fn entries(&self) -> usize {
        self.entries
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        if inputs.reset {
            *self = Model::new(self.rules.xlen, self.entries, self.mutant);
            return Outputs::default();
        }
        let fencing = inputs.fence.is_some() && !self.is(M::RequestBesideFenceAccepted);
        let walking = self.is(M::HitsWaitForWalk) && self.pending.iter().any(Option::is_some);
        let slow = |port: usize| self.delayed[port].is_some();
        let free =
            |port: usize| self.pending[port].is_none() && !fencing && !walking && !slow(port);
        let mut out = Outputs {
            fetch_ready: free(0),
            data_ready: free(1),
            fence_ready: !self.is(M::FenceTakesTwo) || self.fence_seen,
            fault: self.fault,
            busy: self.pending.iter().any(Option::is_some),
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
        if let Some(request) = inputs.fetch.filter(|_| out.fetch_ready) {
            self.accept(0, request, inputs, &mut out);
        }
        if let Some(request) = inputs.data.filter(|_| out.data_ready) {
            self.accept(1, request, inputs, &mut out);
        }
        if let Some(fence) = inputs.fence {
            self.fence_seen = true;
            if out.fence_ready {
                out.events.fence = true;
                if !self.is(M::RefillSurvivesFence) {
                    self.fence(fence.va, fence.asid, inputs.satp);
                }
                self.restart(&mut out);
            }
        }
        self.registers(inputs, &out);
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
    /// What the clock edge keeps beside the walk.
    fn registers(&mut self, inputs: &Inputs, out: &Outputs) {
        let _: &Events = &out.events;
        for pending in self.pending.iter_mut().flatten() {
            if pending.satp != inputs.satp {
                pending.overtaken = true;
            }
        }
        if inputs.fault_ready && !self.is(M::FaultNeverDropped) {
            self.fault = None;
        }
        let new = [out.data, out.fetch].into_iter().flatten().find_map(Response::err);
        self.fault =
            if self.is(M::NewestFaultHeld) { new.or(self.fault) } else { self.fault.or(new) };
    }
}
