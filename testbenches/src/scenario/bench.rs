//! The bench: an MMU, the walker's memory, the golden checker, one cycle at a time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::golden::Regime;
use sim::isa::{Fault, Mode, Privilege, Satp, Xlen};
use sim::machine::{Drive, Pins, StepError};
use sim::mmu::{Fence, Outputs, PerPort, Port, Pulse, Request, Response};

use super::events::Counts;
use super::mismatch::{Mismatch, describe};
use super::port::{Expected, Job, PortJobs};
use super::walker_bus::Control;

/// A fence that waits to be accepted.
#[derive(Clone, Debug)]
pub(super) struct FenceJob {
    pub(super) line: usize,
    pub(super) fence: Fence,
    /// Cycles that it must be presented for.
    pub(super) cycles: Option<u64>,
    pub(super) presented: u64,
}

/// Everything that a port-level run consists of.
pub(super) struct Bench {
    pub(super) drive: Drive,
    pub(super) control: Rc<RefCell<Control>>,
    pub(super) take_faults: bool,
    pub(super) ports: PerPort<PortJobs>,
    pub(super) fences: VecDeque<FenceJob>,
    pub(super) counts: Counts,
    /// The fault port in the last cycle.
    pub(super) held: Option<Fault>,
}

impl Bench {
    /// A bench on which nothing waits.
    pub(super) fn new(drive: Drive, control: Rc<RefCell<Control>>) -> Bench {
        Bench {
            drive,
            control,
            take_faults: true,
            ports: PerPort::default(),
            fences: VecDeque::new(),
            counts: Counts::default(),
            held: None,
        }
    }

    /// The number of the next cycle.
    pub(super) fn now(&self) -> u64 {
        self.drive.now()
    }

    fn regime(&self) -> Regime {
        let xlen = self.drive.mmu().xlen();
        Regime { xlen, satp: self.drive.satp, adue: self.drive.adue }
    }

    pub(super) fn mismatch(
        &self,
        line: usize,
        what: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Box<Mismatch> {
        let (what, expected, got) = (what.into(), expected.into(), got.into());
        // The cycle that was just simulated.
        let cycle = self.now().saturating_sub(1);
        Box::new(Mismatch { cycle, line, what, expected, got, rule: None })
    }

    /// Nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.fences.is_empty() && self.ports.values().all(PortJobs::is_idle)
    }

    /// The reset that every run begins with.
    pub(super) fn reset(&mut self) -> Result<(), Box<Mismatch>> {
        let pins = Pins { reset: true, ..Pins::default() };
        self.drive.step(&pins).map(|_| ()).map_err(|error| self.judged(&error))
    }

    /// One clock cycle.
    pub(super) fn cycle(&mut self) -> Result<(), Box<Mismatch>> {
        let now = self.now();
        let (reads, updates) = {
            let control = self.control.borrow();
            (control.reads, control.updates)
        };
        let ports = &mut self.ports;
        let fence = self.fences.front_mut();
        let pins = Pins {
            reset: false,
            requests: PerPort::from_fn(|port| ports[port].present(now, reads, updates)),
            fence: fence.map(|job| {
                job.presented += 1;
                job.fence
            }),
            fault_ready: self.take_faults,
        };
        let out = match self.drive.step(&pins) {
            Ok(out) => out,
            Err(error) => return Err(self.judged(&error)),
        };
        self.counts.add(out.events);
        self.held = out.fault;
        self.accept(&pins, &out)?;
        for (port, response) in out.responses {
            if let Some(response) = response {
                self.answer(port, response)?;
            }
        }
        self.fence(&pins, &out)?;
        self.pulses(&pins, &out, self.control.borrow().reads - reads)
    }

    /// What the golden model or the rules of the ports object to.
    fn judged(&self, error: &StepError) -> Box<Mismatch> {
        let StepError::Mismatch { mismatch, .. } = error else {
            return self.mismatch(0, "the rules of the ports", "kept", error.to_string());
        };
        let request = &mismatch.request;
        let jobs = self.ports.values().flat_map(|port| port.under_way.iter().chain(&port.waiting));
        let line = jobs.into_iter().find(|job| job.request == *request).map_or(0, |job| job.line);
        let mut legal: Vec<_> = mismatch.expected.iter().map(|w| describe(&w.outcome)).collect();
        legal.dedup();
        let got = describe(&mismatch.got);
        let mut said = self.mismatch(line, access(request), legal.join(", or "), got);
        said.rule = mismatch.expected.first().map(|walk| walk.rule.to_string());
        said
    }

    /// Requests that are accepted in this cycle are under way from now on.
    fn accept(&mut self, pins: &Pins, out: &Outputs) -> Result<(), Box<Mismatch>> {
        let regime = self.regime();
        for (port, request) in pins.requests {
            let (hit, miss) = (out.events.has(Pulse::hit(port)), out.events.has(Pulse::miss(port)));
            let Some(request) = request.filter(|_| out.ready[port]) else {
                if hit || miss {
                    let got = "a hit or miss event";
                    return Err(self.mismatch(0, port.name(), "no event without acceptance", got));
                }
                continue;
            };
            let Some(mut job) = self.ports[port].waiting.pop_front() else { continue };
            let counted = usize::from(hit) + usize::from(miss);
            if counted != usize::from(is_looked_up(regime, &request)) {
                let got = format!("hit = {hit}, miss = {miss}");
                return Err(self.mismatch(
                    job.line,
                    format!("events of the {port} request"),
                    "a hit or a miss for each canonical translated access, neither otherwise",
                    got,
                ));
            }
            job.hit = (counted == 1).then_some(hit);
            self.ports[port].under_way.push_back(job);
        }
        Ok(())
    }

    fn answer(&mut self, port: Port, response: Response) -> Result<(), Box<Mismatch>> {
        let jobs = &mut self.ports[port];
        jobs.answered = Some(self.drive.now() - 1);
        let Some(job) = jobs.under_way.pop_front() else {
            let what = format!("response on the {port} port");
            return Err(self.mismatch(0, what, "none: nothing is under way", describe(&response)));
        };
        self.expected(&job, &access(&job.request), &response)
    }

    /// What the file says about an access.
    fn expected(&self, job: &Job, what: &str, response: &Response) -> Result<(), Box<Mismatch>> {
        let Expected { response: wanted, latency, within, reads, updates, hit } = &job.expected;
        if let Some(wanted) = wanted.filter(|wanted| wanted != response) {
            return Err(self.mismatch(job.line, what, describe(&wanted), describe(response)));
        }
        let control = self.control.borrow();
        let (presented, reads_then, updates_then) = job.presented.unwrap_or_default();
        let counts = [
            ("cycles until the response", *latency, self.now() - 1 - presented),
            ("entries read", *reads, control.reads - reads_then),
            ("entries updated", *updates, control.updates - updates_then),
        ];
        for (name, wanted, got) in counts {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != got) {
                let what = format!("{what}: {name}");
                return Err(self.mismatch(job.line, what, wanted.to_string(), got.to_string()));
            }
        }
        let waited = self.now() - 1 - presented;
        if let Some(most) = within.filter(|most| waited > *most) {
            let what = format!("{what}: cycles until the response");
            let wanted = format!("at most {most}");
            return Err(self.mismatch(job.line, what, wanted, waited.to_string()));
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

    fn fence(&mut self, pins: &Pins, out: &Outputs) -> Result<(), Box<Mismatch>> {
        if pins.fence.is_none() || !out.fence_ready {
            return Ok(());
        }
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
    fn pulses(&self, pins: &Pins, out: &Outputs, reads: u64) -> Result<(), Box<Mismatch>> {
        let faults = || out.responses.values().flatten().filter_map(|answer| answer.err());
        let pulses = [
            (Pulse::Fence, pins.fence.is_some() && out.fence_ready),
            (Pulse::PteRead, reads == 1),
            (Pulse::PageFault, faults().any(|fault| fault.cause.is_page_fault())),
            (Pulse::AccessFault, faults().any(|fault| !fault.cause.is_page_fault())),
        ];
        match pulses.into_iter().find(|(pulse, wanted)| out.events.has(*pulse) != *wanted) {
            None => Ok(()),
            Some((pulse, wanted)) => {
                let what = format!("event {}", pulse.name());
                Err(self.mismatch(0, what, wanted.to_string(), (!wanted).to_string()))
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
