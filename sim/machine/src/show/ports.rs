//! The pins of one hart in cycles: requests with their answers, walks, fences.

use super::lines::Lines;
use super::{Hex, Record, What};
use crate::board::Cycle;
use kernel::Pid;
use model::isa::{Mode, Privilege, Satp, Xlen};
use model::mmu::{MemoryRequest, PerPort, Port, Pulse, Request, Response};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Cycles after a refill or a fence in which lines may change.
const SETTLING: u32 = 3;

/// A request that is accepted and not answered.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: u64,
    request: Request,
    pid: Option<Pid>,
    /// The scheme translates it.
    translated: bool,
}

/// The pins of a hart.
#[derive(Debug)]
pub(super) struct Pins {
    xlen: Xlen,
    /// `satp` in the last cycle.
    satp: Option<u64>,
    open: PerPort<VecDeque<Open>>,
    /// The walker's requests that memory has not answered.
    asked: VecDeque<MemoryRequest>,
    /// Translations so far that succeeded, by process and port.
    done: FxHashMap<(Option<Pid>, Port), u64>,
    pub(super) lines: Lines,
    /// For so many cycles they may still change.
    unsettled: u32,
    /// The cycle of what changes them, until they are looked at.
    changed: Option<u64>,
}

impl Pins {
    pub(super) fn new(xlen: Xlen, lines: Lines) -> Pins {
        Pins {
            xlen,
            satp: None,
            open: PerPort::from_fn(|_| VecDeque::new()),
            asked: VecDeque::new(),
            done: FxHashMap::default(),
            lines,
            unsettled: SETTLING,
            changed: None,
        }
    }

    /// The context that `satp` selects; `None` before the first cycle.
    pub(super) fn context(&self) -> Option<Satp> {
        Satp::decode(self.satp?, self.xlen)
    }

    /// What happened in a cycle. An update of a page table is told as well.
    pub(super) fn cycle(&mut self, cycle: &Cycle<'_>, tell: &mut dyn FnMut(Record)) {
        let (now, hart) = (cycle.number, cycle.hart);
        let (inputs, outputs) = (cycle.inputs, cycle.outputs);
        if inputs.reset {
            self.open.0.iter_mut().for_each(VecDeque::clear);
            self.asked.clear();
        }
        if self.satp != Some(inputs.satp) {
            self.satp = Some(inputs.satp);
            if let Some(satp) = self.context() {
                let mode = satp.mode.name().to_lowercase();
                let what = What::Satp { hart, mode, asid: satp.asid, root: Hex(satp.root) };
                tell(Record { at: now, what });
            }
        }
        if let Some(fence) = inputs.accepted_fence(outputs) {
            let what = What::Fence { hart, va: fence.va.map(Hex), asid: fence.asid };
            tell(Record { at: now, what });
        }
        let translates = self.context().is_none_or(|satp| satp.mode != Mode::Bare);
        for port in Port::ALL {
            if let Some(request) = inputs.accepted(port, outputs) {
                let translated = translates && request.context.privilege != Privilege::Machine;
                let pid = cycle.world.pid;
                self.open[port].push_back(Open { at: now, request, pid, translated });
            }
            let traced = &outputs.trace[port];
            let name = port.name();
            if let Some(level) = traced.start {
                tell(Record { at: now, what: What::Start { hart, port: name, level } });
            }
            if let Some(read) = traced.read {
                let (level, pa, value) = (Some(read.level), Hex(read.pa), Hex(read.entry));
                let what = What::Read { hart, port: Some(name), level, pa, value, error: false };
                tell(Record { at: now, what });
            }
        }
        if let Some(answer) = inputs.memory
            && let Some(asked) = self.asked.pop_front()
        {
            match asked {
                MemoryRequest::Read { pa } if answer.error => {
                    let (port, level, pa, value) = (None, None, Hex(pa), Hex(0));
                    let what = What::Read { hart, port, level, pa, value, error: true };
                    tell(Record { at: now, what });
                }
                MemoryRequest::Read { .. } => {}
                MemoryRequest::CompareSwap { pa, desired, .. } => {
                    let (pa, value, ok) = (Hex(pa), Hex(desired), answer.swapped && !answer.error);
                    tell(Record { at: now, what: What::Update { hart, pa, value, ok } });
                }
            }
        }
        self.asked.extend(outputs.memory.filter(|_| inputs.memory_ready));
        for port in Port::ALL {
            if let Some(response) = outputs.responses[port]
                && let Some(open) = self.open[port].pop_front()
            {
                tell(self.answered(cycle, port, open, response));
            }
        }
        self.settle(cycle, tell);
        let refills = [Pulse::Refill, Pulse::SuperpageRefill];
        let changes = inputs.reset
            || inputs.accepted_fence(outputs).is_some()
            || refills.iter().any(|pulse| outputs.events.has(*pulse));
        if changes {
            self.unsettled = SETTLING;
            self.changed = Some(now);
        }
    }

    /// Looks at the lines, if they may have changed.
    pub(super) fn settle(&mut self, cycle: &Cycle<'_>, tell: &mut dyn FnMut(Record)) {
        if self.unsettled == 0 {
            return;
        }
        self.unsettled -= 1;
        // After idle cycles that were skipped, lines have been so since the one after the change.
        let at = self.changed.take().map_or(cycle.number, |change| cycle.number.min(change + 1));
        self.lines.look(cycle.hart, cycle.unit, |what| tell(Record { at, what }));
    }

    /// Whether lines may differ in the coming cycle, so that their signals are needed.
    pub(super) fn is_unsettled(&self) -> bool {
        self.unsettled > 0
    }

    fn answered(
        &mut self,
        cycle: &Cycle<'_>,
        port: Port,
        open: Open,
        response: Response,
    ) -> Record {
        let Open { at, request, pid, translated } = open;
        let done = self.done.entry((pid, port)).or_default();
        let n = *done + 1;
        *done += u64::from(response.is_ok());
        let traced = &cycle.outputs.trace[port];
        let what = What::Access {
            to: cycle.number,
            hart: cycle.hart,
            port: port.name(),
            pid,
            n,
            va: Hex(request.va),
            access: request.access.name(),
            privilege: match request.context.privilege {
                Privilege::User => "U",
                Privilege::Supervisor => "S",
                Privilege::Machine => "M",
            },
            how: match traced.source {
                Some(source) => Some(source.word()),
                None if translated => None,
                None => Some("bare"),
            },
            pa: response.ok().map(Hex),
            cause: response.err().map(|fault| fault.cause.name()),
            reason: traced.reason.map(|reason| reason.words()),
        };
        Record { at, what }
    }
}
