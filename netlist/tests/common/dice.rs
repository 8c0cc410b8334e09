//! Random stimulus: corner cases are as likely as everything between them.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_hdl::prelude::*;

/// Random stimulus from a seed.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Fewer than `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0.random_range(0..sides)
    }

    /// A value of a signal.
    pub(crate) fn any<T: Stimulus>(&mut self) -> T {
        T::stimulus(self)
    }

    /// Corner cases are as likely as everything between them.
    fn word(&mut self, width: usize) -> u128 {
        let ones = if width >= 128 { u128::MAX } else { (1 << width) - 1 };
        match self.roll(8) {
            0 => 0,
            1 => ones,
            2 => 1,
            3 => ones >> 1,
            4 => u128::from(self.roll(8)) & ones,
            _ => self.0.random::<u128>() & ones,
        }
    }
}

/// Types of inputs.
pub(crate) trait Stimulus {
    fn stimulus(dice: &mut Dice) -> Self;
}

impl Stimulus for bool {
    fn stimulus(dice: &mut Dice) -> Self {
        dice.roll(2) == 1
    }
}

impl<const N: usize> Stimulus for Bits<N> {
    fn stimulus(dice: &mut Dice) -> Self {
        dice.word(N).to_bits()
    }
}

impl<const N: usize> Stimulus for Signed<N> {
    fn stimulus(dice: &mut Dice) -> Self {
        signed_cast(dice.any())
    }
}

/// Presents random values at inputs of a block.
#[allow(unused_macros, reason = "not every test file uses all of it")]
macro_rules! present {
    ($dice:ident, $block:ident: $($input:ident),+ $(,)?) => {
        { $($block.$input.next = $dice.any();)+ }
    };
}
#[allow(unused_imports, reason = "not every test file uses all of it")]
pub(crate) use present;
