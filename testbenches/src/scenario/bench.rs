//! The bench: an MMU, the walker's memory, the golden checker, one cycle at a time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::golden::Regime;
use sim::isa::{Fault, Mode, Privilege, Satp, Xlen};
use sim::machine::{Drive, Pins, StepError};
use sim::mmu::{Fence, Outputs, Request, Response};

use super::events::Counts;
use super::mismatch::{Mismatch, describe};
use super::port::{Expected, Job, Port};
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

/// The names of the ports, by index.
const PORTS: [&str; 2] = ["fetch", "data"];

/// Everything that a port-level run consists of.
pub(super) struct Bench {
    pub(super) drive: Drive,
    pub(super) control: Rc<RefCell<Control>>,
    pub(super) take_faults: bool,
    /// Fetch and data.
    pub(super) ports: [Port; 2],
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
            ports: [Port::default(), Port::default()],
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
        self.fences.is_empty() && self.ports.iter().all(Port::is_idle)
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
        let [fetch, data] = &mut self.ports;
        let fence = self.fences.front_mut();
        let pins = Pins {
            reset: false,
            fetch: fetch.present(now, reads, updates),
            data: data.present(now, reads, updates),
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
        self.counts.add(&out.events);
        self.held = out.fault;
        self.accept(&pins, &out)?;
        for (port, response) in [(0, out.fetch), (1, out.data)] {
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
        let jobs = self.ports.iter().flat_map(|port| port.under_way.iter().chain(&port.waiting));
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
        let events = &out.events;
        let ports = [
            (pins.fetch, out.fetch_ready, events.fetch_hit, events.fetch_miss),
            (pins.data, out.data_ready, events.data_hit, events.data_miss),
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
            self.ports[index].under_way.push_back(job);
        }
        Ok(())
    }

    fn answer(&mut self, index: usize, response: Response) -> Result<(), Box<Mismatch>> {
        let port = &mut self.ports[index];
        port.answered = Some(self.drive.now() - 1);
        let Some(job) = port.under_way.pop_front() else {
            let what = format!("response on the {} port", PORTS[index]);
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
        let faults: Vec<_> =
            [out.fetch, out.data].into_iter().flatten().filter_map(Result::err).collect();
        let pulses = [
            ("fence", pins.fence.is_some() && out.fence_ready, out.events.fence),
            ("pte_read", reads == 1, out.events.pte_read),
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
