//! The time until a configuration can run.

use super::clock::CpuClock;
use super::{BenchError, report};
use engine::Config;
use netlist::Compiled;

/// CPU seconds from the block to machine code, the median of several measurements: elaborating,
/// flattening, optimising, compiling.
pub(super) fn compiled(config: &Config, times: u32) -> Result<f64, BenchError> {
    let mut seconds = Vec::new();
    for _ in 0..times.max(1) {
        let clock = CpuClock::start();
        let netlist = config.design().flatten().unwrap_or_else(|found| panic!("{found:#?}"));
        let engine = Compiled::new(&netlist)?;
        seconds.push(clock.seconds());
        drop(engine);
    }
    Ok(report::median(seconds))
}
