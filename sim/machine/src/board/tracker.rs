//! The only place where a hart's requests are followed: presented, accepted, kept in order, timed,
//! checked, counted, and returned.

use super::error::{PATIENCE, StepError, Waiting};
use super::initiator::{Initiator, Transaction};
use crate::stats::Meter;
use model::bus::SharedMemory;
use model::golden::{Checker, Token};
use model::isa::{Attributes, Mode, Privilege, Satp, Xlen};
use model::mmu::{Fence, Inputs, Outputs, PerPort, Port, Pulse, Request, Response, Traced};
use std::collections::VecDeque;

/// A request that the port has not accepted yet.
#[derive(Clone, Copy, Debug)]
struct Presented {
    request: Request,
    since: u64,
}

/// A request that was accepted and has no answer yet.
#[derive(Debug)]
struct UnderWay {
    request: Request,
    presented: u64,
    accepted: u64,
    token: Token,
    translated: bool,
    hit: Option<bool>,
}

/// What checks and counts requests.
pub(super) struct Judges<'a> {
    /// Cycles from the acceptance of a request to its answer, if it needs no walk.
    pub(super) delay: u64,
    /// Answers are checked.
    pub(super) checks: bool,
    pub(super) memory: &'a SharedMemory,
    pub(super) checker: &'a mut Checker,
    pub(super) meter: &'a mut Meter,
}

/// How `satp` decides whether a request is translated; computed when it changes.
#[derive(Debug)]
struct Scheme {
    xlen: Xlen,
    satp: u64,
    is_bare: bool,
    /// Bits of a virtual address above those that are translated; `None` for a reserved mode.
    unused: Option<u32>,
}

impl Scheme {
    fn new(satp: u64, xlen: Xlen) -> Scheme {
        let decoded = Satp::decode(satp, xlen);
        let is_bare = decoded.is_some_and(|satp| satp.mode == Mode::Bare);
        Scheme { xlen, satp, is_bare, unused: decoded.map(|satp| 64 - satp.mode.va_bits()) }
    }

    #[inline]
    fn translates(&self, request: &Request) -> bool {
        request.context.privilege != Privilege::Machine && !self.is_bare
    }

    /// Whether the bits above a virtual address repeat its highest bit; RV32 addresses have none.
    fn is_canonical(&self, va: u64) -> bool {
        let repeats = |unused: u32| (va << unused) as i64 >> unused == va as i64;
        self.unused.is_some_and(|unused| self.xlen == Xlen::Rv32 || repeats(unused))
    }
}

/// The requests and the fence of one hart.
#[derive(Debug)]
pub(super) struct Tracker {
    presented: PerPort<Option<Presented>>,
    under_way: PerPort<VecDeque<UnderWay>>,
    fence: Option<(Fence, u64)>,
    scheme: Scheme,
    /// Before this cycle nothing can have waited for too long.
    look: u64,
}

impl Tracker {
    pub(super) fn new(xlen: Xlen) -> Tracker {
        Tracker {
            presented: PerPort::default(),
            under_way: PerPort::default(),
            fence: None,
            scheme: Scheme::new(0, xlen),
            look: 0,
        }
    }

    /// Takes the initiator's next request on each port that presents nothing.
    #[inline]
    pub(super) fn take<I: Initiator + ?Sized>(&mut self, now: u64, initiator: &mut I) {
        for (port, presented) in self.presented.iter_mut() {
            if presented.is_none() {
                let request = initiator.request(port, now);
                *presented = request.map(|request| Presented { request, since: now });
            }
        }
        if self.fence.is_none() {
            self.fence = initiator.fence(now).map(|fence| (fence, now));
        }
    }

    /// Presents these requests from this cycle on; nothing was presented.
    pub(super) fn present(&mut self, requests: PerPort<Option<Request>>, now: u64) {
        let presented = |request| Presented { request, since: now };
        self.presented = requests.map(|request| request.map(presented));
    }

    /// What was presented was answered at once.
    #[inline]
    pub(super) fn forget(&mut self) {
        self.presented = PerPort::default();
    }

    /// Nothing is presented or in flight, and requests are translated.
    pub(super) fn is_idle(&self) -> bool {
        let nothing_under_way = self.under_way.values().all(VecDeque::is_empty);
        !self.asks() && nothing_under_way && !self.scheme.is_bare
    }

    /// Nothing is presented or in flight.
    pub(super) fn is_at_rest(&self) -> bool {
        !self.asks() && self.under_way.values().all(VecDeque::is_empty)
    }

    /// Whether translation applies to a request under the registers of the last cycle.
    #[inline]
    pub(super) fn translates(&self, request: &Request) -> bool {
        self.scheme.translates(request)
    }

    /// What is presented on the translation ports.
    #[inline]
    pub(super) fn requests(&self) -> PerPort<Option<Request>> {
        self.presented.map(|presented| presented.map(|presented| presented.request))
    }

    /// What is presented on the fence port.
    #[inline]
    pub(super) fn fence(&self) -> Option<Fence> {
        self.fence.map(|(fence, _)| fence)
    }

    /// Something is presented.
    pub(super) fn asks(&self) -> bool {
        self.presented.values().any(Option::is_some) || self.fence.is_some()
    }

    /// A reset discards everything.
    pub(super) fn reset(&mut self, checker: &mut Checker) {
        for (_, under_way) in self.under_way.iter_mut() {
            under_way.drain(..).for_each(|under_way| checker.dropped(under_way.token));
        }
        (self.presented, self.fence) = (PerPort::default(), None);
        checker.reset();
    }

    /// Follows one cycle.
    #[inline]
    pub(super) fn cycle<I: Initiator + ?Sized>(
        &mut self,
        now: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mut judges: Judges<'_>,
        initiator: &mut I,
    ) -> Result<(), StepError> {
        if inputs.satp != self.scheme.satp {
            self.scheme = Scheme::new(inputs.satp, self.scheme.xlen);
        }
        judges.meter.events(outputs.events);
        judges.checker.set_pbmte(inputs.pbmte);
        let mut verdict = Ok(());
        for port in Port::ALL {
            let accepted = self.presented[port].take_if(|_| outputs.ready[port]);
            let mut accepted =
                accepted.map(|presented| self.accept(now, port, presented, inputs, &mut judges));
            // What was looked up is the oldest request: the port has no miss.
            let told = looked_up(outputs, port);
            if let (Some(_), Some(oldest)) =
                (told, self.under_way[port].front_mut().or(accepted.as_mut()))
            {
                oldest.hit = told;
            }
            let Some(response) = outputs.responses[port] else {
                if let Some(accepted) = accepted {
                    self.under_way[port].push_back(accepted);
                }
                continue;
            };
            // At once, a hit is answered in the cycle of its acceptance, and is never queued.
            let queue = &mut self.under_way[port];
            let answered = if queue.is_empty() {
                accepted
            } else {
                queue.extend(accepted);
                queue.pop_front()
            };
            let answer = match answered {
                Some(under_way) => {
                    let answer = (response, outputs.attributes[port]);
                    let judged = judges.answer(now, port, under_way, answer, outputs.trace[port]);
                    judged.map(|transaction| initiator.answered(&transaction))
                }
                None => {
                    let outputs = Box::new(*outputs);
                    Err(StepError::Unasked { cycle: now, port, outputs })
                }
            };
            verdict = verdict.and(answer);
        }
        // After the requests of its own cycle, which it does not affect.
        if let Some((fence, since)) = self.fence.take_if(|_| outputs.fence_ready) {
            judges.checker.fenced(fence);
            initiator.fenced(fence, now - since + 1);
        }
        if let Some(value) = inputs.csr.write {
            judges.checker.csr_written(inputs.csr.number, value);
        }
        if now >= self.look {
            verdict = verdict.and(self.is_in_time(now));
        }
        verdict
    }

    fn accept(
        &self,
        now: u64,
        port: Port,
        Presented { request, since }: Presented,
        inputs: &Inputs,
        judges: &mut Judges<'_>,
    ) -> UnderWay {
        let token = judges.checker.accepted(inputs.satp, inputs.adue);
        let translated = self.scheme.translates(&request);
        judges.meter.accepted(port, translated, self.scheme.is_canonical(request.va));
        UnderWay { request, presented: since, accepted: now, token, translated, hit: None }
    }

    /// What waits, and since when.
    fn waits(&self) -> impl Iterator<Item = (u64, Waiting)> + '_ {
        let presented = self.presented.iter().filter_map(|(port, presented)| {
            presented.map(|presented| (presented.since, Waiting::Request(port)))
        });
        let fence = self.fence.iter().map(|(_, since)| (*since, Waiting::Fence));
        let under_way = self.under_way.iter().filter_map(|(port, queue)| {
            queue.front().map(|oldest| (oldest.accepted, Waiting::Answer(port)))
        });
        presented.chain(fence).chain(under_way)
    }

    /// Checks that nothing waits for too long, and computes when to check again.
    fn is_in_time(&mut self, now: u64) -> Result<(), StepError> {
        if let Some((since, what)) = self.waits().find(|(since, _)| now - since > PATIENCE) {
            return Err(StepError::Silent { cycle: now, what, waited: now - since });
        }
        // What begins to wait after now reaches its limit after what waits now.
        let oldest = self.waits().map(|(since, _)| since).min().unwrap_or(now);
        self.look = oldest + PATIENCE + 1;
        Ok(())
    }

    /// Cycles from `now` on in which nothing that waits reaches its limit.
    pub(super) fn patience(&self, now: u64) -> u64 {
        let since = self.waits().map(|(since, _)| since).min();
        since.map_or(u64::MAX, |since| (since + PATIENCE + 1).saturating_sub(now))
    }
}

/// Whether the request that was looked up hit, if one was.
fn looked_up(outputs: &Outputs, port: Port) -> Option<bool> {
    match (outputs.events.has(Pulse::hit(port)), outputs.events.has(Pulse::miss(port))) {
        (false, false) => None,
        (hit, _) => Some(hit),
    }
}

impl Judges<'_> {
    #[inline]
    fn answer(
        &mut self,
        now: u64,
        port: Port,
        under_way: UnderWay,
        (response, attributes): (Response, Attributes),
        Traced { source, reason, .. }: Traced,
    ) -> Result<Transaction, StepError> {
        let UnderWay { request, presented, accepted, token, translated, hit } = under_way;
        if translated && now > accepted + self.delay {
            self.meter.walk_latency(now - accepted);
        }
        match self.checks {
            true => self
                .checker
                .check_reason(token, &request, (&response, attributes, reason), self.memory)
                .map_err(|mismatch| StepError::Mismatch { cycle: now, mismatch })?,
            false => self.checker.dropped(token),
        }
        let answered = now;
        Ok(Transaction {
            port,
            request,
            response,
            attributes,
            presented,
            accepted,
            answered,
            hit,
            told: (source, reason),
        })
    }
}
