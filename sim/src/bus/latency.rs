//! Memory seen through time: the innermost channels.
//!
//! Both are pipelined: one request a cycle is accepted, one response a cycle arrives, in order.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Channel, Request, Response, SharedMemory};

/// Responses under way, each with the cycle of its arrival.
#[derive(Debug, Default)]
struct Pipeline(VecDeque<(u64, Response)>);

impl Pipeline {
    /// Puts a response under way: it never overtakes the one before, nor arrives beside it.
    fn push(&mut self, due: u64, response: Response) {
        let after = self.0.back().map_or(0, |(before, _)| before + 1);
        self.0.push_back((due.max(after), response));
    }

    fn pop(&mut self, now: u64) -> Option<Response> {
        if self.next()? > now {
            return None;
        }
        self.0.pop_front().map(|(_, response)| response)
    }

    fn next(&self) -> Option<u64> {
        self.0.front().map(|&(due, _)| due)
    }
}

/// Every response arrives the same number of cycles after its request.
pub struct FixedLatency {
    memory: SharedMemory,
    cycles: u64,
    pipeline: Pipeline,
}

impl FixedLatency {
    /// A channel to `memory` with a latency in cycles; 0 counts as 1, the least there is.
    pub fn new(memory: SharedMemory, cycles: u64) -> FixedLatency {
        FixedLatency { memory, cycles: cycles.max(1), pipeline: Pipeline::default() }
    }
}

impl Channel for FixedLatency {
    fn ready(&mut self, _now: u64) -> bool {
        true
    }

    fn submit(&mut self, now: u64, request: Request) {
        self.pipeline.push(now + self.cycles, self.memory.perform(request));
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.pipeline.pop(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.pipeline.next()
    }
}

/// A cache in front of slower memory, as the textbooks compute with it: every n-th access misses.
/// What it holds is not modelled.
pub struct CacheLatency {
    memory: SharedMemory,
    hit: u64,
    miss: u64,
    every: u64,
    accesses: u64,
    pipeline: Pipeline,
}

impl CacheLatency {
    /// A channel to `memory` whose accesses take `hit` cycles, every `every`-th `miss` cycles.
    pub fn new(memory: SharedMemory, hit: u64, miss: u64, every: u64) -> CacheLatency {
        let pipeline = Pipeline::default();
        CacheLatency { memory, hit: hit.max(1), miss, every: every.max(1), accesses: 0, pipeline }
    }
}

impl Channel for CacheLatency {
    fn ready(&mut self, _now: u64) -> bool {
        true
    }

    fn submit(&mut self, now: u64, request: Request) {
        self.accesses += 1;
        let misses = self.accesses.is_multiple_of(self.every);
        let cycles = if misses { self.miss.max(self.hit) } else { self.hit };
        self.pipeline.push(now + cycles, self.memory.perform(request));
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.pipeline.pop(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.pipeline.next()
    }
}

/// Every response takes a random number of cycles, and longer if it must queue behind the one
/// before it.
pub struct RandomLatency {
    memory: SharedMemory,
    cycles: RangeInclusive<u64>,
    random: ChaCha8Rng,
    pipeline: Pipeline,
}

impl RandomLatency {
    /// A channel to `memory` with latencies drawn evenly from a range of cycles. Zero counts as
    /// one, and an empty range as its lower end.
    pub fn new(memory: SharedMemory, cycles: RangeInclusive<u64>, seed: u64) -> RandomLatency {
        let low = (*cycles.start()).max(1);
        RandomLatency {
            memory,
            cycles: low..=(*cycles.end()).max(low),
            random: ChaCha8Rng::seed_from_u64(seed),
            pipeline: Pipeline::default(),
        }
    }
}

impl Channel for RandomLatency {
    fn ready(&mut self, _now: u64) -> bool {
        true
    }

    fn submit(&mut self, now: u64, request: Request) {
        let cycles = self.random.random_range(self.cycles.clone());
        self.pipeline.push(now + cycles, self.memory.perform(request));
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.pipeline.pop(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.pipeline.next()
    }
}
