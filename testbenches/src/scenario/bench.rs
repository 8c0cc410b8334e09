//! The bench: an MMU, the walker's memory, the golden checker, one cycle at a time.

use std::collections::VecDeque;

use sim::golden::Regime;
use sim::isa::{Fault, Mode, Privilege, Satp, Xlen};
use sim::mmu::{Fence, Inputs, MemoryRequest, Mmu, Outputs, Request, Response};

use super::events::Counts;
use super::judge::Judge;
use super::memory::Memory;
use super::mismatch::{Mismatch, describe};
use super::port::{Expected, Job, Port};

/// Sees every cycle, as a wave writer does.
pub trait Observer {
    /// One cycle with its settled inputs and outputs.
    fn cycle(&mut self, now: u64, inputs: &Inputs, outputs: &Outputs, mmu: &dyn Mmu);
}

/// A fence that waits to be accepted.
#[derive(Clone, Debug)]
pub(super) struct FenceJob {
    pub(super) line: usize,
    pub(super) fence: Fence,
    /// Cycles that it must be presented for.
    pub(super) cycles: Option<u64>,
    pub(super) presented: u64,
}

/// The names of the ports, by index.
const PORTS: [&str; 2] = ["fetch", "data"];

/// Everything that a port-level run consists of.
pub(super) struct Bench<'m> {
    pub(super) mmu: &'m mut dyn Mmu,
    pub(super) memory: Memory,
    pub(super) judge: Judge,
    pub(super) observer: Option<&'m mut dyn Observer>,
    pub(super) satp: u64,
    pub(super) adue: bool,
    pub(super) take_faults: bool,
    /// Fetch and data.
    pub(super) ports: [Port; 2],
    pub(super) fences: VecDeque<FenceJob>,
    pub(super) counts: Counts,
    /// The fault port in the last cycle.
    pub(super) held: Option<Fault>,
    pub(super) busy: bool,
    pub(super) now: u64,
}

impl Bench<'_> {
    fn regime(&self) -> Regime {
        Regime { xlen: self.mmu.xlen(), satp: self.satp, adue: self.adue }
    }

    pub(super) fn mismatch(
        &self,
        line: usize,
        what: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Box<Mismatch> {
        let (what, expected, got) = (what.into(), expected.into(), got.into());
        Box::new(Mismatch { cycle: self.now, line, what, expected, got, rule: None })
    }

    /// Nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.fences.is_empty() && self.ports.iter().all(Port::is_idle)
    }

    /// The reset that every run begins with; it is not counted as a cycle.
    pub(super) fn reset(&mut self) {
        self.mmu.cycle(&Inputs { reset: true, satp: self.satp, ..Inputs::default() });
    }

    /// One clock cycle.
    pub(super) fn cycle(&mut self) -> Result<(), Box<Mismatch>> {
        let (reads, updates) = (self.memory.reads(), self.memory.updates());
        let [fetch, data] = &mut self.ports;
        let fence = self.fences.front_mut();
        let inputs = Inputs {
            reset: false,
            satp: self.satp,
            adue: self.adue,
            fetch: fetch.present(self.now, reads, updates),
            data: data.present(self.now, reads, updates),
            fence: fence.map(|job| {
                job.presented += 1;
                job.fence
            }),
            memory_ready: self.memory.ready(self.now),
            memory: self.memory.poll(self.now),
            fault_ready: self.take_faults,
        };
        let out = self.mmu.cycle(&inputs);
        if let Some(observer) = &mut self.observer {
            observer.cycle(self.now, &inputs, &out, &*self.mmu);
        }
        self.counts.add(&out.events);
        self.held = out.fault;
        self.busy = out.busy;
        let asked = out.memory.filter(|_| inputs.memory_ready);
        if let Some(request) = asked {
            self.memory.submit(self.now, request);
            self.judge.memory(request, &self.memory);
        }
        self.accept(&inputs, &out)?;
        for (port, response) in [(0, out.fetch), (1, out.data)] {
            if let Some(response) = response {
                self.answer(port, response)?;
            }
        }
        self.fence(&inputs, &out)?;
        self.pulses(&inputs, &out, asked)?;
        self.now += 1;
        Ok(())
    }

    /// Requests that are accepted in this cycle are under way from now on.
    fn accept(&mut self, inputs: &Inputs, out: &Outputs) -> Result<(), Box<Mismatch>> {
        let events = &out.events;
        let ports = [
            (inputs.fetch, out.fetch_ready, events.fetch_hit, events.fetch_miss),
            (inputs.data, out.data_ready, events.data_hit, events.data_miss),
        ];
        let regime = self.regime();
        for (index, (request, ready, hit, miss)) in ports.into_iter().enumerate() {
            let name = PORTS[index];
            let Some(request) = request.filter(|_| ready) else {
                if hit || miss {
                    let got = "a hit or miss event";
                    return Err(self.mismatch(0, name, "no event without acceptance", got));
                }
                continue;
            };
            let Some(mut job) = self.ports[index].waiting.pop_front() else { continue };
            let counted = usize::from(hit) + usize::from(miss);
            if counted != usize::from(is_looked_up(regime, &request)) {
                let got = format!("hit = {hit}, miss = {miss}");
                return Err(self.mismatch(
                    job.line,
                    format!("events of the {name} request"),
                    "a hit or a miss for each canonical translated access, neither otherwise",
                    got,
                ));
            }
            job.hit = (counted == 1).then_some(hit);
            self.judge.accept(index, regime, &request, &self.memory);
            self.ports[index].under_way.push_back(job);
        }
        Ok(())
    }

    fn answer(&mut self, index: usize, response: Response) -> Result<(), Box<Mismatch>> {
        let port = &mut self.ports[index];
        port.answered = Some(self.now);
        let Some(job) = port.under_way.pop_front() else {
            let what = format!("response on the {} port", PORTS[index]);
            return Err(self.mismatch(0, what, "none: nothing is under way", describe(&response)));
        };
        let verdict = self.judge.answer(index, &response, &self.memory);
        let what = access(&job.request);
        self.expected(&job, &what, &response).map_err(|mut mismatch| {
            mismatch.rule = verdict.as_ref().err().map(|(_, rule)| rule.clone());
            mismatch
        })?;
        verdict.map_err(|(expected, rule)| {
            let mut mismatch = self.mismatch(job.line, what, expected, describe(&response));
            mismatch.rule = Some(rule);
            mismatch
        })
    }

    /// What the file says about an access.
    fn expected(&self, job: &Job, what: &str, response: &Response) -> Result<(), Box<Mismatch>> {
        let Expected { response: wanted, latency, reads, updates, hit } = &job.expected;
        if let Some(wanted) = wanted.filter(|wanted| wanted != response) {
            return Err(self.mismatch(job.line, what, describe(&wanted), describe(response)));
        }
        let (presented, reads_then, updates_then) = job.presented.unwrap_or_default();
        let counts = [
            ("cycles until the response", *latency, self.now - presented),
            ("entries read", *reads, self.memory.reads() - reads_then),
            ("entries updated", *updates, self.memory.updates() - updates_then),
        ];
        for (name, wanted, got) in counts {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != got) {
                let what = format!("{what}: {name}");
                return Err(self.mismatch(job.line, what, wanted.to_string(), got.to_string()));
            }
        }
        let said = |hit: Option<bool>| match hit {
            Some(true) => "a TLB hit",
            Some(false) => "a TLB miss",
            None => "neither hit nor miss: not looked up",
        };
        if hit.is_some() && *hit != job.hit {
            return Err(self.mismatch(job.line, what, said(*hit), said(job.hit)));
        }
        Ok(())
    }

    fn fence(&mut self, inputs: &Inputs, out: &Outputs) -> Result<(), Box<Mismatch>> {
        let Some(fence) = inputs.fence.filter(|_| out.fence_ready) else { return Ok(()) };
        self.judge.fence(fence, &self.memory);
        let Some(job) = self.fences.pop_front() else { return Ok(()) };
        match job.cycles.filter(|wanted| *wanted != job.presented) {
            None => Ok(()),
            Some(wanted) => {
                let got = job.presented.to_string();
                Err(self.mismatch(
                    job.line,
                    "cycles that the fence is presented for",
                    wanted.to_string(),
                    got,
                ))
            }
        }
    }

    /// Events that the ports themselves show must be pulsed exactly then.
    fn pulses(
        &self,
        inputs: &Inputs,
        out: &Outputs,
        asked: Option<MemoryRequest>,
    ) -> Result<(), Box<Mismatch>> {
        let faults: Vec<_> =
            [out.fetch, out.data].into_iter().flatten().filter_map(Result::err).collect();
        let read = matches!(asked, Some(MemoryRequest::Read { .. }));
        let pulses = [
            ("fence", inputs.fence.is_some() && out.fence_ready, out.events.fence),
            ("pte_read", read, out.events.pte_read),
            ("page_fault", faults.iter().any(|f| f.cause.is_page_fault()), out.events.page_fault),
            (
                "access_fault",
                faults.iter().any(|f| !f.cause.is_page_fault()),
                out.events.access_fault,
            ),
        ];
        match pulses.into_iter().find(|(_, wanted, got)| wanted != got) {
            None => Ok(()),
            Some((name, wanted, got)) => {
                let what = format!("event {name}");
                Err(self.mismatch(0, what, wanted.to_string(), got.to_string()))
            }
        }
    }
}

/// Whether a request is looked up in a TLB: translated, and canonical.
fn is_looked_up(regime: Regime, request: &Request) -> bool {
    let Some(satp) = Satp::decode(regime.satp, regime.xlen) else { return false };
    if satp.mode == Mode::Bare || request.context.privilege == Privilege::Machine {
        return false;
    }
    let unused = 64 - satp.mode.va_bits();
    let extended = ((request.va << unused) as i64 >> unused) as u64;
    regime.xlen == Xlen::Rv32 || extended == request.va
}

/// An access in words.
fn access(request: &Request) -> String {
    let kind = match request.access {
        sim::isa::Access::Fetch => "fetch",
        sim::isa::Access::Load => "load",
        sim::isa::Access::Store => "store",
    };
    format!("{kind} of {:#x}", request.va)
}
