//! Random, by the seed: a policy that does worse than this is useless.

use super::pages::Pages;
use super::{Kept, PageBits, Policy, VirtualPage};
use crate::OsError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The pages, and the random generator.
#[derive(Debug)]
pub struct Random {
    pages: Pages<()>,
    random: ChaCha8Rng,
}

impl Random {
    /// A policy with this seed.
    pub fn new(seed: u64) -> Random {
        Random { pages: Pages::default(), random: ChaCha8Rng::seed_from_u64(seed) }
    }
}

impl Policy for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn inserted(&mut self, frame: u64, page: VirtualPage) {
        self.pages.insert(frame, page, ());
    }

    fn removed(&mut self, frame: u64) {
        self.pages.remove(frame);
    }

    fn victim(&mut self, bits: &mut dyn PageBits) -> Result<Option<u64>, OsError> {
        let candidates = self.pages.candidates(bits);
        if candidates.is_empty() {
            return Ok(None);
        }
        Ok(Some(candidates[self.random.random_range(0..candidates.len())]))
    }

    fn state(&self) -> Kept {
        self.pages.describe(|_| (), |loaded| (loaded.page, ""))
    }
}
