//! The rules of the ports and the checker, applied to each cycle; counting on the way.

use super::error::{PATIENCE, StepError, Waiting};
use crate::bus::SharedMemory;
use crate::golden::{Checker, Regime, Token};
use crate::isa::{Satp, Xlen};
use crate::mmu::{Inputs, Outputs, PerPort, Port, Request, Response};
use crate::stats::Meter;
use std::collections::VecDeque;

/// A request under way.
#[derive(Debug)]
struct Pending {
    token: Token,
    request: Request,
    accepted: u64,
    translated: bool,
}

/// Those who are told of requests and responses.
pub(super) struct Judges<'a> {
    pub(super) xlen: Xlen,
    pub(super) memory: &'a SharedMemory,
    pub(super) checker: &'a mut Checker,
    pub(super) meter: &'a mut Meter,
}

/// What is under way, and since when something waits.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pending: PerPort<VecDeque<Pending>>,
    /// Since when a request has been presented without being accepted.
    presented: PerPort<Option<u64>>,
    /// Since when a fence has.
    fence: Option<u64>,
}

impl Watch {
    /// Judges one cycle.
    pub(super) fn cycle(
        &mut self,
        now: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mut judges: Judges<'_>,
    ) -> Result<(), StepError> {
        if inputs.reset {
            for pending in self.pending.iter_mut().flat_map(|(_, pending)| pending.drain(..)) {
                judges.checker.dropped(pending.token);
            }
            (self.presented, self.fence) = (PerPort::default(), None);
            return Ok(());
        }
        judges.meter.events(outputs.events);
        let mut verdict = Ok(());
        for (port, pending) in self.pending.iter_mut() {
            if let Some(request) = inputs.accepted(port, outputs) {
                pending.push_back(judges.accept(now, port, request, inputs));
            }
            let Some(response) = outputs.responses[port] else { continue };
            let answer = match pending.pop_front() {
                Some(pending) => judges.answer(now, pending, &response),
                None => {
                    let outputs = Box::new(*outputs);
                    Err(StepError::Unasked { cycle: now, port, outputs })
                }
            };
            verdict = verdict.and(answer);
        }
        // After the requests of its own cycle, which it does not rule.
        if let Some(fence) = inputs.accepted_fence(outputs) {
            judges.checker.fenced(fence);
        }
        verdict.and(self.wait(now, inputs, outputs))
    }

    /// Cycles from `now` on in which nothing that waits is taken for dead.
    pub(super) fn patience(&self, now: u64) -> u64 {
        let presented = self.presented.values().chain([&self.fence]).flatten().copied();
        let pending = self.pending.values().filter_map(|pending| pending.front());
        let since = presented.chain(pending.map(|pending| pending.accepted)).min();
        since.map_or(u64::MAX, |since| (since + PATIENCE + 1).saturating_sub(now))
    }

    /// Whether anything waits for too long.
    fn wait(&mut self, now: u64, inputs: &Inputs, outputs: &Outputs) -> Result<(), StepError> {
        let late = |since: Option<u64>, what| match since.map_or(0, |since| now - since) {
            waited if waited > PATIENCE => Err(StepError::Silent { cycle: now, what, waited }),
            _ => Ok(()),
        };
        let since = |before: Option<u64>, waits: bool| waits.then(|| before.unwrap_or(now));
        for (port, presented) in self.presented.iter_mut() {
            let waits = inputs.requests[port].is_some() && !outputs.ready[port];
            *presented = since(*presented, waits);
            late(*presented, Waiting::Request(port))?;
        }
        self.fence = since(self.fence, inputs.fence.is_some() && !outputs.fence_ready);
        late(self.fence, Waiting::Fence)?;
        for (port, pending) in self.pending.iter() {
            late(pending.front().map(|pending| pending.accepted), Waiting::Answer(port))?;
        }
        Ok(())
    }
}

impl Judges<'_> {
    fn accept(&mut self, now: u64, port: Port, request: Request, inputs: &Inputs) -> Pending {
        let token = self.checker.accepted(inputs.satp, inputs.adue);
        let regime = Regime { xlen: self.xlen, satp: inputs.satp, adue: inputs.adue };
        let translated = regime.is_active(&request);
        self.meter.accepted(port, translated, is_canonical(regime, &request));
        Pending { token, request, accepted: now, translated }
    }

    fn answer(&mut self, now: u64, pending: Pending, response: &Response) -> Result<(), StepError> {
        if pending.translated && now > pending.accepted {
            self.meter.walk_latency(now - pending.accepted);
        }
        self.checker
            .check(pending.token, &pending.request, response, self.memory)
            .map_err(|mismatch| StepError::Mismatch { cycle: now, mismatch })
    }
}

/// Whether the bits above a virtual address repeat its highest; RV32 addresses have none above.
fn is_canonical(regime: Regime, request: &Request) -> bool {
    let Some(satp) = Satp::decode(regime.satp, regime.xlen) else { return false };
    let unused = 64 - satp.mode.va_bits();
    regime.xlen == Xlen::Rv32 || (request.va << unused) as i64 >> unused == request.va as i64
}
