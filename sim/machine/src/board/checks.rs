//! Which answers the golden model checks.

/// Of hits that pass in runs, one in so many is checked when answers are sampled.
const SAMPLE: u32 = 64;

/// How many answers the golden model checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checks {
    /// Each.
    #[default]
    All,
    /// Each that needed a walk, or came while anything else went on, and one in 64 of the others.
    Sampled,
    /// None.
    Off,
}

/// Counts the answers between two that are checked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sampler {
    pub(super) checks: Checks,
    pub(super) passed: u32,
}

impl Sampler {
    /// Whether the hits of this cycle are checked.
    #[inline(always)]
    pub(super) fn is_due(&mut self) -> bool {
        match self.checks {
            Checks::All => true,
            Checks::Sampled => {
                self.passed = (self.passed + 1) % SAMPLE;
                self.passed == 0
            }
            Checks::Off => false,
        }
    }
}
