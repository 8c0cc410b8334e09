//! Memory with latency: the innermost channels.
//!
//! All are pipelined: one request is accepted per cycle, one response arrives per cycle, in order.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Burst, Channel, Known, Request, Response, SharedMemory};

/// Outstanding responses, each with the cycle of its arrival.
#[derive(Debug, Default)]
struct Pipeline {
    queue: VecDeque<(u64, Response)>,
    /// The cycle after the last response that was [carried](Channel::carry).
    carried: u64,
}

impl Pipeline {
    /// The arrival of a response: never before that of the one before, nor in the same cycle.
    #[inline]
    fn time(&self, due: u64) -> u64 {
        let after = self.queue.back().map_or(0, |(before, _)| before + 1);
        due.max(after).max(self.carried)
    }

    fn push(&mut self, due: u64, response: Response) {
        let due = self.time(due);
        self.queue.push_back((due, response));
    }

    fn pop(&mut self, now: u64) -> Option<Response> {
        if self.next()? > now {
            return None;
        }
        self.queue.pop_front().map(|(_, response)| response)
    }

    fn next(&self) -> Option<u64> {
        self.queue.front().map(|&(due, _)| due)
    }
}

/// Memory behind a latency; see [`FixedLatency`] and the other aliases.
pub struct Delayed<T> {
    memory: SharedMemory,
    timing: T,
    pipeline: Pipeline,
}

/// The latency of each request.
pub trait Timing {
    /// Cycles until the next request's response, at least 1.
    fn next(&mut self) -> u64;

    /// The latency, if it is always the same.
    fn fixed(&self) -> Option<u64> {
        None
    }
}

impl<T: Timing> Channel for Delayed<T> {
    fn ready(&mut self, _now: u64) -> bool {
        true
    }

    fn submit(&mut self, now: u64, request: Request) {
        self.pipeline.push(now + self.timing.next(), self.memory.perform(request));
    }

    fn is_always_ready(&self) -> bool {
        true
    }

    fn fixed_latency(&self) -> Option<u64> {
        self.timing.fixed()
    }

    fn carry(&mut self, now: u64, request: Request) -> Option<Known> {
        let due = self.pipeline.time(now + self.timing.next());
        self.pipeline.carried = due + 1;
        Some(Known { due, response: self.memory.perform(request) })
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.pipeline.pop(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.pipeline.next()
    }

    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        self.memory.line(pa)
    }

    fn burst(&mut self, now: u64, burst: &mut Burst<'_>) -> Option<u64> {
        if self.pipeline.next().is_some() || self.pipeline.carried > now + 1 {
            return None;
        }
        let count = self.memory.burst(burst)? as u64;
        if let Some(latency) = self.timing.fixed().filter(|_| count > 0) {
            return Some(now + count - 1 + latency);
        }
        let mut last = now;
        for at in now..now + count {
            last = (at + self.timing.next()).max(last + 1);
        }
        Some(last)
    }
}

/// Every response arrives the same number of cycles after its request.
pub type FixedLatency = Delayed<Fixed>;

/// See [`FixedLatency`].
pub struct Fixed(u64);

impl Delayed<Fixed> {
    /// A channel to `memory` with a latency in cycles; 0 counts as 1, the minimum.
    pub fn new(memory: SharedMemory, cycles: u64) -> FixedLatency {
        Delayed { memory, timing: Fixed(cycles.max(1)), pipeline: Pipeline::default() }
    }
}

impl Timing for Fixed {
    fn next(&mut self) -> u64 {
        self.0
    }

    fn fixed(&self) -> Option<u64> {
        Some(self.0)
    }
}

/// A cache in front of slower memory, in the textbooks' simplified model: every n-th access misses.
/// The cache's contents are not modelled.
pub type CacheLatency = Delayed<Cache>;

/// See [`CacheLatency`].
pub struct Cache {
    hit: u64,
    miss: u64,
    every: u64,
    accesses: u64,
}

impl Delayed<Cache> {
    /// A channel to `memory` whose accesses take `hit` cycles, every `every`-th `miss` cycles.
    pub fn new(memory: SharedMemory, hit: u64, miss: u64, every: u64) -> CacheLatency {
        let hit = hit.max(1);
        let timing = Cache { hit, miss: miss.max(hit), every: every.max(1), accesses: 0 };
        Delayed { memory, timing, pipeline: Pipeline::default() }
    }
}

impl Timing for Cache {
    fn next(&mut self) -> u64 {
        self.accesses += 1;
        if self.accesses.is_multiple_of(self.every) { self.miss } else { self.hit }
    }
}

/// Every response takes a random number of cycles, and longer if it must queue after an earlier
/// one.
pub type RandomLatency = Delayed<Random>;

/// See [`RandomLatency`].
pub struct Random {
    cycles: RangeInclusive<u64>,
    random: ChaCha8Rng,
}

impl Delayed<Random> {
    /// A channel to `memory` with latencies drawn uniformly from a range of cycles. Zero counts as
    /// one, and an empty range as its lower end.
    pub fn new(memory: SharedMemory, cycles: RangeInclusive<u64>, seed: u64) -> RandomLatency {
        let low = (*cycles.start()).max(1);
        let cycles = low..=(*cycles.end()).max(low);
        let timing = Random { cycles, random: ChaCha8Rng::seed_from_u64(seed) };
        Delayed { memory, timing, pipeline: Pipeline::default() }
    }
}

impl Timing for Random {
    fn next(&mut self) -> u64 {
        self.random.random_range(self.cycles.clone())
    }
}
