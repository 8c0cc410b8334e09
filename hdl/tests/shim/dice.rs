//! Random choices from a printed seed.

/// A small generator (xorshift), so that the seed alone repeats a run.
pub(crate) struct Dice(u64);

impl Dice {
    /// The seed is printed, so that a failure says it.
    pub(crate) fn new(seed: u64) -> Self {
        println!("seed {seed:#x}");
        Self(seed << 1 | 1)
    }

    pub(crate) fn any(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Fewer than `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        (self.any() >> 20) % sides
    }

    /// Once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }
}
