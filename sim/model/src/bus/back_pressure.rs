//! A channel that is not always ready.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Channel, Request, Response};

/// Cycles whose random bits are drawn together.
const WINDOW: u64 = 16;

/// Lets the inner channel be ready only in some cycles, chosen at random.
///
/// Whether a cycle is ready depends only on the seed and on that cycle, so a simulation that skips
/// idle cycles sees the same as one that does not.
pub struct BackPressure<C> {
    inner: C,
    random: ChaCha8Rng,
    threshold: u64,
    window: Option<u64>,
    draws: [u32; WINDOW as usize],
}

impl<C: Channel> BackPressure<C> {
    /// Ready in a fraction of the cycles: `probability` between 0 (never) and 1 (like `inner`).
    pub fn new(inner: C, probability: f64, seed: u64) -> BackPressure<C> {
        BackPressure {
            inner,
            random: ChaCha8Rng::seed_from_u64(seed),
            threshold: (probability.clamp(0.0, 1.0) * (1u64 << 32) as f64) as u64,
            window: None,
            draws: [0; WINDOW as usize],
        }
    }
}

impl<C: Channel> Channel for BackPressure<C> {
    fn ready(&mut self, now: u64) -> bool {
        let window = now / WINDOW;
        if self.window != Some(window) {
            self.window = Some(window);
            self.random.set_word_pos(u128::from(window * WINDOW));
            self.draws.fill_with(|| self.random.next_u32());
        }
        let open = u64::from(self.draws[(now % WINDOW) as usize]) < self.threshold;
        self.inner.ready(now) && open
    }

    fn submit(&mut self, now: u64, request: Request) {
        self.inner.submit(now, request);
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.inner.poll(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.inner.next_response()
    }

    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        self.inner.line(pa)
    }
}
