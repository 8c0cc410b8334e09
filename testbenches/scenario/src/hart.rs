//! A hart as a scenario drives it: its waiting and outstanding accesses, and their expected
//! results.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use machine::board::{Initiator, Transaction};
use model::isa::Fault;
use model::mmu::{CsrPort, Fence, PerPort, Port, Reason, Request, Response, Source};

use super::csr::CsrJob;
use super::walker_bus::Control;

/// The expected result of one access; a `None` is not checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) response: Option<Response>,
    pub(super) size: Option<u8>,
    pub(super) pbmt: Option<u8>,
    pub(super) pma: Option<u8>,
    pub(super) latency: Option<u64>,
    pub(super) within: Option<u64>,
    pub(super) reads: Option<u64>,
    pub(super) updates: Option<u64>,
    pub(super) hit: Option<bool>,
    pub(super) source: Option<Source>,
    pub(super) reason: Option<Reason>,
}

/// One access, from its step to its response.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The step's line in the file.
    pub(super) line: usize,
    pub(super) request: Request,
    pub(super) expected: Expected,
    /// The walker's reads and updates before it was presented, the entries that it found in lines, and
    /// those of them that it read again.
    pub(super) before: [u64; 4],
}

impl Job {
    pub(super) fn new(line: usize, request: Request, expected: Expected) -> Job {
        Job { line, request, expected, before: [0; 4] }
    }
}

/// A fence that waits for acceptance.
#[derive(Clone, Debug)]
pub(super) struct FenceJob {
    pub(super) line: usize,
    pub(super) fence: Fence,
    /// The expected number of cycles for which it is presented.
    pub(super) cycles: Option<u64>,
}

/// A port's accesses, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct PortJobs {
    /// Not presented yet.
    pub(super) waiting: VecDeque<Job>,
    /// Presented and not answered.
    pub(super) under_way: VecDeque<Job>,
    /// The cycle of the last response.
    pub(super) answered: Option<u64>,
}

/// The accesses and fences of a scenario for one hart.
pub(super) struct HartJobs {
    pub(super) ports: PerPort<PortJobs>,
    pub(super) fences: VecDeque<FenceJob>,
    /// Accesses to the PMP registers, one a cycle.
    pub(super) csrs: VecDeque<CsrJob>,
    pub(super) takes_faults: bool,
    /// The memory of the hart's walker.
    pub(super) control: Rc<RefCell<Control>>,
    /// The space that `satp` names, for entries that name none.
    pub(super) space: String,
    /// The fault port in the last cycle.
    pub(super) held: Option<Fault>,
    /// The answers of the last cycle.
    pub(super) answers: Vec<Transaction>,
    /// If a fence was accepted in the last cycle: for how many cycles it was presented.
    pub(super) fenced: Option<u64>,
}

impl HartJobs {
    /// Without any requests.
    pub(super) fn new(control: Rc<RefCell<Control>>, space: String) -> HartJobs {
        HartJobs {
            ports: PerPort::default(),
            fences: VecDeque::new(),
            csrs: VecDeque::new(),
            takes_faults: true,
            control,
            space,
            held: None,
            answers: Vec::new(),
            fenced: None,
        }
    }

    /// Nothing waits and nothing is in flight.
    pub(super) fn is_idle(&self) -> bool {
        let idle = |port: &PortJobs| port.waiting.is_empty() && port.under_way.is_empty();
        self.fences.is_empty() && self.csrs.is_empty() && self.ports.values().all(idle)
    }

    /// Accesses that are not presented yet.
    pub(super) fn waiting(&self) -> usize {
        self.ports.values().map(|port| port.waiting.len()).sum()
    }

    /// The line of the step with this request.
    pub(super) fn line_of(&self, request: &Request) -> Option<usize> {
        let jobs = self.ports.values().flat_map(|port| port.under_way.iter().chain(&port.waiting));
        jobs.into_iter().find(|job| job.request == *request).map(|job| job.line)
    }
}

impl Initiator for HartJobs {
    fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
        let mut job = self.ports[port].waiting.pop_front()?;
        let control = self.control.borrow();
        job.before = [control.reads, control.updates, control.lines, control.doubts];
        let request = job.request;
        self.ports[port].under_way.push_back(job);
        Some(request)
    }

    fn fence(&mut self, _now: u64) -> Option<Fence> {
        self.fences.front().map(|job| job.fence)
    }

    fn csr(&self, _now: u64) -> CsrPort {
        self.csrs.front().map(|job| job.port).unwrap_or_default()
    }

    fn takes_fault(&self) -> bool {
        self.takes_faults
    }

    fn answered(&mut self, transaction: &Transaction) {
        self.answers.push(*transaction);
    }

    fn fenced(&mut self, _fence: Fence, cycles: u64) {
        self.fenced = Some(cycles);
    }
}
