//! The rules of the ports and the checker, applied to each cycle; counting on the way.

use super::error::{PATIENCE, StepError};
use crate::bus::SharedMemory;
use crate::golden::{Checker, Regime, Token};
use crate::isa::{Satp, Xlen};
use crate::mmu::{Inputs, Outputs, Request, Response};
use crate::stats::{Meter, Port};
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
    pending: [VecDeque<Pending>; 2],
    /// Since when fetch, data and fence have been presented without being accepted.
    presented: [Option<u64>; 3],
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
            for pending in self.pending.iter_mut().flat_map(|pending| pending.drain(..)) {
                judges.checker.dropped(pending.token);
            }
            self.presented = [None; 3];
            return Ok(());
        }
        judges.meter.events(&outputs.events);
        let ports = [
            (Port::Fetch, inputs.fetch, outputs.fetch_ready, outputs.fetch),
            (Port::Data, inputs.data, outputs.data_ready, outputs.data),
        ];
        let mut verdict = Ok(());
        for (port, request, ready, response) in ports {
            if let Some(request) = request.filter(|_| ready) {
                let pending = judges.accept(now, port, request, inputs);
                self.pending[port as usize].push_back(pending);
            }
            let Some(response) = response else { continue };
            let answer = match self.pending[port as usize].pop_front() {
                Some(pending) => judges.answer(now, pending, &response),
                None => {
                    let outputs = Box::new(*outputs);
                    Err(StepError::Unasked { cycle: now, port: port.name(), outputs })
                }
            };
            verdict = verdict.and(answer);
        }
        // After the requests of its own cycle, which it does not rule.
        if let Some(fence) = inputs.fence.filter(|_| outputs.fence_ready) {
            judges.checker.fenced(fence);
        }
        verdict.and(self.wait(now, inputs, outputs))
    }

    /// Cycles from `now` on in which nothing that waits is taken for dead.
    pub(super) fn patience(&self, now: u64) -> u64 {
        let presented = self.presented.iter().flatten().copied();
        let pending = self.pending.iter().filter_map(|pending| pending.front());
        let since = presented.chain(pending.map(|pending| pending.accepted)).min();
        since.map_or(u64::MAX, |since| (since + PATIENCE + 1).saturating_sub(now))
    }

    /// Whether anything waits for too long.
    fn wait(&mut self, now: u64, inputs: &Inputs, outputs: &Outputs) -> Result<(), StepError> {
        let presented = [
            (inputs.fetch.is_some() && !outputs.fetch_ready, "request on the fetch port"),
            (inputs.data.is_some() && !outputs.data_ready, "request on the data port"),
            (inputs.fence.is_some() && !outputs.fence_ready, "fence"),
        ];
        for (since, (waits, what)) in self.presented.iter_mut().zip(presented) {
            *since = if waits { Some(since.unwrap_or(now)) } else { None };
            let waited = since.map_or(0, |since| now - since);
            if waited > PATIENCE {
                return Err(StepError::Silent { cycle: now, what, waited });
            }
        }
        for (pending, what) in self.pending.iter().zip(["fetch request", "data request"]) {
            let waited = pending.front().map_or(0, |pending| now - pending.accepted);
            if waited > PATIENCE {
                return Err(StepError::Silent { cycle: now, what, waited });
            }
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
