//! A channel on which chosen requests fail.

use std::collections::BTreeSet;
use std::ops::Range;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Channel, Request, Response};

/// Which requests fail: each for which one of the conditions holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// Requests whose first byte lies in one of these ranges.
    pub addresses: Vec<Range<u64>>,
    /// Requests by number, counted from 0 in order of acceptance.
    pub requests: BTreeSet<u64>,
    /// This fraction of all requests, at random: 0 to 1.
    pub probability: f64,
    /// The seed of the random requests.
    pub seed: u64,
}

/// Lets the inner channel answer chosen requests with an error; they have no effect on memory.
pub struct FaultInjection<C> {
    inner: C,
    plan: FaultPlan,
    random: ChaCha8Rng,
    accepted: u64,
}

impl<C: Channel> FaultInjection<C> {
    /// Wraps a channel.
    pub fn new(inner: C, plan: FaultPlan) -> FaultInjection<C> {
        let random = ChaCha8Rng::seed_from_u64(plan.seed);
        FaultInjection { inner, plan, random, accepted: 0 }
    }

    fn fails(&mut self, request: Request) -> bool {
        let number = self.accepted;
        self.accepted += 1;
        // Drawn for every request, so that the other conditions do not change the sequence.
        let unlucky = self.random.random_bool(self.plan.probability.clamp(0.0, 1.0));
        let pa = address(request);
        unlucky
            || self.plan.requests.contains(&number)
            || self.plan.addresses.iter().any(|range| range.contains(&pa))
    }
}

fn address(request: Request) -> u64 {
    match request {
        Request::Read { pa, .. } | Request::Write { pa, .. } | Request::CompareSwap { pa, .. } => {
            pa
        }
    }
}

impl<C: Channel> Channel for FaultInjection<C> {
    fn ready(&mut self, now: u64) -> bool {
        self.inner.ready(now)
    }

    /// A failing request is replaced by a read of no bytes, which every memory refuses without
    /// effect: so the error keeps its place in the order, and its time, on the inner channel.
    fn submit(&mut self, now: u64, request: Request) {
        let request = if self.fails(request) {
            Request::Read { pa: address(request), bytes: 0 }
        } else {
            request
        };
        self.inner.submit(now, request);
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.inner.poll(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.inner.next_response()
    }

    /// No line has words that could not be read.
    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        let (first, last) = (pa & !63, pa | 63);
        let fails = |range: &Range<u64>| range.start <= last && first < range.end;
        if self.plan.addresses.iter().any(fails) { None } else { self.inner.line(pa) }
    }
}
