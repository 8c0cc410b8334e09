//! The model's walker: from a pending miss to its answer.

use model::isa::{Attributes, Cause, Extension, Satp};
use model::mmu::{Inputs, MemoryRequest, MemoryResponse, Outputs, Pulse};

use super::defective::{IDLE_WALK, Line, Model, Pending, State, Walk};
use super::mutant::Mutant as M;
use super::rules::Entry;

impl Model {
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
        // Data first, and the fetch only after the data port has been idle for a while.
        if self.is(M::DataStarvesFetch) {
            self.patience = if self.pending[1].is_some() { 0 } else { self.patience + 1 };
            order = if self.patience > 3 { [1, 0] } else { [1, 1] };
        }
        let Some(port) = order.into_iter().find(|port| self.pending[*port].is_some()) else {
            return;
        };
        self.walk.port = port;
        self.last = port;
        out.events += Pulse::WalkStart;
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
            match self.rules.decode(entry, self.walk.level, request, pending.pbmte) {
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
        let store = self.rules.needs_dirty(pending.request.access) || self.is(M::LoadSetsDirty);
        let wanted = entry.bits | 1 << 6 | if store { 1 << 7 } else { 0 };
        let unmarked = entry.valid() && entry.leaf() && wanted != entry.bits;
        let page = if self.is(M::NapotCopyWritten) { pending.request.va >> 12 & 0xf } else { 0 };
        unmarked.then_some(wanted | page << 10)
    }

    fn answer(&mut self, pending: Pending, inputs: &Inputs, out: &mut Outputs) {
        let Walk { port, level, global, result, .. } = self.walk;
        let entry = Entry { mode: self.mode(pending.satp), bits: self.walk.entry };
        let request = pending.request;
        let mut result = result;
        let unset = !entry.accessed() && !self.is(M::AccessedIgnored)
            || self.rules.needs_dirty(request.access)
                && !entry.dirty()
                && !self.is(M::DirtyIgnored);
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
        let retyped = self.rules.extensions.has(Extension::Svpbmt) && pending.pbmte != inputs.pbmte;
        let retyped = retyped && !self.is(M::RetypedWalkCached);
        if cacheable && !fenced && !overtaken && !retyped {
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
            out.events += Pulse::Refill;
            if level > 0 {
                out.events += Pulse::SuperpageRefill;
            }
        }
        self.had_fault = result.is_err();
        let answer = match result {
            Ok(()) => {
                let pa = self.rules.physical(entry, level, request.va);
                self.judged(&request, (Ok(pa), self.rules.attributes(entry, level)))
            }
            Err(cause) => (Err(self.rules.fault(cause, &request, entry)), Attributes::default()),
        };
        out.events += Pulse::WalkDone;
        self.respond(port, answer, out);
        self.pending[port] = None;
        self.state = State::Idle;
    }

    fn fill(&mut self, port: usize, line: Line) {
        let keep = self.is(M::StaleDirtyAfterUpdate);
        let same: Vec<bool> = self.lines[port]
            .iter()
            .map(|old| {
                let within = self.covers(&line, old.va) && !self.is(M::NapotOverlapsKept);
                old.asid == line.asid && (self.covers(old, line.va) || within)
            })
            .collect();
        let mut same = same.into_iter();
        self.lines[port].retain(|_| keep || !same.next().unwrap_or(false));
        if self.lines[port].len() == self.config.entries {
            self.lines[port].remove(0);
        }
        self.lines[port].push(line);
    }

    /// The walker's cycle.
    pub(super) fn work(&mut self, inputs: &Inputs, out: &mut Outputs) {
        if self.state == State::Idle {
            self.pick(out);
        }
        let mut response = inputs.memory;
        if response.is_some() && self.orphans > 0 && !self.is(M::StaleResponseTaken) {
            self.orphans -= 1;
            response = None;
        }
        if std::mem::take(&mut self.memory.refused) {
            response = Some(MemoryResponse { data: 0, error: true, swapped: false, line: None });
        }
        let Some(pending) = self.pending[self.walk.port] else { return };
        match (self.state, response) {
            (State::Wait, Some(answer)) => self.entry(answer.data, answer.error, &pending),
            (State::WaitUpdate, Some(answer)) => {
                self.state = State::Answer(1 + u32::from(self.is(M::UpdateOneLate)));
                if answer.error && !self.is(M::UpdateErrorIgnored) {
                    self.walk.result = Err(Cause::access_fault(pending.request.access));
                } else if answer.swapped || answer.error || self.is(M::NoRetry) {
                    out.events.add_if(Pulse::PteUpdate, answer.swapped);
                    self.walk.entry = self.update(&pending).unwrap_or(self.walk.entry);
                } else if self.is(M::RetryFromOldEntry) {
                    self.walk.entry = answer.data;
                    self.state = State::Answer(1);
                    out.events += Pulse::UpdateRetry;
                } else {
                    out.events += Pulse::UpdateRetry;
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
        let refused = match out.memory {
            Some(MemoryRequest::Read { pa }) => !self.memory.serves_walker(pa, false),
            Some(MemoryRequest::CompareSwap { pa, .. }) => !self.memory.serves_walker(pa, true),
            None => false,
        };
        // What memory has seen stays.
        let refused = refused && !self.memory.presented;
        self.memory.presented = out.memory.is_some() && !refused && !inputs.memory_ready;
        if refused {
            // What memory does not see is answered with an error.
            if !self.is(M::RefusedReadReachesMemory) {
                out.memory = None;
            }
            self.memory.refused = true;
            self.state = if self.state == State::Update { State::WaitUpdate } else { State::Wait };
        }
        if out.memory.is_some() && inputs.memory_ready && !refused {
            let read = self.state != State::Update;
            out.events.add_if(Pulse::PteRead, read);
            self.state = if read { State::Wait } else { State::WaitUpdate };
        }
    }

    /// A fence during the walk: restart from the root.
    pub(super) fn restart(&mut self, out: &mut Outputs) {
        if self.state == State::Idle || self.is(M::WalkIgnoresFence) {
            return;
        }
        let waits = matches!(self.state, State::Wait | State::WaitUpdate);
        self.orphans += u32::from(waits && !std::mem::take(&mut self.memory.refused));
        out.events += Pulse::WalkRestart;
        self.start(0);
    }
}
