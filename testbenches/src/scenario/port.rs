//! One request port as the bench drives it: what waits, what is under way, what must come of it.

use std::collections::VecDeque;

use sim::mmu::{Request, Response};

/// What must come of one access; what is `None` is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) response: Option<Response>,
    pub(super) latency: Option<u64>,
    pub(super) within: Option<u64>,
    pub(super) reads: Option<u64>,
    pub(super) updates: Option<u64>,
    pub(super) hit: Option<bool>,
}

/// One access, from the step that asks for it to its response.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The step's line in the file.
    pub(super) line: usize,
    pub(super) request: Request,
    pub(super) expected: Expected,
    /// The cycle of its first presentation, with memory's counts of reads and updates then.
    pub(super) presented: Option<(u64, u64, u64)>,
    /// Whether the TLB answered, as the events said at acceptance.
    pub(super) hit: Option<bool>,
}

impl Job {
    pub(super) fn new(line: usize, request: Request, expected: Expected) -> Job {
        Job { line, request, expected, presented: None, hit: None }
    }
}

/// A port: requests in order.
#[derive(Clone, Debug, Default)]
pub(super) struct PortJobs {
    /// Not accepted yet; the first of them is presented.
    pub(super) waiting: VecDeque<Job>,
    /// Accepted and not answered.
    pub(super) under_way: VecDeque<Job>,
    /// The cycle of the last response.
    pub(super) answered: Option<u64>,
}

impl PortJobs {
    /// What is presented now; the first presentation is noted.
    pub(super) fn present(&mut self, now: u64, reads: u64, updates: u64) -> Option<Request> {
        let job = self.waiting.front_mut()?;
        job.presented.get_or_insert((now, reads, updates));
        Some(job.request)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }
}
