//! Our engines in the closed loop, with the CPU time that they take.

use super::Measurement;
use super::clock::CpuClock;
use engine::traffic::{Driven, Loop};

/// Continues for some cycles and measures them; the checksum covers all cycles so far.
pub(super) fn measured<D: Driven>(traffic: &mut Loop<D>, cycles: u64) -> Measurement {
    let clock = CpuClock::start();
    let passed = traffic.run(cycles);
    Measurement {
        cycles,
        translations: passed.translations,
        checksum: passed.checksum,
        seconds: clock.seconds(),
    }
}
